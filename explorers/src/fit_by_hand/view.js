// The curve with its two handles, and each evening's surprise as a bar under the line of their mean.

import { fixed, general } from "../shared/format.js";
import { handle } from "../shared/handle.js";
import { plot } from "../shared/plot.js";
import { sigmoid } from "../shared/probability.js";
import { assign, draw, path as line } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { DESCENT, EVENINGS, RANGE } from "./numbers.js";

const SHADES = [colour.blue, colour.vermilion];
const TALLEST = 2.5; // nats; a taller bar is cut, and its number stands above it

const tenth = (x, [low, high]) => Math.round(10 * Math.min(Math.max(x, low), high)) / 10;

export function view(page) {
  const wide = [-1, 29], height = (width) => Math.min(Math.max(0.72 * width, 220), 320);
  const curve = plot(page, { label: "The chance of a call over the reservations, with the thirty evenings", grow: 1.2, basis: 300,
    ratio: height, margin: [24, 12, 36, 44], x: { domain: wide, ticks: [0, 5, 10, 15, 20, 25], label: "reservations", grid: false },
    y: { domain: [-0.16, 1.16], ticks: [0, 0.25, 0.5, 0.75, 1], label: "chance of a call" }, still: drawEvenings });
  const bars = plot(page, { label: "The surprise of each evening, by its reservations", basis: 300, ratio: height, margin: [24, 68, 36, 44],
    x: { domain: [-0.7, 29.7], label: "thirty evenings, by reservations" },
    y: { domain: [0, TALLEST], ticks: [0, 1, 2], label: "surprise (nats)" } });
  const drawCurve = curveView(curve), drawBars = barsView(bars);
  const seen = [0, 28];
  for (const [key, p, name] of [["quarter", 0.25, "1/4"], ["three_quarters", 0.75, "3/4"]]) {
    handle(curve, { name: `where the chance is ${name}`, fill: colour.ink, hint: p > 0.5 ? "drag us" : "",
      place: (state) => [state[key], p], move: ([x]) => ({ [key]: tenth(x, seen) }),
      nudge: ([right, up], state) => ({ [key]: tenth(state[key] + (right || up) / 10, seen) }),
      text: (state, n) => `${general(state[key])} reservations, loss ${fixed(n.loss, 4)}`,
      now: (state) => state[key], min: RANGE[0], max: RANGE[1] });
  }
  return (state, n) => {
    curve.title(`Steepness ${general(n.w)}, ${n.right} of 30 right`);
    bars.title(`Loss ${fixed(n.loss, 4)}, the mean of the bars`);
    drawCurve(state, n);
    drawBars(n);
  };
}

/** The evenings as dots, called above and quiet below; those with as many reservations stand on one another. */
function drawEvenings(frame) {
  const stacked = new Map();
  for (const { x, t } of EVENINGS) {
    const key = `${x} ${t}`, count = stacked.get(key) ?? 0, [at, side] = [frame.x(x), t ? -1 : 1];
    stacked.set(key, count + 1);
    const y = frame.y(t) + side * (8 + 8 * count) * ((frame.bottom - frame.top) / 260);
    if (t) draw(frame.back, "path", { d: line([[at - 4.5, y + 4], [at + 4.5, y + 4], [at, y - 4.5]], true), fill: SHADES[1] });
    else draw(frame.back, "circle", { cx: at, cy: y, r: 4, fill: SHADES[0] });
  }
  draw(frame.back, "text", { x: frame.left + 8, y: frame.y(1) - 6, class: "halo" }, "▲ call");
  draw(frame.back, "text", { x: frame.right, y: frame.y(0) + 20, class: "halo", "text-anchor": "end" }, "● no call");
}

/** The curve, and from each evening the way to it that it pays for. */
function curveView(frame) {
  const ways = EVENINGS.map(({ t }) => draw(frame.marks, "line", { stroke: SHADES[t], "stroke-width": 1.25, opacity: 0.45 }));
  const curve = draw(frame.marks, "path", { fill: "none", stroke: colour.ink, "stroke-width": 2.25 });
  return (_, { w, b, p }) => {
    const points = Array.from({ length: 181 }, (__, k) => -1 + k / 6);
    assign(curve, { d: line(points.map((x) => [frame.x(x), frame.y(sigmoid(w * x + b))])) });
    EVENINGS.forEach(({ x, t, n }, k) => {
      assign(ways[k], { x1: frame.x(x), x2: frame.x(x), y1: frame.y(t), y2: frame.y(p[n]) });
    });
  };
}

function barsView(frame) {
  const bars = EVENINGS.map(({ t }) => draw(frame.marks, "rect", { fill: SHADES[t], opacity: 0.8 }));
  const numbers = EVENINGS.map(() => draw(frame.front, "text", { "text-anchor": "middle", class: "soft", "aria-hidden": "true" }));
  const goal = draw(frame.marks, "line", { stroke: colour.green, "stroke-width": 2, "stroke-dasharray": "5 4" });
  const loss = draw(frame.marks, "line", { stroke: colour.ink, "stroke-width": 2.5 });
  const names = ["descent", "your loss"].map((text) => draw(frame.front, "text", { class: "soft", "aria-hidden": "true" }, text));
  return (n) => {
    const step = frame.x(1) - frame.x(0);
    EVENINGS.forEach(({ n: evening }, k) => {
      const surprise = n.surprise[evening], y = frame.y(Math.min(surprise, TALLEST));
      assign(bars[k], { x: frame.x(k) - 0.36 * step, width: 0.72 * step, y, height: Math.max(frame.bottom - y, 0.5) });
      assign(numbers[k], { x: frame.x(k), y: frame.top - 2 }).textContent = surprise > TALLEST && step > 9 ? fixed(surprise, 0) : "";
    });
    const at = frame.y(Math.min(n.loss, TALLEST)), level = frame.y(DESCENT), away = Math.max(14 - Math.abs(at - level), 0) / 2;
    const lift = n.loss > DESCENT ? -away : away; // the two names do not touch
    assign(loss, { x1: frame.left, x2: frame.right, y1: at, y2: at });
    assign(goal, { x1: frame.left, x2: frame.right, y1: level, y2: level });
    assign(names[0], { x: frame.right + 6, y: level + 4 - lift });
    assign(names[1], { x: frame.right + 6, y: at + 4 + lift, class: "strong" });
  };
}
