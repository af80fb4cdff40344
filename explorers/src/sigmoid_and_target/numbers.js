// One neuron with its logit z and its target t: what two losses say of it, and how long each needs to put it right.

import { fixed, general, python } from "../shared/format.js";
import { sigmoid, softplus } from "../shared/probability.js";

export const start = { z: 6, t: 0 };

export const LIMIT = 10; // the largest logit: from 30 the squared error would take a million million steps
export const HARDEST = 8 / 27; // the steepest slope of the squared error, for a target of 0 or 1

/** Probability, error, both losses and both slopes along z. */
export function neuron(z, t) {
  const p = sigmoid(z), error = p - t;
  return { p, error, mse: error ** 2, mse_gradient: 2 * error * p * (1 - p), bce: softplus(z) - t * z, bce_gradient: error };
}

/** Logits by gradient descent with learning rate 1, until p is on the target's side of 0.5. */
function descend(z, t, gradient) {
  const path = [z];
  for (let here = z; here * (t - 0.5) < 0; path.push(here)) here -= gradient(1 / (1 + Math.exp(-here)));
  return path;
}

const races = { key: "" };

/** The two runs; the last is kept, since a picture asks for it at each of its frames. */
export function race(z, t) {
  const key = `${z} ${t}`;
  if (races.key !== key) {
    Object.assign(races, { key, mse: descend(z, t, (p) => 2 * (p - t) * p * (1 - p)), bce: descend(z, t, (p) => p - t) });
  }
  return races;
}

export function compute({ z, t }) {
  const { mse, bce } = race(z, t);
  return { ...neuron(z, t), mse_steps: mse.length - 1, bce_steps: bce.length - 1, mse_end: mse.at(-1), bce_end: bce.at(-1) };
}

export const counted = (steps) => (steps === 1 ? "1 step" : `${thousands(steps)} steps`);
export const thousands = (steps) => String(steps).replace(/\B(?=(\d{3})+$)/g, ",");
const signed = (value, write) => `${value < 0 ? "−" : "+"}${write(Math.abs(value))}`;

export function caption({ z, t }, n) {
  const [logit, error] = [signed(z, (v) => fixed(v, 1)), signed(n.error, (v) => fixed(v, 4))];
  const numbers = `z = ${logit}, p = ${general(n.p, 4)}, target ${fixed(t)}, error p − t = ${error}. `
    + `Squared error ${fixed(n.mse, 4)}, its gradient ${signed(n.mse_gradient, general)}; `
    + `cross-entropy ${fixed(n.bce, 4)} nats, its gradient ${signed(n.bce_gradient, general)}.`;
  return [story(t, n), numbers];
}

function story(t, { mse_steps: squared, bce_steps: crossed }) {
  if (squared) return `To put it right, the squared error needs ${counted(squared)}, the cross-entropy ${counted(crossed)}.`;
  if (t === 0.5) return "No race, because a target of 0.5 is on neither side of 0.5.";
  return "No race, because p is on the target's side of 0.5 already.";
}

export function code({ z, t }) {
  const state = `${python(z, { float: true })}, ${python(t, { float: true })}`;
  return [
    "from course_utils.explorers.sigmoid_and_target import neuron, race",
    "",
    `p, error, mse, mse_gradient, bce, bce_gradient = neuron([${state.replace(", ", "], ")})`,
    `mse_steps, bce_steps = (len(path) - 1 for path in race(${state}))`,
  ].join("\n");
}

export const goals = [
  { text: "Be as wrong as you can, where the squared error hardly learns: a gradient below 0.001.",
    reached: (_, n) => Math.abs(n.error) > 0.9 && Math.abs(n.mse_gradient) < 0.001 },
  { text: "Find where the squared error pulls hardest, for a target of 0 or 1.",
    reached: ({ t }, n) => (t === 0 || t === 1) && Math.abs(n.mse_gradient) > HARDEST - 1e-4 },
  { text: "Be exactly right, and still pay for it.", reached: (_, n) => n.error === 0 && n.bce > 0.1 },
];
