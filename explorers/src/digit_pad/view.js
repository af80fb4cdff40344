// A pad that takes ink by mouse, pen, finger or arrow keys; what the classifier gets, its evidence, its probabilities.

import { button } from "../shared/controls.js";
import { handle } from "../shared/handle.js";
import { packed, unpacked } from "../shared/packed.js";
import { canvas, ground, inkOf, signOf } from "../shared/pixels.js";
import { plot } from "../shared/plot.js";
import { add, assign, draw } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { inkOfSample, PAD, percent, samplesOf, SIDE, stroke } from "./numbers.js";

const STYLE = `
.read { flex: 1 1 220px; max-width: 420px; }
.read ul { list-style: none; margin: 0; padding: 0; font-variant-numeric: tabular-nums; }
.read li { display: grid; grid-template-columns: minmax(3em, auto) 1fr 4.2em; gap: 8px; align-items: center; height: 24px; }
.read li span:first-child, .read li span:last-child { text-align: right; }
.read i { display: block; height: 14px; border-radius: 2px; background: var(--soft); opacity: 0.55; }
.read li.best { font-weight: 600; } .read li.best i { background: var(--blue); opacity: 1; }
`;
const clamp = (value) => Math.min(Math.max(value, 0), PAD);

export function view(page) {
  const { names } = page.state, samples = samplesOf(page.state.samples);
  button(page, { name: "Clear", act: () => page.set({ ink: packed(new Uint8Array(PAD ** 2)) }) });
  const group = add(page.controls, "fieldset", { "aria-label": "sample digits" });
  samples.forEach((pixels, k) => sample(page, group, pixels, k));
  add(page.figure, "style", {}, STYLE);
  const pad = square(page, "A pad to draw a digit on", PAD, 250, "340px");
  const seen = square(page, "The ink as the classifier gets it", SIDE, 120, "190px");
  const proof = square(page, "The evidence", SIDE, 120, "190px");
  const [paint, paintSeen, paintProof] = [[pad, PAD, "ink"], [seen, SIDE, "ink"], [proof, SIDE, "sign"]]
    .map(([frame, side, kind]) => ground(frame, side, side, kind));
  const word = draw(pad.marks, "text", { class: "soft", "text-anchor": "middle", style: "font-size: 15px" }, "draw a digit here");
  const showRead = read(page, names);
  pen(page, pad, names);

  return (state, n) => {
    const ink = unpacked(state.ink), strongest = Math.max(...n.evidence.map(Math.abs)) || 1;
    pad.title("Pad");
    seen.title("As it is read");
    proof.title(n.empty ? "Evidence" : `Evidence for ${names[n.order[0]]}`);
    for (const each of [paint, paintSeen, paintProof]) each.fit();
    paint.paint((row, column) => inkOf(ink[PAD * row + column] / 255));
    paintSeen.paint((row, column) => inkOf(n.picture[SIDE * row + column] / 255));
    paintProof.paint((row, column) => signOf(n.evidence[SIDE * row + column] / strongest));
    assign(word, { x: pad.x(PAD / 2), y: pad.y(PAD / 2), visibility: n.empty ? null : "hidden" });
    showRead(n);
  };
}

/** A panel of so many square pixels a side. */
function square(page, label, side, basis, widest) {
  const frame = plot(page, {
    label, basis, ratio: 1, margin: [2, 2, 2, 2], x: { domain: [0, side] }, y: { domain: [side, 0] },
    still: ({ back, left, right, top, bottom }) => {
      draw(back, "rect", { x: left, y: top, width: right - left, height: bottom - top, fill: "none", stroke: colour.soft });
    },
  });
  frame.panel.style.maxWidth = widest;
  return frame;
}

/** A button that puts a sample on the pad. */
function sample(page, group, pixels, k) {
  const node = add(group, "button", { type: "button", "aria-label": `Sample ${k + 1}`, title: `Sample ${k + 1}`, style: "padding: 2px" });
  node.addEventListener("click", () => page.set({ ink: packed(inkOfSample(pixels)) }));
  const { node: picture, paint } = canvas(node, SIDE, SIDE, "ink");
  picture.style.cssText = "display: block; width: 28px; height: 28px; image-rendering: auto";
  paint((row, column) => inkOf(pixels[SIDE * row + column] / 255));
}

/** The pen draws where it goes: by a hand, or by the arrow keys. */
function pen(page, frame, names) {
  let last = null;
  page.released.push(() => { last = null; });
  const go = (from, to, state) => ({ ink: packed(stroke(unpacked(state.ink), from, to)), pen: to });
  handle(frame, {
    name: "pen: arrow keys draw, too", grab: true, size: 4, fill: colour.vermilion, place: (state) => state.pen,
    move: (at, state) => {
      const to = at.map((value) => clamp(Math.round(2 * value) / 2)), from = last ?? to;
      last = to;
      return go(from, to, state);
    },
    nudge: ([right, up], state) => go(state.pen, [clamp(state.pen[0] + 2 * right), clamp(state.pen[1] - 2 * up)], state),
    text: ({ pen: [x, y] }, n) => `column ${x}, row ${y}; ${n.empty ? "no ink" : `reads ${names[n.order[0]]}`}`,
    now: ({ pen: [x, y] }) => PAD * y + x, min: 0, max: PAD * (PAD + 1),
  });
  frame.svg.style.touchAction = "none"; // a finger draws, whichever way it goes
}

/** The probabilities as a list of bars. */
function read(page, names) {
  const panel = add(page.figure, "div", { class: "panel read" });
  add(panel, "div", { class: "title" }, "Probabilities");
  const list = add(panel, "ul", { "aria-label": "probabilities" });
  const rows = names.map((name) => {
    const row = add(list, "li");
    add(row, "span", {}, name);
    return { row, bar: add(add(row, "span"), "i"), number: add(row, "span") };
  });
  return ({ p, empty, order }) => rows.forEach(({ row, bar, number }, k) => {
    row.classList.toggle("best", !empty && order[0] === k);
    bar.style.width = empty ? "0" : `${100 * p[k]}%`;
    number.textContent = empty ? "" : percent(p[k]);
  });
}
