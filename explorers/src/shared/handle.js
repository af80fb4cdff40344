// What a hand takes hold of in a picture: by mouse, finger or keyboard, with a name and a value in words.

import { assign, draw } from "./svg.js";

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1],
  PageDown: [-10, -10], PageUp: [10, 10], Home: [-1e9, -1e9], End: [1e9, 1e9] };

/**
 * Add a handle to a frame.
 *
 * name: what it moves; place(state, n): where it is, as [x, y]; move([x, y], state): the change of state that a pointer
 * there asks for; nudge([right, up], state): the same for an arrow key (Shift or Page makes ten of one, Home and End end);
 * text(state, n): its value in words; now(state), min, max: its value as a number; anywhere: a click on the plot brings it there;
 * hint: a word beside it until it is moved for the first time; box: [width, height] in values, for a frame in place of a dot;
 * grab: a press anywhere on the plot brings it there and takes hold of it, so that a hand can draw.
 */
export function handle(frame, options) {
  const { name, place, move, nudge, text, now, min, max, anywhere = false, grab = false } = options;
  const { fill = "var(--vermilion)", size = 7, hint = "", box } = options;
  const { page } = frame;
  const node = draw(frame.front, "g", { class: "handle", role: "slider", tabindex: 0, "aria-label": name,
    "aria-valuemin": min, "aria-valuemax": max });
  draw(node, "circle", { class: "reach", r: 22 });
  const edge = box ? draw(node, "rect", { class: "ring box", style: `--box: ${fill}` })
    : draw(node, "circle", { class: "ring", r: size + 4 });
  if (!box) draw(node, "circle", { r: size, fill });
  const word = draw(node, "text", { x: 0, y: -size - 10, "text-anchor": "middle", class: "halo", "aria-hidden": "true" }, hint);
  let grip = null; // from the pointer to the middle of the handle, in values

  const ask = (patch) => {
    word.textContent = "";
    if (patch) page.set(patch);
  };
  const hold = (event, from) => {
    event.preventDefault();
    event.stopPropagation();
    node.focus({ preventScroll: true });
    node.setPointerCapture(event.pointerId);
    page.stop();
    node.classList.add("held");
    grip = { pointer: frame.at(event), start: from };
  };
  node.addEventListener("pointerdown", (event) => {
    if (!event.button) hold(event, grab ? frame.at(event) : place(page.state, page.compute(page.state)));
  });
  node.addEventListener("pointermove", (event) => {
    if (!grip) return;
    for (const passed of grab ? allPassed(event) : [event]) {
      const at = frame.at(passed), from = (axis, k) => axis.invert(axis(grip.start[k]) + axis(at[k]) - axis(grip.pointer[k]));
      ask(move([from(frame.x, 0), from(frame.y, 1)], page.state));
    }
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    node.addEventListener(end, () => {
      if (!grip) return;
      grip = null;
      node.classList.remove("held");
      page.release();
    });
  }
  node.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    page.stop();
    ask(nudge(step.map((each) => each * (event.shiftKey ? 10 : 1)), page.state));
    page.release();
  });
  if (grab) {
    assign(frame.svg, { style: "touch-action: pan-y" });
    frame.svg.addEventListener("pointerdown", (event) => {
      if (event.button || event.target.closest(".handle")) return;
      hold(event, frame.at(event));
      ask(move(grip.start, page.state));
    });
  }
  if (anywhere) {
    frame.svg.addEventListener("click", (event) => {
      if (event.target.closest(".handle")) return;
      page.stop();
      ask(move(frame.at(event), page.state));
      page.release();
    });
  }
  page.parts.push((state, n) => {
    const [x, y] = place(state, n), words = text(state, n);
    if (box) {
      const [width, height] = [frame.x, frame.y].map((axis, k) => Math.abs(axis(box[k]) - axis(0)));
      assign(edge, { x: -width / 2, y: -height / 2, width, height });
      assign(word, { y: -height / 2 - 7 });
    }
    assign(node, { transform: `translate(${frame.x(x).toFixed(2)} ${frame.y(y).toFixed(2)})` });
    if (node.getAttribute("aria-valuetext") !== words) assign(node, { "aria-valuetext": words, "aria-valuenow": now(state, n) });
  });
  return node;
}

/** Where a pointer was since the last event: a busy page is told of many places at once, and a stroke has its corners. */
function allPassed(event) {
  const passed = event.getCoalescedEvents?.() ?? []; // none where a script made the event
  return passed.length ? passed : [event];
}
