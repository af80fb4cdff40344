import assert from "node:assert/strict";
import { test } from "node:test";
import { compute, CORNERS, percentsAt, placeOf } from "./numbers.js";

test("a place gives back the percents that it was made of", () => {
  for (let first = 0; first <= 100; first += 5) {
    for (let second = 0; second <= 100; second += 5) {
      assert.deepEqual(percentsAt(compute({ first, second }).place), { first, second });
    }
  }
});

test("beyond the two axes the point slides along them", () => {
  assert.deepEqual(percentsAt([-0.3, 0.2]), { first: 0, second: 23 });
  assert.deepEqual(percentsAt([0.4, -0.5]), { first: 69, second: 0 });
});

test("the corners are one apart", () => {
  const [a, b, c] = CORNERS;
  for (const [p, q] of [[a, b], [b, c], [c, a]]) assert.ok(Math.abs(Math.hypot(p[0] - q[0], p[1] - q[1]) - 1) < 1e-12);
  assert.deepEqual(placeOf([0, 0, 1]), [0, 0]);
});
