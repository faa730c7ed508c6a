import assert from "node:assert/strict";
import test from "node:test";
import { pooled } from "../../scripts/lib/pool.mjs";

/** Items that note when they begin and end, each after some turns of the event loop. */
function noted() {
  const events = [];
  const work = async ({ name, turns }) => {
    events.push(`+${name}`);
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
    events.push(`-${name}`);
    if (name === "bad") throw new Error("it failed");
  };
  return { events, work };
}

test("begins items in their order, so many at a time", async () => {
  const { events, work } = noted();
  await pooled([{ name: "a", turns: 5 }, { name: "b", turns: 1 }, { name: "c", turns: 1 }], 2, work);
  assert.deepEqual(events, ["+a", "+b", "-b", "+c", "-c", "-a"]);
});

test("gives an item that is alone the machine, and its followers wait", async () => {
  const { events, work } = noted();
  await pooled([{ name: "a", turns: 3 }, { name: "b", turns: 1, alone: true }, { name: "c", turns: 1 }], 2, work);
  assert.deepEqual(events, ["+a", "-a", "+b", "-b", "+c", "-c"]);
});

test("ends all of them before it tells of a failure", async () => {
  const { events, work } = noted();
  await assert.rejects(pooled([{ name: "bad", turns: 1 }, { name: "b", turns: 4 }], 2, work), /it failed/);
  assert.deepEqual(events.at(-1), "-b");
});
