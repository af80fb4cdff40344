// The network as a picture: features to switch, what each neuron says, weights as lines, neurons and layers to add and remove.

import { general } from "../shared/format.js";
import { assign, draw } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { CALLED } from "./numbers.js";
import { featureOver, makeCanvas, paintValues, place } from "./heat.js";
import { MARKS } from "./bar.js";
import { MOST_LAYERS, MOST_UNITS } from "./line.js";
import { FEATURES } from "./points.js";

const TOP = 30, BOTTOM = 30, LEFT = 52, RIGHT = 26;
const KEYS = new Set(["Enter", " "]);

/** Something on the picture that can be pressed. */
function pressable(parent, attributes, act) {
  const node = draw(parent, "g", { tabindex: 0, ...attributes });
  node.addEventListener("click", act);
  node.addEventListener("keydown", (event) => {
    if (!KEYS.has(event.key)) return;
    event.preventDefault();
    act();
  });
  return node;
}

/** A neuron or a feature: its picture with a frame around it. */
function makeUnit(frame, under, attributes, act) {
  const node = pressable(frame.front, { class: "unit", ...attributes }, act), box = draw(node, "rect", { rx: 5 });
  return { node, box, heat: makeCanvas(under, true), word: draw(node, "text", { "aria-hidden": "true" }) };
}

function makeGhost(frame, name, sign, act) {
  const node = pressable(frame.front, { class: "ghost", role: "button", "aria-label": name }, act);
  draw(node, "circle", { r: 14, style: "fill: transparent; stroke: none" });
  draw(node, "circle", { r: 9 });
  draw(node, "text", { "text-anchor": "middle", y: 4, "aria-hidden": "true" }, sign);
  return node;
}

const show = (node, visible) => assign(node, { display: visible ? null : "none" });

/** Returns draw(state, numbers, values of every layer, colours); `focus` says which neuron the plane shows. */
export function networkView(frame, under, focus) {
  const lines = draw(frame.svg, "g", { "aria-hidden": "true", fill: "none" });
  frame.svg.insertBefore(lines, frame.front);
  const drawFeatures = featuresView(frame, under), drawNeurons = neuronsView(frame, under, focus);
  const drawGhosts = ghostsView(frame), drawEdges = edgesView(frame, lines, focus);
  return (state, n, values, colours) => {
    const on = FEATURES.filter((name) => state.features.includes(name)), spots = spotsOf(frame, state, n.shape);
    drawFeatures(state, spots, colours);
    drawNeurons(state, n, values, spots, colours);
    drawGhosts(state, spots);
    drawEdges(n, spots, on);
    frame.title(focus.edge ? edgeCalled(focus.edge, n, on) : titleOf(state));
  };
}

function featuresView(frame, under) {
  const { page } = frame, pictures = FEATURES.map(featureOver);
  const units = FEATURES.map((name) => makeUnit(frame, under, { role: "switch", "aria-label": `feature ${CALLED[name]}` }, () => {
    const { features: on } = page.state;
    page.set({ features: FEATURES.filter((each) => (each === name ? !on.includes(name) : on.includes(each))) });
  }));
  let painted = ""; // the ground that they were painted for
  return ({ features }, spots, colours) => {
    units.forEach((unit, k) => {
      const name = FEATURES[k], on = features.includes(name), [x, y] = spots[0][k];
      stand(unit, x, y, spots.size);
      assign(unit.node, { "aria-checked": on });
      unit.heat.canvas.style.opacity = on ? "1" : "0.3";
      const left = { x: x - spots.size / 2 - 6, y: y + 4, "text-anchor": "end", class: on ? "strong" : "soft" };
      assign(unit.word, left).textContent = CALLED[name];
      if (painted !== String(colours.ground)) paintValues(unit.heat, pictures[k], 0, 1, colours.full);
    });
    painted = String(colours.ground);
  };
}

function neuronsView(frame, under, focus) {
  const { page } = frame;
  const neuron = (layer, k) => {
    const name = `${layer},${k}`, look = (hover) => { focus.hover = hover; page.redraw(); };
    const unit = makeUnit(frame, under, { role: "button", "aria-pressed": "false" }, () => {
      focus.held = focus.held === name ? null : name;
      page.redraw();
    });
    unit.node.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") look(name); });
    unit.node.addEventListener("pointerleave", () => look(null));
    return unit;
  };
  const layers = Array.from({ length: MOST_LAYERS + 1 }, (_, layer) => Array.from({ length: MOST_UNITS }, (__, k) => neuron(layer, k)));
  return ({ hidden }, { shape }, values, spots, colours) => layers.forEach((units, layer) => units.forEach((unit, k) => {
    const visible = layer < shape.length && k < shape[layer].outputs;
    show(unit.node, visible);
    unit.heat.canvas.hidden = !visible;
    if (!visible) return;
    const [x, y] = spots[layer + 1][k], { outputs } = shape[layer], out = layer === hidden.length;
    stand(unit, x, y, spots.size);
    paintValues(unit.heat, values[layer], k, outputs, colours.full);
    const name = out ? `output, the logit of class ${outputs > 1 ? k : 1}` : `neuron ${k + 1} of layer ${layer + 1}`;
    assign(unit.node, { "aria-label": name, "aria-pressed": focus.held === `${layer},${k}` });
    assign(unit.word, { x: x + spots.size / 2 + 5, y: y + 4 }).textContent = out ? MARKS[outputs > 1 ? k : 1] : "";
  }));
}

/** What adds and removes neurons and layers. */
function ghostsView(frame) {
  const { page } = frame, every = Array.from({ length: MOST_LAYERS }, (_, layer) => layer);
  const change = (layer, by) => {
    const hidden = page.state.hidden.map((units, k) => (k === layer ? Math.min(units + by, MOST_UNITS) : units));
    page.set({ hidden: hidden.filter((units) => units > 0) });
  };
  const less = every.map((layer) => makeGhost(frame, `Remove a neuron from layer ${layer + 1}`, "−", () => change(layer, -1)));
  const more = every.map((layer) => makeGhost(frame, `Add a neuron to layer ${layer + 1}`, "+", () => change(layer, 1)));
  const deeper = makeGhost(frame, "Add a hidden layer", "+", () => {
    const { hidden } = page.state;
    page.set({ hidden: [...hidden, hidden.at(-1) ?? 4] });
  });
  draw(deeper, "text", { x: 15, y: 4, class: "soft", "aria-hidden": "true" }, "layer");
  return ({ hidden }, spots) => {
    every.forEach((layer) => {
      const units = hidden[layer] ?? 0;
      show(less[layer], units);
      show(more[layer], units && units < MOST_UNITS);
      if (!units) return;
      const [x, top] = spots[layer + 1][0], bottom = spots[layer + 1][units - 1][1], away = spots.size / 2 + 15;
      assign(less[layer], { transform: `translate(${x} ${top - away})` });
      assign(more[layer], { transform: `translate(${x} ${bottom + away})` });
    });
    const [last] = spots[hidden.length][0], [output] = spots[hidden.length + 1][0];
    show(deeper, hidden.length < MOST_LAYERS);
    assign(deeper, { transform: `translate(${Math.min((last + output) / 2, frame.width - 50)} ${frame.height - 12})` });
  };
}

function edgesView(frame, lines, focus) {
  const edges = new Map(), look = (key) => { focus.edge = key; frame.page.redraw(); };
  const edge = (key) => {
    if (!edges.has(key)) {
      const node = draw(lines, "path", { style: "pointer-events: stroke" });
      node.addEventListener("pointerenter", () => look(key));
      node.addEventListener("pointerleave", () => look(null));
      edges.set(key, { node, d: "", width: "" });
    }
    return edges.get(key);
  };
  return ({ shape, weights }, spots, on) => {
    const seen = new Set(), half = spots.size / 2;
    shape.forEach(({ inputs, outputs, at }, layer) => {
      for (let i = 0; i < inputs; i += 1) {
        const [x, y] = layer ? spots[layer][i] : spots[0][FEATURES.indexOf(on[i])];
        for (let j = 0; j < outputs; j += 1) {
          const key = `${layer},${i},${j}`, [right, below] = spots[layer + 1][j];
          seen.add(key);
          drawEdge(edge(key), curve(x + half, y, right - half, below), weights[at + i * outputs + j], focus.edge === key);
        }
      }
    });
    for (const [key, { node }] of edges) show(node, seen.has(key));
  };
}

function stand(unit, x, y, size) {
  assign(unit.box, { x: x - size / 2, y: y - size / 2, width: size, height: size });
  place(unit.heat, x - size / 2, y - size / 2, size);
}

const curve = (x, y, right, below) => {
  const middle = ((x + right) / 2).toFixed(1);
  return `M${x.toFixed(1)} ${y.toFixed(1)}C${middle} ${y.toFixed(1)} ${middle} ${below.toFixed(1)} ${right.toFixed(1)} ${below.toFixed(1)}`;
};

/** Thicker where the weight is larger, dashed where it is negative; set only where it has changed to be seen. */
function drawEdge(edge, d, w, chosen) {
  const width = (0.4 + 2.2 * Math.sqrt(Math.min(Math.abs(w), 9)) + (chosen ? 2 : 0)).toFixed(1), key = `${width} ${w < 0} ${chosen}`;
  if (edge.d !== d) assign(edge.node, { d });
  if (edge.width !== key) {
    assign(edge.node, { "stroke-width": width, stroke: chosen ? colour.ink : w < 0 ? colour.blue : colour.vermilion,
      "stroke-dasharray": w < 0 ? "5 3" : null, "stroke-opacity": chosen ? 1 : 0.55 });
  }
  Object.assign(edge, { d, width: key });
}

/** Where the middle of each picture lies: a list for each column, and the size of the pictures. */
function spotsOf(frame, { hidden }, shape) {
  const counts = [FEATURES.length, ...shape.map(({ outputs }) => outputs)], gap = (frame.width - LEFT - RIGHT) / (counts.length - 1);
  const high = frame.height - TOP - BOTTOM, slot = high / MOST_UNITS;
  const size = Math.round(Math.min(36, slot - 6, (hidden.length > 3 ? 0.62 : 0.55) * gap));
  const middle = TOP + high / 2, across = (frame.width - LEFT - RIGHT - size) / (counts.length - 1);
  const spots = counts.map((count, k) => Array.from({ length: count }, (_, row) => (
    [Math.round(LEFT + size / 2 + k * across), Math.round(middle + (row - (count - 1) / 2) * slot)])));
  return Object.assign(spots, { size });
}

function titleOf({ hidden, activation }) {
  const count = hidden.reduce((total, units) => total + units, 0);
  if (!count) return "No hidden neuron: a straight border, in what the features say";
  return `${count} ${activation} neuron${count === 1 ? "" : "s"} in ${hidden.length} hidden layer${hidden.length === 1 ? "" : "s"}`;
}

function edgeCalled(key, { shape, weights }, on) {
  const [layer, i, j] = key.split(",").map(Number), { inputs, outputs, at } = shape[layer] ?? {};
  if (!(i < inputs && j < outputs)) return "";
  const from = layer ? `neuron ${i + 1} of layer ${layer}` : CALLED[on[i]];
  return `Weight ${general(weights[at + i * outputs + j]).replace("-", "−")}, from ${from}`;
}

/** The values that the plane shows where a neuron is looked at: { values, k, columns, name }, else null. */
export function lookedAt(focus, { shape }, values) {
  const [layer, k] = (focus.hover ?? focus.held ?? "").split(",").map(Number);
  if (!(k < shape[layer]?.outputs)) return null;
  const out = layer === shape.length - 1;
  const { outputs } = shape[layer];
  const name = out ? `The logit of class ${outputs > 1 ? k : 1}` : `What neuron ${k + 1} of layer ${layer + 1} says`;
  return { values: values[layer], k, columns: outputs, name };
}

