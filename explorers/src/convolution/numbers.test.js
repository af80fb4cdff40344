import assert from "node:assert/strict";
import { test } from "node:test";
import { packed } from "../shared/packed.js";
import { caption, compute, goals, KERNELS, nameOf, start } from "./numbers.js";

const see = (patch) => compute({ ...start, ...patch });
// Ink at the right of column 3, and none at the left.
const edge = { images: packed(Array.from({ length: 49 }, (_, k) => (k % 7 < 3 ? 0 : 255))), size: [1, 7, 7], row: 2, column: 2 };

test("ink under +1 and paper under -1 is a yes, the other end of the ink the opposite", () => {
  assert.equal(see(edge).total, 3);
  assert.equal(see({ ...edge, column: 3 }).total, 0);
  assert.equal(see({ ...edge, kernel: KERNELS["top edge"] }).total, 0);
});

test("all kernels but blur weigh nothing, and no sum lies beyond the scale", () => {
  for (const [name, kernel] of Object.entries(KERNELS)) {
    const { weight, most, low, high } = see({ kernel });
    assert.ok(Math.abs(weight - (name === "blur")) < 1e-12);
    assert.ok(-most <= low && high <= most);
  }
});

test("a kernel has its name until a weight is changed", () => {
  assert.equal(nameOf(KERNELS.spot), "spot");
  assert.equal(nameOf([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1.25]]), undefined);
  assert.match(caption({ ...start, ...edge }, see(edge))[0], /^“left edge” answers \+3.00 here: a yes\.$/);
});

test("each goal is reached where it says, and not beside it", () => {
  const reached = (k, patch) => goals[k].reached({ ...start, ...patch }, see(patch));
  assert.deepEqual([1, 2, 4].map((column) => reached(0, { ...edge, column })), [true, true, false]);
  assert.equal(reached(0, { ...edge, kernel: KERNELS["top edge"] }), false); // the loudest is no yes
  const turned = KERNELS["left edge"].map((row) => row.map((weight) => -weight));
  assert.deepEqual([KERNELS["left edge"], turned].map((kernel) => reached(1, { kernel })), [false, true]);
  const only = (weight) => [[0, 0, 0], [0, weight, 0], [0, 0, 0]];
  assert.deepEqual([1, 2].map((weight) => reached(2, { kernel: only(weight) })), [true, false]);
});
