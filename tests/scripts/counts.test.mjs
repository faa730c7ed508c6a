import assert from "node:assert/strict";
import { test } from "node:test";
import { cargoCounts, judge, nodeCounts, ownCounts } from "../../scripts/lib/counts.mjs";

test("cargo's result lines are summed, doc tests included", () => {
  const text = `
running 2 tests
test domain::cut::tests::cuts ... ok
test result: ok. 59 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
     Running tests/host.rs
test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.20s
   Doc-tests restow
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out
`;
  assert.deepEqual(cargoCounts(text), { passed: 63, failed: 2, skipped: 1 });
});

test("colours do not hide a result", () => {
  const text = "test result: \u001b[32mok\u001b[0m. 4 passed; 0 failed; 0 ignored; 0 filtered out";
  assert.deepEqual(cargoCounts(text), { passed: 4, failed: 0, skipped: 0 });
});

test("a result line in the middle of another line is a quotation", () => {
  assert.equal(cargoCounts('  left: "test result: ok. 9 passed; 0 failed; 0 ignored;"'), null);
});

test("output without a result has no counts", () => {
  assert.equal(cargoCounts("error: could not compile `restow`"), null);
  assert.equal(nodeCounts("SyntaxError: Unexpected token"), null);
  assert.equal(ownCounts("Error: net::ERR_CONNECTION_REFUSED"), null);
});

for (const mark of ["#", "ℹ"]) {
  test(`node's summary is read where lines begin with ${mark}`, () => {
    const rows = ["tests 9", "suites 1", "pass 4", "fail 1", "cancelled 1", "skipped 2", "todo 1"];
    const text = rows.map((row) => `${mark} ${row}\n`).join("");
    assert.deepEqual(nodeCounts(text), { passed: 4, failed: 2, skipped: 3 });
  });
}

test("our own counts are the last line only", () => {
  assert.deepEqual(ownCounts("1 passed, 1 failed\n12 passed, 0 failed\n"), { passed: 12, failed: 0, skipped: 0 });
  assert.equal(ownCounts("12 passed, 0 failed\nthen it crashed\n"), null);
});

test("a good run is worth its counts", () => {
  const counts = { passed: 3, failed: 0, skipped: 0 };
  assert.deepEqual(judge({ code: 0, counts }), { passed: 3, failed: 0, notes: [] });
});

test("a skipped test counts as failed", () => {
  const { passed, failed } = judge({ code: 0, counts: { passed: 3, failed: 1, skipped: 2 } });
  assert.deepEqual({ passed, failed }, { passed: 3, failed: 3 });
});

test("a runner that counted nothing counts as one failure", () => {
  assert.equal(judge({ code: 0, counts: null }).failed, 1);
  assert.equal(judge({ code: 0, counts: { passed: 0, failed: 0, skipped: 0 } }).failed, 1);
  assert.equal(judge({ code: 101, counts: null }).failed, 1);
});

test("a bad end that the counts do not show counts as one failure", () => {
  assert.equal(judge({ code: 101, counts: { passed: 3, failed: 0, skipped: 0 } }).failed, 1);
  assert.equal(judge({ code: 101, counts: { passed: 3, failed: 2, skipped: 0 } }).failed, 2);
});
