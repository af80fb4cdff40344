// A heat map whose cells are runs, and the curve of the run that is chosen or pointed at, among the other batch sizes.

import { choice } from "../shared/controls.js";
import { general } from "../shared/format.js";
import { handle } from "../shared/handle.js";
import { plot } from "../shared/plot.js";
import { assign, draw, path } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { ALL, BLIND, BUDGETS, paid, pictures, RATES, run, SIZES } from "./numbers.js";

const CELLS = SIZES.flatMap((size, row) => RATES.map((rate, column) => ({ rate, size, row, column, ...run(rate, size) })));
// An update takes at least some hundredths of a millisecond: counted in tenths, seconds fit on the axis of updates.
const UNIT = { updates: 1, seconds: 1e-4 }, POWERS = [1, 10, 100, 1e3, 1e4, 1e5];
const LABELS = { updates: ["1", "10", "100", "1,000", "10,000", "100,000"], seconds: ["0.1 ms", "1 ms", "10 ms", "0.1 s", "1 s", "10 s"] };
const LOSSES = [0.07, 25], DEEP = 0.5;

const within = (value, low, high) => Math.min(Math.max(value, low), high);
const cellAt = ([x, y]) => ({ rate: RATES[within(Math.round(x), 0, RATES.length - 1)],
  batch_size: SIZES[within(Math.round(y), 0, SIZES.length - 1)] });
const placeOf = ({ rate, batch_size: size }) => [RATES.indexOf(rate), SIZES.indexOf(size)];

export function view(page) {
  choice(page, { key: "by", name: "the price", options: [["updates", "150 updates"], ["seconds", "1 second"]] });
  const map = plot(page, {
    label: "The loss that the price buys, for each learning rate and batch size", grow: 1.35, basis: 300, margin: [20, 2, 36, 38],
    ratio: (width) => 56 + SIZES.length * (width < 480 ? 46 : 60), x: { domain: [-0.5, RATES.length - 0.5], label: "learning rate" },
    y: { domain: [SIZES.length - 0.5, -0.5], label: "pictures in an update" }, still: drawNames,
  });
  const falls = plot(page, {
    label: "Training loss of one run, beside those of the other batch sizes at its rate", basis: 270, margin: [20, 27, 36, 40],
    ratio: (width) => within(0.78 * width, 240, 296),
    x: { domain: [0.5, 1e5], log: true }, y: { domain: LOSSES, log: true, ticks: [0.1, 0.3, 1, 3, 10], label: "training loss, nats" },
  });
  let under = null; // the cell that a mouse points at, which passes
  const point = (cell) => { under = cell; page.redraw(); };
  map.svg.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") point(cellAt(map.at(event))); });
  map.svg.addEventListener("pointerleave", () => point(null));
  const drawCells = cellsView(map), drawCurves = curvesView(falls);
  const grip = handle(map, {
    name: "learning rate and batch size", place: placeOf, move: cellAt, anywhere: true, size: 8, fill: "transparent",
    nudge: ([right, up], state) => { const [x, y] = placeOf(state); return cellAt([x + right, y - up]); },
    text: (state, n) => `rate ${general(state.rate)}, ${pictures(state.batch_size)}, loss ${general(n.reached)}`,
    now: (state) => RATES.indexOf(state.rate), min: 0, max: RATES.length - 1,
  });
  grip.querySelector(".ring").style.fill = "transparent";

  return (state, n) => {
    const shown = under ?? state;
    map.title(`Loss after ${paid(state.by)}`);
    falls.title(`Rate ${general(shown.rate)}, ${pictures(shown.batch_size)}`);
    drawCells(state, n, under);
    drawCurves(state, shown);
  };
}

function drawNames({ back, x, y, left, bottom }) {
  const room = x(1) - x(0);
  RATES.forEach((rate, column) => {
    if (room < 40 && column % 2) return;
    draw(back, "text", { x: x(column), y: bottom + 15, "text-anchor": "middle", class: "soft" }, general(rate));
  });
  SIZES.forEach((size, row) => draw(back, "text", { x: left - 6, y: y(row) + 4, "text-anchor": "end", class: "soft" },
    size === ALL ? "all" : String(size)));
}

/** Blue below a blind guess, vermilion above, the deeper the further: a factor of four at most. */
function shade(loss) {
  const far = within(Math.abs(Math.log(loss / BLIND)) / Math.log(loss < BLIND ? 4 : 30), 0.06, 1);
  return { fill: loss < BLIND ? colour.blue : colour.vermilion, "fill-opacity": (DEEP * far).toFixed(3) };
}

function cellsView(frame) {
  const nodes = CELLS.map(() => ({ ground: draw(frame.marks, "rect", { rx: 4 }),
    curve: draw(frame.marks, "path", { fill: "none", stroke: colour.ink, "stroke-width": 1.2, opacity: 0.75 }),
    number: draw(frame.marks, "text", { "text-anchor": "middle" }) }));
  const [chosen, pointed] = [2.5, 1.25].map((thick) =>
    draw(frame.marks, "rect", { fill: "none", stroke: colour.ink, rx: 4, "stroke-width": thick }));
  const boxOf = (column, row, edge) => ({ x: frame.x(column - 0.5) + edge, y: frame.y(row - 0.5) + edge,
    width: frame.x(1) - frame.x(0) - 2 * edge, height: frame.y(1) - frame.y(0) - 2 * edge });
  let drawn = "";
  return (state, { map }, under) => {
    if (drawn !== `${state.by} ${frame.width}`) {
      CELLS.forEach(({ row, column, loss }, k) => {
        const box = boxOf(column, row, 1.5), reached = map[row][column];
        assign(nodes[k].ground, { ...box, ...shade(reached) });
        assign(nodes[k].curve, { d: path(small(box, loss)) });
        assign(nodes[k].number, { x: box.x + box.width / 2, y: box.y + 15 }).textContent = brief(reached, box.width);
      });
    }
    drawn = `${state.by} ${frame.width}`;
    assign(chosen, boxOf(...placeOf(state), 1.5));
    assign(pointed, { ...boxOf(...placeOf(under ?? state), 1.5), visibility: under ? null : "hidden" });
  };
}

/** A run's loss as a small curve in the lower part of a cell, look by look, on the same scale in each. */
function small({ x, y, width, height }, loss) {
  const [low, high] = [0.08, 20].map(Math.log), top = y + 20, room = height - 25;
  return loss.map((each, k) => [x + 4 + ((width - 8) * k) / (loss.length - 1),
    top + room * (1 - within((Math.log(each) - low) / (high - low), 0, 1))]);
}

/** A loss in as many letters as a cell has room for. */
function brief(loss, width) {
  if (loss >= 10) return loss.toFixed(0);
  if (loss >= 1) return loss.toFixed(1);
  return loss.toFixed(width < 38 ? 2 : 3).replace(/^0/, width < 38 ? "" : "0");
}

function curvesView(frame) {
  const others = SIZES.map(() => draw(frame.marks, "path", { fill: "none", stroke: colour.soft, "stroke-width": 1, opacity: 0.6 }));
  const ends = SIZES.map((size) => draw(frame.front, "text", { "aria-hidden": "true" }, size === ALL ? "all" : String(size)));
  const blind = draw(frame.marks, "line", { stroke: colour.vermilion, "stroke-width": 1.25, "stroke-dasharray": "5 4" });
  const said = draw(frame.front, "text", { "text-anchor": "end", class: "halo", "aria-hidden": "true" },
    `a blind guess, ${general(BLIND)}`);
  const budget = draw(frame.marks, "line", { stroke: colour.soft, "stroke-width": 1.25 });
  const spent = draw(frame.front, "text", { "text-anchor": "middle", class: "soft halo", "aria-hidden": "true" });
  const curve = draw(frame.marks, "path", { fill: "none", "stroke-width": 3 });
  const dot = draw(frame.front, "circle", { r: 5.5, stroke: colour.ink, "stroke-width": 1.5, "aria-hidden": "true" });
  const ticks = POWERS.map(() => ({ line: draw(frame.back.parentNode, "line", { stroke: colour.faint, "stroke-width": 0.75 }),
    text: draw(frame.front, "text", { "text-anchor": "middle", class: "soft", "aria-hidden": "true" }) }));
  const axis = draw(frame.front, "text", { "text-anchor": "end", class: "soft", "aria-hidden": "true" });
  ticks.forEach(({ line }) => frame.svg.insertBefore(line, frame.marks));
  const pixels = ({ loss, ...cell }, by) => loss.map((each, k) => [frame.x(cell[by][k] / UNIT[by]), frame.y(each)]);

  return ({ by }, shown) => {
    const cell = CELLS.find(({ rate, size }) => rate === shown.rate && size === shown.batch_size);
    const line = pixels(cell, by), spentAt = frame.x(BUDGETS[by] / UNIT[by]), reached = crossing(line, spentAt);
    const taken = []; // where a word stands already; that of the run that is shown comes first
    const same = CELLS.filter(({ rate }) => rate === shown.rate);
    [cell, ...same.filter((other) => other !== cell)].forEach((other) => {
      const points = pixels(other, by), [x, y] = points.at(-1), close = Math.hypot(x - reached[0], y - reached[1]) < 14;
      const [right, down] = close ? [11, -7] : [5, 4]; // clear of the dot that marks what the price bought
      const at = [x + right, within(y, frame.top, frame.bottom) + down];
      const crowded = taken.some((place) => Math.abs(place[0] - at[0]) < 26 && Math.abs(place[1] - at[1]) < 13);
      if (!crowded) taken.push(at);
      assign(others[other.row], { d: path(points) });
      assign(ends[other.row], { x: at[0], y: at[1],
        visibility: crowded ? "hidden" : null, class: other === cell ? "strong halo" : "soft halo" });
    });
    const fill = cell.loss.at(-1) > BLIND ? colour.vermilion : colour.blue, blindness = frame.y(BLIND);
    assign(curve, { d: path(line), stroke: fill });
    assign(dot, { cx: reached[0], cy: within(reached[1], frame.top, frame.bottom), fill });
    assign(blind, { x1: frame.left, x2: frame.right, y1: blindness, y2: blindness });
    assign(said, { x: frame.right, y: blindness - 5 });
    assign(budget, { x1: spentAt, x2: spentAt, y1: frame.top, y2: frame.bottom });
    assign(spent, { x: spentAt, y: frame.top - 6 }).textContent = paid(by);
    ticks.forEach(({ line: tick, text }, k) => {
      const place = frame.x(POWERS[k]), crowded = frame.width < 420 && (k % 2 === 1);
      assign(tick, { x1: place, x2: place, y1: frame.top, y2: frame.bottom });
      assign(text, { x: place, y: frame.bottom + 15 }).textContent = crowded ? "" : LABELS[by][k];
    });
    assign(axis, { x: frame.right, y: frame.bottom + 31 }).textContent = by === "updates" ? "update" : "time";
  };
}

/** Where a line of pixels passes the upright at `at`; its end where it does not come so far. */
function crossing(line, at) {
  const after = line.findIndex(([x]) => x >= at);
  if (after <= 0) return after ? line.at(-1) : line[0];
  const [[a, b], [c, d]] = [line[after - 1], line[after]];
  return [at, b + ((at - a) / (c - a)) * (d - b)];
}
