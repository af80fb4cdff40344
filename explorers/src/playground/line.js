// All that a playground is, as one short line: as course_utils/explorers/playground/state.py writes and reads it.

import { general } from "../shared/format.js";
import { DATA, FEATURES, REACH } from "./points.js";
import { MOST_UPDATES } from "./network.js";

export const ACTIVATIONS = ["tanh", "relu", "sigmoid", "linear"], LOSSES = ["CE", "MSE"];
export const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
export const BATCHES = [0, 1, 5, 10, 30, 100], PENALTIES = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3];
export const MOST_LAYERS = 6, MOST_UNITS = 8, MOST_POINTS = 200;
export const start = { data: "circles", noise: 0.1, features: ["x1", "x2"], hidden: [4], activation: "tanh", loss: "CE", rate: 0.3,
  classes: 2, batch: 0, L1: 0, L2: 0, share: 50, draw: 0, seed: 0, points: [], updates: 0 };

const PAIRS = { squares: ["sq1", "sq2"], sines: ["sin1", "sin2"] };
const written = (value) => general(value, 6);
const oneOf = (options) => (text) => options.find((option) => written(option) === text);
const named = (options) => (text) => options.find((option) => option === text);
const whole = (low, high) => (text) => (/^\d{1,9}$/.test(text) && text >= low && text <= high ? Number(text) : undefined);

const base36 = (number) => number.toString(36).padStart(2, "0");
const writePoints = (points) => points.map(([x, y, label]) => (
  `${base36(Math.round(100 * (x + REACH)))}${base36(Math.round(100 * (y + REACH)))}${label}`)).join("");
function readPoints(text) {
  const all = text.match(/.{1,5}/g) ?? [], middle = 100 * REACH;
  const points = all.map((each) => [parseInt(each.slice(0, 2), 36), parseInt(each.slice(2, 4), 36), Number(each[4])]);
  const fit = all.length <= MOST_POINTS && all.every((each) => /^[0-8][0-9a-z][0-8][0-9a-z][012]$/.test(each))
    && points.every(([x, y]) => Math.max(x, y) <= 2 * middle);
  return fit && all.length ? points.map(([x, y, label]) => [(x - middle) / 100, (y - middle) / 100, label]) : undefined;
}

// Mark, name, how it is written and read: what is as usual is left out.
const EXTRA = [
  ["k", "classes", String, whole(2, 3)],
  ["b", "batch", String, oneOf(BATCHES)],
  ["L1=", "L1", written, oneOf(PENALTIES.slice(1))],
  ["L2=", "L2", written, oneOf(PENALTIES.slice(1))],
  ["t", "share", String, whole(10, 90)],
  ["d", "draw", String, whole(0, 999)],
  ["s", "seed", String, whole(0, 999)],
  ["p", "points", writePoints, readPoints],
];

export function writeLine(state) {
  const { data, noise, features, hidden, activation, loss, rate, updates } = state;
  let chosen = features.join("+") || "none";
  for (const [word, pair] of Object.entries(PAIRS)) chosen = chosen.replace(pair.join("+"), word);
  const size = new Set(hidden).size > 1 ? hidden.join("+") : `${hidden.length}x${hidden[0] ?? 1}`;
  const extra = EXTRA.filter(([, name]) => JSON.stringify(state[name]) !== JSON.stringify(start[name]))
    .map(([mark, name, write]) => `_${mark}${write(state[name])}`);
  return `${data}_n${written(noise)}_${chosen}_${size}_${activation}_${loss}_r${written(rate)}_u${updates}${extra.join("")}`;
}

function readFeatures(text) {
  const words = text === "none" ? [] : text.split("+"), names = words.flatMap((word) => PAIRS[word] ?? [word]);
  const good = names.every((name) => FEATURES.includes(name)) && new Set(names).size === names.length;
  return good ? FEATURES.filter((name) => names.includes(name)) : undefined;
}

function readHidden(text) {
  const [, layers, units] = text.match(/^(\d)x(\d)$/) ?? [];
  const hidden = layers ? Array(Number(layers)).fill(Number(units)) : /^\d(\+\d)+$/.test(text) ? text.split("+").map(Number) : null;
  const sizes = [...hidden ?? [0], ...units ? [Number(units)] : []];
  return hidden && hidden.length <= MOST_LAYERS && sizes.every((each) => each >= 1 && each <= MOST_UNITS) ? hidden : undefined;
}

// Name, mark and how it is read: the eight parts that are always there.
const PARTS = [
  ["data", "", named(DATA)], ["noise", "n", oneOf(Array.from({ length: 11 }, (_, k) => k / 20))], ["features", "", readFeatures],
  ["hidden", "", readHidden], ["activation", "", named(ACTIVATIONS)], ["loss", "", named(LOSSES)], ["rate", "r", oneOf(RATES)],
  ["updates", "u", whole(0, MOST_UPDATES)],
];

/** The state that a line tells, or { error } in words. */
export function readLine(text) {
  const parts = text.trim().split("_"), state = structuredClone(start), found = new Set();
  if (parts.length < PARTS.length) return { error: `A state has ${PARTS.length} parts or more, as in ${writeLine(start)}.` };
  for (const [k, part] of parts.entries()) {
    const known = k < PARTS.length ? PARTS[k] : EXTRA.filter(([mark, name]) => part.startsWith(mark) && !found.has(name))
      .map(([mark, name, , read]) => [name, mark, read])[0];
    const value = known && part.startsWith(known[1]) ? known[2](part.slice(known[1].length)) : undefined;
    if (value === undefined) return { error: `Part ${k + 1} of the state, "${part.slice(0, 40)}", is none that a playground has.` };
    found.add(known[0]);
    state[known[0]] = value;
  }
  return { state };
}
