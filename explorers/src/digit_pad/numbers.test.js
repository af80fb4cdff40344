import assert from "node:assert/strict";
import { test } from "node:test";
import { packed, unpacked } from "../shared/packed.js";
import { compute, goals, inkOfSample, mnistForm, PAD, samplesOf, start, stroke } from "./numbers.js";

const blank = new Uint8Array(PAD ** 2);
const see = (ink) => compute({ ...start, ink: packed(ink) });

test("a stroke leaves ink where it goes, and takes none away", () => {
  const first = stroke(blank, [28, 8], [28, 48]), both = stroke(first, [10, 28], [46, 28]);
  assert.equal(first[PAD * 28 + 28], 255);
  assert.equal(first[PAD * 28 + 10], 0);
  assert.ok(first.every((ink, k) => both[k] >= ink));
  assert.ok(stroke(blank, [5, 5], [5, 5]).some(Boolean)); // a dot
});

test("where it is drawn does not matter", () => {
  const [one, other] = [[20, 8], [40, 12]].map(([x, y]) => mnistForm(stroke(blank, [x, y], [x, y + 36])));
  assert.deepEqual(one, other);
});

test("what is drawn is read, and each sample as what it is", () => {
  assert.equal(see(stroke(blank, [28, 8], [28, 48])).order[0], 1); // a bar
  samplesOf(start.samples).forEach((pixels, k) => assert.equal(see(inkOfSample(pixels)).order[0], k));
});

test("an empty pad reaches no goal", () => {
  const n = see(blank);
  assert.ok(n.empty);
  assert.deepEqual(goals.map((goal) => goal.reached(start, n)), [false, false]);
  assert.equal(unpacked(start.ink).length, PAD ** 2);
});
