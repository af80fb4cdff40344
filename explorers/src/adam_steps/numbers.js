// How far Adam steps along a row of gradients, with momentum and plain descent beside it.

import { fixed, general, python } from "../shared/format.js";

export const COUNT = 40; // updates
const EPSILON = 1e-8;
const row = (gradient) => Array.from({ length: COUNT }, (_, k) => gradient(k));
export const ROWS = { constant: row(() => 1), alternating: row((k) => 1 - 2 * (k % 2)), once: row((k) => Number(k === 0)) };
const AS_PYTHON = { constant: `[1.0] * ${COUNT}`, alternating: `[1.0, -1.0] * ${COUNT / 2}`, once: `[1.0] + [0.0] * ${COUNT - 1}` };

export const start = { gradients: ROWS.once, silence: 5000, size: 1, beta_1: 0.9, beta_2: 0.999, update: 1 };

/** The name of a row of the list; nothing for one that a hand has drawn. */
export const nameOf = (gradients) => Object.keys(ROWS).find((name) => ROWS[name].every((each, k) => each === gradients[k]));

/** Each list holds a number an update; steps are in learning rates, positive against a positive gradient. */
export function compute({ gradients: drawn, silence, size, beta_1: beta1, beta_2: beta2, update }) {
  const n = { gradients: drawn.map((each) => size * each), plain: [], momentum: [], mean: [], root: [], scale: [], adam: [] };
  let [m, v, velocity] = [0, 0, 0]; // what a rule remembers of zeros is zero: only Adam's count of updates goes on
  n.gradients.forEach((gradient, k) => {
    const count = silence + k + 1;
    m = beta1 * m + (1 - beta1) * gradient;
    v = beta2 * v + (1 - beta2) * gradient ** 2;
    velocity = beta1 * velocity + gradient;
    const mean = m / (1 - beta1 ** count), root = Math.sqrt(v / (1 - beta2 ** count));
    const now = { plain: gradient, momentum: velocity, mean, root, scale: 1 / (root + EPSILON), adam: mean / (root + EPSILON) };
    Object.entries(now).forEach(([name, value]) => n[name].push(value));
  });
  const lengths = n.adam.map(Math.abs), most = Math.max(...lengths);
  // The first of those that rounding alone tells apart.
  return { ...n, step: n.adam[update - 1], longest: most, longestAt: lengths.findIndex((length) => length >= most * (1 - 1e-9)) + 1 };
}

/** What the paper that introduced Adam gives as the longest step, in learning rates. */
export const bound = ({ beta_1: beta1, beta_2: beta2 }) => Math.max(1, (1 - beta1) / Math.sqrt(1 - beta2));

/** As on the page: two digits after the point, or where that is little, two that count. */
export function neat(value) {
  const size = Math.abs(value), text = size >= 0.1 || size === 0 ? fixed(value) : size > 1e-4 ? value.toPrecision(2) : general(value, 2);
  return text.replaceAll("-", "−");
}

export const signed = (value) => (value > 0 ? `+${neat(value)}` : neat(value));

const thousands = (count) => String(count).replace(/(\d)(?=(\d{3})+$)/g, "$1,");

export function caption({ silence, update }, n) {
  const told = ["adam", "gradients", "mean", "momentum", "plain"].map((name) => signed(n[name][update - 1]));
  const [step, gradient, mean, momentum, plain] = told, root = neat(n.root[update - 1]);
  const before = silence ? `After ${thousands(silence)} gradients of zero, ` : "With no zeros before, ";
  return [
    `At update ${update} Adam steps ${step} learning rates, for a gradient of ${gradient}.`,
    `${before}m is ${mean} there and √v is ${root}, each corrected for its start at zero; Adam's step is m / √v. `
      + `Its longest step is ${fixed(n.longest)} learning rates (update ${n.longestAt}), its last ${signed(n.adam.at(-1))}. `
      + `At update ${update} momentum, whose β is β₁, steps ${momentum}, and plain descent ${plain}.`,
  ];
}

export function code({ gradients, silence, size, beta_1: beta1, beta_2: beta2, update }) {
  const drawn = AS_PYTHON[nameOf(gradients)] ?? python(gradients, { float: true });
  return [
    "import numpy as np",
    "from course_utils.explorers.adam_steps import steps_along",
    "",
    `drawn = ${python(size, { float: true })} * np.array(${drawn})`,
    `gradients, plain, momentum, adam, scale, mean, root = steps_along(drawn, ${silence}, beta_1=${beta1}, beta_2=${beta2})`,
    `step = adam[${update - 1}]  # at update ${update}, in learning rates`,
  ].join("\n");
}

export const goals = [
  { text: "Make a step longer than the bound in Adam's paper, (1 − β₁) / √(1 − β₂).",
    reached: (state, n) => n.longest > 1.02 * bound(state) },
  { text: "Keep every gradient at full size, and let Adam's last step be shorter than 0.06.",
    reached: ({ gradients }, n) => gradients.every((each) => Math.abs(each) === 1) && Math.abs(n.adam.at(-1)) < 0.06 },
  { text: "Draw a row for which some step of Adam goes uphill, though plain descent never does.",
    reached: (_, n) => n.adam.some((step, k) => Math.abs(step) > 0.01 && step * n.gradients[k] < 0) },
];
