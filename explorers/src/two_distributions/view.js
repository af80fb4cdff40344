// Two bars for each outcome to drag, KL as the area between two staircases, and every term as a number.

import { layBar } from "../shared/bars.js";
import { fixed } from "../shared/format.js";
import { handle } from "../shared/handle.js";
import { plot } from "../shared/plot.js";
import { assign, draw, path } from "../shared/svg.js";
import { colour } from "../shared/theme.js";
import { MOST, nats, partsAt, partsMoved } from "./numbers.js";

const LONGEST = 3.1; // nats; with at most ten parts for each of three outcomes no finite sum is longer
const LINE = 25; // pixels from one row of numbers to the next
const SUMS = { H: colour.blue, KL: colour.vermilion, CE: colour.ink };
const SHADES = { p: colour.blue, q: colour.orange };

const minus = (text) => text.replace("-", "−");
const shown = (value) => minus(nats(value, "∞"));
const signed = (value) => (value > 0.0005 ? "+" : "") + shown(value);

export function view(page) {
  const { names } = page.state, K = names.length, height = (width) => Math.min(Math.max(0.85 * width, 250), 300);
  const highest = Math.log(1 + MOST * (K - 1)) + 0.35; // the price of one part beside all others, and room above it
  const bars = plot(page, { label: "Both distributions as bars", basis: 260, ratio: height, margin: [28, 8, 46, 40],
    x: { domain: [-0.55, K - 0.45] }, y: { domain: [0, 1], ticks: [0, 0.5, 1], label: "" }, still: (frame) => drawNames(frame, names) });
  const areas = plot(page, { label: "H and KL as areas", basis: 280, grow: 1.2, ratio: height, margin: [28, 8, 44, 40],
    x: { domain: [0, 1], label: "as wide as the outcome is probable" }, y: { domain: [0, highest], ticks: [0, 1, 2, 3] },
    still: drawKey });
  const room = Math.min(18 + 7.5 * Math.max(...names.map((name) => name.length)), 110);
  const terms = plot(page, { label: "Every term in nats", basis: 270, ratio: () => 34 + LINE * (K + 5), margin: [26, 8, 8, room],
    x: { domain: [0, LONGEST] }, y: { domain: [K + 4.5, -0.5] }, still: (frame) => drawTable(frame, names) });

  const drawBars = barsView(bars, K), drawAreas = areasView(areas, names, highest), drawTerms = termsView(terms, K);
  for (const letter of ["p", "q"]) names.forEach((_, k) => partHandle(bars, letter, k, names));

  return (state, n) => {
    bars.title("Drag what is (P), what is believed (Q)");
    areas.title(n.divergence === Infinity ? "KL is infinite" : `KL is the area between: ${nats(n.divergence)}`);
    terms.title(`The other way, KL(Q, P) = ${nats(n.reverse)}`);
    drawBars(n);
    drawAreas(n);
    drawTerms(n);
  };
}

const SIDE = { p: -0.21, q: 0.21 };

function partHandle(frame, letter, k, names) {
  const key = `parts_of_${letter}`, big = letter.toUpperCase();
  handle(frame, {
    name: `${big} ${names[k]}, in parts`, place: (_, n) => [k + SIDE[letter], n[big][k]], fill: SHADES[letter], size: 5,
    move: ([, share], state) => ({ [key]: partsAt(state[key], k, share) }),
    nudge: ([right, up], state) => ({ [key]: partsMoved(state[key], k, right || up) }),
    text: (state, n) => `${state[key][k]} parts, ${fixed(n[big][k], 3)}`, now: (state) => state[key][k], min: 0, max: MOST,
  });
}

function drawNames({ back, x, bottom }, names) {
  names.forEach((name, k) => {
    for (const letter of ["p", "q"]) {
      draw(back, "text", { x: x(k + SIDE[letter]), y: bottom + 20, "text-anchor": "middle", class: "soft" }, letter.toUpperCase());
    }
    draw(back, "text", { x: x(k), y: bottom + 38, "text-anchor": "middle", class: "strong" }, name);
  });
}

function barsView(frame, K) {
  const all = ["p", "q"].flatMap((letter) => Array.from({ length: K }, (_, k) => {
    const dashed = letter === "q" ? { "stroke-dasharray": "4 3", "fill-opacity": 0.3 } : { "fill-opacity": 0.55 };
    const rect = draw(frame.marks, "rect", { fill: SHADES[letter], stroke: SHADES[letter], "stroke-width": 1.5, ...dashed });
    return { letter, k, rect, text: draw(frame.front, "text", { "text-anchor": "middle", "aria-hidden": "true" }) };
  }));
  return (n) => {
    const wide = 0.36 * (frame.x(1) - frame.x(0));
    for (const { letter, k, rect, text } of all) {
      const share = n[letter.toUpperCase()][k], x = frame.x(k + SIDE[letter]), y = frame.y(share);
      assign(rect, { x: x - wide / 2, y, width: wide, height: frame.bottom - y + 2 });
      assign(text, { x, y: y - 12 }).textContent = fixed(share);
    }
  };
}

/** What the two lines are; the names of the axes. */
function drawKey({ back, left, top }) {
  draw(back, "line", { x1: left, x2: left + 18, y1: top - 12, y2: top - 12, stroke: colour.blue, "stroke-width": 3 });
  draw(back, "text", { x: left + 23, y: top - 8, class: "soft" }, "−ln P");
  const dash = { stroke: colour.orange, "stroke-width": 3, "stroke-dasharray": "6 3" };
  draw(back, "line", { x1: left + 70, x2: left + 88, y1: top - 12, y2: top - 12, ...dash });
  draw(back, "text", { x: left + 93, y: top - 8, class: "soft" }, "−ln Q, in nats");
}

/** For each outcome a column, as wide as P: blue up to −ln P, and from there to −ln Q what believing Q adds or saves. */
function areasView(frame, names, highest) {
  const columns = names.map((name) => ({
    floor: draw(frame.marks, "rect", { fill: colour.blue, opacity: 0.16 }),
    between: draw(frame.marks, "rect", { opacity: 0.5 }),
    wall: draw(frame.marks, "line", { stroke: colour.faint }),
    name: draw(frame.front, "text", { "text-anchor": "middle", class: "strong", "aria-hidden": "true" }, name),
    term: draw(frame.front, "text", { "text-anchor": "middle", class: "halo", "aria-hidden": "true" }),
  }));
  const lines = ["blue", "orange"].map((name) => draw(frame.marks, "path", { fill: "none", stroke: colour[name], "stroke-width": 3,
    "stroke-dasharray": name === "orange" ? "6 3" : null }));
  return ({ P, surprises, prices, kl }) => {
    let from = 0;
    const stairs = [[], []], up = (height) => frame.y(Math.min(height, highest));
    columns.forEach(({ floor, between, wall, name, term }, k) => {
      const [left, right] = [frame.x(from), frame.x(from + P[k])], width = right - left, seen = width > 0.5;
      const [own, other] = seen ? [up(surprises[k]), up(prices[k])] : [frame.bottom, frame.bottom];
      from += P[k];
      assign(floor, { x: left, width, y: own, height: frame.bottom - own });
      assign(between, { x: left, width, y: Math.min(own, other), height: Math.abs(own - other),
        fill: other < own ? colour.vermilion : colour.green });
      assign(wall, { x1: right, x2: right, y1: frame.top, y2: frame.bottom });
      const middle = (left + right) / 2, fits = (pixels) => (width > pixels ? null : "hidden");
      assign(name, { x: middle, y: frame.bottom + 16, visibility: fits(7 * names[k].length) });
      assign(term, { x: middle, y: Math.max(Math.min(own, other) - 7, frame.top + 11), visibility: fits(26) });
      term.textContent = signed(kl[k]);
      if (!seen) return;
      stairs[0].push([left, own], [right, own]);
      stairs[1].push([left, other], [right, other]);
    });
    lines.forEach((line, k) => assign(line, { d: path(stairs[k]) }));
  };
}

/** What stands still beside the numbers. */
function drawTable({ back, left, right, y }, names) {
  const K = names.length;
  const across = (row, words, class_) => draw(back, "text", { x: left - 8, y: y(row) + 4, "text-anchor": "end", class: class_ }, words);
  names.forEach((name, k) => across(k, name, "soft"));
  across(K, "sum", "strong");
  draw(back, "line", { x1: 4, x2: right, y1: y(K - 0.5), y2: y(K - 0.5), stroke: colour.faint });
  Object.keys(SUMS).forEach((sum, j) => {
    const words = { x: column(left, right, j), y: y(-1) + 6, "text-anchor": "end", class: "strong" };
    draw(back, "text", words, sum);
    across(K + 1.7 + j, sum, "strong");
  });
}

const column = (left, right, j) => right - (2 - j) * ((right - left) / 3);

function termsView(frame, K) {
  const sums = Object.entries(SUMS), rows = Array.from({ length: K + 1 }, (_, k) => k);
  const cells = rows.map((k) => sums.map(() => draw(frame.front, "text", { "text-anchor": "end", class: k === K ? "strong" : null })));
  const bars = sums.map(([, fill]) => draw(frame.marks, "rect", { fill, opacity: 0.75 }));
  return ({ h, kl, ce, entropy, divergence, cross_entropy }) => {
    [[...h, entropy], [...kl, divergence], [...ce, cross_entropy]].forEach((values, j) => rows.forEach((k) => {
      assign(cells[k][j], { x: column(frame.left, frame.right, j), y: frame.y(k) + 4 }).textContent = shown(values[k]);
    }));
    const end = Math.min(cross_entropy, LONGEST);
    [[0, entropy], [entropy, end], [0, end]].forEach(([from, to], j) => layBar(bars[j], frame, from, to, K + 1.7 + j, 14));
  };
}
