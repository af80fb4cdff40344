// The network that trains, the plane with its points and what is predicted there, the losses as they fall.

import { general, fixed, power } from "../shared/format.js";
import { handle } from "../shared/handle.js";
import { plot } from "../shared/plot.js";
import { add, assign, draw, path } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { bar, fromLink, MARKS } from "./bar.js";
import { makeClock } from "./clock.js";
import { borders, cutOf, makeCanvas, over, paintPrediction, paintValues, palette, place, SIDE } from "./heat.js";
import { MOST_POINTS } from "./line.js";
import { MOST_UPDATES, TEST_EVERY } from "./network.js";
import { lookedAt, networkView } from "./network_view.js";
import { FEATURES, REACH } from "./points.js";

const LOSSES = [1e-4, 10], COLOURS = [colour.blue, colour.vermilion, colour.green];
const within = (value, low, high) => Math.min(Math.max(value, low), high);
const hundredth = (value) => Math.round(100 * within(value, -REACH, REACH)) / 100 + 0;

export function view(page) {
  const clock = makeClock(page), focus = { hover: null, held: null, edge: null }, brush = { label: 0, tests: false };
  bar(page, clock, brush);
  const net = plot(page, { label: "The network", grow: 1.6, basis: 300, x: { domain: [0, 1] }, y: { domain: [0, 1] },
    ratio: (width) => (width < 420 ? 350 : 400) });
  const plane = plot(page, { label: "The plane: points, and what is predicted", grow: 1.15, basis: 270, equal: true,
    margin: [20, 8, 36, 40], ratio: (width) => Math.min(width + 8, 420),
    x: { domain: [-REACH, REACH], ticks: [-1, 0, 1], label: "x₁", grid: false },
    y: { domain: [-REACH, REACH], ticks: [-1, 0, 1], label: "x₂", grid: false } });
  const losses = plot(page, { label: "The losses, by updates", grow: 0.8, basis: 250, margin: [20, 14, 36, 40], still: legend,
    ratio: (width) => within(width, 230, 320),
    x: { domain: [0.9, MOST_UPDATES], ticks: [1, 10, 100, 1000, 10000], log: true, label: "update", show: (tick) => power(tick) },
    y: { domain: LOSSES, ticks: [1e-4, 1e-3, 1e-2, 0.1, 1, 10], log: true, label: "loss", show: power } });
  const drawNetwork = networkView(net, beneath(net), focus), drawPlane = planeView(plane, beneath(plane), brush);
  const drawLosses = lossesView(losses);
  handle(losses, {
    name: "update, on the curve of the losses", place: (_, n) => [Math.max(1, n.done), shown(n.train_losses.at(-1))],
    fill: colour.ink, size: 5, move: ([update]) => timeTravel(Math.round(update)), now: (state) => state.updates, min: 0, max: MOST_UPDATES,
    nudge: ([right, up], { updates }) => timeTravel(updates + (right || up)),
    text: (state, n) => `update ${n.done}, loss ${general(n.train_losses.at(-1))}`,
  });
  const timeTravel = (update) => {
    clock.on = false;
    return { updates: within(update, 0, clock.reach()) };
  };
  page.reset.push(() => Object.assign(focus, { hover: null, held: null, edge: null }));
  fromLink(page);
  const { host } = page.figure.getRootNode();
  let colours, theme;
  new MutationObserver(() => page.redraw()).observe(host, { attributes: true, attributeFilter: ["data-theme"] });

  return (state, n) => {
    if (!colours || theme !== host.dataset.theme) [theme, colours] = [host.dataset.theme, palette(page.figure)];
    if (!colours) return;
    const on = FEATURES.filter((name) => state.features.includes(name)), values = over(n, on, state.activation);
    drawNetwork(state, n, values, colours);
    drawPlane(state, n, values.at(-1), lookedAt(focus, n, values), colours);
    drawLosses(state, n);
  };
}

/** Where canvases lie, beneath the SVG of a panel and in its pixels. */
function beneath(frame) {
  const under = add(frame.panel, "div", { class: "under" });
  frame.panel.insertBefore(under, frame.svg);
  return under;
}

const circle = (x, y, r) => `M${(x - r).toFixed(1)} ${y.toFixed(1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
const polygon = (x, y, corners) => path(corners.map(([dx, dy]) => [x + dx, y + dy]), true);
const SHAPES = [
  (x, y) => circle(x, y, 3.3),
  (x, y) => polygon(x, y, [[0, -4.4], [4, 3], [-4, 3]]),
  (x, y) => polygon(x, y, [[-3, -3], [3, -3], [3, 3], [-3, 3]]),
];

function planeView(frame, under, brush) {
  const picture = makeCanvas(under, false);
  frame.svg.classList.add("plane");
  const edge = draw(frame.marks, "rect", { fill: "none", stroke: colour.faint });
  const tests = COLOURS.map((fill) => draw(frame.marks, "path", { fill: "none", stroke: fill, "stroke-width": 1.1 }));
  const marks = COLOURS.map((fill) => draw(frame.marks, "path", { fill, stroke: colour.paper, "stroke-width": 0.8 }));
  const own = draw(frame.marks, "path", { fill: "none", stroke: colour.ink, "stroke-width": 1.4 });
  const border = draw(frame.marks, "path", { fill: "none", stroke: colour.ink, "stroke-width": 1.6 });
  addByHand(frame, brush);
  let drawn = "";

  function drawPoints({ points, classes }, n) {
    const key = `${frame.width} ${brush.tests} ${n.points.train.length}`;
    if (drawn.key === key && drawn.points === n.points) return;
    drawn = { key, points: n.points };
    const all = (list, label) => list.filter((point) => point[2] === label)
      .map(([x, y]) => SHAPES[label](frame.x(x), frame.y(y))).join("");
    marks.forEach((node, label) => assign(node, { d: all(n.points.train, label) }));
    tests.forEach((node, label) => assign(node, { d: brush.tests ? all(n.points.test, label) : "" }));
    assign(own, { d: points.filter((point) => point[2] < classes).map(([x, y]) => circle(frame.x(x), frame.y(y), 5.5)).join("") });
  }

  return (state, n, z, look, colours) => {
    const columns = n.shape.at(-1).outputs, left = frame.x(-REACH), top = frame.y(REACH), side = frame.x(REACH) - left;
    place(picture, left, top, side);
    assign(edge, { x: left, y: top, width: side, height: side });
    const at = (i, j) => [left + (i * side) / (SIDE - 1), top + (j * side) / (SIDE - 1)];
    if (look) paintValues(picture, look.values, look.k, look.columns, colours.pale);
    else paintPrediction(picture, z, columns, colours);
    assign(border, { d: look ? cutOf(look.values, look.k, look.columns, at) : borders(z, columns, at) });
    drawPoints(state, n);
    const where = n.points.test.length ? "test points" : "training points";
    frame.title(look?.name ?? (n.points.train.length ? `${fixed(100 * n.test_accuracy, 1)} % right on ${where}` : "Click to add points"));
  };
}

/** A click in the plane adds a point, or takes away one of the reader's own; a cross does so by the keyboard. */
function addByHand(frame, brush) {
  const { page } = frame;
  const touch = ([x, y]) => {
    const { points, classes } = page.state;
    const near = (point) => Math.hypot(frame.x(point[0]) - frame.x(x), frame.y(point[1]) - frame.y(y)) < 8;
    if (Math.max(Math.abs(x), Math.abs(y)) > REACH) return;
    if (points.some(near)) page.set({ points: points.filter((point) => !near(point)) });
    else if (brush.label !== null && points.length < MOST_POINTS) {
      page.set({ points: [...points, [hundredth(x), hundredth(y), Math.min(brush.label, classes - 1)]] });
    }
  };
  frame.svg.addEventListener("click", (event) => touch(frame.at(event)));
  const cross = draw(frame.front, "g", { class: "cross", tabindex: 0, role: "button",
    "aria-label": "Add a point of your own: the arrow keys move the cross, Enter adds a point there or takes one away" });
  draw(cross, "path", { d: "M-11 0H11M0 -11V11", stroke: colour.ink, "stroke-width": 2 });
  const spot = [0, 0], moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
  cross.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") touch(spot);
    else if (moves[event.key]) moves[event.key].forEach((by, k) => { spot[k] = hundredth(spot[k] + by * (event.shiftKey ? 0.2 : 0.05)); });
    else return;
    event.preventDefault();
    page.redraw();
  });
  page.parts.push((state) => assign(cross, { transform: `translate(${frame.x(spot[0])} ${frame.y(spot[1])})`,
    "aria-description": `x₁ ${fixed(spot[0])}, x₂ ${fixed(spot[1])}, class ${MARKS[Math.min(brush.label ?? 0, state.classes - 1)]}` }));
}

const shown = (loss) => within(loss, ...LOSSES);

/** Which of `count` losses are drawn: at most some three hundred, denser at the beginning, the last among them. */
function thinned(count) {
  if (count <= 300) return Array.from({ length: count }, (_, k) => k);
  const all = Array.from({ length: 300 }, (_, k) => Math.round(count ** (k / 299)) - 1);
  return all.filter((k, which) => k !== all[which - 1]);
}

function lossesView(frame) {
  const test = draw(frame.marks, "path", { fill: "none", stroke: colour.vermilion, "stroke-width": 2, "stroke-dasharray": "5 3" });
  const train = draw(frame.marks, "path", { fill: "none", stroke: colour.blue, "stroke-width": 2 });
  const line = (values, every) => path(thinned(values.length).map((k) => [frame.x(Math.max(1, k * every)), frame.y(shown(values[k]))]));
  return (state, n) => {
    assign(train, { d: line(n.train_losses, 1) });
    assign(test, { d: n.points.test.length ? line(n.test_losses, TEST_EVERY) : "" });
    const end = n.stopped ? "the weights ran away" : `loss ${general(n.train_losses.at(-1))}`;
    frame.title(`Update ${n.done}: ${end}`);
  };
}

function legend(frame) {
  const { back, left, bottom } = frame;
  [["training", colour.blue, null], ["test", colour.vermilion, "5 3"]].forEach(([name, stroke, dashes], k) => {
    const y = bottom - 12 - 18 * (1 - k);
    draw(back, "line", { x1: left + 8, x2: left + 32, y1: y, y2: y, stroke, "stroke-width": 2, "stroke-dasharray": dashes });
    draw(back, "text", { x: left + 38, y: y + 4, class: "soft" }, name);
  });
}
