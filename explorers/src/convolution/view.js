// The picture with a window to drag, ink times kernel with weights to edit, and the map that a scan fills.

import { button, choice } from "../shared/controls.js";
import { fixed } from "../shared/format.js";
import { handle } from "../shared/handle.js";
import { ground, inkOf, signOf } from "../shared/pixels.js";
import { plot } from "../shared/plot.js";
import { strip } from "../shared/strip.js";
import { add, assign, draw } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { KERNELS, nameOf, picturesOf, signed } from "./numbers.js";

const SCAN = 9000; // milliseconds for a whole picture: the first rows slowly, so that an eye can follow
const MOST = 10; // the largest weight
const HIDDEN = [128, 128, 128, 50]; // what the scan has not reached
const STYLE = `
.table { flex: 0 1 460px; }
.terms { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; }
.last { display: flex; gap: 8px; align-items: center; flex: 1 1 130px; max-width: 168px; }
.term { flex: 1 1 112px; max-width: 150px; }
.term p { margin: 0 0 2px; font-size: 12px; color: var(--soft); }
.nine { display: grid; grid-template-columns: repeat(3, 1fr); gap: 2px; }
.nine > * { min-width: 0; width: 100%; height: 36px; display: grid; place-items: center; border-radius: 4px; border: 1px solid var(--faint);
  font-size: 12px; font-variant-numeric: tabular-nums; padding: 0; text-align: center; color: var(--ink); }
.nine input { border-color: var(--soft); cursor: ns-resize; touch-action: none; }
.sum { margin: 8px 0 0; } .sum b { font-size: 20px; font-variant-numeric: tabular-nums; }
@container (max-width: 760px) { .table { order: 3; flex: 1 1 100%; } }
`;

const clamp = (value, last) => Math.min(Math.max(Math.round(value), 0), last);

export function view(page) {
  const [, height, width] = page.state.size, last = { row: height - 3, column: width - 3 };
  const names = Object.keys(KERNELS);
  choice(page, { key: "kernel", name: "kernel", options: names, read: ({ kernel }) => nameOf(kernel), write: (name) => KERNELS[name] });
  const scan = scanning(page, last), name = (k) => `picture ${k}`;
  strip(page, { key: "picture", pictures: picturesOf(page.state), size: [height, width], label: "pictures", name });

  const picture = board(page, "The picture, with the window", height, width);
  const showTable = table(page);
  const map = board(page, "The map of all sums", height - 2, width - 2);
  const paper = ground(picture, height, width, "ink"), sums = ground(map, height - 2, width - 2, "sign");
  const to = (row, column) => ({ row: clamp(row, last.row), column: clamp(column, last.column) });
  const shared = {
    nudge: ([right, up], state) => to(state.row - up, state.column + right), anywhere: true,
    now: ({ row, column }) => row * (last.column + 1) + column, min: 0, max: (last.row + 1) * (last.column + 1) - 1,
  };
  handle(picture, {
    ...shared, name: "window on the picture", box: [3, 3], hint: "drag me", place: ({ row, column }) => [column + 1.5, row + 1.5],
    move: ([x, y]) => to(y - 1.5, x - 1.5), text: ({ row, column }) => `rows ${row} to ${row + 2}, columns ${column} to ${column + 2}`,
  });
  handle(map, {
    ...shared, name: "place on the map", box: [1, 1], fill: colour.ink, place: ({ row, column }) => [column + 0.5, row + 0.5],
    move: ([x, y]) => to(y - 0.5, x - 0.5), text: ({ row, column }, n) => `row ${row}, column ${column}: ${signed(n.total)}`,
  });

  return (state, n) => {
    picture.title("Picture");
    map.title(`Map: ${signed(n.total)} here`);
    const pixels = picturesOf(state)[state.picture], seen = scan.seen(state);
    paper.fit();
    sums.fit();
    paper.paint((i, j) => inkOf(pixels[i * width + j] / 255));
    sums.paint((i, j) => (i * (width - 2) + j > seen ? HIDDEN : signOf(n.response[i][j] / n.most)));
    showTable(state, n);
  };
}

/** A panel of so many rows and columns of square cells. */
function board(page, label, rows, columns) {
  const [top, side, bottom] = [4, 2, 4];
  const frame = plot(page, {
    label, basis: 130, ratio: (wide) => ((wide - 2 * side) * rows) / columns + top + bottom, margin: [top, side, bottom, side],
    x: { domain: [0, columns] }, y: { domain: [rows, 0] },
    still: ({ back, left, right, top: high, bottom: low }) => {
      draw(back, "rect", { x: left, y: high, width: right - left, height: low - high, fill: "none", stroke: colour.faint });
    },
  });
  frame.panel.style.maxWidth = "400px";
  return frame;
}

/** The button that lets the window run over the picture; `seen(state)` is the last place that the map shows. */
function scanning(page, last) {
  const columns = last.column + 1, end = (last.row + 1) * columns - 1;
  let at = null; // where the scan is, or was stopped
  const placeOf = ({ row, column }) => row * columns + column;
  const jump = (k) => { at = k; page.set({ row: Math.floor(k / columns), column: k % columns }); };
  const play = () => {
    if (page.moving) { page.stop(); return page.redraw(); }
    const from = at !== null && at < end && at === placeOf(page.state) ? at : -1;
    if (page.still) return jump(from + 1);
    const before = SCAN * Math.sqrt(Math.max(from, 0) / end);
    page.animate((passed) => {
      const k = Math.min(Math.floor(end * ((before + passed) / SCAN) ** 2), end);
      jump(k);
      return k < end;
    });
  };
  const node = button(page, { name: "Play the scan", act: play });
  page.reset.push(() => { at = null; });
  page.parts.push((state) => {
    if (at === end || (at !== null && at !== placeOf(state))) at = null; // a hand has moved the window on
    node.textContent = page.moving ? "Pause the scan" : at === null ? "Play the scan" : "Go on with the scan";
  });
  return { seen: () => at ?? end };
}

/** Ink times kernel gives nine products, and these a sum. */
function table(page) {
  const panel = add(page.figure, "div", { class: "panel table" });
  add(panel, "style", {}, STYLE);
  add(panel, "div", { class: "title" }, "Ink × kernel = products");
  const terms = add(panel, "div", { class: "terms" });
  const ink = nine(terms, "ink in the window");
  add(terms, "span", { "aria-hidden": "true" }, "×");
  const kernel = nine(terms, "kernel: type, or drag"), inputs = weights(page, kernel.cells);
  const end = add(terms, "div", { class: "last" }); // the sign stays with what follows it, where the line is short
  add(end, "span", { "aria-hidden": "true" }, "=");
  const products = nine(end, "products");
  const sum = add(panel, "p", { class: "sum" });
  return (state, n) => {
    const largest = Math.max(...state.kernel.flat().map(Math.abs)) || 1;
    ink.cells.forEach((cell, k) => shade(cell, n.patch.flat()[k], "ink").textContent = neat(n.patch.flat()[k]));
    inputs.forEach((show, k) => show(state.kernel.flat()[k], largest));
    products.cells.forEach((cell, k) => {
      const value = n.products.flat()[k];
      shade(cell, value / largest).textContent = neat(value);
    });
    sum.replaceChildren("The nine products sum to ");
    add(sum, "b", {}, signed(n.total));
    sum.append(".");
  };
}

function nine(parent, label) {
  const term = add(parent, "div", { class: "term" });
  add(term, "p", {}, label);
  const grid = add(term, "div", { class: "nine" });
  return { cells: Array.from({ length: 9 }, () => add(grid, "div", { "aria-hidden": "true" })) };
}

/** Colour a cell: from -1 to 1 as on the map, or as ink; pale, so that its number stands out. */
function shade(cell, share, kind = "sign") {
  const name = kind === "ink" ? "soft" : share < 0 ? "blue" : "vermilion";
  cell.style.background = `color-mix(in srgb, var(--${name}) ${Math.round(45 * Math.abs(share))}%, var(--paper))`;
  return cell;
}

const neat = (value) => fixed(value).replace(/\.?0+$/, "").replace("-", "−");

/** Nine fields in the place of nine cells: type a weight, press an arrow (Shift for a whole), or drag it up and down. */
function weights(page, cells) {
  return cells.map((cell, k) => {
    const name = `weight in row ${Math.floor(k / 3) + 1}, column ${(k % 3) + 1}`;
    const input = assign(document.createElement("input"), { type: "text", inputmode: "text", role: "spinbutton", "aria-label": name,
      "aria-valuemin": -MOST, "aria-valuemax": MOST, autocomplete: "off" });
    cell.replaceWith(input);
    const now = () => page.state.kernel.flat()[k];
    const set = (value) => {
      const weight = Math.min(Math.max(value, -MOST), MOST);
      page.stop();
      page.set({ kernel: page.state.kernel.map((row, i) => row.map((old, j) => (3 * i + j === k ? weight : old))) });
      input.value = neat(weight);
    };
    input.addEventListener("change", () => {
      const value = Number(input.value.replace(",", ".").replace("−", "-")), good = input.value.trim() !== "" && Number.isFinite(value);
      page.warn(good ? "" : `${name}: "${input.value}" is not a number, so nothing has changed.`);
      set(good ? value : now());
    });
    input.addEventListener("keydown", (event) => {
      const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!way) return;
      event.preventDefault();
      set(Math.round(4 * now()) / 4 + way * (event.shiftKey ? 1 : 0.25));
    });
    scrub(input, now, set);
    return (weight, largest) => {
      if (input.getRootNode().activeElement !== input) input.value = neat(weight);
      assign(shade(input, weight / largest), { "aria-valuenow": weight, "aria-valuetext": neat(weight) });
    };
  });
}

/** A press that moves up or down changes the number; one that does not move lets it be typed. */
function scrub(input, now, set) {
  let grip = null;
  input.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    input.setPointerCapture(event.pointerId);
    grip = { y: event.clientY, from: now(), moved: false };
  });
  input.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const steps = Math.round((grip.y - event.clientY) / 8);
    grip.moved ||= steps !== 0;
    if (grip.moved) set(Math.round(4 * grip.from + steps) / 4);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    input.addEventListener(end, () => {
      if (grip && !grip.moved) { input.focus(); input.select(); }
      grip = null;
    });
  }
}
