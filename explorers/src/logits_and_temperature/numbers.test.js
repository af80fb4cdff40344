import assert from "node:assert/strict";
import { test } from "node:test";
import { caption, cell, compute, goals, start } from "./numbers.js";

const reached = (k, state) => goals[k].reached({ ...start, ...state }, compute({ ...start, ...state }));

test("the steepest slope is where a class has half, at temperature 1", () => {
  assert.deepEqual([3.1, 3.3, 3.5].map((each) => reached(0, { z: [2, 3, each, 0] })), [false, true, false]);
  assert.equal(reached(0, { z: [0, 0, -6, -6], temperature: 0.5 }), false);
});

test("the table is nearly zero where one class is certain, and not where all are equal", () => {
  assert.equal(reached(1, { z: [-2, -2, 6, -2] }), false);
  assert.equal(reached(1, { z: [-3, -3, 6, -3] }), true);
  assert.equal(reached(1, { z: [0, 0, 0, 0] }), false);
});

test("the forecast is right just before the steepest place", () => {
  assert.deepEqual([4.4, 4.7, 5].map((each) => reached(2, { z: [2, each, 5, 0] })), [false, true, false]);
  assert.equal(reached(2, { z: [-6, -6, 6, -6], i: 0 }), false); // nothing gained, and well forecast
});

test("the formula of a cell has the temperature where it matters", () => {
  assert.equal(cell(2, 1, compute(start), 1), "∂p₂/∂z₁ = −p₂ p₁ = −0.095");
  assert.equal(cell(1, 1, compute({ ...start, temperature: 2 }), 2), "∂p₁/∂z₁ = p₁(1 − p₁) / T = +0.086");
});

test("the caption says what happens first", () => {
  const [first] = caption(start, compute(start));
  assert.equal(first, "One more unit on logit 1 takes p₁ from 0.114 to 0.258, where its slope forecasts 0.214.");
});
