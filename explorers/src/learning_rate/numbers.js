// Gradient descent on three surfaces over two weights, from a start and with a learning rate of one's own.

import { general, python } from "../shared/format.js";
import { CALLED, RESERVATIONS } from "../shared/police.js";
import { mean, sigmoid, softplus } from "../shared/probability.js";

export const start = { surface: "bowl", rate: 0.1, start: [-3.5, -1] };

export const STEPS = 100;
export const WIDE = [-4.6, 6.6], HIGH = [-4, 4]; // the piece of the map that is shown
export const RATES = Array.from({ length: 41 }, (_, k) => 10 ** (k / 10 - 2));
const ENOUGH = 0.01; // a rate that leaves more of the start's loss than this is too small
const FAR = 1e6; // who is as far away as this has run away and stands still

const times = ([a, b, d], [x, y]) => [a * x + b * y, b * x + d * y]; // a symmetric matrix as its a, b, d

function quadratic(hessian) {
  const gradient = (w) => times(hessian, w);
  return { loss: (w) => (gradient(w)[0] * w[0] + gradient(w)[1] * w[1]) / 2, gradient, lowest: [0, 0], hessian };
}

/** The mean binary cross-entropy of one neuron on the standardised reservations. */
function police() {
  const centre = mean(RESERVATIONS), spread = Math.sqrt(mean(RESERVATIONS.map((x) => (x - centre) ** 2)));
  const evenings = RESERVATIONS.map((x, n) => ({ x: (x - centre) / spread, t: CALLED[n] }));
  const over = (value) => mean(evenings.map(value));
  const loss = (w) => over(({ x, t }) => softplus(w[0] * x + w[1]) - t * (w[0] * x + w[1]));
  const gradient = ([weight, bias]) => {
    let [g, h] = [0, 0];
    for (const { x, t } of evenings) {
      const dz = sigmoid(weight * x + bias) - t;
      g += dz * x;
      h += dz;
    }
    return [g / evenings.length, h / evenings.length];
  };
  const curve = (w) => {
    const weight = ({ x }) => sigmoid(w[0] * x + w[1]) * (1 - sigmoid(w[0] * x + w[1]));
    return [over((each) => weight(each) * each.x ** 2), over((each) => weight(each) * each.x), over(weight)];
  };
  let lowest = [0, 0];
  for (let update = 0; update < 20; update += 1) { // Newton's method
    const [a, b, d] = curve(lowest), [g, h] = gradient(lowest), determinant = a * d - b * b;
    lowest = [lowest[0] - (d * g - b * h) / determinant, lowest[1] - (a * h - b * g) / determinant];
  }
  return { loss, gradient, lowest, hessian: curve(lowest) };
}

// Once as steep along 30 degrees, 25 times across.
const RAVINE = [0.75 + 25 * 0.25, ((1 - 25) * Math.sqrt(3)) / 4, 0.25 + 25 * 0.75];
export const SURFACES = { bowl: quadratic([1, 0, 1]), ravine: quadratic(RAVINE), police: police() };
for (const ground of Object.values(SURFACES)) {
  const [a, b, d] = ground.hessian, steepest = (a + d) / 2 + Math.hypot((a - d) / 2, b);
  ground.limit = Number((2 / steepest).toFixed(12));
  ground.bottom = ground.loss(ground.lowest);
  ground.above = (w) => Math.max(ground.loss(w) - ground.bottom, 0);
}

function walk(ground, from, rate) {
  const path = [from];
  let here = from;
  while (path.length <= STEPS && Math.max(Math.abs(here[0]), Math.abs(here[1])) <= FAR) {
    const slope = ground.gradient(here);
    here = [here[0] - rate * slope[0], here[1] - rate * slope[1]];
    path.push(here);
  }
  return path;
}

const ends = { key: "", losses: [] };

/** Loss above the minimum after STEPS updates for each of RATES; kept while only the rate moves. */
function lossesAtTheEnd(surface, from) {
  const key = `${surface} ${from}`, ground = SURFACES[surface];
  if (ends.key !== key) Object.assign(ends, { key, losses: RATES.map((rate) => ground.above(walk(ground, from, rate).at(-1))) });
  return ends.losses;
}

export function compute({ surface, rate, start: from }) {
  const ground = SURFACES[surface], path = walk(ground, from, rate), { limit } = ground;
  const above = path.map(ground.above), left = above.at(-1);
  const verdict = rate >= limit ? "diverging" : rate > limit / 2 ? "overshooting" : left > ENOUGH * above[0] ? "too small" : "good";
  return { path, losses: above.map((each, k) => (each ? each + ground.bottom : ground.loss(path[k]))), above, left, verdict, limit,
    ends: lossesAtTheEnd(surface, from) };
}

export function caption({ surface, rate, start: from }, { path, verdict, limit, left }) {
  const why = {
    "too small": `after ${STEPS} updates more than 1 % of the loss is left`,
    good: "it is there in time, and without a jump over the valley",
    overshooting: "near the minimum each update jumps over the valley, and still comes nearer",
    diverging: surface === "police" ? "no minimum can hold it, and since the slope of this loss is bounded, it wanders about"
      : "no minimum can hold it",
  }[verdict];
  const [x, y] = path.at(-1).map((each) => general(each)), where = from.map((each) => general(each)).join(", ");
  return [
    `On the ${surface} a learning rate of ${general(rate)} is ${verdict}: ${why}.`,
    `From (${where}), ${path.length - 1} updates lead to (${x}, ${y}), ${general(left)} above the lowest loss. `
      + `The largest stable rate, 2 / λmax, is ${general(limit, 4)}.`,
  ];
}

export function code({ surface, rate, start: from }) {
  const [shownRate, shownStart] = [rate, from].map((value) => python(value, { float: true }));
  return [
    "from course_utils.explorers.learning_rate import descend, loss_above_minimum",
    "",
    `path, losses, verdict, limit = descend("${surface}", ${shownRate}, steps=${STEPS}, start=${shownStart})`,
    `left = loss_above_minimum("${surface}", path[-1])`,
  ].join("\n");
}

export const goals = [
  { text: "Come as near to the bowl's limit as you can without diverging.",
    reached: ({ surface, rate }) => surface === "bowl" && rate >= 1.9 && rate < 2 },
  { text: "In the ravine, leave less than 0.0001 of loss after 100 updates.",
    reached: ({ surface }, { left }) => surface === "ravine" && left < 1e-4 },
  { text: "On police, let the loss fall below 0.01 above its minimum and climb out again, above 0.05.",
    reached: ({ surface }, { above }) => surface === "police"
      && above.some((each, k) => each > 0.05 && above.slice(0, k).some((lower) => lower < 0.01)) },
];
