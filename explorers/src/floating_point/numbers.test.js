import assert from "node:assert/strict";
import { test } from "node:test";
import { half } from "./example.js";
import { compute, DTYPES, goals, most, placeOf, SIZES, start, VERDICTS } from "./numbers.js";

test("a float16 is rounded to the nearest, and of two to the even one", () => {
  const cases = [[1.0004, 1], [1 + 3 * 2 ** -11, 1 + 2 * 2 ** -10], [1 + 2 ** -11, 1], [2049, 2048], [65519, 65504], [65520, Infinity],
    [2 ** -24, 2 ** -24], [2 ** -26, 0], [-1.0006, -(1 + 2 ** -10)], [0, 0]];
  for (const [value, rounded] of cases) assert.equal(half(value), rounded, String(value));
});

test("each size has its place, and what lies outside the nearest", () => {
  SIZES.forEach((size, place) => assert.equal(placeOf(size), place));
  assert.deepEqual([0.2, 1e9].map(placeOf), [0, SIZES.length - 1]);
});

test("the better the type, the more digits, and exp overflows where it must", () => {
  assert.deepEqual(DTYPES.map((dtype) => Math.floor(10 * most(dtype))), [33, 72, 159]);
  const unshifted = start.names.indexOf("unshifted"), limits = [11.09, 88.72, 709.78];
  DTYPES.forEach((dtype, k) => {
    const { codes } = compute({ ...start, dtype });
    assert.equal(SIZES[codes[unshifted].findIndex((verdict) => VERDICTS[verdict] === "infinite")], SIZES.find((size) => size > limits[k]));
  });
});

test("each goal is reached where the lesson says, and not beside it", () => {
  const reached = (k, state) => goals[k].reached({ ...start, ...state }, compute({ ...start, ...state }));
  assert.deepEqual([80, 100].map((size) => reached(0, { size })), [false, true]);
  assert.equal(reached(0, { size: 100, dtype: "float64" }), false);
  assert.deepEqual([5, 20].map((size) => reached(1, { size, answer: "sure and right" })), [false, true]);
  assert.deepEqual([30, 1000].map((size) => reached(2, { size, answer: "sure and right" })), [false, true]);
});
