// A small network that learns in the plane: its losses, its weights and how much it gets right, after so many updates.

import { fixed, general, listed } from "../shared/format.js";
import { start as first, writeLine } from "./line.js";
import { runOf } from "./network.js";

export const start = { ...first, updates: 20 };

export const CALLED = { x1: "x₁", x2: "x₂", sq1: "x₁²", sq2: "x₂²", product: "x₁x₂", sin1: "sin πx₁", sin2: "sin πx₂" };
const DATA_CALLED = { xor: "Exclusive or", sine: "Points about a sine", own: "Your own points" };

export function compute(state) {
  const run = runOf(state), moment = run.at(state.updates);
  return { ...moment, weights: moment.weights.slice(), points: run.points, shape: run.shape };
}

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

function networkCalled({ features, hidden, activation, classes }) {
  const on = `on ${listed(features.map((name) => CALLED[name])) || "no feature"}`;
  const out = classes === 2 ? "a sigmoid" : "a softmax of three";
  if (!hidden.length) return `no hidden layer, ${out} ${on}`;
  const layers = hidden.length === 1 ? "one hidden layer" : `${hidden.length} hidden layers`;
  return `${layers} of ${listed(hidden.map(String))} ${activation} ${hidden.at(-1) === 1 ? "neuron" : "neurons"} and ${out}, ${on}`;
}

export function caption(state, n) {
  const { data, noise, loss, rate, batch, L1, L2 } = state, unit = loss === "CE" ? "nats" : "squared error";
  const some = n.points.test.length, where = some ? "test points" : "training points";
  const right = n.points.train.length ? `${fixed(100 * n.test_accuracy, 1)} % of the ${where} are on the right side`
    : "there is no point to learn from yet: click into the plane";
  const extra = [batch && `batches of ${batch}`, L1 && `L1 ${general(L1)}`, L2 && `L2 ${general(L2)}`].filter(Boolean);
  const tests = some ? `, ${fixed(n.test_losses.at(-1), 4)} on ${plural(some, "test point")}` : "; no test points";
  const end = n.stopped ? ` The weights ran away after update ${n.done}; this is the last moment before.` : "";
  return [
    `After ${plural(n.done, "update")}, ${right}.`,
    `${DATA_CALLED[data] ?? data[0].toUpperCase() + data.slice(1)}${data === "own" ? "" : ` with noise ${general(noise)}`}; `
      + `${networkCalled(state)}; `
      + `rate ${general(rate)}`
      + `${extra.map((each) => `, ${each}`).join("")}. Loss (${unit}): ${fixed(n.train_losses.at(-1), 4)} on `
      + `${plural(n.points.train.length, "training point")}${tests}.${end}`,
  ];
}

export function code(state) {
  return [
    "import numpy as np",
    "from course_utils.explorers.playground.network import train_to",
    "from course_utils.explorers.playground.state import read_state",
    "",
    `settings, updates = read_state("${writeLine(state)}")`,
    "layers, train_losses, test_losses, test_accuracy, stopped = train_to(settings, updates)",
    "weights = np.concatenate([part.ravel() for layer in layers for part in layer])",
  ].join("\n");
}

const units = ({ hidden }) => hidden.reduce((total, each) => total + each, 0);

export const goals = [
  { text: "Fence in the circles with three neurons, on x₁ and x₂ alone: 97 % of the test points right.",
    reached: (state, n) => state.data === "circles" && state.classes === 2 && units(state) <= 3
      && state.features.every((name) => name === "x1" || name === "x2") && n.points.test.length >= 100 && n.test_accuracy >= 0.97 },
  { text: "Unroll the spiral, with some noise: 90 % of the test points right.",
    reached: (state, n) => state.data === "spiral" && state.noise >= 0.05 && n.points.test.length >= 100 && n.test_accuracy >= 0.9 },
  { text: "Let a network learn noise by heart: a test loss 0.1 above the lowest that it had.",
    reached: (_, n) => n.points.test.length > 0 && n.test_losses.at(-1) > n.test_losses.reduce((a, b) => Math.min(a, b)) + 0.1 },
];
