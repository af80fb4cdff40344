// A strip of digits; ink times weights makes evidence, pixel by pixel; the logits, one to slide; the probabilities.

import { choice } from "../shared/controls.js";
import { fixed } from "../shared/format.js";
import { handle } from "../shared/handle.js";
import { ground, inkOf, signOf } from "../shared/pixels.js";
import { plot } from "../shared/plot.js";
import { strip } from "../shared/strip.js";
import { add, assign, draw } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { arrays, logits, product, SHIFT, SIDE, signed } from "./numbers.js";

const TICKS = [-20, -10, 0, 10, 20];
const within = (value, low, high) => Math.min(Math.max(value, low), high);
const tenth = (value) => Math.round(10 * within(value, -SHIFT, SHIFT)) / 10;

export function view(page) {
  const { names } = page.state, all = arrays(page.state);
  choice(page, { key: "k", name: "class", options: names.map((name, k) => [k, name]) });
  choice(page, { key: "outputs", name: "outputs", options: ["softmax", "ten sigmoids"] });
  strip(page, { key: "digit", pictures: all.images, size: [SIDE, SIDE], label: "test digits", name: (k) => `test digit ${k}` });
  const drawPictures = picturesView(grouped(page, 1.7, 300, "14px 10px"), all);
  const drawBars = barsView(grouped(page, 1, 380, "14px 22px"), all);
  return (state, n) => { drawPictures(state, n); drawBars(state, n); };
}

/** A page whose panels stand together, in a row of their own where the width is small. */
function grouped(page, grow, basis, gap) {
  const box = add(page.figure, "div", { class: "figure", style: `flex: ${grow} 1 ${basis}px; gap: ${gap}` });
  return Object.assign(Object.create(page), { figure: box });
}

function picturesView(page, { weights, images, scale }) {
  const square = { ratio: 1, margin: [1, 1, 1, 1], basis: 84, x: { domain: [-0.5, SIDE - 0.5] }, y: { domain: [SIDE - 0.5, -0.5] },
    still: drawEdge };
  const [ink, weight, evidence] = ["The digit's ink", "Weights of the class", "Evidence: ink times weight"]
    .map((label) => plot(page, { label, ...square }));
  const readout = add(page.figure, "div", { class: "readout" });
  const lines = ["pixel", "sums"].map((name) => add(readout, "div", { class: name }));
  const maps = [[ink, inkOf], [weight, signOf], [evidence, signOf]].map(([frame, shade]) => mapOf(frame, shade));
  const most = Math.max(...images.map((image) => Math.max(...image))) * scale || 1;
  const heaviest = weights.reduce((top, each) => Math.max(top, Math.abs(each)), 0) || 1;
  const marks = [ink, weight, evidence].map((frame, k) => draw(frame.front, "rect", { fill: "none",
    stroke: k ? colour.ink : colour.vermilion, "stroke-width": 1.5,
    "aria-hidden": "true", "pointer-events": "none" }));
  let under = null; // the pixel that a mouse points at, which passes
  const pixelAt = ([x, y]) => [y, x].map((each) => within(Math.round(each), 0, SIDE - 1));
  for (const frame of [ink, weight, evidence]) {
    frame.svg.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") point(pixelAt(frame.at(event))); });
    frame.svg.addEventListener("pointerleave", () => point(null));
    if (frame !== evidence) frame.svg.addEventListener("click", (event) => page.set({ pixel: pixelAt(frame.at(event)) }));
  }
  const point = (pixel) => { under = pixel; page.redraw(); };
  const grip = handle(evidence, {
    name: "pixel", place: ({ pixel: [row, column] }) => [column, row], move: (place) => ({ pixel: pixelAt(place) }), anywhere: true,
    nudge: ([right, up], { pixel: [row, column] }) => ({ pixel: pixelAt([column + right, row - up]) }), size: 5, fill: "transparent",
    text: ({ pixel: [row, column] }, n) => product(row, column, n.ink, n.weight), now: ({ pixel: [row, column] }) => SIDE * row + column,
    min: 0, max: SIDE * SIDE - 1,
  });
  grip.querySelector(".ring").style.fill = "transparent";

  return ({ names, pixel }, n) => {
    const strongest = n.evidence.reduce((top, each) => Math.max(top, Math.abs(each)), 0) || 1, [row, column] = under ?? pixel;
    [["ink"], ["× weights"], ["= evidence"]].forEach(([text], k) => [ink, weight, evidence][k].title(text));
    maps[0](n.x, most);
    maps[1](n.weights, heaviest);
    maps[2](n.evidence, strongest);
    marks.forEach((mark, k) => outline(mark, [ink, weight, evidence][k], row, column));
    const place = SIDE * row + column;
    lines[0].textContent = product(row, column, n.x[place], n.weights[place]);
    const total = n.evidence.reduce((sum, each) => sum + each, 0);
    lines[1].textContent = `all pixels ${signed(total)}, bias ${signed(n.bias)}: the logit of ${names[n.k]} is ${signed(n.z_before[n.k])}`;
  };
}

/** A frame's pixels; the function that it returns paints values, of which `strongest` is the deepest, where they are others. */
function mapOf(frame, shade) {
  const { paint, fit } = ground(frame, SIDE, SIDE, shade === inkOf ? "ink" : "sign");
  let last = null;
  return (values, strongest) => {
    fit();
    if (values !== last) paint((row, column) => shade(values[SIDE * row + column] / strongest));
    last = values;
  };
}

function drawEdge({ back, left, top, right, bottom }) {
  draw(back, "rect", { x: left - 0.5, y: top - 0.5, width: right - left + 1, height: bottom - top + 1, fill: "none",
    stroke: colour.faint });
}

function outline(mark, frame, row, column) {
  const side = (frame.right - frame.left) / SIDE;
  assign(mark, { x: frame.left + side * column - 1, y: frame.top + side * row - 1, width: side + 2, height: side + 2 });
}

function barsView(page, all) {
  const { b, names } = page.state, every = all.images.flatMap((image) => logits(all, b, image));
  const domain = [Math.min(0, ...every) - SHIFT, Math.max(0, ...every) + SHIFT], rows = { domain: [names.length - 0.4, -0.6] };
  const left = within(7 * Math.max(...names.map((name) => name.length)) + 10, 18, 90), ratio = () => 30 + 19 * names.length;
  const z = plot(page, { label: "Logits", basis: 190, ratio, margin: [2, 46, 24, left], x: { domain, ticks: TICKS },
    y: { ...rows }, still: (frame) => drawNames(frame, names) });
  const p = plot(page, { label: "Probabilities", basis: 160, ratio, margin: [2, 92, 24, 6], x: { domain: [0, 1], ticks: [0, 0.5, 1] },
    y: { ...rows } });
  const each = (frame, name, attributes) => names.map(() => draw(frame, name, attributes));
  const bars = [each(z.marks, "rect", { height: 12 }), each(p.marks, "rect", { height: 12 })];
  const ghosts = each(z.marks, "path", { stroke: colour.ink, "stroke-width": 1.5, "stroke-dasharray": "2 2" });
  const numbers = [z, p].map((frame) => each(frame.front, "text", { "aria-hidden": "true" }));
  const chosen = draw(z.back.parentNode, "rect", { fill: "none", stroke: colour.soft, rx: 4, height: 18, "aria-hidden": "true" });
  for (const frame of [z, p]) {
    frame.svg.addEventListener("click", (event) => {
      if (!event.target.closest(".handle")) page.set({ k: within(Math.round(frame.at(event)[1]), 0, names.length - 1) });
    });
  }
  handle(z, {
    name: "added to the logit of the class", place: (_, n) => [n.z[n.k], n.k], move: ([value], state) => ({ shift: slid(value, state) }),
    nudge: ([right, up], { shift }) => ({ shift: tenth(shift + (right || up) / 10) }), size: 5, fill: colour.ink,
    text: ({ shift }, n) => `${signed(shift, 1)}: logit ${signed(n.z[n.k])}, probability ${fixed(n.p[n.k], 3)}`, now: ({ shift }) => shift,
    min: -SHIFT, max: SHIFT,
  });
  const slid = (value, state) => { const n = page.compute(state); return tenth(value - n.z_before[n.k]); };

  return ({ outputs }, n) => {
    z.title("logits: drag one");
    p.title(`${outputs}, sum ${fixed(n.p.reduce((sum, one) => sum + one, 0))}`);
    assign(chosen, { x: 1, y: z.y(n.k) - 9, width: z.width - 2 });
    names.forEach((_, c) => {
      const fill = c === n.predicted ? colour.blue : c === n.truth ? colour.orange : colour.soft, [zero, end] = [z.x(0), z.x(n.z[c])];
      assign(bars[0][c], { x: Math.min(zero, end), width: Math.abs(end - zero), y: z.y(c) - 6, fill });
      assign(bars[1][c], { x: p.left, width: p.x(n.p[c]) - p.left, y: p.y(c) - 6, fill });
      const at = z.x(n.z_before[c]);
      assign(ghosts[c], { d: n.z[c] === n.z_before[c] ? "" : `M${at} ${z.y(c) - 8}v16` });
      assign(numbers[0][c], { x: z.right + 44, y: z.y(c) + 4, "text-anchor": "end" }).textContent = signed(n.z[c], 1);
      assign(numbers[1][c], { x: p.right + 6, y: p.y(c) + 4, class: c === n.predicted || c === n.truth ? "strong" : "" })
        .textContent = `${fixed(n.p[c], 3)}${word(c, n)}`;
    });
  };
}

const word = (c, { predicted, truth }) => (c === predicted ? (c === truth ? " right" : " wrong") : c === truth ? " true" : "");

function drawNames({ back, x, y, left, top, bottom }, names) {
  draw(back, "line", { x1: x(0), x2: x(0), y1: top, y2: bottom, stroke: colour.soft });
  names.forEach((name, c) => draw(back, "text", { x: left - 7, y: y(c) + 4, "text-anchor": "end" }, name));
}
