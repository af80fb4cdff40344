// Bars of the logits to drag, the probabilities and where they go, and the Jacobian with a row and a column lit.

import { layBar } from "../shared/bars.js";
import { button, slider } from "../shared/controls.js";
import { fixed, general } from "../shared/format.js";
import { handle } from "../shared/handle.js";
import { plot } from "../shared/plot.js";
import { assign, draw, path } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { cell, COLDEST, HOTTEST, low, REACH, signed } from "./numbers.js";

const ROW = 38; // pixels: one row a class in all three panels
const STEEPEST = 0.25; // the largest slope at temperature 1; the shades end there
const DIM = 0.4;

const within = (value, [least, most]) => Math.min(Math.max(value, least), most);
const tenths = (value) => Math.round(10 * within(value, [-REACH, REACH])) / 10;

/** From blue, cold, to vermilion, hot. */
const warmth = (temperature) => {
  const share = Math.log(temperature / COLDEST) / Math.log(HOTTEST / COLDEST);
  return `color-mix(in oklch, ${colour.vermilion} ${(100 * share).toFixed(1)}%, ${colour.blue})`;
};

export function view(page) {
  const K = page.state.z.length, classes = page.state.z.map((_, k) => k);
  const temperature = slider(page, { key: "temperature", name: "temperature", min: COLDEST, max: HOTTEST, log: true,
    step: Math.log10(2) / 4, show: (value) => general(value) });
  button(page, { name: "Raise all logits by 1", act: () => { page.set({ z: raised(page.state.z) }); page.release(); } });
  const rows = { ratio: () => 26 + ROW * K + 34, y: { domain: [K - 0.5, -0.5] } };
  const logits = plot(page, { label: "The logits as bars", basis: 250, margin: [26, 10, 34, 36], ...rows,
    x: { domain: [-REACH, REACH], ticks: [-6, -3, 0, 3, 6], label: "logit" }, still: (frame) => name(frame, classes, "z") });
  const shares = plot(page, { label: "The probabilities as bars", basis: 250, margin: [26, 112, 34, 36], ...rows,
    x: { domain: [0, 1], ticks: [0, 0.5, 1], label: "probability" }, still: (frame) => name(frame, classes, "p") });
  const table = plot(page, { label: "The Jacobian: slopes of each probability by each logit", basis: 260, margin: [26, 34, 34, 36], ...rows,
    x: { domain: [-0.5, K - 0.5] }, still: (frame) => name(frame, classes, "p") });

  const drawLogits = logitsView(logits, classes), drawShares = sharesView(shares, classes), drawTable = tableView(table, classes);
  classes.forEach((k) => handle(logits, {
    name: `logit ${k}`, place: ({ z }) => [z[k], k], fill: colour.ink, size: 6, hint: k === 1 ? "drag me" : "",
    move: ([value], { z }) => ({ z: z.with(k, tenths(value)) }),
    nudge: ([right, up], { z }) => ({ z: z.with(k, tenths(z[k] + (right || up) / 10)) }),
    text: ({ z }) => signed(z[k], 1), now: ({ z }) => z[k], min: -REACH, max: REACH,
  }));
  lines(table, K);

  return (state, n) => {
    const shade = warmth(state.temperature);
    temperature.style.accentColor = shade;
    logits.title("Logits");
    shares.title(`Probabilities at temperature ${general(state.temperature)}`);
    drawLogits(state);
    drawShares(state, n, shade);
    drawTable(state, n);
  };
}

/** All logits one higher; where there is no room, all as low as they go. */
function raised(z) {
  const shift = Math.max(...z) + 1 <= REACH ? 1 : -REACH - Math.min(...z);
  return z.map((each) => tenths(each + shift));
}

function name({ back, left, y }, classes, letter) {
  classes.forEach((k) => draw(back, "text", { x: left - 10, y: y(k) + 4, "text-anchor": "end" }, `${letter}${low(k)}`));
}

/** Two handles at the edges of the table: which column, which row. A click on a cell picks both. */
function lines(frame, K) {
  const pick = (value) => Math.round(within(value, [0, K - 1]));
  handle(frame, {
    name: "column, the logit that gets one more unit", place: ({ i }) => [i, -0.5 - 10 / ROW], fill: colour.orange, size: 5,
    move: ([x]) => ({ i: pick(x) }), nudge: ([right, up], { i }) => ({ i: pick(i + (right || up)) }),
    text: ({ i }) => `logit ${i}`, now: ({ i }) => i, min: 0, max: K - 1,
  });
  handle(frame, {
    name: "row, the probability that is looked at", place: ({ c }) => [K - 0.5 + 0.17, c], fill: colour.orange, size: 5,
    move: ([, y]) => ({ c: pick(y) }), nudge: ([right, up], { c }) => ({ c: pick(c + (right || -up)) }),
    text: ({ c }) => `probability ${c}`, now: ({ c }) => c, min: 0, max: K - 1,
  });
}

function logitsView(frame, classes) {
  const zero = draw(frame.marks, "line", { stroke: colour.soft });
  const bars = classes.map(() => draw(frame.marks, "rect", { fill: colour.soft, opacity: 0.55 }));
  const unit = draw(frame.marks, "rect", { fill: "none", stroke: colour.orange, "stroke-width": 2, "stroke-dasharray": "4 3" });
  const word = draw(frame.front, "text", { "text-anchor": "middle", class: "strong", "aria-hidden": "true" }, "+1");
  return ({ z, i }) => {
    assign(zero, { x1: frame.x(0), x2: frame.x(0), y1: frame.top, y2: frame.bottom });
    classes.forEach((k) => layBar(bars[k], frame, 0, z[k], k));
    layBar(unit, frame, z[i], z[i] + 1, i);
    assign(word, { x: within(frame.x(z[i] + 0.5), [frame.left, frame.right - 6]), y: frame.y(i) + 22 });
  };
}

/** Filled: now. Dashed: after one more unit. A diamond: what the slope forecasts. */
function sharesView(frame, classes) {
  const bars = classes.map(() => draw(frame.marks, "rect"));
  const dashes = { fill: "none", stroke: colour.ink, "stroke-width": 1.25, "stroke-dasharray": "4 3" };
  const after = classes.map(() => draw(frame.marks, "rect", dashes));
  const told = classes.map(() => draw(frame.front, "path", { fill: colour.orange, stroke: colour.ink, "aria-hidden": "true" }));
  const numbers = classes.map(() => draw(frame.front, "text", { "text-anchor": "end", "aria-hidden": "true" }));
  const key = draw(frame.front, "text", { "text-anchor": "end", class: "soft", "aria-hidden": "true" }, "now → after +1");
  const legend = draw(frame.front, "text", { class: "soft", "aria-hidden": "true" }, "◆ forecast by the slope");
  return ({ i }, { p, p_after, forecast }, shade) => {
    assign(key, { x: frame.right + 108, y: frame.top - 9 });
    assign(legend, { x: frame.left, y: frame.top - 9 });
    classes.forEach((k) => {
      assign(layBar(bars[k], frame, 0, p[k], k), { fill: shade });
      layBar(after[k], frame, 0, p_after[k], k, 24);
      const [x, y] = [frame.x(within(p[k] + forecast[k], [-0.02, 1.1])), frame.y(k)];
      assign(told[k], { d: path([[x - 5, y], [x, y - 5], [x + 5, y], [x, y + 5]], true) });
      assign(numbers[k], { x: frame.right + 108, y: frame.y(k) + 4, class: k === i ? "strong" : null });
      numbers[k].textContent = `${fixed(p[k], 3)} → ${fixed(p_after[k], 3)}`;
    });
  };
}

/** The slopes; what the pointer is on is lit as long as it stays, else the row and the column of the state. */
function tableView(frame, classes) {
  const K = classes.length, { page } = frame;
  const cells = classes.map(() => classes.map(() => draw(frame.front, "rect", { rx: 3, stroke: colour.ink, "stroke-width": 0 })));
  const numbers = classes.map(() => classes.map(() => draw(frame.front, "text", { "text-anchor": "middle", "pointer-events": "none" })));
  const heads = classes.map((k) => draw(frame.front, "text", { "text-anchor": "middle" }, `z${low(k)}`));
  let seen = null; // the [row, column] under the pointer
  classes.forEach((c) => classes.forEach((i) => {
    assign(cells[c][i], { style: "cursor: pointer" });
    cells[c][i].addEventListener("pointerenter", () => { seen = [c, i]; page.redraw(); });
    cells[c][i].addEventListener("click", () => { page.set({ c, i }); page.release(); });
  }));
  frame.svg.addEventListener("pointerleave", () => { seen = null; page.redraw(); });
  page.reset.push(() => { seen = null; });

  return (state, n) => {
    const [row, column] = seen ?? [state.c, state.i], wide = frame.x(1) - frame.x(0);
    frame.title(cell(row, column, n, state.temperature));
    for (let c = 0; c < K; c += 1) {
      for (let i = 0; i < K; i += 1) {
        const slope = n.J[c][i], lit = c === row || i === column, here = c === row && i === column;
        const strength = 8 + 47 * Math.min(Math.abs(slope) / STEEPEST, 1);
        assign(cells[c][i], {
          x: frame.x(i) - wide / 2 + 1.5, y: frame.y(c) - ROW / 2 + 1.5, width: wide - 3, height: ROW - 3, opacity: lit ? 1 : DIM,
          fill: `color-mix(in srgb, ${slope > 0 ? colour.blue : colour.vermilion} ${strength.toFixed(1)}%, transparent)`,
          "stroke-width": here ? 2 : 0,
        });
        assign(numbers[c][i], { x: frame.x(i), y: frame.y(c) + 4, class: here ? "strong" : lit ? null : "soft" });
        numbers[c][i].textContent = signed(slope);
      }
      assign(heads[c], { x: frame.x(c), y: frame.bottom + 17, class: c === column ? "strong" : null });
    }
  };
}
