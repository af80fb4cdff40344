import assert from "node:assert/strict";
import { test } from "node:test";
import { camera, caption, compute, goals, patches, placeLevel, placeSeen, REACH, start, surfaces } from "./numbers.js";

const near = (got, expected, tolerance = 1e-9) => got.forEach((each, k) => {
  assert.ok(Math.abs(each - expected[k]) < tolerance, `${got} and not ${expected}`);
});
const [mse, bce] = surfaces(start);

test("the camera turns and bends nothing", () => {
  for (const azimuth of [-180, -60, 0, 45, 175]) {
    for (const elevation of [0, 30, 90]) {
      const axes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map(camera({ azimuth, elevation }));
      const dot = (one, other) => one.reduce((sum, each, k) => sum + each * other[k], 0);
      axes.forEach((one, i) => axes.forEach((other, j) => near([dot(one, other)], [Number(i === j)])));
      near([axes[2][0]], [0]); // what stands upright stays upright
    }
  }
});

test("views that can be told by hand", () => {
  const front = camera({ azimuth: -90, elevation: 0 }), above = camera({ azimuth: -90, elevation: 90 });
  near(front([1, 0, 0]), [1, 0, 0]);
  near(front([0, 0, 1]), [0, 1, 0]);
  near(front([0, 1, 0]), [0, 0, -1]);
  near(above([0.3, 0.4, 0.5]), [0.3, 0.4, 0.5]);
});

test("near patches come last and cover far ones", () => {
  const seen = patches(mse, camera({ azimuth: -90, elevation: 0 })); // the viewer stands at small b
  assert.equal(seen.length, 20 * 20);
  assert.ok(seen.slice(0, 20).every(({ from }) => from[1] === 19));
  assert.ok(seen.slice(-20).every(({ from }) => from[1] === 0));
});

test("a place that is seen is found again under the pointer", () => {
  const view = { azimuth: -60, elevation: 60 }, project = camera(view);
  for (const ground of [mse, bce]) {
    for (const [i, j] of [[3, 4], [10, 10], [17, 8], [7, 18]]) {
      const [x, y] = project(ground.points[i][j]), [w, b] = placeSeen(ground, view, [x, y]);
      near([w, b], [i, j].map((at) => REACH * (at / 10 - 1)), 1e-6);
    }
  }
  assert.equal(placeSeen(mse, view, [1.9, 1.6]), null);
});

test("from above a place is where it lies, and beyond the edge at the edge", () => {
  near(placeSeen(bce, { azimuth: -90, elevation: 90 }, [0.33, -0.71]), [3.3, -7.1]);
  near(placeLevel({ azimuth: -90, elevation: 90 }, 0.2, [0.33, -0.71]), [3.3, -7.1]);
  near(placeLevel({ azimuth: -90, elevation: 90 }, 0.2, [2, -3]), [10, -10]);
});

test("each goal is reached where it should be, and not beside it", () => {
  const reached = (k, state) => goals[k].reached({ ...start, ...state }, compute({ ...start, ...state }));
  assert.deepEqual([[-2, 10], [-8, 4], [4, 1]].map(([w, b]) => reached(0, { w, b })), [true, false, false]);
  assert.deepEqual([[0, 0], [-8, 4]].map(([w, b]) => reached(1, { w, b })), [true, false]);
  assert.deepEqual([90, 85].map((elevation) => reached(2, { elevation })), [true, false]);
});

test("the caption says what the walk brings", () => {
  assert.equal(caption(start, compute(start))[0],
    "From w = -8.0, b = +4.0, 50 updates take 1.0 % off the squared error and 95.7 % off the cross-entropy.");
});
