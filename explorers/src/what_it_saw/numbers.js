// What a linear classifier of 28 x 28 pixels sees in a digit: evidence in its pixels, logits, probabilities.

import { fixed, general } from "../shared/format.js";
import { unpacked } from "../shared/packed.js";
import { sigmoid, sum } from "../shared/probability.js";
import { example } from "./example.js";

export const SIDE = 28, PIXELS = SIDE * SIDE, SHIFT = 10; // how far a logit can be slid, either way

export const start = { ...example, digit: 0, k: 0, shift: 0, outputs: "softmax", pixel: [14, 4] };

const held = {};

/** Weights (784, K), images (N, 784) in 256 steps and the step; kept while the texts are the same. */
export function arrays({ W, b, X, scale }) {
  if (held.W !== W || held.X !== X || held.scale !== scale) {
    const bytes = unpacked(X), count = bytes.length / PIXELS;
    const images = Array.from({ length: count }, (_, n) => bytes.subarray(PIXELS * n, PIXELS * (n + 1)));
    Object.assign(held, { W, X, scale, weights: unpacked(W, Float32Array), images, picked: {} });
  }
  return { ...held, count: b.length };
}

export const logits = ({ weights, scale }, b, image) => b.map((bias, c) =>
  image.reduce((total, ink, d) => total + ink * scale * weights[d * b.length + c], bias));

function softmax(z) {
  const most = Math.max(...z), e = z.map((each) => Math.exp(each - most)), total = sum(e);
  return e.map((each) => each / total);
}

const OUTPUTS = { softmax, "ten sigmoids": (z) => z.map(sigmoid) };

/** What hangs on the digit and the class alone: the same arrays as long as these are. */
function look(state, digit, k) {
  const all = arrays(state), { picked } = all;
  if (picked.digit !== digit) Object.assign(picked, { digit, k: null, x: Float64Array.from(all.images[digit], (ink) => ink * all.scale),
    z: logits(all, state.b, all.images[digit]) });
  if (picked.k !== k) {
    const weights = picked.x.map((_, d) => all.weights[d * all.count + k]);
    Object.assign(picked, { k, weights, evidence: picked.x.map((ink, d) => ink * weights[d]) });
  }
  return picked;
}

export function compute(state) {
  const { b, y, names, shift, outputs, pixel: [row, column] } = state;
  const digit = Math.min(state.digit, y.length - 1), k = Math.min(state.k, names.length - 1);
  const { x, weights, evidence, z: before } = look(state, digit, k), place = SIDE * row + column;
  const z = before.map((each, c) => (c === k ? each + shift : each)), predicted = z.indexOf(Math.max(...z));
  return { x, weights, evidence, bias: b[k], z_before: before, z, p_before: OUTPUTS[outputs](before), p: OUTPUTS[outputs](z), predicted,
    truth: y[digit], ink: x[place], weight: weights[place], contribution: evidence[place], digit, k };
}

export const signed = (value, digits = 2) => (value < 0 ? "−" : "+") + fixed(Math.abs(value), digits);

/** The pixel's product in words. */
export function product(row, column, ink, weight) {
  const small = (value) => `${value < 0 ? "−" : "+"}${general(Math.abs(value), 2)}`;
  return `row ${row}, column ${column}: ink ${general(ink)} × weight ${small(weight)} = ${signed(ink * weight, 3)}`;
}

export function caption({ names, y, shift, outputs, pixel: [row, column] }, n) {
  const { digit, k, p, p_before: before, predicted, truth } = n;
  const verdict = predicted === truth ? "and is right" : `and is wrong: this is ${names[truth]}`;
  const first = shift ? `With ${signed(shift, 1)} on the logit of ${names[k]}, it` : "It";
  return [
    `${first} says ${names[predicted]}, with probability ${fixed(p[predicted])}, ${verdict}.`,
    `Test digit ${digit} of 0 to ${y.length - 1}, ${outputs}. Evidence for ${names[k]}: the pixels add up to `
      + `${signed(sum([...n.evidence]))}, the bias is ${signed(n.bias)}, so the logit is ${signed(n.z_before[k])}. `
      + `Pixel in ${product(row, column, n.ink, n.weight)}.${shift ? ` ${slide(names[k], k, before, p)}` : ""}`,
  ];
}

function slide(name, k, before, p) {
  const others = (all) => fixed(sum(all) - all[k], 3);
  return `The slide takes the probability of ${name} from ${fixed(before[k], 3)} to ${fixed(p[k], 3)}, the others together from `
    + `${others(before)} to ${others(p)}.`;
}

export function code({ shift, outputs, pixel: [row, column] }, { digit, k }) {
  const name = outputs === "softmax" ? "softmax" : "sigmoid";
  return [
    `from course_utils.activations import ${name}`,
    "",
    `evidence = W[:, ${k}] * X[${digit}]`,
    `ink, weight = X[${digit}, ${SIDE} * ${row} + ${column}], W[${SIDE} * ${row} + ${column}, ${k}]`,
    "contribution = ink * weight",
    `z_before = X[${digit}] @ W + b`,
    "z = z_before.copy()",
    `z[${k}] += ${shift}`,
    `p_before, p = ${name}(z_before), ${name}(z)`,
  ].join("\n");
}

export const goals = [
  { text: "Find a digit that it gets wrong.", reached: ({ shift }, n) => shift === 0 && n.predicted !== n.truth },
  { text: "Move the square to the pixel that speaks loudest for the class.",
    reached: (_, n) => n.contribution > 0 && n.contribution >= 0.95 * Math.max(...n.evidence) },
  { text: "Slide a wrong answer right: drag the logit of the true class until it wins.",
    reached: (_, n) => n.k === n.truth && n.predicted === n.truth && n.z_before.some((each) => each > n.z_before[n.truth]) },
];
