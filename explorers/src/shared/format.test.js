import assert from "node:assert/strict";
import { test } from "node:test";
import { fixed, general, listed, power, python } from "./format.js";

test("general is Python's :g", () => {
  const cases = { 0: "0", 0.1: "0.1", 0.08: "0.08", 21.4816: "21.5", 1e-5: "1e-05", 123456: "1.23e+05", 999.9: "1e+03",
    "-0.00012345": "-0.000123" };
  for (const [value, words] of Object.entries(cases)) assert.equal(general(Number(value)), words);
  assert.equal(general(Infinity), "inf");
});

test("fixed writes no minus before a zero", () => {
  assert.deepEqual([fixed(-0.001), fixed(-0.5, 1), fixed(-0.01)], ["0.00", "-0.5", "-0.01"]);
});

test("power, python, listed", () => {
  assert.deepEqual([1e-6, 1, 10, 1000].map(power), ["10⁻⁶", "1", "10", "10³"]);
  assert.equal(python([1, 0.5, "a", null, true], { float: true }), '[1.0, 0.5, "a", None, True]');
  assert.equal(listed(["a", "b", "c"]), "a, b and c");
});
