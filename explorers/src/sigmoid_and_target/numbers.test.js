import assert from "node:assert/strict";
import { test } from "node:test";
import { compute, goals, HARDEST, neuron } from "./numbers.js";

const reached = (k, state) => goals[k].reached(state, compute(state));

test("the race of the lesson", () => {
  assert.deepEqual([6, 10].map((z) => compute({ z, t: 0 })).map((n) => [n.mse_steps, n.bce_steps]), [[214, 7], [11034, 11]]);
  assert.equal(compute({ z: 3, t: 1 }).mse_steps, 0);
  assert.equal(compute({ z: 3, t: 0.5 }).mse_steps, 0);
});

test("the squared error never pulls harder than 8/27", () => {
  for (let z = -10; z <= 10; z += 0.001) assert.ok(Math.abs(neuron(z, 0).mse_gradient) <= HARDEST + 1e-12);
});

test("each goal is reached where it says, and not beside it", () => {
  assert.deepEqual([6, 7, 8].map((z) => reached(0, { z, t: 0 })), [false, false, true]);
  assert.deepEqual([0.5, 0.7, 0.9].map((z) => reached(1, { z, t: 0 })), [false, true, false]);
  assert.ok(reached(1, { z: -0.7, t: 1 }));
  assert.deepEqual([[0, 0.5], [0.1, 0.5], [9, 1]].map(([z, t]) => reached(2, { z, t })), [true, false, false]);
});
