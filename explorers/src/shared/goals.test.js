import assert from "node:assert/strict";
import { test } from "node:test";

import { watchGoals } from "./goals.js";

const ZERO = { text: "make z zero", reached: (state) => state.z === 0 };

test("a goal is reached once, by a movement", () => {
  const look = watchGoals([ZERO]);
  assert.deepEqual([3, 0, 0, 1, 0].map((z) => look({ z }).length), [0, 1, 0, 0, 0]);
});

test("a goal that the first state meets counts only after it was left, also at the second picture", () => {
  const look = watchGoals([ZERO]);
  assert.deepEqual([0, 0, 2, 0].map((z) => look({ z }).length), [0, 0, 0, 1]);
});
