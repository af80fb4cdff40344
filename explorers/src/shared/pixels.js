// A table of numbers as coloured pixels: a canvas, since hundreds of rectangles would be slow.

import { add, assign, draw } from "./svg.js";

// What a cell is on any ground: red, green, blue, opacity (0 to 255). On a dark page a style turns black into white.
export const inkOf = (ink) => [0, 0, 0, 255 * ink];
/** From -1 (blue) to 1 (vermilion); nothing at zero. */
export const signOf = (share) => (share < 0 ? [0, 114, 178, -255 * share] : [213, 94, 0, 255 * share]);

/** A canvas of rows x columns cells as the last of `parent`; the function beside it paints them by (row, column). */
export function canvas(parent, rows, columns, kind, label = "") {
  const told = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  const node = add(parent, "canvas", { width: columns, height: rows, class: `pixels ${kind}`, ...told });
  const context = node.getContext("2d"), image = new ImageData(columns, rows);
  const paint = (cell) => {
    for (let k = 0; k < rows * columns; k += 1) image.data.set(cell(Math.floor(k / columns), k % columns), 4 * k);
    context.putImageData(image, 0, 0);
  };
  return { node, paint };
}

/** The same as the ground of a frame whose values are columns and rows; call `fit` at each draw. */
export function ground(frame, rows, columns, kind) {
  const place = draw(frame.marks, "foreignObject");
  const { node, paint } = canvas(place, rows, columns, kind);
  node.style.cssText = "width: 100%; height: 100%";
  const fit = () => assign(place, { x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top });
  return { paint, fit };
}
