import assert from "node:assert/strict";
import { test } from "node:test";
import { caption, compute, goals, partsAt, partsMoved, start } from "./numbers.js";

const reached = (k, parts_of_q, parts_of_p = start.parts_of_p) => {
  const state = { ...start, parts_of_p, parts_of_q };
  return goals[k].reached(state, compute(state));
};

test("a drag takes the number of parts whose share comes nearest", () => {
  assert.deepEqual(partsAt([1, 4, 5], 0, 0.25), [3, 4, 5]);
  assert.deepEqual(partsAt([1, 4, 5], 0, 0.99), [10, 4, 5]);
  assert.deepEqual(partsAt([1, 4, 5], 1, -0.2), [1, 0, 5]);
});

test("a distribution keeps a part at least", () => {
  assert.deepEqual(partsAt([0, 4, 0], 1, 0), [0, 4, 0]);
  assert.deepEqual(partsMoved([0, 1, 0], 1, -1), [0, 1, 0]);
  assert.deepEqual(partsMoved([0, 4, 1], 1, -1e9), [0, 0, 1]);
  assert.deepEqual(partsMoved([0, 4, 1], 1, 1e9), [0, 10, 1]);
});

test("two moves make KL 0, one does not, and equal shares are enough", () => {
  assert.deepEqual([[3, 2, 5], [1, 2, 5], [1, 4, 5]].map((q) => reached(0, q)), [false, false, true]);
  assert.equal(reached(0, [2, 8, 10]), true);
});

test("of three terms two can be negative", () => {
  assert.deepEqual([[1, 5, 5], [2, 5, 5], [1, 4, 5]].map((q) => reached(1, q)), [false, true, false]);
});

test("what Q alone rules out is infinite one way only", () => {
  assert.deepEqual([[0, 4, 5], [1, 4, 5]].map((q) => reached(2, q)), [true, false]);
  assert.equal(reached(2, [0, 4, 5], [1, 0, 5]), false);
});

test("the caption's first sentence", () => {
  const first = (parts_of_q) => caption(start, compute({ ...start, parts_of_q }))[0];
  assert.equal(first([3, 2, 5]), "Believing Q costs 0.167 nats more than knowing P: CE 1.111 = H 0.943 + KL.");
  assert.equal(first([1, 4, 5]), "Q is P: KL is 0, and the cross-entropy is the entropy, 0.943 nats.");
  assert.equal(first([0, 0, 5]), "Q gives no chance to rain and sun, which P allows: the price is infinite.");
});
