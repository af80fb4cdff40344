// A kernel of three by three slides over a picture: the window, its nine products, their sum, the map of all sums.

import { fixed, python } from "../shared/format.js";
import { packed, unpacked } from "../shared/packed.js";
import { sum } from "../shared/probability.js";

export const KERNELS = {
  "left edge": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
  "top edge": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
  stroke: [[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]],
  spot: [[-1 / 8, -1 / 8, -1 / 8], [-1 / 8, 1, -1 / 8], [-1 / 8, -1 / 8, -1 / 8]],
  blur: [0, 1, 2].map(() => [1 / 9, 1 / 9, 1 / 9]),
};
const THREE = [0, 1, 2];

// For a page that brings no pictures: a bus and a ring.
const painted = (ink) => Array.from({ length: 784 }, (_, k) => Math.round(255 * ink(Math.floor(k / 28), k % 28)));
const bus = (row, column) => {
  const wheel = [8, 19].some((axle) => Math.hypot(row - 19, column - axle) < 2.6);
  const body = row > 8 && row < 19 && column > 2 && column < 25, pane = row > 10 && row < 14 && column < 23 && column % 5 !== 3;
  return wheel ? 1 : body ? (pane ? 0.2 : 0.8) : 0;
};
const ring = (row, column) => Number(Math.abs(Math.hypot(row - 13.5, column - 13.5) - 8) < 1.6);

export const start = {
  images: packed([...painted(bus), ...painted(ring)]), size: [2, 28, 28], picture: 0, kernel: KERNELS["left edge"], row: 9, column: 23,
};

const kept = { text: "", pictures: [] };

/** The pictures of a state, each as its bytes, row by row. */
export function picturesOf({ images, size: [count, height, width] }) {
  if (kept.text !== images || kept.pictures.length !== count) {
    const bytes = unpacked(images), pixels = height * width;
    const pictures = Array.from({ length: count }, (_, n) => bytes.subarray(n * pixels, (n + 1) * pixels));
    Object.assign(kept, { text: images, pictures });
  }
  return kept.pictures;
}

/** The name of a kernel of the list; nothing for one of your own. */
export const nameOf = (kernel) => Object.keys(KERNELS).find((name) => same(kernel, KERNELS[name]));
const same = (a, b, sign = 1) => a.every((row, i) => row.every((weight, j) => Math.abs(weight - sign * b[i][j]) < 1e-9));

export function compute({ kernel, row, column, ...given }) {
  const [, height, width] = given.size, pixels = picturesOf(given)[given.picture];
  const ink = (i, j) => pixels[i * width + j] / 255; // from 0 to 1
  const productsAt = (i, j) => THREE.map((k) => THREE.map((l) => ink(i + k, j + l) * kernel[k][l]));
  const response = Array.from({ length: height - 2 }, (_, i) => Array.from({ length: width - 2 }, (__, j) => sum(productsAt(i, j).flat())));
  const patch = THREE.map((k) => THREE.map((l) => ink(row + k, column + l))), products = productsAt(row, column);
  const all = response.flat(), [low, high] = [Math.min(...all), Math.max(...all)];
  // No sum can lie beyond this for ink from 0 to 1, so that one scale serves every picture.
  const weights = kernel.flat(), most = Math.max(sum(weights.filter((w) => w > 0)), -sum(weights.filter((w) => w < 0)));
  return { patch, products, total: response[row][column], response, low, high, most: most || 1, weight: sum(weights) };
}

/** A number with its sign, as on the page. */
export const signed = (value, digits = 2) => {
  const text = fixed(value, digits);
  return Number(text) > 0 ? `+${text}` : text.replace("-", "−");
};

export function caption({ kernel, row, column, size: [count, height, width], picture }, n) {
  const name = nameOf(kernel), who = name ? `“${name}”` : "Your kernel", says = signed(n.total);
  const strength = Math.abs(n.total) / n.most, how = strength < 0.05 ? "next to nothing" : n.total > 0 ? "a yes" : "the opposite";
  const nine = n.products.map((line) => line.map((value) => fixed(value)).join(", ")).join("; ");
  const far = -n.low > n.high ? n.low : n.high, i = n.response.findIndex((line) => line.includes(far)), j = n.response[i].indexOf(far);
  return [
    `${who} answers ${says} here: ${how}.`,
    `The window lies on rows ${row} to ${row + 2} and columns ${column} to ${column + 2} of picture ${picture} (of 0 to ${count - 1}). `
      + `Its nine products, row by row, are ${nine.replaceAll("-", "−")}. The map has ${height - 2} × ${width - 2} places, `
      + `from ${signed(n.low)} to ${signed(n.high)}; it is strongest with ${signed(far)} at row ${i}, column ${j}. `
      + `The weights sum to ${fixed(n.weight).replace("-", "−")}.`,
  ];
}

export function code({ kernel, row, column, picture }) {
  const name = nameOf(kernel);
  return [
    ...(name ? [] : ["import numpy as np"]),
    `from course_utils.explorers.convolution import ${name ? "KERNELS, " : ""}cross_correlate`,
    "",
    `image, kernel = images[${picture}], ${name ? `KERNELS["${name}"]` : `np.array(${python(kernel, { float: true })})`}`,
    `products = image[${row} : ${row + 3}, ${column} : ${column + 3}] * kernel`,
    "total = products.sum()",
    `response = cross_correlate(image, kernel)  # response[${row}, ${column}] is that total`,
  ].join("\n");
}

const IDENTITY = [[0, 0, 0], [0, 1, 0], [0, 0, 0]];

export const goals = [
  { text: "Find the window that answers this kernel with the loudest yes.", reached: (_, n) => n.total > 0 && n.total > n.high - 1e-9 },
  { text: "Write a kernel that finds right edges: yes wherever “left edge” says the opposite.",
    reached: ({ kernel }) => same(kernel, KERNELS["left edge"], -1) },
  { text: "Write a kernel whose map is the picture itself.", reached: ({ kernel }) => same(kernel, IDENTITY) },
];
