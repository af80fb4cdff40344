// What several formulas make of the loss of one logit, in three types of float. The losses come from Python, where the formulas
// are; which of them are right, and how many digits are, is worked out here.

import { general, listed, python } from "../shared/format.js";
import { unpacked } from "../shared/packed.js";
import { example } from "./example.js";

export const PLACES = 133, SIZES = Array.from({ length: PLACES }, (_, k) => 10 ** (k / 40)); // of the logit, 1 to 2,000
export const DTYPES = ["float16", "float32", "float64"], ANSWERS = ["sure and wrong", "sure and right"];
export const VERDICTS = ["right", "off", "infinite", "NaN"];
const OFF = 0.01; // a loss that is wrong by more than this share has failed
const LIMITS = { // the smallest normal float, and the distance from 1 to the next
  float16: [2 ** -14, 2 ** -10], float32: [2 ** -126, 2 ** -23], float64: [2 ** -1022, 2 ** -52],
};

export const start = { ...example, dtype: "float32", answer: "sure and wrong", size: 10, row: 0 };

export const placeOf = (size) => Math.min(Math.max(Math.round(40 * Math.log10(size)), 0), PLACES - 1);

const held = {};

/** Losses by type, as (2, M, PLACES), and their truth as (3, 2, PLACES), in one row; kept while the texts are the same. */
function tables({ losses, truth }) {
  const key = losses.join() + truth;
  if (held.key !== key) {
    const kinds = [Float32Array, Float32Array, Float64Array]; // each float16 is a float32
    Object.assign(held, { key, truth: unpacked(truth, Float64Array), losses: losses.map((text, k) => unpacked(text, kinds[k])) });
    held.codes = {};
  }
  return held;
}

/** The place of a loss's verdict in VERDICTS, and how many of its decimal digits are right. */
function judge(loss, truth, dtype) {
  const share = Math.abs(loss - truth) / Math.max(truth, LIMITS[dtype][0]);
  const verdict = Number.isNaN(loss) ? 3 : !Number.isFinite(loss) ? 2 : share > OFF ? 1 : 0;
  return { verdict, digits: Number.isNaN(share) ? 0 : Math.min(Math.max(-Math.log10(share), 0), most(dtype)) };
}

/** How many digits a type holds. */
export const most = (dtype) => -Math.log10(LIMITS[dtype][1] / 2);

export function compute(state) {
  const { names, dtype, answer, size } = state, all = tables(state), type = DTYPES.indexOf(dtype), t = ANSWERS.indexOf(answer);
  const lossAt = (row, place) => all.losses[type][(t * names.length + row) * PLACES + place];
  const truthAt = (place) => all.truth[(2 * type + t) * PLACES + place];
  all.codes[`${type}${t}`] ??= names.map((_, row) => SIZES.map((_each, place) => judge(lossAt(row, place), truthAt(place), dtype).verdict));
  const place = placeOf(size), truth = truthAt(place), losses = names.map((_, row) => lossAt(row, place));
  const judged = losses.map((loss) => judge(loss, truth, dtype)), codes = all.codes[`${type}${t}`];
  return { truth, losses, digits: judged.map(({ digits }) => digits), verdicts: judged.map(({ verdict }) => verdict), codes, place,
    row: Math.min(state.row, names.length - 1) };
}

export function caption({ names, dtype, answer }, { place, truth, losses, verdicts }) {
  const right = verdicts.filter((verdict) => verdict === 0).length;
  const groups = ["Right to 1 %", "Off", "Infinite", "Not a number"].map((words, verdict) => {
    const there = names.filter((_, row) => verdicts[row] === verdict);
    const told = there.map((name) => (verdict === 1 ? `${name} (${general(losses[names.indexOf(name)], 4)})` : name));
    return there.length ? `${words}: ${listed(told)}.` : "";
  });
  return [
    `${answer[0].toUpperCase()}${answer.slice(1)} at a logit of ${general(SIZES[place], 4)}, in ${dtype}: `
      + `${right} of ${names.length} formulas ${right === 1 ? "is" : "are"} right.`,
    `The true loss is ${general(truth, 4)} nats, the label ${ANSWERS.indexOf(answer)}. ${groups.filter(Boolean).join(" ")}`,
  ];
}

export function code({ dtype, answer, size }) {
  const t = ANSWERS.indexOf(answer);
  return [
    "import numpy as np",
    "from course_utils.losses import binary_cross_entropy_loss_and_gradient",
    "",
    `z = np.array([${python(size, { float: true })}]).astype("${dtype}")`,
    `losses = [formula(z, ${t})[0] for formula in formulas.values()]`,
    `truth = binary_cross_entropy_loss_and_gradient(z.astype(np.float64), np.array([${t}.0]))[0][0]`,
  ].join("\n");
}

/** Whether a row was right, failed at a smaller logit, and is right here again. */
const back = (codes, place) => codes[place] === 0 && codes.slice(0, place).some((each) => each !== 0);

export const goals = [
  { text: "In float32, sure and wrong, find where exactly half of the formulas are left.",
    reached: ({ dtype, answer, names }, { verdicts }) => dtype === "float32" && answer === ANSWERS[0]
      && 2 * verdicts.filter((verdict) => verdict === 0).length === names.length },
  { text: "Find a logit at which a formula gives NaN.", reached: (_, { verdicts }) => verdicts.includes(3) },
  { text: "Find a formula that fails and is right again further on.",
    reached: (_, { codes, place }) => codes.some((row) => back(row, place)) },
];
