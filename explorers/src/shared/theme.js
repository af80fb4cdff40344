// How every explorer looks. It stands in a shadow root, so that no page's own style reaches in, and is light or dark as
// the page behind it is.

/** The palette of course_utils/plots.py (Okabe and Ito), lighter where the page is dark. */
export const colour = Object.fromEntries(
  ["ink", "soft", "faint", "wash", "paper", "blue", "vermilion", "green", "orange", "sky", "purple"]
    .map((name) => [name, `var(--${name})`]),
);

export const STYLE = `
:host { display: block; container-type: inline-size; max-width: 1080px; margin: 4px 0 12px;
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif !important; /* a slide has larger letters */
  color: var(--ink) !important; text-align: left !important;
  --ink: #1c2128; --soft: #57606a; --faint: #d5dae0; --wash: #f2f4f7; --paper: #ffffff;
  --blue: #0072B2; --vermilion: #D55E00; --green: #009E73; --orange: #E69F00; --sky: #56B4E9; --purple: #CC79A7; }
:host([data-theme=dark]) { color-scheme: dark;
  --ink: #e8ebef; --soft: #a7b0bb; --faint: #454c56; --wash: #ffffff12; --paper: #16191d;
  --blue: #56B4E9; --vermilion: #FF8B45; --green: #3CC8A0; --orange: #F0B83C; --sky: #8FD0F5; --purple: #E59BC4; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.controls { display: flex; flex-wrap: wrap; gap: 10px 28px; align-items: center; margin: 0 0 10px; }
.controls:empty { display: none; }
.slider { display: flex; flex: 1 1 250px; max-width: 460px; gap: 10px; align-items: center; min-height: 32px; }
.slider input[type=range] { flex: 1 1 90px; min-width: 70px; margin: 0; accent-color: var(--blue); height: 28px; }
.slider input[type=text] { width: 5.2em; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; }
legend { float: left; padding: 0; margin: 0 10px 0 0; }
.choices { display: flex; flex-wrap: wrap; gap: 3px; background: var(--wash); border-radius: 8px; padding: 3px; }
.choices label { position: relative; border-radius: 6px; padding: 3px 12px; cursor: pointer; }
.choices input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
.choices label:has(:checked) { background: var(--paper); box-shadow: 0 0 0 1px var(--soft); font-weight: 600; }
input[type=text], button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--faint);
  border-radius: 6px; padding: 2px 8px; min-height: 28px; }
button { cursor: pointer; padding: 2px 12px; background: var(--wash); }
button:hover { border-color: var(--soft); }
button[aria-expanded=true], button[aria-pressed=true] { border-color: var(--blue); }
:focus-visible, .choices label:has(:focus-visible) { outline: 2px solid var(--blue); outline-offset: 2px; }
.figure { display: flex; flex-wrap: wrap; gap: 14px 22px; align-items: flex-start; }
.panel { min-width: 0; }
.panel .title { font-weight: 600; min-height: 1.45em; margin: 0 0 2px; }
svg { display: block; width: 100%; overflow: visible; touch-action: manipulation; user-select: none; -webkit-user-select: none; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
svg text.soft { fill: var(--soft); }
svg text.strong { font-weight: 600; }
svg text.halo { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
svg canvas { display: block; }
.pixels { image-rendering: pixelated; }
:host([data-theme=dark]) .pixels.ink { filter: invert(1); }
:host([data-theme=dark]) .pixels.sign { filter: brightness(1.35); }
.strip { display: flex; gap: 3px; flex: 1 1 100%; min-width: 0; overflow-x: auto; padding: 3px; scrollbar-width: thin; }
.strip label { position: relative; flex: none; border-radius: 6px; padding: 3px; cursor: pointer; }
.strip label:hover { background: var(--wash); }
.strip label:has(:checked) { box-shadow: 0 0 0 2px var(--blue); }
.strip label:has(:focus-visible) { outline: 2px solid var(--ink); outline-offset: 1px; }
.strip input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
.strip canvas { display: block; width: 34px; height: 34px; image-rendering: auto; }
.readout { flex: 1 1 100%; font-variant-numeric: tabular-nums; min-height: 2.9em; }
.handle { cursor: grab; touch-action: none; outline: none; }
.handle.held { cursor: grabbing; }
.handle .reach { fill: transparent; }
.handle .ring { fill: var(--paper); stroke: transparent; stroke-width: 2.5px; }
.handle:hover .ring { stroke: var(--faint); }
.handle .ring.box { fill: none; stroke: var(--box); }
.handle:focus-visible .ring, .handle.held .ring { stroke: var(--ink); }
.handle:focus-visible .ring.box, .handle.held .ring.box { stroke-width: 3.5px; }
.caption { margin: 10px 0 0; max-width: 46em; color: var(--soft); min-height: 1.45em; }
.caption b { color: var(--ink); font-weight: 600; display: block; }
.foot { display: flex; flex-wrap: wrap; gap: 6px 20px; align-items: flex-start; margin: 8px 0 0; }
.goals { flex: 1 1 300px; list-style: none; margin: 0; padding: 0; max-width: 46em; }
.goals li { padding: 1px 0 1px 1.6em; position: relative; }
.goals li::before { content: "○"; position: absolute; left: 0.2em; color: var(--soft); }
.goals li.reached::before { content: "✓"; color: var(--green); font-weight: 700; }
.goals li.reached { color: var(--soft); }
.buttons { display: flex; gap: 6px; margin-left: auto; }
.buttons button { font-size: 12px; color: var(--soft); background: none; min-height: 26px; }
.told { margin: 4px 0 0; color: var(--vermilion); }
.told:empty { display: none; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
pre { overflow-x: auto; margin: 8px 0 0; padding: 10px 12px; background: var(--wash); border-radius: 8px; color: var(--ink);
  font: 12.5px/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; text-align: left; }
`;

/** Say on `host` whether the page behind it is light or dark, now and whenever the page changes; returns the end of it. */
export function followTheme(host) {
  const look = () => { host.dataset.theme = isDark(host) ? "dark" : "light"; };
  const watch = new MutationObserver(look), media = matchMedia("(prefers-color-scheme: dark)");
  for (const node of [document.documentElement, document.body]) watch.observe(node, { attributes: true });
  media.addEventListener("change", look);
  look();
  return { look, end: () => { watch.disconnect(); media.removeEventListener("change", look); } };
}

/** Whether what lies behind an element is dark: the first ground that is not seen through, else the browser's own. */
function isDark(element) {
  for (let node = element.parentNode; node; node = node.parentNode ?? node.host) {
    if (!(node instanceof Element)) continue;
    const [red, green, blue, opaque = 1] = (getComputedStyle(node).backgroundColor.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    if (opaque > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  }
  return getComputedStyle(document.documentElement).colorScheme.includes("dark")
    && matchMedia("(prefers-color-scheme: dark)").matches;
}
