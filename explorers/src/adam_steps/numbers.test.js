import assert from "node:assert/strict";
import { test } from "node:test";
import { caption, compute, COUNT, goals, nameOf, ROWS, signed, start } from "./numbers.js";

const near = (got, expected, within = 5e-3) => assert.ok(Math.abs(got - expected) < within, `${got}, expected ${expected}`);
const see = (patch) => compute({ ...start, ...patch });

test("the three rows of the lesson", () => {
  see({ gradients: ROWS.constant, silence: 0 }).adam.forEach((step) => near(step, 1, 1e-6));
  near(Math.abs(see({ gradients: ROWS.alternating, silence: 0 }).adam.at(-1)), 0.0526, 2e-3);
  near(see({}).adam[0], 3.15);
  const stays = see({ gradients: ROWS.constant });
  near(stays.longest, 6.55);
  assert.equal(stays.longestAt, 12);
});

test("the size changes the steps of the others, not Adam's", () => {
  const [one, ten] = [1, 10].map((size) => see({ gradients: ROWS.alternating, size }));
  one.adam.forEach((step, k) => near(step, ten.adam[k], 1e-5));
  near(ten.plain[0] / one.plain[0], 10, 1e-12);
});

test("a step is m by the root of v", () => {
  const { adam, mean, root } = see({ silence: 10 });
  adam.forEach((step, k) => near(step, mean[k] / root[k], 1e-6));
});

test("no gradient at all is no step, and has its words", () => {
  const gradients = Array(COUNT).fill(0), n = see({ gradients });
  assert.deepEqual([n.longest, n.longestAt], [0, 1]);
  assert.equal(caption({ ...start, gradients }, n)[0], "At update 1 Adam steps 0.00 learning rates, for a gradient of 0.00.");
});

test("a row has its name until a bar is moved", () => {
  assert.equal(nameOf(ROWS.alternating), "alternating");
  assert.equal(nameOf(ROWS.constant.with(3, 0.95)), undefined);
  assert.deepEqual([0.0316, 0.0999999, -3.154, 0, 0.00004].map(signed), ["+0.032", "+0.10", "−3.15", "0.00", "+4e−05"]);
});

test("each goal is reached where it says, and not beside it", () => {
  const reached = (k, patch) => goals[k].reached({ ...start, ...patch }, see(patch));
  assert.deepEqual([0, 5000].map((silence) => reached(0, { gradients: ROWS.constant, silence })), [false, true]);
  assert.deepEqual(Object.values(ROWS).map((gradients) => reached(1, { gradients, silence: 0 })), [false, true, false]);
  const brakes = ROWS.constant.map((each, k) => (k < 20 ? each : -0.05));
  assert.deepEqual([ROWS.alternating, brakes].map((gradients) => reached(2, { gradients, silence: 0 })), [false, true]);
});
