// An S curve through thirty evenings, held at two points: where p is 1/4 and where it is 3/4.

import { fixed, general, python } from "../shared/format.js";
import { CALLED, RESERVATIONS } from "../shared/police.js";
import { mean, sigmoid, softplus } from "../shared/probability.js";

export const start = { quarter: 2, three_quarters: 26 };

export const DESCENT = 0.3657; // the loss that 10,000 updates of gradient descent reach with all three columns (lesson 04)
export const LOWEST = 0.29154; // with the reservations alone
export const RANGE = [-10, 40];
const CLOSEST = 0.1; // reservations; nearer than that the two points count as so far apart

/** The evenings in the order of their reservations, those without a call first. */
export const EVENINGS = RESERVATIONS.map((x, n) => ({ x, t: CALLED[n], n }))
  .sort((one, other) => one.x - other.x || one.t - other.t || one.n - other.n);

/** The sigmoid's weight and bias. */
export function weights({ quarter, three_quarters: threeQuarters }) {
  const gap = threeQuarters - quarter, w = (2 * Math.log(3)) / (Math.abs(gap) < CLOSEST ? CLOSEST : gap);
  return { w, b: (-w * (quarter + threeQuarters)) / 2 };
}

export function compute(state) {
  const { w, b } = weights(state), z = RESERVATIONS.map((x) => w * x + b);
  const surprise = z.map((each, n) => softplus(CALLED[n] ? -each : each));
  const right = z.filter((each, n) => each > 0 === (CALLED[n] === 1)).length;
  return { w, b, p: z.map(sigmoid), surprise, loss: mean(surprise), right };
}

export function caption({ quarter, three_quarters: threeQuarters }, { surprise, loss, right }) {
  const gap = Math.abs(loss - DESCENT), side = loss < DESCENT ? "below" : "above";
  const dearest = surprise.indexOf(Math.max(...surprise));
  return [
    `The loss is ${fixed(loss, 4)} nats, ${fixed(gap, 4)} ${side} the ${DESCENT} of 10,000 updates.`,
    `p is 1/4 at ${general(quarter)} reservations and 3/4 at ${general(threeQuarters)}. The dearest evening has ${RESERVATIONS[dearest]} `
      + `reservations and ${CALLED[dearest] ? "a call" : "no call"}: ${fixed(surprise[dearest], 2)} nats. `
      + `${right} of 30 verdicts are right. The descent had two more columns.`,
  ];
}

export function code(state) {
  const [quarter, threeQuarters] = [state.quarter, state.three_quarters].map((each) => python(each, { float: true }));
  return [
    "import numpy as np",
    "from course_utils.activations import sigmoid",
    "from course_utils.datasets import load_police",
    "from course_utils.losses import binary_cross_entropy_from_logits",
    "",
    "data = load_police()",
    "x, t = data.X[:, 0], data.y",
    `quarter, three_quarters = ${quarter}, ${threeQuarters}  # reservations at which p is 1/4 and 3/4`,
    Math.abs(state.three_quarters - state.quarter) < CLOSEST ? "w = 2 * np.log(3) / 0.1  # as steep as it gets"
      : "w = 2 * np.log(3) / (three_quarters - quarter)",
    "b = -w * (quarter + three_quarters) / 2",
    "p = sigmoid(w * x + b)",
    "surprise = binary_cross_entropy_from_logits(w * x + b, t, per_sample=True)",
    "loss = surprise.mean()",
    "right = ((w * x + b > 0) == (t == 1)).sum()",
  ].join("\n");
}

export const goals = [
  { text: `Beat 10,000 updates of gradient descent by hand: a loss below ${DESCENT}.`, reached: (_, { loss }) => loss < DESCENT },
  { text: "Come within 0.0005 of the lowest loss that the reservations alone allow, 0.2915.",
    reached: (_, { loss }) => loss < LOWEST + 5e-4 },
  { text: "Do worse than saying one half of every evening: a loss above 0.6931.", reached: (_, { loss }) => loss > Math.log(2) },
];
