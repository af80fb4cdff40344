import assert from "node:assert/strict";
import { test } from "node:test";
import { sigmoid } from "../shared/probability.js";
import { compute, DESCENT, EVENINGS, goals, LOWEST, start, weights } from "./numbers.js";

test("the curve goes through its two points", () => {
  for (const [quarter, threeQuarters] of [[2, 26], [9.7, 14.4], [20, 5]]) {
    const { w, b } = weights({ quarter, three_quarters: threeQuarters });
    assert.ok(Math.abs(sigmoid(w * quarter + b) - 0.25) < 1e-12);
    assert.ok(Math.abs(sigmoid(w * threeQuarters + b) - 0.75) < 1e-12);
  }
});

test("points that meet make a step, not a hole in the numbers", () => {
  assert.ok(Number.isFinite(compute({ quarter: 12, three_quarters: 12 }).loss));
});

test("no curve is below the lowest loss, and the handles come to it", () => {
  let best = Infinity;
  for (let quarter = 0; quarter <= 28; quarter += 0.1) {
    for (let gap = 0.1; gap <= 12; gap += 0.1) best = Math.min(best, compute({ quarter, three_quarters: quarter + gap }).loss);
  }
  assert.ok(best > LOWEST - 1e-5 && best < LOWEST + 1e-4, String(best));
});

test("thirty evenings, half of them with a call, in order", () => {
  assert.equal(EVENINGS.length, 30);
  assert.equal(EVENINGS.filter(({ t }) => t).length, 15);
  assert.ok(EVENINGS.every(({ x }, k) => !k || x >= EVENINGS[k - 1].x));
});

test("each goal is reached where it says, and not beside it", () => {
  const reached = (k, quarter, threeQuarters) => goals[k].reached({}, compute({ quarter, three_quarters: threeQuarters }));
  assert.ok(compute(start).loss > DESCENT);
  assert.deepEqual([reached(0, 5, 20), reached(0, 8, 16)], [false, true]);
  assert.deepEqual([reached(1, 9, 15), reached(1, 9.7, 14.4)], [false, true]);
  assert.deepEqual([reached(2, 2, 26), reached(2, 20, 5)], [false, true]);
});
