// A panel: a title, a plot with axes in pixels of its own, so that letters stay letters on a phone.

import { add, assign, draw } from "./svg.js";

const linear = ([low, high], [from, to]) => (value) => from + ((value - low) / (high - low)) * (to - from);

/** A scale from a domain to pixels, with its way back; `log` for equal factors at equal distances. */
export function scale(domain, range, log = false) {
  const there = log ? Math.log10 : (value) => value, back = log ? (value) => 10 ** value : (value) => value;
  const across = linear(domain.map(there), range), along = linear(range, domain.map(there));
  const to = (value) => across(there(value));
  to.invert = (pixel) => back(along(pixel));
  return to;
}

/**
 * Add a panel to the page's figure and return its frame.
 *
 * label: what it shows, for a screen reader; grow and basis: how wide it is beside others; ratio: height by width of the
 * whole panel, or (width) => height; margin: [top, right, bottom, left]; x, y: { domain, ticks, label, log, show, grid };
 * equal: one unit as long up as across; still(frame): draws, in frame.back, what only the size changes.
 *
 * frame.x and frame.y go from values to pixels, frame.at(event) from a pointer to [x, y]. Draw in frame.marks, which is cut
 * at the plot's edge, or in frame.front, which is not. Whatever depends on the size is set anew at every draw.
 */
export function plot(page, { label, grow = 1, basis = 260, ratio = 0.75, margin = [10, 10, 34, 44], x, y, equal, still }) {
  const panel = add(page.figure, "div", { class: "panel", style: `flex: ${grow} 1 ${basis}px` });
  const title = add(panel, "div", { class: "title" });
  const svg = draw(panel, "svg", { role: "group", "aria-label": label });
  const id = `cut-${Math.random().toString(36).slice(2)}`;
  const cut = draw(draw(svg, "clipPath", { id }), "rect");
  const back = draw(svg, "g", { "aria-hidden": "true" });
  const marks = draw(svg, "g", { "clip-path": `url(#${id})`, "aria-hidden": "true" });
  const front = draw(svg, "g");
  const frame = { page, panel, svg, back, marks, front, cut: `url(#${id})`, title: (text) => { title.textContent = text; } };
  const [top, right, bottom, left] = margin;

  /** Take the width that there is; says whether it is another one. */
  frame.fit = (width = Math.round(panel.clientWidth)) => {
    if (!width || width === frame.width) return false;
    frame.width = width;
    frame.height = Math.round(typeof ratio === "function" ? ratio(width) : width * ratio);
    assign(svg, { viewBox: `0 0 ${frame.width} ${frame.height}`, height: frame.height });
    Object.assign(frame, { left, top, right: width - right, bottom: frame.height - bottom });
    const [across, up] = equal ? fitted(frame, x.domain, y.domain) : [x.domain, y.domain];
    frame.x = scale(across, [frame.left, frame.right], x.log);
    frame.y = scale(up, [frame.bottom, frame.top], y.log);
    assign(cut, { x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top });
    back.replaceChildren();
    axes(frame, x, y);
    still?.(frame);
    return true;
  };
  frame.at = (event) => {
    const box = svg.getBoundingClientRect(), shrunk = box.width / frame.width || 1; // a slide is scaled as a whole
    return [frame.x.invert((event.clientX - box.left) / shrunk), frame.y.invert((event.clientY - box.top) / shrunk)];
  };
  frame.fit(basis); // until it stands in the page
  page.frames.push(frame);
  return frame;
}

/** Widen one of the two domains, about its middle, so that a unit is as long on both. */
function fitted(frame, across, up) {
  const [width, height] = [frame.right - frame.left, frame.bottom - frame.top];
  const unit = Math.max((across[1] - across[0]) / width, (up[1] - up[0]) / height);
  return [[across, width], [up, height]].map(([[low, high], pixels]) => {
    const middle = (low + high) / 2, half = (unit * pixels) / 2;
    return [middle - half, middle + half];
  });
}

function axes(frame, x, y) {
  const { back, left, right, top, bottom } = frame;
  const inside = (at, [a, b]) => at >= Math.min(a, b) - 0.5 && at <= Math.max(a, b) + 0.5;
  for (const tick of x.ticks ?? []) {
    const at = frame.x(tick);
    if (!inside(at, [left, right])) continue;
    if (x.grid !== false) draw(back, "line", { x1: at, x2: at, y1: top, y2: bottom, stroke: "var(--faint)", "stroke-width": 0.75 });
    draw(back, "text", { x: at, y: bottom + 15, "text-anchor": "middle", class: "soft" }, (x.show ?? plain)(tick));
  }
  for (const tick of y.ticks ?? []) {
    const at = frame.y(tick);
    if (!inside(at, [top, bottom])) continue;
    if (y.grid !== false) draw(back, "line", { x1: left, x2: right, y1: at, y2: at, stroke: "var(--faint)", "stroke-width": 0.75 });
    draw(back, "text", { x: left - 6, y: at + 4, "text-anchor": "end", class: "soft" }, (y.show ?? plain)(tick));
  }
  if (x.label) draw(back, "text", { x: right, y: bottom + 31, "text-anchor": "end", class: "soft" }, x.label);
  if (y.label) draw(back, "text", { x: left - 38, y: top - 7, class: "soft" }, y.label);
}

const plain = (value) => String(value).replace("-", "−");
