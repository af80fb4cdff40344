// The frame of every explorer: its parts in the page, its state, one picture for each frame of the screen.

import { watchGoals } from "./goals.js";
import { modelStore, pageStore } from "./store.js";
import { add, assign } from "./svg.js";
import { followTheme, STYLE } from "./theme.js";

const QUIET = 600; // milliseconds without a change, after which a screen reader is told the caption

/**
 * Make an explorer of its two halves: `render` is what anywidget asks for, `mount` what a page calls.
 *
 * numbers: { start, compute, caption, code, goals }, view: (page) => draw(state, numbers). See docs/explorers.md.
 */
export function explorer(numbers, view) {
  return {
    render: ({ model, el }) => show(el, modelStore(model, Object.keys(numbers.start)), numbers, view).end,
    mount: (element, state = {}) => show(element, pageStore({ ...numbers.start, ...state }), numbers, view),
  };
}

function show(element, store, numbers, view) {
  const host = document.createElement("div");
  host.className = "course-explorer";
  host.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab leaves the keys to us
  const root = host.attachShadow({ mode: "open" });
  add(root, "style", {}, STYLE);
  const page = makePage(root, store, numbers);
  const drawView = view(page);
  const theme = followTheme(host);
  let stale = false;

  function paint() {
    stale = false;
    const state = store.get(), n = page.compute(state);
    page.parts.forEach((part) => part(state, n));
    drawView?.(state, n);
    page.tell(state, n);
  }
  page.redraw = () => {
    if (!stale) requestAnimationFrame(paint);
    stale = true;
  };

  // A notebook may make the element before it stands in the page: the first size tells that it does.
  const sizes = new ResizeObserver(() => { theme.look(); if (page.frames.filter((frame) => frame.fit()).length) paint(); });
  sizes.observe(host);
  // A notebook's own keys (arrows, Enter, j, k) and a slide's must not move it while something here has the focus.
  root.addEventListener("keydown", (event) => { if (!event.ctrlKey && !event.metaKey) event.stopPropagation(); });
  const leave = store.watch(page.redraw);
  element.replaceChildren(host);
  hideBrokenLinks();
  page.frames.forEach((frame) => frame.fit());
  paint();
  const end = () => { leave(); sizes.disconnect(); theme.end(); page.stop(); };
  host.explorer = { get state() { return store.get(); }, get numbers() { return page.compute(store.get()); }, set: store.set, end };
  return host.explorer;
}

/** What a view works with. */
function makePage(root, store, numbers) {
  const box = (name, attributes, text) => add(root, name, attributes, text);
  const page = {
    controls: box("div", { class: "controls" }),
    figure: box("div", { class: "figure", part: "figure" }),
    frames: [], // each panel, which fits itself to the width that it has
    parts: [], // each called with (state, numbers) before a picture is drawn
    released: [], // each called when a hand lets go, or a key has moved something
    compute: once(numbers.compute),
    get state() { return store.get(); },
    set: store.set,
    redraw: () => {},
    /** Call `step(milliseconds since the start)` for each frame until it returns false; one thing moves at a time. */
    animate(step) {
      page.stop();
      let first;
      const go = (now) => {
        first ??= now;
        running = step(now - first) === false ? 0 : requestAnimationFrame(go);
        page.redraw();
      };
      running = requestAnimationFrame(go);
    },
    stop() { cancelAnimationFrame(running); running = 0; },
    get moving() { return running !== 0; },
    /** Whether the reader has asked for less movement. */
    get still() { return matchMedia("(prefers-reduced-motion: reduce)").matches; },
    warn: (text) => { told.textContent = text; },
    release: () => page.released.forEach((follow) => follow()),
  };
  let running = 0;
  const told = box("p", { class: "told", role: "status" });
  const caption = box("p", { class: "caption", part: "caption" });
  const foot = box("div", { class: "foot" });
  const goals = goalList(foot, numbers.goals);
  const buttons = add(foot, "div", { class: "buttons" });
  const code = box("pre", { hidden: "", tabindex: 0, "aria-label": "The lines that compute this picture" });
  const spoken = box("div", { class: "spoken", role: "status", "aria-live": "polite" });
  const start = structuredClone(store.get());

  press(buttons, "Reset", "Put everything back to where it started", () => {
    page.stop();
    page.reset.forEach((back) => back());
    store.set(structuredClone(start));
    page.redraw();
  });
  page.reset = []; // each called when all goes back to the start
  const asCode = press(buttons, "As code", "Show the lines that compute this picture", () => {
    code.hidden = !code.hidden;
    asCode.setAttribute("aria-expanded", String(!code.hidden));
  });
  asCode.setAttribute("aria-expanded", "false");

  let silence, before;
  page.tell = (state, n) => {
    const [first, rest] = numbers.caption(state, n), news = goals(state, n);
    caption.replaceChildren();
    add(caption, "b", {}, first);
    if (rest) caption.append(` ${rest}`);
    code.textContent = numbers.code(state, n);
    const words = [...news.map((goal) => `Reached: ${goal}`), first].join(" ");
    if (before !== undefined && words !== before) {
      clearTimeout(silence);
      silence = setTimeout(() => { spoken.textContent = words; }, QUIET);
    }
    before = words;
  };
  return page;
}

/** The goals as a list; the function that it returns marks those that a state reaches and tells which are new. */
function goalList(parent, goals) {
  const list = add(parent, "ul", { class: "goals", "aria-label": "goals" });
  const items = new Map(goals.map((goal) => [goal, add(list, "li", {}, goal.text)]));
  const look = watchGoals(goals);
  return (state, n) => look(state, n).map((goal) => {
    items.get(goal).classList.add("reached");
    add(items.get(goal), "span", {}, " Reached.");
    return goal.text;
  });
}

function press(parent, text, title, act) {
  const button = add(parent, "button", { type: "button", title }, text);
  button.addEventListener("click", act);
  return button;
}

/** Remember the numbers of the last state: picture, caption and code share them. */
function once(compute) {
  let key, last;
  return (state) => {
    const now = JSON.stringify(state);
    if (now !== key) [key, last] = [now, compute(state)];
    return last;
  };
}

/** ipywidgets marks what has lost its kernel by a red broken link; what the page draws needs none. */
function hideBrokenLinks() {
  const id = "course-explorer-links";
  if (document.getElementById(id)) return;
  const rule = ".jupyter-widgets-disconnected::before, .jupyter-widgets-disconnected::after { display: none !important; }";
  assign(add(document.head, "style", {}, rule), { id });
}
