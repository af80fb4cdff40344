// A row for each formula, over the size of the logit; a dot in a row, to drag; its formula in full; the digits that are right.

import { choice } from "../shared/controls.js";
import { general } from "../shared/format.js";
import { handle } from "../shared/handle.js";
import { plot } from "../shared/plot.js";
import { add, assign, draw } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { ANSWERS, DTYPES, most, placeOf, PLACES, SIZES, VERDICTS } from "./numbers.js";

const FILLS = [[colour.sky, 0.4], [colour.orange, 0.6], [colour.vermilion, 0.8], [colour.soft, 0.55]];
const WORDS = ["right", "off", "∞", "NaN"], HIGH = 26, EDGE = 10 ** (1 / 80); // half the way to the next size

const within = (value, low, high) => Math.min(Math.max(value, low), high);
const finite = (loss) => general(loss, 4).replaceAll("-", "−");
const shown = (loss) => (Number.isNaN(loss) ? "NaN" : Number.isFinite(loss) ? finite(loss) : loss < 0 ? "−∞" : "∞");

export function view(page) {
  const { names } = page.state, rows = { domain: [names.length - 0.5, -0.5] }, ratio = () => 40 + HIGH * names.length;
  choice(page, { key: "dtype", name: "type", options: DTYPES });
  choice(page, { key: "answer", name: "answer", options: ANSWERS });
  const left = within(6.6 * Math.max(...names.map((name) => name.length)) + 12, 40, 150);
  const board = plot(page, {
    label: "What each formula gives, by the size of the logit", grow: 1.9, basis: 300, ratio, margin: [4, 4, 36, left],
    x: { domain: [1 / EDGE, SIZES.at(-1) * EDGE], log: true, ticks: [1, 10, 100, 1000],
      show: (tick) => (tick < 1000 ? String(tick) : "1,000"), label: "size of the logit", grid: false },
    y: rows, still: (frame) => drawNames(frame, names),
  });
  const bars = plot(page, {
    label: "How many digits of each loss are right", grow: 1, basis: 250, ratio, margin: [4, 74, 36, 4],
    x: { domain: [0, 16.5], ticks: [0, 4, 8, 12, 16], label: "right digits" }, y: rows,
  });
  const formula = add(page.figure, "div", { class: "readout" });
  const drawBoard = boardView(board), drawBars = barsView(bars, board, names), drawFormula = formulaView(formula);
  let under = null; // the row that a mouse points at, which passes
  const rowAt = (y) => within(Math.round(y), 0, names.length - 1);
  for (const { svg, at } of [board, bars]) {
    svg.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "mouse") return;
      under = event.target.closest(".handle") ? null : rowAt(at(event)[1]);
      page.redraw();
    });
    svg.addEventListener("pointerleave", () => { under = null; page.redraw(); });
  }
  bars.svg.addEventListener("click", (event) => page.set({ row: rowAt(bars.at(event)[1]) }));
  handle(board, {
    name: "logit and formula", place: (_, n) => [SIZES[n.place], n.row], anywhere: true, fill: colour.ink, size: 6,
    move: ([x, y]) => ({ size: SIZES[placeOf(x)], row: rowAt(y) }),
    nudge: ([right, up], { size, row }) => ({ size: SIZES[within(placeOf(size) + right, 0, PLACES - 1)],
      row: rowAt(Math.abs(up) > 1e6 ? row : row - up) }),
    text: (_, n) => `logit ${general(SIZES[n.place], 4)}, ${names[n.row]}: ${VERDICTS[n.verdicts[n.row]]}, ${shown(n.losses[n.row])}`,
    now: ({ size }) => size, min: 1, max: SIZES.at(-1),
  });

  return (state, n) => {
    const right = n.verdicts.filter((each) => each === 0).length, row = under ?? n.row;
    board.title(`Logit ${general(SIZES[n.place], 4)}: ${right} of ${names.length} are right`);
    bars.title(`The truth: ${general(n.truth, 4)} nats`);
    drawBoard(state, n, row);
    drawBars(state, n, row);
    drawFormula(state, n, row);
  };
}

function drawNames({ back, left, y }, names) {
  names.forEach((name, row) => draw(back, "text", { x: left - 8, y: y(row) + 4, "text-anchor": "end" }, name));
}

function boardView(frame) {
  const ground = draw(frame.front, "rect", { fill: "none", stroke: colour.ink, rx: 4, "aria-hidden": "true", "pointer-events": "none" });
  const strips = draw(frame.marks, "g"), line = draw(frame.marks, "line", { stroke: colour.ink, "stroke-width": 1.5 });
  let drawn = "";
  return ({ dtype, answer }, { codes, place }, row) => {
    const key = `${dtype} ${answer} ${frame.width}`, at = frame.x(SIZES[place]);
    if (key !== drawn) strips.replaceChildren();
    if (key !== drawn) codes.forEach((each, k) => drawStrips(strips, frame, each, k));
    drawn = key;
    assign(line, { x1: at, x2: at, y1: frame.top, y2: frame.bottom });
    assign(ground, { x: 1, width: frame.width - 2, y: frame.y(row) - HIGH / 2 + 1, height: HIGH - 2 });
  };
}

/** Neighbouring sizes of one verdict as one box, with a word in it where it has room. */
function drawStrips(group, frame, codes, row) {
  for (let from = 0, to = 0; from < PLACES; from = to) {
    while (to < PLACES && codes[to] === codes[from]) to += 1;
    const [fill, opacity] = FILLS[codes[from]], x = frame.x(SIZES[from] / EDGE), width = frame.x(SIZES[to - 1] * EDGE) - x;
    draw(group, "rect", { x, width, y: frame.y(row) - HIGH / 2 + 3, height: HIGH - 6, fill, "fill-opacity": opacity });
    if (!codes[from] || width < 32) continue;
    draw(group, "text", { x: x + width / 2, y: frame.y(row) + 4, "text-anchor": "middle" }, WORDS[codes[from]]);
  }
}

function barsView(frame, board, names) {
  const each = (name, attributes) => names.map(() => draw(frame.front, name, { "aria-hidden": "true", ...attributes }));
  const bars = names.map(() => draw(frame.marks, "rect", { height: HIGH - 12 })), numbers = each("text", { "text-anchor": "end" });
  const called = each("text", { class: "halo" });
  const full = draw(frame.marks, "line", { stroke: colour.ink, "stroke-dasharray": "4 3" });
  const ground = draw(frame.front, "rect", { fill: "none", stroke: colour.ink, rx: 4, "aria-hidden": "true", "pointer-events": "none" });
  return ({ dtype }, { digits, losses, verdicts }, row) => {
    const below = frame.panel.offsetTop > board.panel.offsetTop; // then the names of the board stand far away
    names.forEach((name, k) => {
      const [fill, opacity] = FILLS[verdicts[k]];
      assign(bars[k], { x: frame.left, width: Math.max(frame.x(digits[k]) - frame.left, 0), y: frame.y(k) - HIGH / 2 + 6, fill,
        "fill-opacity": opacity });
      assign(numbers[k], { x: frame.width - 8, y: frame.y(k) + 4 }).textContent = shown(losses[k]);
      assign(called[k], { x: frame.left + 6, y: frame.y(k) + 4 }).textContent = below ? name : "";
    });
    const at = frame.x(most(dtype));
    assign(full, { x1: at, x2: at, y1: frame.top, y2: frame.bottom });
    assign(ground, { x: 1, width: frame.width - 2, y: frame.y(row) - HIGH / 2 + 1, height: HIGH - 2 });
  };
}

/** The formula of a row, as it is written, and what it gives here. */
function formulaView(box) {
  const first = add(box, "div"), name = add(first, "b"), given = add(first, "span");
  const lines = add(box, "div", { style: "white-space: pre-wrap; min-height: 4.4em; font: 12.5px/1.5 ui-monospace, monospace" });
  return ({ names, written, dtype }, { losses, truth, verdicts }, row) => {
    name.textContent = names[row];
    const verdict = ["right", "off", "infinite", "not a number"][verdicts[row]];
    given.textContent = ` gives ${shown(losses[row])} in ${dtype}, ${verdict}: the truth is ${general(truth, 4)}.`;
    lines.textContent = written[row];
  };
}
