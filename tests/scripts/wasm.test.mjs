import assert from "node:assert/strict";
import { test } from "node:test";
import { excuse, readable } from "../../scripts/lib/wasm.mjs";

test("of a test that failed in a browser the reason is left, and no stack", () => {
  const output = [
    "test what_differs ... FAIL",
    "    panicked at tests/wasm_values.rs:145:9:",
    "    assertion failed: a copy of [1]",
    "    wasm_bindgen_test::__rt::Failure@http://127.0.0.1:35199/wasm-bindgen-test.js:12:3",
    "    <?>.wasm-function[restow::walk]@[wasm code]",
    "        at http://127.0.0.1:8000/wasm-bindgen-test_bg.wasm:1:2",
    "    Invoking test: another",
    "   9: __libc_start_call_main",
    "             at ./csu/../sysdeps/nptl/libc_start_call_main.h:58:16",
    "test result: FAILED. 17 passed; 1 failed; 0 ignored",
  ].join("\n");
  assert.deepEqual(readable(output).split("\n"), [
    "test what_differs ... FAIL",
    "    panicked at tests/wasm_values.rs:145:9:",
    "    assertion failed: a copy of [1]",
    "test result: FAILED. 17 passed; 1 failed; 0 ignored",
  ]);
});

test("only a driver or a browser that fails by itself is given a second run", () => {
  const [began, failed] = ["     Running tests/wasm_engine.rs\n", "test one ... FAIL\n"];
  const outOfBounds = "    RuntimeError: Out of bounds memory access (evaluating 'wasm.invoke(arg0, arg1)')\n";
  assert.equal(excuse(began), "no test began");
  assert.equal(excuse(began + failed + outOfBounds), "the browser failed by itself");
  assert.equal(excuse(`${began}${failed}    panicked at tests/wasm_engine.rs:1:1:\n${outOfBounds}`), undefined);
  assert.equal(excuse(began + failed), undefined);
  assert.equal(excuse("error: could not compile\n"), undefined);
});
