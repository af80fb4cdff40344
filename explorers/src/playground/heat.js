// Values over the plane as pixels: what each neuron says, what the network predicts, and where classes meet.

import { forward, room } from "./network.js";
import { FORMULAS, makeFeatures, REACH } from "./points.js";

export const SIDE = 49; // places along each side
const EVERY = 3, SMALL = (SIDE - 1) / EVERY + 1; // of a neuron's picture
const axis = (k) => REACH * ((2 * k) / (SIDE - 1) - 1);
// Row by row as pixels lie: the first row is at the top.
const PLANE = Array.from({ length: SIDE * SIDE }, (_, k) => [axis(k % SIDE), -axis(Math.floor(k / SIDE))]);

let last = { key: "", X: null, h: null };

/** What every unit says at each place, the logits last. */
export function over({ shape, weights }, features, activation) {
  const key = JSON.stringify([features, shape]);
  if (last.key !== key) last = { key, X: makeFeatures(PLANE, features), h: room(shape, SIDE * SIDE) };
  return forward(shape, weights, last.X, SIDE * SIDE, activation, last.h);
}

export const featureOver = (name) => Float64Array.from(PLANE, ([x1, x2]) => FORMULAS[name](x1, x2));

const parse = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const mix = (a, b, share) => a.map((each, k) => each + share * (b[k] - each));
const asPixel = ([red, green, blue]) => (255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red);

/**
 * The colours of the page's theme, null where there is no page: those of three classes, and 511 steps from the first over
 * the ground to the second.
 */
export function palette(element) {
  const style = getComputedStyle(element);
  if (!style.getPropertyValue("--paper")) return null; // it does not stand in a page yet
  const named = (name) => parse(style.getPropertyValue(name).trim());
  const ground = named("--paper"), classes = ["--blue", "--vermilion", "--green"].map(named);
  const steps = (strength) => Int32Array.from({ length: 511 }, (_, k) => (
    asPixel(mix(ground, classes[Number(k > 255)], (strength * Math.abs(k - 255)) / 255))));
  return { ground, classes, pale: steps(0.55), full: steps(0.9) };
}

export function makeCanvas(parent, small) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = small ? SMALL : SIDE;
  canvas.className = "thumb";
  canvas.setAttribute("aria-hidden", "true");
  parent.append(canvas);
  const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height);
  return { canvas, small, pixels: new Int32Array(image.data.buffer), show: () => context.putImageData(image, 0, 0) };
}

export function place({ canvas }, left, top, size) {
  Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${size}px`, height: `${size}px` });
}

/** Paint column k of `values`, each divided by the largest size. */
export function paintValues(picture, values, k, columns, steps) {
  const { pixels, small } = picture, side = small ? SMALL : SIDE, every = small ? EVERY : 1;
  let most = 1e-12;
  for (let row = k; row < values.length; row += columns) most = Math.max(most, Math.abs(values[row]));
  for (let j = 0; j < side; j += 1) {
    for (let i = 0; i < side; i += 1) {
      const value = values[(j * every * SIDE + i * every) * columns + k];
      pixels[j * side + i] = steps[Math.round(255 + (255 * value) / most)];
    }
  }
  picture.show();
}

/** Paint what logits predict: the ground where nothing is sure, the class's colour where it is. */
export function paintPrediction(picture, z, columns, { ground, classes, pale }) {
  const { pixels } = picture;
  for (let row = 0; row < SIDE * SIDE; row += 1) {
    if (columns === 1) {
      const p = 1 / (1 + Math.exp(-z[row]));
      pixels[row] = pale[Math.round(510 * p)];
    } else {
      const e = [0, 1, 2].map((k) => Math.exp(z[row * 3 + k] - Math.max(z[row * 3], z[row * 3 + 1], z[row * 3 + 2])));
      const sum = e[0] + e[1] + e[2], sure = (Math.max(...e) / sum - 1 / 3) * 1.5;
      const colour = [0, 1, 2].map((part) => (e[0] * classes[0][part] + e[1] * classes[1][part] + e[2] * classes[2][part]) / sum);
      pixels[row] = asPixel(mix(ground, colour, 0.55 * sure));
    }
  }
  picture.show();
}

/** Where two classes are as likely as each other, as the d of a path; at(i, j) gives the pixels of a place of the grid. */
export function borders(z, columns, at) {
  if (columns === 1) return zeros(z, at);
  return [0, 1, 2].map((k) => zeros(Float64Array.from({ length: SIDE * SIDE }, (_, row) => {
    const others = [0, 1, 2].filter((other) => other !== k).map((other) => z[row * 3 + other]);
    return z[row * 3 + k] - Math.max(...others);
  }), at)).join("");
}

/** Where column k of `values` is zero, as the d of a path: for a neuron of tanh, the straight cut that it makes. */
export function cutOf(values, k, columns, at) {
  return zeros(Float64Array.from({ length: SIDE * SIDE }, (_, row) => values[row * columns + k]), at);
}

/** The lines on which values over the grid are zero, a short piece for each square that they cross. */
function zeros(values, at) {
  let d = "";
  const cross = (i, j, di, dj, here, there) => {
    const share = here / (here - there), [x, y] = at(i + di * share, j + dj * share);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  for (let j = 0; j < SIDE - 1; j += 1) {
    for (let i = 0; i < SIDE - 1; i += 1) {
      const k = j * SIDE + i, a = values[k], b = values[k + 1], c = values[k + SIDE], e = values[k + SIDE + 1];
      if ((a > 0) === (b > 0) && (a > 0) === (c > 0) && (a > 0) === (e > 0)) continue;
      const ends = [];
      if ((a > 0) !== (b > 0)) ends.push(cross(i, j, 1, 0, a, b));
      if ((b > 0) !== (e > 0)) ends.push(cross(i + 1, j, 0, 1, b, e));
      if ((c > 0) !== (e > 0)) ends.push(cross(i, j + 1, 1, 0, c, e));
      if ((a > 0) !== (c > 0)) ends.push(cross(i, j, 0, 1, a, c));
      for (let end = 0; end + 1 < ends.length; end += 2) d += `M${ends[end]}L${ends[end + 1]}`;
    }
  }
  return d;
}
