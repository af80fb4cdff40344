// A softmax with a temperature: its probabilities, its Jacobian, and what one more unit on a logit does.

import { fixed, python } from "../shared/format.js";
import { sum } from "../shared/probability.js";

export const start = { z: [2, 3, 5, 0], temperature: 1, i: 1, c: 2 };

export const REACH = 6; // logits go from -REACH to REACH
export const COLDEST = 0.5, HOTTEST = 8;

export function softmax(z) {
  const most = Math.max(...z), raised = z.map((each) => Math.exp(each - most)), total = sum(raised);
  return raised.map((each) => each / total);
}

export function compute({ z, temperature, i, c }) {
  const p = softmax(z.map((each) => each / temperature));
  const p_after = softmax(z.map((each, k) => (each + (k === i)) / temperature));
  const J = p.map((pc, row) => p.map((pi, column) => (pc * ((row === column) - pi)) / temperature));
  return { p, p_after, J, change: p_after.map((each, k) => each - p[k]), forecast: J.map((row) => row[i]), slope: J[c][i] };
}

const LOW = { 0: "₀", 1: "₁", 2: "₂", 3: "₃" };
export const low = (k) => LOW[k];
export const signed = (value, digits = 3) => {
  const text = fixed(value, digits);
  return (Number(text) > 0 ? `+${text}` : text).replace("-", "−");
};

/** The slope in row c and column i: as a formula, and as a number. */
export function cell(c, i, { J }, temperature) {
  const by = temperature === 1 ? "" : " / T", formula = c === i ? `p${low(c)}(1 − p${low(c)})` : `−p${low(c)} p${low(i)}`;
  return `∂p${low(c)}/∂z${low(i)} = ${formula}${by} = ${signed(J[c][i])}`;
}

export function caption({ z, temperature, i, c }, n) {
  const all = (values, show) => `(${values.map(show).join(", ")})`;
  return [
    `One more unit on logit ${i} takes p${low(i)} from ${fixed(n.p[i], 3)} to ${fixed(n.p_after[i], 3)}, `
      + `where its slope forecasts ${fixed(n.p[i] + n.J[i][i], 3)}.`,
    `Logits ${all(z, (each) => signed(each, 1))} at temperature ${fixed(temperature)} give the probabilities `
      + `${all(n.p, (each) => fixed(each, 3))}. The unit changes them by ${all(n.change, (each) => signed(each))}: together 0. `
      + `Column ${i} of the Jacobian, the slopes before, forecasts ${all(n.forecast, (each) => signed(each))}. `
      + `Row ${c}, column ${i}: ${cell(c, i, n, temperature)}.`,
  ];
}

export function code({ z, temperature, i, c }) {
  const T = python(temperature);
  return [
    "import numpy as np",
    "from course_utils.activations import softmax, softmax_jacobian",
    "",
    `z, i, c = np.array(${python(z, { float: true })}), ${i}, ${c}`,
    `p = softmax(z, temperature=${T})`,
    `J = softmax_jacobian(z / ${T}) / ${T}`,
    `p_after = softmax(z + np.eye(len(z))[i], temperature=${T})`,
    "change = p_after - p",
    "forecast = J[:, i]",
    "slope = J[c, i]",
  ].join("\n");
}

export const goals = [
  { text: "Make a slope of 0.25 at temperature 1: there is none steeper.",
    reached: ({ temperature }, { J }) => temperature === 1 && J.some((row, k) => row[k] > 0.249) },
  { text: "Make the whole table nearly zero: no slope above 0.001.",
    reached: (_, { J }) => J.flat().every((slope) => Math.abs(slope) <= 0.001) },
  { text: "Find a unit whose gain is above 0.1, and forecast to 0.002.",
    reached: ({ i }, { change, forecast }) => change[i] > 0.1 && Math.abs(change[i] - forecast[i]) <= 0.002 },
];
