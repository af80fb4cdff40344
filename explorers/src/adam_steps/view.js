// A row of gradients to draw by hand, m as bars inside the frame of √v, and the steps that come of it.

import { button, choice, slider } from "../shared/controls.js";
import { handle } from "../shared/handle.js";
import { plot } from "../shared/plot.js";
import { add, assign, draw, path } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { COUNT, nameOf, neat, ROWS, signed } from "./numbers.js";

const PLAY = 7000; // milliseconds
// What the edge of a panel stands for; the ends of the scale follow what there is to see.
const SCALES = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];
const EDGE = 1.15;
const STYLE = `
.key { display: flex; flex-wrap: wrap; gap: 0 14px; font-variant-numeric: tabular-nums; min-height: 1.45em; }
.key i { font-style: normal; }
`;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const twentieth = (value) => clamp(Math.round(20 * value) / 20, -1, 1) + 0; // never -0

export function view(page) {
  const names = Object.keys(ROWS), plain = (value) => String(Number(value.toFixed(4)));
  const read = ({ gradients }) => nameOf(gradients), write = (name) => ROWS[name];
  choice(page, { key: "gradients", name: "gradients", options: names, read, write });
  choice(page, { key: "silence", name: "zeros before", options: [0, 10, 100, [1000, "1,000"], [5000, "5,000"], [10000, "10,000"]] });
  choice(page, { key: "size", name: "size", options: [0.1, 1, 10] });
  choice(page, { key: "beta_2", name: "β₂", options: [0.9, 0.99, 0.999, 0.9999] });
  slider(page, { key: "beta_1", name: "β₁", min: 0, max: 0.98, step: 0.02, show: plain });
  slider(page, { key: "update", name: "update", min: 1, max: COUNT, step: 1 });
  play(page);

  add(page.figure, "style", {}, STYLE);
  const drawn = panel(page, "The gradients, one a bar");
  const inside = panel(page, "m, inside the frame of plus and minus the root of v");
  const taken = panel(page, "The steps of Adam, momentum and plain descent");
  const showDrawn = bars(drawn, colour.green), showRoot = frameOf(inside), showMean = bars(inside, colour.blue);
  const showAdam = bars(taken, colour.blue), showOthers = others(taken);
  const word = draw(drawn.marks, "text", { class: "soft", "text-anchor": "middle" }, "draw here");
  pen(page, drawn);

  return (state, n) => {
    const k = state.update - 1, seen = page.moving ? k : COUNT - 1; // what the play has not reached is pale
    drawn.title("Draw the gradients");
    inside.title("m, in the frame ±√v");
    taken.title("Steps, in learning rates");
    drawn.rescale(state.size, state.update);
    inside.rescale(scaleFor([...n.mean, ...n.root], state.size), state.update);
    taken.rescale(scaleFor(n.adam.map((step) => 1.05 * step)), state.update);
    assign(word, { x: drawn.x(COUNT / 2), y: drawn.y(0.5), visibility: nameOf(state.gradients) === "once" ? null : "hidden" });
    showDrawn(n.gradients, seen);
    showRoot(n.root, seen);
    showMean(n.mean, seen);
    showAdam(n.adam, seen);
    showOthers(n, seen);
    drawn.key([["■", colour.green, `gradient ${state.update}`, signed(n.gradients[k])]]);
    inside.key([["■", colour.blue, "m", signed(n.mean[k])], ["□", colour.orange, "√v", neat(n.root[k])],
      ["", "", "m / √v", signed(n.adam[k])]]);
    taken.key([["■", colour.blue, "Adam", signed(n.adam[k])], ["○", colour.ink, "momentum", signed(n.momentum[k])],
      ["━", colour.vermilion, "plain", signed(n.plain[k])]]);
  };
}

/** The smallest of SCALES, in units of `size`, that holds all values. */
function scaleFor(values, size = 1) {
  const most = Math.max(...values.map(Math.abs)) / size;
  return size * (SCALES.find((scale) => most <= EDGE * scale) ?? SCALES.at(-1));
}

/** A panel over the updates, with a mark on one of them and a line of numbers below. */
function panel(page, label) {
  const frame = plot(page, {
    label, basis: 250, ratio: (width) => clamp(0.7 * width, 190, 250), margin: [6, 6, 22, 38],
    x: { domain: [0.25, COUNT + 0.75], ticks: [1, 10, 20, 30, 40], grid: false },
    y: { domain: [-EDGE, EDGE], ticks: [-1, 0, 1], show: () => "" },
  });
  const column = draw(frame.marks, "rect", { fill: colour.soft, opacity: 0.16 });
  const ends = [1, 0, -1].map(() => draw(frame.front, "text", { "text-anchor": "end", class: "soft", "aria-hidden": "true" }));
  /** Let the edge stand for `scale`, and mark an update. */
  frame.rescale = (scale, update) => {
    frame.height = (value) => frame.y(value / scale);
    ends.forEach((text, index) => {
      text.textContent = String(Number(((1 - index) * scale).toPrecision(2))).replace("-", "−");
      assign(text, { x: frame.left - 6, y: frame.y(1 - index) + 4 });
    });
    assign(column, { x: frame.x(update - 0.5), width: frame.x(1) - frame.x(0), y: frame.top, height: frame.bottom - frame.top });
  };
  const line = add(frame.panel, "div", { class: "key", "aria-hidden": "true" });
  frame.key = (entries) => {
    line.replaceChildren();
    for (const [sign, shade, name, value] of entries) {
      const entry = add(line, "span");
      if (sign) add(entry, "i", { style: `color: ${shade}` }, `${sign} `);
      entry.append(`${name} `);
      add(entry, "b", {}, value);
    }
  };
  return frame;
}

const paleness = (index, seen) => (index > seen ? 0.15 : 1);

function bars(frame, fill) {
  const all = Array.from({ length: COUNT }, () => draw(frame.marks, "rect", { fill }));
  return (values, seen) => all.forEach((bar, index) => {
    const [zero, end] = [frame.height(0), frame.height(values[index])];
    assign(bar, { x: frame.x(index + 0.65), width: frame.x(1.7) - frame.x(1), y: Math.min(zero, end), height: Math.abs(end - zero),
      opacity: paleness(index, seen) });
  });
}

/** The area between -√v and +√v, in steps: where m fills it, Adam's step is one learning rate. */
function frameOf(frame) {
  const area = draw(frame.marks, "path", { fill: colour.orange, "fill-opacity": 0.25, stroke: colour.orange, "stroke-width": 1.5 });
  return (roots, seen) => {
    const edge = (sign) => roots.slice(0, seen + 1).flatMap((root, index) => (
      [0.5, 1.5].map((side) => [frame.x(index + side), frame.height(sign * root)])));
    assign(area, { d: path([...edge(1), ...edge(-1).reverse()], true) });
  };
}

/** The steps of momentum as rings and of plain descent as dashes; dotted lines at one learning rate. */
function others(frame) {
  const ones = [1, -1].map(() => draw(frame.marks, "line", { stroke: colour.soft, "stroke-dasharray": "2 3" }));
  const dashes = Array.from({ length: COUNT }, () => draw(frame.marks, "line", { stroke: colour.vermilion, "stroke-width": 2 }));
  const rings = Array.from({ length: COUNT }, () => draw(frame.marks, "circle", { r: 2, fill: colour.paper, stroke: colour.ink }));
  return (n, seen) => {
    ones.forEach((line, sign) => {
      const y = frame.height(1 - 2 * sign);
      assign(line, { x1: frame.left, x2: frame.right, y1: y, y2: y });
    });
    dashes.forEach((line, index) => {
      const y = frame.height(n.plain[index]);
      assign(line, { x1: frame.x(index + 0.55), x2: frame.x(index + 1.45), y1: y, y2: y, opacity: paleness(index, seen) });
    });
    rings.forEach((ring, index) => {
      assign(ring, { cx: frame.x(index + 1), cy: frame.height(n.momentum[index]), opacity: paleness(index, seen) });
    });
  };
}

/** A hand that moves over the row draws it: each bar that it passes takes its height. */
function pen(page, frame) {
  let last = null;
  page.released.push(() => { last = null; });
  handle(frame, {
    name: "pen on the row of gradients", grab: true, size: 5, fill: colour.ink,
    place: ({ update, gradients }) => [update, gradients[update - 1]],
    move: ([x, y], state) => {
      const update = clamp(Math.round(x), 1, COUNT), height = twentieth(y), gradients = [...state.gradients];
      const from = last ?? { update, height }, way = Math.abs(update - from.update);
      for (let passed = 0; passed <= way; passed += 1) { // a quick hand jumps over bars
        const share = way ? passed / way : 1, at = from.update + Math.sign(update - from.update) * passed;
        if (passed || !way) gradients[at - 1] = twentieth(from.height + share * (height - from.height));
      }
      last = { update, height };
      return { gradients, update };
    },
    nudge: ([right, up], { update, gradients }) => {
      if (right) return { update: clamp(update + right, 1, COUNT) };
      return { gradients: gradients.map((each, k) => (k === update - 1 ? twentieth(each + up / 20) : each)) };
    },
    text: ({ update }, n) => `update ${update}, gradient ${signed(n.gradients[update - 1])}`,
    now: ({ update, gradients }) => gradients[update - 1], min: -1, max: 1,
  });
}

/** The button that goes through the updates, one after the other. */
function play(page) {
  const node = button(page, { name: "Play", act: () => {
    if (page.moving) { page.stop(); return page.redraw(); }
    const first = page.state.update < COUNT ? page.state.update : 1;
    if (page.still) return page.set({ update: first === 1 && page.state.update === COUNT ? 1 : first + 1 });
    page.animate((passed) => {
      const update = Math.min(first + Math.floor((COUNT * passed) / PLAY), COUNT);
      if (update !== page.state.update) page.set({ update });
      return update < COUNT;
    });
  } });
  page.parts.push(() => { node.textContent = page.moving ? "Pause" : "Play"; });
}
