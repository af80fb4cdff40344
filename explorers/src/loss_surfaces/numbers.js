// The landscapes of two losses over the weights of one neuron with one input, seen from anywhere, and a walk down both.

import { fixed, python } from "../shared/format.js";
import { CALLED, RESERVATIONS } from "../shared/police.js";
import { mean, sigmoid, softplus } from "../shared/probability.js";

export const UPDATES = 50, REACH = 10; // w and b go from -REACH to REACH
export const LOSSES = {
  mse: { name: "squared error", loss: (z, t) => (sigmoid(z) - t) ** 2, dz: (p, t) => 2 * (p - t) * p * (1 - p) },
  bce: { name: "cross-entropy", loss: (z, t) => softplus(z) - t * z, dz: (p, t) => p - t },
};
const KINDS = Object.values(LOSSES);

const middle = mean(RESERVATIONS), spread = Math.sqrt(mean(RESERVATIONS.map((x) => (x - middle) ** 2)));
export const start = { x: RESERVATIONS.map((x) => (x - middle) / spread), t: CALLED, w: -8, b: 4, azimuth: -60, elevation: 30 };

const heightAt = ({ x, t }, kind, w, b) => mean(x.map((each, n) => kind.loss(w * each + b, t[n])));

function slopeAt({ x, t }, kind, w, b) {
  const dz = x.map((each, n) => kind.dz(sigmoid(w * each + b), t[n]));
  return [mean(dz.map((each, n) => each * x[n])), mean(dz)];
}

/** Gradient descent at rate 1: w, b and the loss, before the first update and after each. */
function walk(data, kind, from) {
  const path = [];
  let [w, b] = from;
  for (let update = 0; update <= UPDATES; update += 1) {
    path.push([w, b, heightAt(data, kind, w, b)]);
    const [dw, db] = slopeAt(data, kind, w, b);
    [w, b] = [w - dw, b - db];
  }
  return path;
}

export function compute(state) {
  const { w, b } = state, paths = KINDS.map((kind) => walk(state, kind, [w, b]));
  const slopes = KINDS.map((kind) => slopeAt(state, kind, w, b));
  const losses = paths.map((path) => path[0][2]), steepness = slopes.map((slope) => Math.hypot(...slope));
  return { losses, slopes, steepness, paths, left: paths.map((path, k) => path.at(-1)[2] / losses[k]) };
}

const sign = (value, digits) => `${value < 0 ? "" : "+"}${fixed(value, digits)}`;
const off = (left) => `${fixed(100 * (1 - left), 1)} %`;

export function caption({ w, b, azimuth, elevation }, { losses, steepness, paths, left }) {
  const each = KINDS.map(({ name }, k) => {
    const [endW, endB, end] = paths[k].at(-1);
    return `On the ${name} the loss there is ${fixed(losses[k], 4)}, its slope has length ${fixed(steepness[k], 4)}, and `
      + `${UPDATES} updates lead to w = ${sign(endW, 2)}, b = ${sign(endB, 2)} with loss ${fixed(end, 4)}.`;
  });
  return [
    `From w = ${sign(w, 1)}, b = ${sign(b, 1)}, ${UPDATES} updates take ${off(left[0])} off the squared error and `
      + `${off(left[1])} off the cross-entropy.`,
    `${each.join(" ")} Two surfaces over w and b from ${-REACH} to ${REACH}, turned by ${azimuth} degrees, seen from ${elevation} `
      + "degrees above the floor.",
  ];
}

export function code({ w, b }) {
  const place = python([w, b], { float: true }).slice(1, -1);
  return [
    "import numpy as np",
    "from course_utils.explorers.loss_surfaces import stand",
    "",
    `mse, bce = (stand(x, t, ${place}, loss) for loss in ("MSE", "BCE"))`,
    "losses, slopes, paths = zip(mse, bce)",
    "steepness = np.hypot(*mse.slope), np.hypot(*bce.slope)",
  ].join("\n");
}

export const goals = [
  { text: "Find a start above 0.3 from which 50 updates take less than 0.1 % off the squared error.",
    reached: (_, { losses, left }) => losses[0] > 0.3 && left[0] > 0.999 },
  { text: "Find a start from which the squared error loses the larger share.", reached: (_, { left }) => left[0] < left[1] - 1e-6 },
  { text: "Look straight down, as on a map.", reached: ({ elevation }) => elevation === 90 },
];

// The landscape in its box, whose floor reaches from -1 to 1 both ways.

const GRID = 21; // lines each way
export const FLOOR = -0.7, TOP = 0.7;
const kept = { key: "", surfaces: [] };

/** For each loss its points in the box, GRID rows of GRID, the highest value of its axis, and how to put [w, b, loss] there. */
export function surfaces({ x, t }) {
  const key = JSON.stringify([x, t]);
  if (kept.key !== key) Object.assign(kept, { key, surfaces: KINDS.map((kind) => surface({ x, t }, kind)) });
  return kept.surfaces;
}

function surface(data, kind) {
  const ticks = Array.from({ length: GRID }, (_, k) => REACH * ((2 * k) / (GRID - 1) - 1));
  const places = ticks.map((w) => ticks.map((b) => [w, b, heightAt(data, kind, w, b)]));
  const peak = Math.max(...places.flat().map((place) => place[2])), highest = Math.ceil(peak);
  const box = ([w, b, loss]) => [w / REACH, b / REACH, FLOOR + ((TOP - FLOOR) * loss) / highest];
  return { points: places.map((row) => row.map(box)), highest, peak: box([0, 0, peak])[2], box };
}

/** Turns points: then the first two coordinates lie in the picture and the third points at the viewer. */
export function camera({ azimuth, elevation }) {
  const [a, e] = [azimuth, elevation].map((degrees) => (degrees * Math.PI) / 180);
  const [ca, sa, ce, se] = [Math.cos(a), Math.sin(a), Math.cos(e), Math.sin(e)];
  return ([x, y, z]) => [-sa * x + ca * y, ce * z - se * (ca * x + sa * y), ce * (ca * x + sa * y) + se * z];
}

/** The patches between the points, far ones first: { corners seen by the camera, height, depth, from: [i, j] }. */
export function patches({ points }, project) {
  const seen = points.map((row) => row.map(project)), all = [];
  for (let i = 1; i < GRID; i += 1) {
    for (let j = 1; j < GRID; j += 1) {
      const corners = [seen[i - 1][j - 1], seen[i][j - 1], seen[i][j], seen[i - 1][j]];
      const height = (points[i - 1][j - 1][2] + points[i][j - 1][2] + points[i][j][2] + points[i - 1][j][2]) / 4;
      all.push({ corners, height, depth: mean(corners.map((corner) => corner[2])), from: [i - 1, j - 1] });
    }
  }
  return all.sort((one, other) => one.depth - other.depth);
}

/** The [w, b] of the place on a surface that is seen at [x, y] of the picture, or null beside it. */
export function placeSeen(ground, view, [x, y]) {
  let found = null;
  for (const { corners: [a, b, c, d], from: [i, j] } of patches(ground, camera(view))) {
    for (const [corners, ends] of [[[a, b, c], [[0, 0], [1, 0], [1, 1]]], [[a, c, d], [[0, 0], [1, 1], [0, 1]]]]) {
      const share = weights(corners, [x, y]);
      if (!share) continue;
      const depth = share.reduce((total, each, k) => total + each * corners[k][2], 0);
      if (found && found.depth > depth) continue;
      const [u, v] = [0, 1].map((axis) => share.reduce((total, each, k) => total + each * ends[k][axis], 0));
      found = { depth, place: [i + u, j + v].map((at) => REACH * ((2 * at) / (GRID - 1) - 1)) };
    }
  }
  return found && found.place;
}

/** What shares of a triangle's three corners a point is made of; null where it lies outside. */
function weights([a, b, c], [x, y]) {
  const area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
  const v = ((x - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (y - a[1])) / area;
  const w = ((b[0] - a[0]) * (y - a[1]) - (x - a[0]) * (b[1] - a[1])) / area;
  return v >= -1e-9 && w >= -1e-9 && v + w <= 1 + 1e-9 ? [1 - v - w, v, w] : null; // never, where the area is 0
}

/** The [w, b] at [x, y] of the picture, at a height in the box; the nearest that there is where it lies beyond the edge. */
export function placeLevel({ azimuth, elevation }, height, [x, y]) {
  const a = (azimuth * Math.PI) / 180, e = (Math.max(elevation, 10) * Math.PI) / 180;
  const near = (Math.cos(e) * height - y) / Math.sin(e);
  const place = [Math.cos(a) * near - Math.sin(a) * x, Math.sin(a) * near + Math.cos(a) * x];
  return place.map((each) => REACH * Math.min(Math.max(each, -1), 1));
}
