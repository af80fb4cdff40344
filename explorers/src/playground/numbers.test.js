import assert from "node:assert/strict";
import { test } from "node:test";
import { borders, SIDE } from "./heat.js";
import { readLine, writeLine } from "./line.js";
import { runOf } from "./network.js";
import { compute, start } from "./numbers.js";

const CASES = {
  "circles_n0.1_x1+x2_1x4_tanh_CE_r0.3_u20": {},
  "spiral_n0_none_0x1_relu_MSE_r10_u20000": { data: "spiral", noise: 0, features: [], hidden: [], activation: "relu", loss: "MSE", rate: 10,
    updates: 20000 },
  "own_n0.35_x1+squares+sin2_8+1_linear_CE_r0.001_u0_k3_b1_L1=0.003_L2=0.1_t90_d999_s1_p5u0028w8w1": { data: "own", noise: 0.35,
    features: ["x1", "sq1", "sq2", "sin2"], hidden: [8, 1], activation: "linear", rate: 0.001, updates: 0, classes: 3, batch: 1, L1: 0.003,
    L2: 0.1, share: 90, draw: 999, seed: 1, points: [[0.5, -1.6, 2], [1.6, 1.6, 1]] },
};

test("a line is written and read back", () => {
  for (const [line, parts] of Object.entries(CASES)) {
    const state = { ...start, ...parts };
    assert.equal(writeLine(state), line);
    assert.deepEqual(readLine(` ${line} `), { state });
  }
});

test("a line that no playground has is refused by its part", () => {
  const good = "moons_n0.1_x1_1x4_tanh_CE_r0.3_u0";
  const bad = { "": "8 parts", moons: "8 parts", [good.replace("n0.1", "n0.17")]: "Part 2", [good.replace("x1_", "x1+x1_")]: "Part 3",
    [good.replace("1x4", "7x4")]: "Part 4", [good.replace("1x4", "8+9")]: "Part 4", [good.replace("1x4", "0x0")]: "Part 4",
    [good.replace("u0", "u20001")]: "Part 8", [`${good}_k4`]: "Part 9", [`${good}_k3_k3`]: "Part 10", [`${good}_p000`]: "Part 9",
    [`${good}_p8z8z1`]: "Part 9", [`${good}_L1=0`]: "Part 9" };
  for (const [line, words] of Object.entries(bad)) assert.ok(readLine(line).error.includes(words), `${line}: ${readLine(line).error}`);
});

test("a moment is the same whichever way it is reached", () => {
  for (const batch of [0, 30]) {
    const state = { ...start, data: "moons", hidden: [4, 4], batch };
    const there = [600, 10, 251, 400].map((updates) => compute({ ...state, updates }));
    const [last] = there.slice(-1), fresh = compute({ ...state, updates: 400, features: ["x2", "x1"] }); // another key, the same network
    assert.notEqual(runOf(state), runOf({ ...state, features: ["x2", "x1"] }));
    assert.deepEqual([...last.weights], [...fresh.weights]);
    assert.deepEqual([...last.train_losses], [...fresh.train_losses]);
  }
});

test("the border runs where the values are zero", () => {
  const z = Float64Array.from({ length: SIDE * SIDE }, (_, k) => Math.hypot((k % SIDE) - 24, Math.floor(k / SIDE) - 24) - 15);
  const numbers = borders(z, 1, (i, j) => [i - 24, j - 24]).match(/-?[\d.]+ -?[\d.]+/g).map((pair) => pair.split(" ").map(Number));
  assert.ok(numbers.length > 100);
  for (const [x, y] of numbers) assert.ok(Math.abs(Math.hypot(x, y) - 15) < 0.12);
});
