// The sigmoid with a dot to drag and a target to set, both losses, both slopes, and a race of two runners.

import { button } from "../shared/controls.js";
import { fixed, general } from "../shared/format.js";
import { handle } from "../shared/handle.js";
import { plot } from "../shared/plot.js";
import { assign, draw, path as line } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { counted, LIMIT, neuron, race, thousands } from "./numbers.js";

const AROUND = Array.from({ length: 201 }, (_, k) => (LIMIT * (k - 100)) / 100);
const LOGITS = { domain: [-LIMIT, LIMIT], ticks: [-10, -5, 0, 5, 10], label: "logit z" };
const LOOKS = [
  { key: "mse", name: "squared error", short: "squared", shade: colour.vermilion, dash: "6 4" },
  { key: "bce", name: "cross-entropy", short: "cross-entropy", shade: colour.blue, dash: null },
];
const RACE = 7000; // milliseconds, in which the steps go by ever faster

const within = (value, low, high) => Math.min(Math.max(value, low), high);
const tenth = (z) => within(Math.round(10 * z) / 10, -LIMIT, LIMIT);
const twentieth = (t) => within(Math.round(20 * t) / 20, 0, 1);

export function view(page) {
  const height = (width) => within(0.72 * width, 210, 270);
  const sides = { basis: 250, ratio: height, margin: [24, 12, 36, 42], x: LOGITS };
  const curve = plot(page, { ...sides, grow: 1.3, label: "The probability that the sigmoid makes of a logit",
    y: { domain: [-0.04, 1.04], ticks: [0, 0.5, 1], label: "probability p" }, still: drawSigmoid });
  // Both of these have room for a name beyond the outer curve.
  const losses = plot(page, { ...sides, label: "Both losses, over the logit",
    y: { domain: [-1.4, 11.3], ticks: [0, 2, 4, 6, 8, 10], label: "loss" } });
  const slopes = plot(page, { ...sides, label: "Both gradients, over the logit",
    y: { domain: [-1.35, 1.35], ticks: [-1, -0.5, 0, 0.5, 1], label: "gradient along z" } });
  const lanes = plot(page, { basis: 600, ratio: () => 150, margin: [22, 12, 36, 12], label: "The race of the two losses, along the logit",
    x: LOGITS, y: { domain: [2.75, 0.55] } });
  lanes.panel.style.flexBasis = "100%";

  const drawCurve = curveView(curve), drawLosses = pairView(losses, ["mse", "bce"]);
  const drawSlopes = pairView(slopes, ["mse_gradient", "bce_gradient"]);
  const runners = racing(page), drawLanes = lanesView(lanes);
  handle(curve, { name: "logit z", place: (state, n) => [state.z, n.p], move: ([z]) => ({ z: tenth(z) }), fill: colour.ink, hint: "drag me",
    nudge: ([right, up], { z }) => ({ z: tenth(z + (right || up) / 10) }), anywhere: true,
    text: (state, n) => `${fixed(state.z, 1)}, probability ${general(n.p)}`, now: (state) => state.z, min: -LIMIT, max: LIMIT });
  handle(curve, { name: "target t", place: ({ t }) => [-LIMIT + 0.6, t], move: ([, t]) => ({ t: twentieth(t) }), fill: colour.green,
    nudge: ([right, up], { t }) => ({ t: twentieth(t + (up || right) / 20) }),
    text: ({ t }) => fixed(t), now: ({ t }) => t, min: 0, max: 1 });

  return (state, n) => {
    curve.title(`p = ${general(n.p)}, target ${fixed(state.t)}`);
    losses.title(`Losses ${general(n.mse)} and ${general(n.bce)}`);
    slopes.title(`Gradients ${general(n.mse_gradient)} and ${general(n.bce_gradient)}`.replaceAll(" -", " −"));
    lanes.title(n.mse_steps ? raceTitle(page, runners, n) : "No race: p is not on the wrong side of 0.5");
    drawCurve(state, n);
    drawLosses(state, n);
    drawSlopes(state, n);
    drawLanes(state, page.moving ? runners.step : 0);
  };
}

function raceTitle(page, runners, n) {
  if (page.moving) return `Step ${thousands(Math.floor(runners.step))}`;
  return `The race to p = 0.5: ${counted(n.bce_steps)} against ${counted(n.mse_steps)}`;
}

/** The steps go by slowly at first, then ever faster, as on a logarithmic axis: the slow runner has a thousand times as many. */
function racing(page) {
  const runners = { step: 0 };
  const go = () => {
    const last = Math.max(page.compute(page.state).mse_steps, page.compute(page.state).bce_steps);
    if (!last) return;
    page.animate((passed) => {
      const share = Math.min((passed / RACE) * Math.max(1, RACE / 4000 / Math.log10(last + 1)), 1);
      runners.step = (last + 1) ** share - 1;
      return passed < RACE && share < 1;
    });
  };
  button(page, { name: "Race", act: go });
  return runners;
}

function drawSigmoid(frame) {
  const [x1, x2, half] = [frame.left, frame.right, frame.y(0.5)];
  draw(frame.back, "line", { x1, x2, y1: half, y2: half, stroke: colour.soft, "stroke-dasharray": "2 3" });
  const points = AROUND.map((z) => [frame.x(z), frame.y(neuron(z, 0).p)]);
  draw(frame.back, "path", { d: line(points), fill: "none", stroke: colour.soft, "stroke-width": 2 });
}

/** The target's line, and the error between it and the dot. */
function curveView(frame) {
  const target = draw(frame.marks, "line", { stroke: colour.green, "stroke-width": 2 });
  const error = draw(frame.marks, "line", { stroke: colour.ink, "stroke-width": 3, opacity: 0.75 });
  const name = draw(frame.front, "text", { class: "halo", "aria-hidden": "true" }, "target");
  const words = draw(frame.front, "text", { class: "halo strong", "aria-hidden": "true" });
  return ({ z, t }, { p, error: size }) => {
    const [x, y, goal] = [frame.x(z), frame.y(p), frame.y(t)];
    assign(target, { x1: frame.left, x2: frame.right, y1: goal, y2: goal });
    assign(error, { x1: x, x2: x, y1: y, y2: goal });
    assign(name, { x: frame.left + 24, y: t > 0.85 ? goal + 16 : goal - 7 });
    assign(words, { x: z > 5 ? x - 12 : x + 12, y: (y + 3 * goal) / 4 + 4, "text-anchor": z > 5 ? "end" : "start" });
    words.textContent = Math.abs(y - goal) > 44 ? `error ${fixed(size).replace("-", "−")}` : "";
  };
}

/** Two curves over the logit, a point on each, and the name of each where the point is. */
function pairView(frame, keys) {
  const parts = LOOKS.map(({ shade, dash, short }) => ({
    curve: draw(frame.marks, "path", { fill: "none", stroke: shade, "stroke-width": 2, "stroke-dasharray": dash }),
    dot: draw(frame.front, "circle", { r: 5, fill: shade, stroke: colour.paper, "stroke-width": 1.5, "aria-hidden": "true" }),
    name: draw(frame.front, "text", { class: "halo", "aria-hidden": "true" }, short),
  }));
  return ({ z, t }, n) => {
    const all = AROUND.map((each) => neuron(each, t)), places = keys.map((key) => frame.y(n[key]));
    const lower = places[0] > places[1] ? 0 : 1;
    parts.forEach(({ curve, dot, name }, k) => {
      const shift = k === lower ? 17 : -9, flip = z > 2;
      assign(curve, { d: line(all.map((each, j) => [frame.x(AROUND[j]), frame.y(each[keys[k]])])) });
      assign(dot, { cx: frame.x(z), cy: places[k] });
      assign(name, { x: frame.x(z) + (flip ? -6 : 6), y: within(places[k] + shift, frame.top + 10, frame.bottom - 4),
        "text-anchor": flip ? "end" : "start" });
    });
  };
}

/** A lane for each loss: the runner, and where it stands after 1, 10, 100 ... steps. */
function lanesView(frame) {
  const finish = draw(frame.marks, "line", { stroke: colour.green, "stroke-width": 2 });
  const flag = draw(frame.front, "text", { class: "soft halo", "text-anchor": "middle", "aria-hidden": "true" }, "p = 0.5");
  const lanes = LOOKS.map(({ shade, name }) => ({
    way: draw(frame.marks, "line", { stroke: shade, "stroke-width": 3, opacity: 0.3 }),
    marks: draw(frame.front, "g", { "aria-hidden": "true" }),
    runner: draw(frame.front, "circle", { r: 7, fill: shade, stroke: colour.paper, "stroke-width": 1.5, "aria-hidden": "true" }),
    name: draw(frame.front, "text", { class: "strong halo", "aria-hidden": "true" }, name),
  }));
  return ({ z, t }, step) => {
    const runs = race(z, t), toLeft = z > 0;
    assign(finish, { x1: frame.x(0), x2: frame.x(0), y1: frame.top, y2: frame.bottom });
    assign(flag, { x: frame.x(0), y: frame.top - 6 });
    lanes.forEach(({ way, marks, runner, name }, k) => {
      const run = runs[LOOKS[k].key], y = frame.y(k + 1), at = run[Math.min(Math.floor(step), run.length - 1)];
      assign(way, { x1: frame.x(z), x2: frame.x(run.at(-1)), y1: y, y2: y });
      assign(runner, { cx: frame.x(at), cy: y });
      assign(name, { x: toLeft ? frame.left : frame.right, y: y + 4, "text-anchor": toLeft ? "start" : "end" });
      drawMarks(marks, frame, run, y, LOOKS[k].shade, toLeft);
    });
  };
}

function drawMarks(group, frame, run, y, shade, toLeft) {
  group.replaceChildren();
  let free = frame.x(run[0]); // where the last label stands, or the runner
  for (const step of [...[1, 10, 100, 1000, 10000].filter((each) => each < run.length - 1), run.length - 1]) {
    if (step < 1) continue;
    const x = frame.x(run[step]), label = thousands(step);
    draw(group, "line", { x1: x, x2: x, y1: y - 6, y2: y + 6, stroke: shade, "stroke-width": 2 });
    if (Math.abs(x - free) < 12 + 3.5 * label.length) continue;
    const beyond = step === run.length - 1; // the finish line, which would cross the number
    const [aside, anchor] = !beyond ? [0, "middle"] : toLeft ? [-4, "end"] : [4, "start"];
    draw(group, "text", { x: x + aside, y: y + 20, "text-anchor": anchor, class: "soft halo" }, label);
    free = x;
  }
}
