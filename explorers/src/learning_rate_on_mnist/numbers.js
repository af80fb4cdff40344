// Training on MNIST at nine learning rates and four batch sizes: runs that were really made (tools/mnist_runs.py).

import { general, listed, python } from "../shared/format.js";
import * as runs from "./runs.js";

export const start = { rate: 0.1, batch_size: 128, by: "updates" };

export const RATES = runs.rates, SIZES = runs.batch_sizes, ALL = 60000;
export const BUDGETS = { updates: 150, seconds: 1 }; // where the rates are compared
const SHARE = 5421 / ALL;
// What a model pays that gives every picture the share of fives and has seen no pixel.
export const BLIND = -(SHARE * Math.log(SHARE) + (1 - SHARE) * Math.log(1 - SHARE));

/** The run with that rate and batch size: looked at after some of its updates. */
export function run(rate, size) {
  const row = RATES.indexOf(rate), updates = runs[`updates_${size}`], one = runs.seconds[SIZES.indexOf(size)];
  return { updates, seconds: updates.map((count) => count * one), loss: runs[`loss_${size}`][row], right: runs[`right_${size}`][row] };
}

/** Loss when the budget is spent, between two looks on a straight line; where the run ends earlier, that at its end. */
function withinBudget(rate, size, by) {
  const { loss, [by]: price } = run(rate, size), budget = BUDGETS[by], after = price.findIndex((spent) => spent >= budget);
  if (after < 0) return loss.at(-1);
  if (after === 0) return loss[0];
  const share = (budget - price[after - 1]) / (price[after] - price[after - 1]);
  return loss[after - 1] + share * (loss[after] - loss[after - 1]);
}

const each = (make) => Object.fromEntries(Object.keys(BUDGETS).map((by) => [by, make(by)]));
const MAPS = each((by) => SIZES.map((size) => RATES.map((rate) => withinBudget(rate, size, by)))); // a row for each batch size
const BEST = each((by) => SIZES.flatMap((size, row) => RATES.map((rate, column) => [MAPS[by][row][column], rate, size]))
  .reduce((best, other) => (other[0] < best[0] ? other : best)));

export function compute({ rate, batch_size: size, by }) {
  const map = MAPS[by], reached = map[SIZES.indexOf(size)][RATES.indexOf(rate)];
  return { ...run(rate, size), reached, map, best: BEST[by], blind: BLIND };
}

export const thousands = (whole) => String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
export const pictures = (size) => ({ 1: "1 picture", [ALL]: "all 60,000 pictures" })[size] ?? `${size} pictures`;
export const paid = (by) => (by === "updates" ? "150 updates" : "1 second");

export function caption({ rate, batch_size: size, by }, { reached, best, updates, seconds, loss, right }) {
  const worth = reached > BLIND ? "worse than a blind guess" : reached > best[0] ? "better than a blind guess" : "the lowest of all";
  const end = [`${thousands(updates.at(-1))} updates`, `${seconds.at(-1).toFixed(1)} seconds`];
  return [
    `Rate ${general(rate)} with ${pictures(size)} in each update: after ${paid(by)} the loss is ${general(reached)} nats, ${worth}.`,
    `A blind guess costs ${general(BLIND)}. This run ends after ${listed(end)}, at ${general(loss.at(-1))} nats, `
      + `with ${thousands(right.at(-1))} of 10,000 test pictures right.`,
  ];
}

export function code({ rate, batch_size: size, by }) {
  const name = python(by), value = python(rate, { float: true });
  return [
    "from course_utils.explorers.learning_rate_on_mnist import (",
    "    batch_sizes, loss_within_budget, rates, training_run",
    ")",
    "",
    `updates, seconds, loss, right = training_run(${value}, ${size})`,
    `reached = loss_within_budget(${value}, ${size}, ${name})`,
    `best = min((loss_within_budget(r, size, ${name}), r, size) for r in rates() for size in batch_sizes())`,
  ].join("\n");
}

const nearBest = ({ reached, best }) => reached <= 1.01 * best[0];

export const goals = [
  { text: "Find the lowest loss that 150 updates buy.", reached: ({ by }, n) => by === "updates" && nearBest(n) },
  { text: "Find the lowest loss that one second buys.", reached: ({ by }, n) => by === "seconds" && nearBest(n) },
  { text: "Find a run that ends worse than a blind guess.", reached: (_, { loss }) => loss.at(-1) > BLIND },
];
