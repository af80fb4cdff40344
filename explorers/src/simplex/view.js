// The triangle with a point to drag, and a bar for each of its three numbers.

import { contours } from "d3-contour";
import { fixed } from "../shared/format.js";
import { handle } from "../shared/handle.js";
import { plot } from "../shared/plot.js";
import { entropy } from "../shared/probability.js";
import { assign, draw, path } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { CORNERS, percent, percentsAt, placeOf } from "./numbers.js";

const COLOURS = [colour.blue, colour.orange, colour.purple];
const LEVELS = [0.3, 0.5, 0.7, 0.85, 0.97, 1.05, 1.085];
const TRAIL = 80; // places

export function view(page) {
  const { names } = page.state;
  const triangle = plot(page, {
    label: `The triangle of all distributions over ${names.join(", ")}`, grow: 1.5, basis: 300, ratio: 0.7, equal: true,
    margin: [24, 8, 26, 8], x: { domain: [0, 1.5] }, y: { domain: [0, Math.sqrt(0.75)] }, still: (frame) => drawTriangle(frame, names),
  });
  const rows = plot(page, {
    label: "The three numbers as bars", grow: 1, basis: 260, ratio: (width) => Math.min(0.7 * width, 230), margin: [14, 44, 26, 64],
    x: { domain: [-1, 1], ticks: [-1, -0.5, 0, 0.5, 1] }, y: { domain: [2.6, -0.6] }, still: (frame) => drawRows(frame, names),
  });
  const places = [], trail = draw(triangle.front, "g", { "aria-hidden": "true" });
  const thick = { "stroke-width": 2.5, "aria-hidden": "true" };
  const heights = [0, 1, 2].map((k) => draw(triangle.front, "line", { stroke: COLOURS[k], ...thick }));
  const bars = [0, 1, 2].map((k) => draw(rows.marks, "rect", { fill: COLOURS[k], height: 1 }));
  const numbers = [0, 1, 2].map(() => draw(rows.front, "text", { class: "strong", "aria-hidden": "true" }));

  handle(triangle, {
    name: "point in the triangle", place: (_, n) => n.place, move: percentsAt, anywhere: true, size: 8, hint: "drag me",
    nudge: ([right, up], { first, second }) => ({ first: percent(first + right), second: percent(second + up) }),
    text: (state, { p }) => names.map((name, k) => `${name} ${fixed(p[k])}`).join(", "), now: (state) => state.first, min: 0, max: 100,
  });
  ["first", "second"].forEach((key, k) => handle(rows, {
    name: `${names[k]}, percent`, place: (state) => [state[key] / 100, k], fill: COLOURS[k], size: 6,
    move: ([value]) => ({ [key]: percent(100 * value) }), nudge: ([right, up], state) => ({ [key]: percent(state[key] + (right || up)) }),
    text: (state) => `${state[key]} %`, now: (state) => state[key], min: 0, max: 100,
  }));
  page.reset.push(() => places.splice(0));

  return (state, { p, place, entropy: height }) => {
    triangle.title(height === null ? "No distribution" : `Entropy ${fixed(height, 3)} nats`);
    rows.title(`${names[0]} and ${names[1]} are free, ${names[2]} is what they leave`);
    const [x, y] = [triangle.x(place[0]), triangle.y(place[1])];
    heights.forEach((line, k) => {
      const foot = footOn(p, k);
      assign(line, { x1: x, y1: y, x2: triangle.x(foot[0]), y2: triangle.y(foot[1]), visibility: height === null ? "hidden" : null });
    });
    remember(places, place);
    drawTrail(trail, triangle, places);
    bars.forEach((bar, k) => {
      const [zero, end] = [rows.x(0), rows.x(p[k])];
      assign(bar, { x: Math.min(zero, end), width: Math.abs(end - zero), y: rows.y(k) - 8, height: 16 });
      assign(numbers[k], { x: rows.right + 40, y: rows.y(k) + 4, "text-anchor": "end" }).textContent = fixed(p[k]).replace("-", "−");
    });
  };
}

/** The foot of the height from a point on the side across from corner k: its length is p[k] times the triangle's height. */
function footOn(p, k) {
  const shared = p.map((each, j) => (j === k ? 0 : each + p[k] / 2));
  return placeOf(shared);
}

function remember(places, place) {
  const last = places.at(-1);
  if (last && last[0] === place[0] && last[1] === place[1]) return;
  places.push(place);
  if (places.length > TRAIL) places.shift();
}

function drawTrail(group, frame, places) {
  while (group.childNodes.length < places.length) draw(group, "circle", { fill: colour.vermilion });
  [...group.childNodes].forEach((dot, k) => {
    const place = places[k];
    if (!place) return assign(dot, { r: 0 });
    return assign(dot, { cx: frame.x(place[0]), cy: frame.y(place[1]), r: 2.5, opacity: (0.5 * (k + 1)) / places.length });
  });
}

/** The simplex, the darker the larger the entropy, and the part of the plane that lies outside. */
function drawTriangle(frame, names) {
  const { back, x, y } = frame, corner = (point) => [x(point[0]), y(point[1])], corners = CORNERS.map(corner);
  const beyond = [CORNERS[0], [1.5, CORNERS[1][1]], CORNERS[1]].map(corner); // where the first two come to more than 1
  draw(back, "path", { d: path(beyond, true), fill: colour.wash });
  draw(back, "text", { x: x(1.04), y: y(0.62), "text-anchor": "middle", class: "soft" }, `${names[2]} below 0`);
  const id = `inside-${Math.random().toString(36).slice(2)}`;
  draw(draw(back, "clipPath", { id }), "path", { d: path(corners, true) });
  const shades = draw(back, "g", { "clip-path": `url(#${id})` });
  for (const d of openness(frame)) draw(shades, "path", { d, fill: colour.blue, opacity: 0.075 });
  draw(back, "path", { d: path(corners, true), fill: "none", stroke: colour.soft, "stroke-width": 1.25 });
  const anchors = [["middle", 18], ["middle", -10], ["start", 18]];
  names.forEach((name, k) => {
    const [at, shift] = anchors[k], [a, b] = corners[k];
    draw(back, "circle", { cx: a, cy: b, r: 4, fill: COLOURS[k] });
    draw(back, "text", { x: a, y: b + shift, "text-anchor": at, class: "strong" }, name);
  });
  const legend = frame.width > 420 ? "deeper blue: larger entropy" : "";
  draw(back, "text", { x: x(0.5), y: y(0) + 18, "text-anchor": "middle", class: "soft" }, legend);
}

/** The areas above each of LEVELS, one inside the other, as the d of paths. */
function openness(frame) {
  const columns = 90, rows = 80, high = CORNERS[1][1], values = [];
  for (let j = 0; j < rows; j += 1) {
    for (let i = 0; i < columns; i += 1) {
      const second = j / (rows - 1), first = i / (columns - 1) - second / 2;
      values.push(entropy([first, second, 1 - first - second].map((each) => Math.max(each, 0))));
    }
  }
  const at = ([i, j]) => [frame.x((i - 0.5) / (columns - 1)), frame.y(((j - 0.5) / (rows - 1)) * high)];
  return contours().size([columns, rows]).thresholds(LEVELS)(values)
    .map(({ coordinates }) => coordinates.flat().map((ring) => path(ring.map(at), true)).join(""));
}

/** What does not move beside the bars: names, and the ground where no probability lies. */
function drawRows(frame, names) {
  const { back, x, y, left, top, bottom } = frame;
  draw(back, "rect", { x: left, y: top, width: x(0) - left, height: bottom - top, fill: colour.wash });
  draw(back, "text", { x: (left + x(0)) / 2, y: top - 3, "text-anchor": "middle", class: "soft" }, "no probability");
  draw(back, "line", { x1: x(0), x2: x(0), y1: top, y2: bottom, stroke: colour.soft });
  names.forEach((name, k) => draw(back, "text", { x: left - 8, y: y(k) + 4, "text-anchor": "end", class: "strong" }, name));
}
