// Two landscapes to turn, a start to drag on either, balls that roll down both, and what is left of each loss.

import { slider } from "../shared/controls.js";
import { fixed, general } from "../shared/format.js";
import { handle } from "../shared/handle.js";
import { plot } from "../shared/plot.js";
import { between, rolling } from "../shared/rolling.js";
import { add, assign, draw, path as line } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { camera, FLOOR, LOSSES, patches, placeLevel, placeSeen, REACH, surfaces, TOP, UPDATES } from "./numbers.js";

const VIRIDIS = ["440154", "482475", "414487", "355f8d", "2a788e", "21918c", "22a884", "44bf70", "7ad151", "bddf26", "fde725"]
  .map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));
const LOOKS = [{ shade: colour.vermilion, dash: "6 4" }, { shade: colour.blue, dash: null }];
const NAMES = Object.values(LOSSES).map(({ name }) => name);
const TURN = 0.5; // degrees for a pixel
const STILL = 4; // pixels; who moves less has clicked

const within = (value, low, high) => Math.min(Math.max(value, low), high);
const tenth = (value) => Math.round(10 * within(value, -REACH, REACH)) / 10;
const placed = ([w, b]) => ({ w: tenth(w), b: tenth(b) });
const around = (degrees) => ((Math.round(degrees) + 540) % 360) - 180;
const upper = (name) => name[0].toUpperCase() + name.slice(1);

export function view(page) {
  const degrees = (value) => `${general(value)}`;
  slider(page, { key: "azimuth", name: "turn", min: -180, max: 180, step: 5, show: degrees });
  slider(page, { key: "elevation", name: "from above", min: 0, max: 90, step: 5, show: degrees });
  const ball = rolling(page, { last: () => UPDATES, milliseconds: 4000, name: "Roll the balls", worth: ({ w, b }) => `${w} ${b}` });
  const lands = NAMES.map((name, k) => landscape(page, k, name, ball));
  const falls = plot(page, { label: "What is left of each loss, by updates", basis: 230, ratio: (width) => within(0.86 * width, 230, 300),
    margin: [24, 10, 36, 44], x: { domain: [0, UPDATES], ticks: [0, 10, 20, 30, 40, 50], label: "update" },
    y: { domain: [0, 1.04], ticks: [0, 0.25, 0.5, 0.75, 1], show: (share) => `${100 * share} %`, label: "of the loss at the start" } });
  const drawFalls = fallsView(falls);
  return (state, n) => {
    const update = Math.min(ball.update, UPDATES);
    falls.title(page.moving ? `Update ${Math.floor(update)}` : `What is left after ${UPDATES} updates`);
    lands.forEach((show) => show(state, n, update));
    drawFalls(n, update);
  };
}

/** One of the two surfaces, with its walk, its start and its names. */
function landscape(page, k, name) {
  const frame = plot(page, { label: `The landscape of the ${name} over w and b`, basis: 290, ratio: 0.86, equal: true, margin: [4, 4, 4, 4],
    x: { domain: [-1.9, 1.9] }, y: { domain: [-1.6, 1.6] } });
  const ground = (state) => surfaces(state)[k];
  const paintGround = groundView(frame), drawBox = boxView(frame), drawWalk = walkView(frame, k);
  const seen = (state, at) => placed(placeSeen(ground(state), state, at)
    ?? placeLevel(state, ground(state).box([0, 0, page.compute(state).losses[k]])[2], at));
  handle(frame, {
    name: `start on the ${name}`, place: (state, n) => camera(state)(ground(state).box(n.paths[k][0])), fill: colour.ink, size: 6,
    hint: k === 0 ? "drag me" : "", move: (at, state) => seen(state, at),
    nudge: ([right, up], { w, b }) => placed([w + right / 2, b + up / 2]),
    text: ({ w, b }, n) => `w ${general(w)}, b ${general(b)}, loss ${fixed(n.losses[k], 3)}`, now: ({ w }) => w, min: -REACH, max: REACH,
  });
  turning(frame, (at) => {
    page.stop();
    page.set(seen(page.state, at));
    page.release();
  });
  return (state, n, update) => {
    const project = camera(state), [, , loss] = between(n.paths[k], update);
    frame.title(`${upper(name)} ${fixed(n.losses[k], 3)} → ${fixed(loss, 3)}`);
    paintGround(ground(state), project);
    drawBox(state, ground(state).highest, project);
    drawWalk(n.paths[k].map((point) => project(ground(state).box(point))), update);
  };
}

/** A drag beside the start turns both landscapes; a click drops the balls there. */
function turning({ svg, at, page }, drop) {
  let held = null;
  svg.style.cssText = "touch-action: pan-y; cursor: move";
  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    held = { from: [event.clientX, event.clientY], view: page.state, turned: false };
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [right, down] = [event.clientX - held.from[0], event.clientY - held.from[1]];
    held.turned ||= Math.hypot(right, down) > STILL;
    if (!held.turned) return;
    const { azimuth, elevation } = held.view;
    page.set({ azimuth: around(azimuth - TURN * right), elevation: Math.round(within(elevation + TURN * down, 0, 90)) });
  });
  svg.addEventListener("pointerup", (event) => {
    if (held && !held.turned) drop(at(event));
    held = null;
  });
  svg.addEventListener("pointercancel", () => { held = null; });
}

/**
 * The surface as patches on a canvas: as elements of the page, a thousand of them would be slow to turn.
 *
 * Between two of them the ground shines through as thin as a hair, which makes the net; to draw it would double the time.
 */
function groundView(frame) {
  const place = draw(frame.marks, "foreignObject"), canvas = add(place, "canvas", { "aria-hidden": "true" });
  const pen = canvas.getContext("2d");
  let drawn = "", size = "", last = null;
  return (ground, project) => {
    const dense = window.devicePixelRatio || 1, { width, height } = frame;
    const seen = [width, height, dense, project([1, 2, 3])].join();
    if (seen === drawn && ground === last) return;
    [drawn, last] = [seen, ground];
    if (size !== [width, height, dense].join()) {
      size = [width, height, dense].join();
      assign(place, { x: 0, y: 0, width, height });
      Object.assign(canvas, { width: Math.round(dense * width), height: Math.round(dense * height) });
      canvas.style.cssText = `width: ${width}px; height: ${height}px`;
      pen.scale(dense, dense);
    }
    pen.clearRect(0, 0, width, height);
    for (const { corners, height: high } of patches(ground, project)) {
      pen.beginPath();
      for (const [x, y] of corners) pen.lineTo(frame.x(x), frame.y(y));
      pen.closePath();
      pen.fillStyle = viridis((high - FLOOR) / (ground.peak - FLOOR));
      pen.fill();
    }
  };
}

function viridis(share) {
  const at = within(share, 0, 1) * (VIRIDIS.length - 1), k = Math.min(Math.floor(at), VIRIDIS.length - 2);
  return `rgb(${VIRIDIS[k].map((from, c) => Math.round(from + (at - k) * (VIRIDIS[k + 1][c] - from))).join(" ")})`;
}

/** The floor's edge and one upright, and the names of the ends of the two near edges and of the upright. */
function boxView(frame) {
  const floor = [[-1, -1, FLOOR], [1, -1, FLOOR], [1, 1, FLOOR], [-1, 1, FLOOR]];
  const edge = draw(frame.back, "path"), names = Array.from({ length: 6 }, () => draw(frame.front, "text", { "text-anchor": "middle",
    class: "soft halo", "aria-hidden": "true" }));
  return (state, highest, project) => {
    if (!edge.isConnected) frame.back.append(edge); // another width has cleared the ground
    const pixels = (point) => { const [x, y] = project(point); return [frame.x(x), frame.y(y)]; };
    const foot = floor.reduce((best, corner) => (project(corner)[0] < project(best)[0] ? corner : best)), out = 1.26;
    const near = [[1, 0, 0], [0, 1, 0]].map((axis) => (project(axis)[2] >= 0 ? 1 : -1));
    const d = line(floor.map(pixels), true) + line([foot, [foot[0], foot[1], TOP]].map(pixels));
    assign(edge, { d, fill: "none", stroke: colour.soft });
    const places = [...[-0.8, 0.8].map((w) => [w, near[1] * out, FLOOR]), ...[-0.8, 0.8].map((b) => [near[0] * out, b, FLOOR]),
      ...[FLOOR, TOP].map((z) => [foot[0] * 1.15, foot[1] * 1.15, z])];
    const words = [`w = −${REACH}`, `w = ${REACH}`, `b = −${REACH}`, `b = ${REACH}`, "0", String(highest)];
    names.forEach((text, k) => {
      const [x, y] = pixels(places[k]), flat = k > 3 && state.elevation > 75; // straight from above the upright is a point
      assign(text, { x: x.toFixed(1), y: (y + 4).toFixed(1), visibility: flat ? "hidden" : null }).textContent = words[k];
    });
  };
}

/** The walk as far as the ball has come, on top, where no hill hides it. */
function walkView(frame, k) {
  const thin = { fill: "none", "stroke-linejoin": "round", "stroke-linecap": "round" };
  const halo = draw(frame.marks, "path", { ...thin, stroke: colour.paper, "stroke-width": 5, opacity: 0.85 });
  const trace = draw(frame.marks, "path", { ...thin, stroke: LOOKS[k].shade, "stroke-width": 2.5 });
  const ball = draw(frame.marks, "circle", { r: 7, fill: LOOKS[k].shade, stroke: colour.ink, "stroke-width": 1.5 });
  return (points, update) => {
    const pixels = points.map(([x, y]) => [frame.x(x), frame.y(y)]), here = between(pixels, update);
    const past = line([...pixels.slice(0, Math.floor(update) + 1), here]);
    assign(halo, { d: past });
    assign(trace, { d: past });
    assign(ball, { cx: here[0].toFixed(2), cy: here[1].toFixed(2) });
  };
}

function fallsView(frame) {
  const curves = LOOKS.map(({ shade, dash }, k) => ({
    all: draw(frame.marks, "path", { fill: "none", stroke: shade, "stroke-width": 2, opacity: 0.3, "stroke-dasharray": dash }),
    past: draw(frame.marks, "path", { fill: "none", stroke: shade, "stroke-width": 2.5, "stroke-dasharray": dash }),
    name: draw(frame.front, "text", { "text-anchor": "end", class: "halo", "aria-hidden": "true" }, NAMES[k]),
    ball: draw(frame.front, "circle", { r: 5.5, fill: shade, stroke: colour.ink, "stroke-width": 1.5, "aria-hidden": "true" }),
  }));
  return ({ paths, losses }, update) => {
    const heights = beside(frame, paths.map((path, k) => frame.y(path.at(-1)[2] / losses[k])));
    curves.forEach(({ all, past, name, ball }, k) => {
      const pixels = paths[k].map(([, , loss], j) => [frame.x(j), frame.y(loss / losses[k])]), here = between(pixels, update);
      assign(all, { d: line(pixels) });
      assign(past, { d: line([...pixels.slice(0, Math.floor(update) + 1), here]) });
      assign(ball, { cx: here[0].toFixed(2), cy: here[1].toFixed(2) });
      assign(name, { x: frame.right - 12, y: heights[k] });
    });
  };
}

/** Where the names of two curves stand, which end at these pixels: one above the upper, one below the lower, where there is room. */
function beside({ top, bottom }, ends) {
  const first = Math.min(...ends), last = Math.max(...ends);
  let [high, low] = [first - 10, last + 20];
  if (high < top + 12) [high, low] = [first + 20, Math.max(low, first + 36)];
  if (low > bottom - 4) [high, low] = [Math.min(high, last - 26), last - 10];
  return ends.map((end, k) => (end === first && (k === 0 || ends[0] !== end) ? high : low));
}
