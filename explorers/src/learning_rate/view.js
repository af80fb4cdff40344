// The map with a start to drag and a ball that rolls, the loss as it falls, and what each rate would leave.

import { contours } from "d3-contour";
import { choice, slider } from "../shared/controls.js";
import { general, power } from "../shared/format.js";
import { handle } from "../shared/handle.js";
import { plot } from "../shared/plot.js";
import { between, rolling } from "../shared/rolling.js";
import { assign, draw, path as line } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { HIGH, RATES, STEPS, SURFACES, WIDE } from "./numbers.js";

const FLOOR = 1e-6, LOSSES = [FLOOR / 2, 3e3], TICKS = [1e-6, 1e-4, 1e-2, 1, 100];
const COLOURS = { "too small": colour.blue, good: colour.green, overshooting: colour.orange, diverging: colour.vermilion };

const within = (value, [low, high]) => Math.min(Math.max(value, low), high);
const round = (value) => Math.round(100 * value) / 100;
const shown = (loss) => within(loss, [FLOOR, LOSSES[1]]);

export function view(page) {
  choice(page, { key: "surface", name: "surface", options: Object.keys(SURFACES) });
  slider(page, { key: "rate", name: "learning rate", min: 0.01, max: 100, log: true, step: 0.1, show: (value) => general(value) });
  const map = plot(page, {
    label: "Map of the loss over two weights", grow: 1.5, basis: 300, ratio: 0.74, equal: true, margin: [22, 8, 36, 40],
    x: { domain: WIDE, ticks: [-4, -2, 0, 2, 4, 6], label: "first weight", grid: false },
    y: { domain: HIGH, ticks: [-4, -2, 0, 2, 4], label: "second weight", grid: false },
  });
  const height = (width) => Math.min(Math.max(0.86 * width, 220), 290);
  const losses = { domain: LOSSES, ticks: TICKS, log: true, show: (loss) => (loss === FLOOR ? `≤${power(loss)}` : power(loss)) };
  const falls = plot(page, {
    label: "Loss above its minimum, by updates", basis: 220, ratio: height, margin: [22, 10, 36, 40],
    x: { domain: [0, STEPS], ticks: [0, 25, 50, 75, 100], label: "update" }, y: { ...losses, label: "loss above its minimum" },
  });
  const ends = plot(page, {
    label: `Loss after ${STEPS} updates, for each learning rate`, basis: 220, ratio: height, margin: [22, 10, 36, 40],
    x: { domain: [0.01, 100], ticks: [0.01, 0.1, 1, 10, 100], log: true, label: "learning rate" },
    y: { ...losses, label: `the same after ${STEPS} updates` },
  });

  const ball = rolling(page, { last: ({ path }) => path.length - 1, milliseconds: 3500, name: "Roll the ball" });
  const drawMap = mapView(map), drawFalls = fallsView(falls), drawEnds = endsView(ends);
  handle(map, {
    name: "start", place: (state) => state.start, anywhere: true, fill: colour.ink, size: 6, hint: "drag me",
    move: ([x, y]) => ({ start: [round(within(x, WIDE)), round(within(y, HIGH))] }),
    nudge: ([right, up], { start: [x, y] }) => ({ start: [round(within(x + right / 10, WIDE)), round(within(y + up / 10, HIGH))] }),
    text: ({ start: [x, y] }) => `first weight ${general(x)}, second weight ${general(y)}`,
    now: (state) => state.start[0], min: WIDE[0], max: WIDE[1],
  });
  handle(ends, {
    name: "learning rate, on its curve", place: (state, n) => [state.rate, shown(n.left)], fill: colour.ink, size: 5,
    move: ([rate]) => ({ rate: tenth(rate, 0) }), nudge: ([right, up], { rate }) => ({ rate: tenth(rate, right || up) }),
    text: (state, n) => `${general(state.rate)}, ${general(n.left)} left`, now: (state) => state.rate, min: 0.01, max: 100,
  });

  return (state, n) => {
    const update = Math.min(ball.update, n.path.length - 1);
    map.title(`${general(state.rate)} is ${n.verdict}`);
    falls.title(page.moving ? `Update ${Math.floor(update)}` : `${general(n.left, 2)} left after ${n.path.length - 1} updates`);
    ends.title(`The limit is ${general(n.limit, 4)}`);
    drawMap(state, n, update);
    drawFalls(n, update);
    drawEnds(n);
  };
}

/** A rate moved by so many tenths of a power of ten, where the slider has its steps. */
const tenth = (rate, steps) => 10 ** within(Math.round(10 * Math.log10(rate) + steps) / 10, [-2, 2]);

function mapView(frame) {
  const rings = draw(frame.marks, "g", { fill: "none", stroke: colour.soft, "stroke-opacity": 0.45 });
  const edge = draw(frame.marks, "rect", { fill: "none", stroke: colour.faint });
  const ahead = draw(frame.marks, "path", { fill: "none", "stroke-width": 1.5, opacity: 0.35 });
  const trace = draw(frame.marks, "path", { fill: "none", "stroke-width": 2 });
  const steps = draw(frame.marks, "path", { fill: "none", "stroke-width": 5, "stroke-linecap": "round" });
  const goal = draw(frame.marks, "text", { "text-anchor": "middle", style: "font-size: 20px" }, "★");
  const ball = draw(frame.marks, "circle", { r: 7, stroke: colour.ink, "stroke-width": 1.5 });
  let drawn = "";
  return ({ surface }, { path, verdict }, update) => {
    const pixels = path.map(([x, y]) => [within(frame.x(x), [-4e3, 4e3]), within(frame.y(y), [-4e3, 4e3])]), shade = COLOURS[verdict];
    if (drawn !== `${surface} ${frame.width}`) rings.replaceChildren();
    if (!rings.childNodes.length) ringsOf(frame, surface).forEach((d) => draw(rings, "path", { d }));
    drawn = `${surface} ${frame.width}`;
    const here = between(pixels, update), past = [...pixels.slice(0, Math.floor(update) + 1), here];
    assign(edge, { x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top });
    assign(ahead, { d: line(pixels), stroke: shade });
    assign(trace, { d: line(past), stroke: shade });
    assign(steps, { d: past.slice(0, -1).map((point) => line([point, point])).join(""), stroke: shade });
    const [x, y] = SURFACES[surface].lowest;
    assign(goal, { x: frame.x(x), y: frame.y(y) + 7 });
    assign(ball, { cx: here[0], cy: here[1], fill: shade });
  };
}

function fallsView(frame) {
  const all = draw(frame.marks, "path", { fill: "none", "stroke-width": 2, opacity: 0.35 });
  const past = draw(frame.marks, "path", { fill: "none", "stroke-width": 2.5 });
  const ball = draw(frame.front, "circle", { r: 5.5, stroke: colour.ink, "stroke-width": 1.5, "aria-hidden": "true" });
  return ({ above, verdict }, update) => {
    const pixels = above.map((loss, k) => [frame.x(k), frame.y(shown(loss))]), here = between(pixels, update);
    assign(all, { d: line(pixels), stroke: COLOURS[verdict] });
    assign(past, { d: line([...pixels.slice(0, Math.floor(update) + 1), here]), stroke: COLOURS[verdict] });
    assign(ball, { cx: here[0], cy: here[1], fill: COLOURS[verdict] });
  };
}

function endsView(frame) {
  const beyond = draw(frame.marks, "rect", { fill: colour.vermilion, opacity: 0.1 });
  const limit = draw(frame.marks, "line", { stroke: colour.vermilion, "stroke-dasharray": "5 4" });
  const words = draw(frame.marks, "text", { class: "soft", "text-anchor": "end" }, "diverging");
  const curve = draw(frame.marks, "path", { fill: "none", stroke: colour.soft, "stroke-width": 2 });
  return ({ limit: border, ends }) => {
    const at = frame.x(border), crowded = frame.right - at < 70;
    assign(beyond, { x: at, width: frame.right - at, y: frame.top, height: frame.bottom - frame.top });
    assign(limit, { x1: at, x2: at, y1: frame.top, y2: frame.bottom });
    assign(words, { x: crowded ? at - 6 : frame.right - 4, y: frame.top + 14 });
    assign(curve, { d: line(RATES.map((rate, k) => [frame.x(rate), frame.y(shown(ends[k]))])) });
  };
}

/** Lines of equal loss, each twice as high above the minimum as the one inside it, on a grid a little larger than the map. */
function ringsOf(frame, surface) {
  const [columns, rows] = [120, 90], ground = SURFACES[surface];
  const [left, right] = [frame.x.invert(frame.left - 6), frame.x.invert(frame.right + 6)];
  const [low, high] = [frame.y.invert(frame.bottom + 6), frame.y.invert(frame.top - 6)];
  const place = (i, j) => [left + ((right - left) * i) / (columns - 1), low + ((high - low) * j) / (rows - 1)];
  const heights = Array.from({ length: columns * rows }, (_, k) => ground.above(place(k % columns, Math.floor(k / columns))));
  const highest = Math.max(...heights), levels = Array.from({ length: 10 }, (_, k) => highest / 2 ** (10 - k));
  const pixel = ([i, j]) => { const [x, y] = place(i - 0.5, j - 0.5); return [frame.x(x), frame.y(y)]; };
  return contours().size([columns, rows]).thresholds(levels)(heights)
    .map(({ coordinates }) => coordinates.flat().map((ring) => line(ring.map(pixel), true)).join(""));
}
