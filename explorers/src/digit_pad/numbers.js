// Ink on a pad brought to the form of MNIST, and read by a softmax classifier.

import { fixed } from "../shared/format.js";
import { packed, unpacked } from "../shared/packed.js";
import { sum } from "../shared/probability.js";

export const PAD = 56, SIDE = 28;
const BOX = 20, PEN = 2.2; // the pen's radius, in pixels of the pad

// For a page that brings no classifier: one that tells a ring from a bar.
const painted = (ink) => Array.from({ length: SIDE ** 2 }, (_, k) => Number(ink(Math.floor(k / SIDE) - 13.5, (k % SIDE) - 13.5)));
const SHAPES = [painted((y, x) => Math.abs(Math.hypot(x, y) - 8) < 2), painted((y, x) => Math.abs(x) < 2 && Math.abs(y) < 10)];
const WEIGHTS = Float32Array.from({ length: 2 * SIDE ** 2 }, (_, k) => 0.125 * SHAPES[k % 2][k >> 1]);

export const start = {
  W: packed(new Uint8Array(WEIGHTS.buffer)), b: [0, -1], samples: packed(SHAPES.flat().map((ink) => 255 * ink)), names: ["ring", "bar"],
  ink: packed(new Uint8Array(PAD ** 2)), pen: [28, 14],
};

/** Keep what is made of a text until another one comes. */
function keep(make) {
  let text, made;
  return (now) => { if (now !== text) [text, made] = [now, make(now)]; return made; };
}
const weightsOf = keep((text) => unpacked(text, Float32Array));
export const samplesOf = keep((text) => {
  const bytes = unpacked(text);
  return Array.from({ length: bytes.length / SIDE ** 2 }, (_, k) => bytes.subarray(k * SIDE ** 2, (k + 1) * SIDE ** 2));
});

/** The ink after a stroke of the pen from one place to another, [x, y] in pixels of the pad. */
export function stroke(ink, [x0, y0], [x1, y1]) {
  const length = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  return ink.map((old, k) => {
    const x = (k % PAD) + 0.5 - x0, y = Math.floor(k / PAD) + 0.5 - y0;
    const along = length ? Math.min(Math.max((x * (x1 - x0) + y * (y1 - y0)) / length, 0), 1) : 0;
    const away = Math.hypot(x - along * (x1 - x0), y - along * (y1 - y0));
    return Math.max(old, Math.round(255 * Math.min(Math.max(PEN + 0.5 - away, 0), 1)));
  });
}

/** A sample as ink on the pad. */
export function inkOfSample(pixels) {
  return Uint8Array.from({ length: PAD ** 2 }, (_, k) => pixels[SIDE * (Math.floor(k / PAD) >> 1) + ((k % PAD) >> 1)]);
}

/** To the nearest whole number, halves to the even one, as in Python. */
const rounded = (value) => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));

/** One row brought to another length by the mean over boxes, in whole numbers: as Pillow does it, to the last bit. */
function resized(row, length) {
  const scale = row.length / length, reach = Math.max(scale, 1);
  return Array.from({ length }, (_, k) => {
    const centre = (k + 0.5) * scale, first = Math.max(Math.trunc(centre - reach / 2 + 0.5), 0);
    const end = Math.min(Math.trunc(centre + reach / 2 + 0.5), row.length);
    const inside = (at) => Number(at > -0.5 && at <= 0.5);
    const weights = row.slice(first, end).map((__, j) => inside((j + first - centre + 0.5) * (1 / reach)));
    const whole = weights.map((weight) => Math.floor(0.5 + (weight / sum(weights)) * 2 ** 22));
    return Math.min(Math.floor((2 ** 21 + sum(whole.map((weight, j) => weight * row[first + j]))) / 2 ** 22), 255);
  });
}

const turned = (rows) => rows[0].map((_, k) => rows.map((row) => row[k]));

/** Where the first row (or column) goes, so that the centre of mass comes to the middle and nothing sticks out. */
function corner(rows) {
  const along = rows.map((row) => sum(row) + 1e-9 * row.length); // thin ink may have rounded to nothing
  const centre = sum(along.map((mass, k) => mass * k)) / sum(along);
  return Math.min(Math.max(Math.floor(Number((SIDE / 2 - centre).toFixed(6))), 0), SIDE - rows.length);
}

/** The rows of the pad, and where there is ink in them; top is -1 where there is none. */
function inkedPart(ink) {
  const rows = Array.from({ length: PAD }, (_, k) => [...ink.subarray(k * PAD, (k + 1) * PAD)]);
  const inked = (lines) => [lines.findIndex((line) => line.some(Boolean)), lines.findLastIndex((line) => line.some(Boolean)) + 1];
  const [top, bottom] = inked(rows), [left, right] = inked(turned(rows));
  return { rows, top, bottom, left, right };
}

/** The picture that MNIST would have made of the ink; as `mnist_form` in course_utils. */
export function mnistForm(ink) {
  const picture = new Uint8Array(SIDE ** 2), { rows, top, bottom, left, right } = inkedPart(ink);
  if (top < 0) return picture;
  const longest = Math.max(bottom - top, right - left);
  const [height, width] = [bottom - top, right - left].map((length) => Math.max(1, rounded((length * BOX) / longest)));
  const narrow = rows.slice(top, bottom).map((row) => resized(row.slice(left, right), width));
  const small = turned(turned(narrow).map((column) => resized(column, height)));
  const [i, j] = [corner(small), corner(turned(small))];
  small.forEach((row, k) => picture.set(row, SIDE * (i + k) + j));
  return picture;
}

export function compute({ W, b, ink }) {
  const picture = mnistForm(unpacked(ink)), weights = weightsOf(W), K = b.length;
  const z = b.map((bias, k) => bias + sum(Array.from(picture, (pixel, i) => (pixel / 255) * weights[K * i + k])));
  const highest = Math.max(...z), powers = z.map((each) => Math.exp(each - highest));
  const p = powers.map((power) => power / sum(powers)), empty = !picture.some(Boolean);
  const order = [...p.keys()].sort((one, other) => p[other] - p[one]), best = order[0];
  const evidence = Array.from(picture, (pixel, i) => (pixel / 255) * weights[K * i + best]);
  return { picture: [...picture], z, p, empty, order, evidence };
}

export const percent = (p) => `${fixed(100 * p, 1)} %`;

export function caption({ names, samples }, { p, order: [best, second], empty }) {
  if (empty) return ["The pad is empty.", `Draw a digit on it, or take one of the ${samplesOf(samples).length} samples.`];
  return [
    `Reads ${names[best]} (${percent(p[best])}), then ${names[second]} (${percent(p[second])}).`,
    "The ink is cut out, brought to 20 pixels, and set with its centre of mass in the middle, as MNIST's digits were. Evidence is each "
      + `pixel's ink times its weight for ${names[best]}: orange speaks for it, blue against it.`,
  ];
}

export function code({ ink }) {
  const { rows, top, bottom, left, right } = inkedPart(unpacked(ink)), empty = top < 0;
  const text = empty ? "" : packed(rows.slice(top, bottom).flatMap((row) => row.slice(left, right)));
  return [
    "import base64",
    "",
    "import numpy as np",
    "from course_utils.explorers.digit_pad import read_ink",
    "",
    ...(empty ? [`ink = np.zeros((${PAD}, ${PAD}))`] : [
      "cut = (  # the part of the pad that has ink", ...text.match(/.{1,100}/g).map((line) => `    "${line}"`), ")",
      `ink = np.frombuffer(base64.b64decode(cut), np.uint8).reshape(${bottom - top}, ${right - left})`,
    ]),
    "picture, z, p, evidence = read_ink(W, b, ink)",
  ].join("\n");
}

export const goals = [
  { text: "Draw one that is read with more than 95 %.", reached: (_, { p, empty, order: [best] }) => !empty && p[best] > 0.95 },
  { text: "Draw one that it cannot decide about: the two best within ten points.",
    reached: (_, { p, empty, order: [best, second] }) => !empty && p[best] - p[second] < 0.1 },
];
