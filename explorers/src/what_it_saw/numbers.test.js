import assert from "node:assert/strict";
import { test } from "node:test";
import { compute, goals, start } from "./numbers.js";

test("the pixels and the bias add up to the logit, of each digit and class", () => {
  for (let digit = 0; digit < start.y.length; digit += 1) {
    for (let k = 0; k < start.names.length; k += 1) {
      const { evidence, bias, z_before: z } = compute({ ...start, digit, k });
      assert.ok(Math.abs(evidence.reduce((total, each) => total + each, bias) - z[k]) < 1e-9);
    }
  }
});

test("a slide moves the others by softmax, and not by ten sigmoids", () => {
  const moved = (outputs) => {
    const { p, p_before: before } = compute({ ...start, outputs, k: 3, shift: 3 });
    return p.map((each, k) => Math.sign(each - before[k]));
  };
  assert.deepEqual(moved("softmax"), [-1, -1, -1, 1, -1, -1, -1, -1, -1, -1]);
  assert.deepEqual(moved("ten sigmoids"), [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
});

test("each goal is reached where it says, and not beside it", () => {
  const reached = (k, state) => goals[k].reached({ ...start, ...state }, compute({ ...start, ...state }));
  const wrong = start.y.length - 1, truth = start.y[wrong];
  assert.deepEqual([0, 3, wrong].map((digit) => reached(0, { digit })), [false, false, true]);
  assert.equal(reached(0, { digit: 0, k: 1, shift: 10 }), false, "made wrong by hand");
  const { evidence } = compute(start), loudest = evidence.indexOf(Math.max(...evidence));
  assert.ok(reached(1, { pixel: [Math.floor(loudest / 28), loudest % 28] }));
  assert.equal(reached(1, { pixel: [0, 0] }), false, "where no ink is, nothing speaks");
  assert.deepEqual([0, 10].map((shift) => reached(2, { digit: wrong, k: truth, shift })), [false, true]);
  assert.equal(reached(2, { digit: 0, k: 0, shift: 10 }), false, "it was right before");
});
