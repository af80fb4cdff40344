import assert from "node:assert/strict";
import { test } from "node:test";
import { BLIND, compute, goals, RATES, SIZES, start } from "./numbers.js";

test("each run begins with its first update and 150 updates are a look of each", () => {
  for (const rate of RATES) {
    for (const size of SIZES) {
      const { updates, loss, right, reached } = compute({ rate, batch_size: size, by: "updates" });
      assert.equal(updates[0], 1);
      assert.equal(loss.length, updates.length);
      assert.equal(right.length, updates.length);
      assert.ok(Math.abs(reached / loss[updates.indexOf(150)] - 1) < 1e-12);
    }
  }
});

test("the best for a price is the least of its map", () => {
  for (const by of ["updates", "seconds"]) {
    const { map, best: [least, rate, size] } = compute({ ...start, by });
    assert.equal(least, Math.min(...map.flat()));
    assert.equal(map[SIZES.indexOf(size)][RATES.indexOf(rate)], least);
  }
});

test("each goal is reached where the lesson says, and not beside it", () => {
  const reached = (k, state) => goals[k].reached({ ...start, ...state }, compute({ ...start, ...state }));
  assert.deepEqual([0.3, 1, 3].map((rate) => reached(0, { rate })), [false, true, false]);
  assert.equal(reached(0, { rate: 1, by: "seconds" }), false);
  assert.deepEqual(SIZES.map((size) => reached(1, { rate: 1, batch_size: size, by: "seconds" })), [false, false, true, false]);
  assert.deepEqual([0.3, 1].map((rate) => reached(2, { rate, batch_size: 1 })), [true, true]);
  assert.equal(reached(2, { rate: 0.1, batch_size: 1 }), false);
  assert.ok(compute({ rate: 0.1, batch_size: 1, by: "updates" }).reached > BLIND, "worse after 150 updates, better at its end");
});
