// The playground's controls: the clock, the settings, the line that holds them all.

import { choice, slider } from "../shared/controls.js";
import { general } from "../shared/format.js";
import { add } from "../shared/svg.js";
import { ACTIVATIONS, BATCHES, LOSSES, PENALTIES, RATES, readLine, writeLine } from "./line.js";
import { MOST_UPDATES } from "./network.js";

const HASH = "#playground=";
const DATA = [["blobs", "blobs"], ["circles", "circles"], ["moons", "moons"], ["spiral", "spiral"], ["xor", "exclusive or"],
  ["sine", "sine"], ["own", "your own"]];
export const MARKS = ["●", "▲", "■"];

const STYLE = `
.row { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; flex: 1 1 100%; }
.row .slider { flex: 1 1 190px; max-width: 270px; }
.row .slider input[type=text] { width: 3.6em; }
.group { display: flex; flex-wrap: wrap; gap: 6px; }
.menu { display: flex; gap: 6px; align-items: center; color: var(--soft); }
select { font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--faint); border-radius: 6px;
  min-height: 28px; padding: 1px 4px; }
select:hover { border-color: var(--soft); }
.play { min-width: 6.2em; font-weight: 600; border-color: var(--blue); }
.line { display: flex; flex: 1 1 260px; gap: 6px; align-items: center; color: var(--soft); }
.line input { flex: 1 1 auto; min-width: 0; width: 100%;
  font: 12.5px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; color: var(--ink); }
.check { display: flex; gap: 6px; align-items: center; color: var(--soft); min-height: 28px; cursor: pointer; }
.check input { accent-color: var(--blue); margin: 0; }
.ghost { cursor: pointer; outline: none; }
.ghost rect, .ghost circle { fill: var(--paper); stroke: var(--soft); stroke-dasharray: 3 2; }
.ghost:hover rect, .ghost:hover circle { stroke: var(--ink); stroke-dasharray: none; }
.ghost:focus-visible rect, .ghost:focus-visible circle { stroke: var(--blue); stroke-width: 2.5; stroke-dasharray: none; }
.unit { cursor: pointer; outline: none; }
.unit rect { fill: transparent; stroke: var(--soft); }
.unit:hover rect { stroke: var(--ink); stroke-width: 2; }
.unit:focus-visible rect { stroke: var(--blue); stroke-width: 3; }
.unit[aria-pressed=true] rect { stroke: var(--ink); stroke-width: 2.5; }
.unit[aria-checked=false] rect { stroke: var(--faint); }
.thumb { position: absolute; border-radius: 5px; pointer-events: none; }
.under { position: relative; height: 0; }
.panel svg { position: relative; }
.plane { cursor: crosshair; }
.cross { outline: none; opacity: 0; pointer-events: none; }
.cross:focus-visible { opacity: 1; }
`;

/** One of `options` (values, or [value, text]) from a list that opens; read() says which one, pick(value) takes another. */
function menu(page, parent, { name, options, read, pick }) {
  const pairs = options.map((option) => (Array.isArray(option) ? option : [option, general(option)]));
  const label = add(parent, "label", { class: "menu" }, `${name} `), list = add(label, "select");
  pairs.forEach(([, text], k) => add(list, "option", { value: k }, text));
  list.addEventListener("change", () => { pick(pairs[list.value][0]); page.redraw(); });
  page.parts.push(() => { list.value = pairs.findIndex(([value]) => value === read()); });
}

function press(parent, name, title, act) {
  const node = add(parent, "button", { type: "button", title }, name);
  node.addEventListener("click", act);
  return node;
}

/** All controls above the picture. `clock` plays, `brush` says what a click adds. */
export function bar(page, clock, brush) {
  add(page.controls, "style", {}, STYLE);
  clockRow(page, clock);
  const data = add(page.controls, "div", { class: "row" });
  data.append(choice(page, { key: "data", name: "data", options: DATA }));
  const redraw = press(data, "New points", "Draw other points of the same kind", () => page.set({ draw: (page.state.draw + 1) % 1000 }));
  page.parts.push((state) => { redraw.hidden = state.data === "own"; });
  pointsRow(page, brush);
  settingsRow(page);
}

function clockRow(page, clock) {
  const row = add(page.controls, "div", { class: "row" }), buttons = add(row, "div", { class: "group" });
  const play = press(buttons, "", "Train on, or pause", clock.toggle);
  play.classList.add("play");
  press(buttons, "Step", "One update", () => { clock.pause(); page.set({ updates: Math.min(page.state.updates + 1, MOST_UPDATES) }); });
  press(buttons, "Restart", "Back to the same weights at the start", () => { clock.pause(); page.set({ updates: 0 }); });
  press(buttons, "New start", "Other weights at the start", () => page.set({ seed: (page.state.seed + 1) % 1000, updates: 0 }));
  const pick = (speed) => { clock.speed = speed; };
  menu(page, row, { name: "updates a picture", options: [1, 5, 20, 100], read: () => clock.speed, pick });
  page.parts.push(() => {
    const text = clock.on ? "❚❚ Pause" : "▶ Play";
    if (play.textContent !== text) play.textContent = text;
  });
  lineField(page, row, clock);
}

function settingsRow(page) {
  const row = add(page.controls, "div", { class: "row" });
  const setting = (key, name, options) => menu(page, row, {
    name, options, read: () => page.state[key], pick: (value) => page.set({ [key]: value }),
  });
  const words = (list) => list.map((word) => [word, word]);
  setting("classes", "classes", [[2, "2, sigmoid"], [3, "3, softmax"]]);
  setting("activation", "activation", words(ACTIVATIONS));
  setting("loss", "loss", words(LOSSES).map(([key]) => [key, key === "CE" ? "cross-entropy" : "squared error"]));
  setting("rate", "learning rate", RATES);
  setting("batch", "batch", BATCHES.map((batch) => [batch, batch === 0 ? "all" : String(batch)]));
  setting("L1", "L1", PENALTIES);
  setting("L2", "L2", PENALTIES);
}

function pointsRow(page, brush) {
  const row = add(page.controls, "div", { class: "row" });
  const sliders = [
    slider(page, { key: "noise", name: "noise", min: 0, max: 0.5, step: 0.05, show: (value) => general(value) }),
    slider(page, { key: "share", name: "test, %", min: 10, max: 90, step: 5 }),
  ];
  row.append(...sliders.map((range) => range.closest(".slider")));
  menu(page, row, { name: "a click adds", read: () => brush.label, pick: (label) => { brush.label = label; },
    options: [...MARKS.map((mark, k) => [k, `${mark} class ${k}`]), [null, "nothing"]] });
  const clear = press(row, "Remove my points", "Remove the points that you have added", () => page.set({ points: [] }));
  const check = add(row, "label", { class: "check" }), box = add(check, "input", { type: "checkbox" });
  check.append("show test points");
  box.addEventListener("change", () => { brush.tests = box.checked; page.redraw(); });
  page.parts.push((state) => { clear.hidden = !state.points.length; });
}

function lineField(page, row, clock) {
  const label = add(row, "label", { class: "line" }, "state");
  const input = add(label, "input", { type: "text", spellcheck: "false", autocomplete: "off" });
  let typing = false;
  input.addEventListener("input", () => { typing = true; });
  input.addEventListener("blur", () => { typing = false; page.redraw(); });
  input.addEventListener("change", () => {
    const { state, error } = readLine(input.value);
    page.warn(error ?? "");
    if (!state) return;
    typing = false;
    clock.pause();
    page.set(state);
  });
  press(row, "Copy link", "Copy a link that opens the page in this state", async () => {
    await navigator.clipboard?.writeText(`${location.href.split("#")[0]}${HASH}${writeLine(page.state)}`).catch(() => {});
  });
  page.parts.push((state) => {
    if (!typing && input.value !== writeLine(state)) input.value = writeLine(state);
  });
}

/** Take the state that the page's address tells, if it does. */
export function fromLink(page) {
  if (!location.hash.startsWith(HASH)) return;
  const { state } = readLine(decodeURIComponent(location.hash.slice(HASH.length)));
  if (state) page.set(state);
}
