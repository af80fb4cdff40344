import assert from "node:assert/strict";
import { test } from "node:test";
import { compute, goals, start, SURFACES } from "./numbers.js";

test("the verdicts at their borders", () => {
  for (const [surface, { limit }] of Object.entries(SURFACES)) {
    const verdict = (rate) => compute({ ...start, surface, rate }).verdict;
    assert.equal(verdict(limit), "diverging");
    assert.equal(verdict(limit * (1 - 1e-9)), "overshooting");
    assert.equal(verdict(limit / 2), "good");
    assert.equal(verdict(0.002 * limit), "too small");
  }
});

test("the curve of all rates follows the start", () => {
  const near = compute({ ...start, start: [0.1, 0] }).ends, far = compute({ ...start, start: [4, 0] }).ends;
  assert.ok(near[0] < far[0]);
});

test("each goal is reached where the lesson says, and not beside it", () => {
  const reached = (k, state) => goals[k].reached({ ...start, ...state }, compute({ ...start, ...state }));
  assert.deepEqual([1.58, 1.995, 2.01].map((rate) => reached(0, { rate })), [false, true, false]);
  assert.deepEqual([0.05, 0.063, 0.08].map((rate) => reached(1, { surface: "ravine", rate })), [false, true, false]);
  assert.deepEqual([19.9, 25.1].map((rate) => reached(2, { surface: "police", rate })), [false, true]);
});
