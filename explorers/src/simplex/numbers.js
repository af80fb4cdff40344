// A point of the simplex of three classes, moved by its two free coordinates.

import { fixed, listed, python } from "../shared/format.js";
import { entropy } from "../shared/probability.js";

export const start = { names: ["rain", "sun", "cloud"], first: 10, second: 40 };

// Where each class has its corner. The third lies at the origin, so that the first two coordinates span the plane.
export const CORNERS = [[1, 0], [0.5, Math.sqrt(0.75)], [0, 0]];
const MOST = Math.log(3);

/** In the plane of CORNERS. */
export const placeOf = (p) => [0, 1].map((axis) => p.reduce((total, each, k) => total + each * CORNERS[k][axis], 0));

/** The two free coordinates, in whole percent, of a place in the plane. */
export function percentsAt([x, y]) {
  const second = y / CORNERS[1][1], first = x - CORNERS[1][0] * second;
  return { first: percent(100 * first), second: percent(100 * second) };
}

export const percent = (value) => Math.min(Math.max(Math.round(value), 0), 100);

export function compute({ first, second }) {
  const percents = [first, second, 100 - first - second], p = percents.map((each) => each / 100);
  const most = Math.max(...percents), nearest = [0, 1, 2].filter((k) => percents[k] === most);
  const distance = Math.hypot(...p.map((each, k) => each - (k === nearest[0])));
  return { p, place: placeOf(p), entropy: percents[2] < 0 ? null : entropy(p), nearest, distance };
}

export function caption({ names }, { p, entropy: height, nearest, distance }) {
  const told = p.map((each, k) => `${names[k]} ${fixed(each)}`).join(", ");
  const free = `${told}. The first two are free; the third is 1 − ${fixed(p[0])} − ${fixed(p[1])} = ${fixed(p[2])}.`;
  if (height === null) {
    return [`No distribution: ${names[2]} is below zero, so the point lies outside the triangle.`, `${free} It has no entropy.`];
  }
  const corners = listed(nearest.map((k) => `${names[k]}, one-hot [${[0, 1, 2].map((j) => Number(j === k)).join(", ")}]`));
  const open = `A distribution, with an entropy of ${fixed(height, 3)} nats of at most ${fixed(MOST, 3)}.`;
  return [
    height === 0 ? `Certain: the corner of ${names[nearest[0]]}, with an entropy of 0.` : open,
    `${free} The nearest corner is ${corners}, at distance ${fixed(distance, 3)}.`,
  ];
}

export function code({ first, second }) {
  return [
    "import numpy as np",
    "from course_utils.probability import entropy",
    "",
    `free = np.array(${python([first, second])}) / 100`,
    "p = np.append(free, 1 - free.sum()).round(2)",
    "H = entropy(p) if (p >= 0).all() else None",
    "distance = np.linalg.norm(p - np.eye(3), axis=1).min()  # to the nearest corner",
  ].join("\n");
}

export const goals = [
  { text: "Find the distribution that leaves most open: the largest entropy.", reached: (_, n) => n.entropy > MOST - 2e-4 },
  { text: "Be certain.", reached: (_, n) => n.entropy === 0 },
  { text: "Leave the triangle, and see which number pays for it.", reached: (_, n) => n.entropy === null },
];
