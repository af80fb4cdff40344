// A strip of thumbnails to pick from, which scrolls where there are more than fit.

import { canvas } from "./pixels.js";
import { add } from "./svg.js";

/** Pictures of size[0] x size[1] pixels of ink, 0 to 255, one of which is state[key]; name(k): what one is called. */
export function strip(page, { key, pictures, size, label, name }) {
  const box = add(page.figure, "div", { class: "strip", role: "radiogroup", "aria-label": label });
  const group = `strip-${Math.random().toString(36).slice(2)}`;
  const items = pictures.map((pixels, k) => {
    const item = add(box, "label", { title: name(k) }), input = add(item, "input", { type: "radio", name: group, "aria-label": name(k) });
    canvas(item, ...size, "ink").paint((row, column) => [0, 0, 0, pixels[size[1] * row + column]]);
    input.addEventListener("change", () => { page.stop(); page.set({ [key]: k }); page.release(); });
    return { item, input };
  });
  let shown = -1;
  page.parts.push((state) => {
    if (state[key] === shown || !items[state[key]]) return;
    shown = state[key];
    items[shown].input.checked = true;
    bringIntoView(box, items[shown].item);
  });
  return box;
}

function bringIntoView(box, item) {
  const from = item.offsetLeft - box.offsetLeft, to = from + item.offsetWidth;
  if (from < box.scrollLeft || to > box.scrollLeft + box.clientWidth) box.scrollLeft = from - (box.clientWidth - item.offsetWidth) / 2;
}
