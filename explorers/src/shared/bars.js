// Bars that lie: one for a row, from one value to another.

import { assign } from "./svg.js";

/** Let a rect go from one value to another, `height` pixels high, about the row y of a frame. */
export function layBar(rect, frame, from, to, y, height = 18) {
  const [a, b] = [frame.x(from), frame.x(to)];
  return assign(rect, { x: Math.min(a, b).toFixed(2), width: Math.abs(b - a).toFixed(2), y: (frame.y(y) - height / 2).toFixed(2), height });
}
