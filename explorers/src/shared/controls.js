// Controls beside a picture: a slider with a number to type, a choice, a button.

import { add } from "./svg.js";

let count = 0;

/**
 * A slider for the number state[key], with a field beside it to type one in.
 *
 * log: equal factors at equal distances, `step` then in powers of ten; show(value): the value in words.
 */
export function slider(page, { key, name, min, max, step, log = false, show = String }) {
  const there = log ? Math.log10 : Number, back = log ? (value) => 10 ** value : Number;
  const row = add(page.controls, "div", { class: "slider" }), id = `slider-${(count += 1)}`;
  add(row, "label", { for: id }, name);
  const range = add(row, "input", { type: "range", id, min: there(min), max: there(max), step, autocomplete: "off" });
  const typed = add(row, "input", { type: "text", inputmode: "decimal", "aria-label": `${name}, as a number`, autocomplete: "off" });
  range.addEventListener("input", () => { page.stop(); page.set({ [key]: back(Number(range.value)) }); });
  range.addEventListener("change", page.release);
  typed.addEventListener("change", () => {
    const value = Number(typed.value.replace(",", ".").replace("−", "-"));
    const bad = typed.value.trim() === "" || !Number.isFinite(value);
    const kept = bad ? page.state[key] : Math.min(Math.max(value, min), max);
    page.warn(bad ? `${name}: "${typed.value}" is not a number, so nothing has changed.`
      : kept === value ? "" : `${name}: ${typed.value} is out of range, ${min} to ${max}; set to ${kept}.`);
    page.stop();
    page.set({ [key]: kept });
    typed.value = show(kept);
    page.release();
  });
  page.parts.push((state) => {
    const words = show(state[key]);
    if (Math.abs(Number(range.value) - there(state[key])) > 1e-9) range.value = there(state[key]);
    if (typed.getRootNode().activeElement !== typed) typed.value = words;
    range.setAttribute("aria-valuetext", words);
  });
  return range;
}

/**
 * One of `options` (values, or [value, text]) for state[key].
 *
 * read(state): which option a state has, write(value): what state[key] becomes, where the two are not the same.
 */
export function choice(page, { key, name, options, read = (state) => state[key], write = (value) => value }) {
  const group = add(page.controls, "fieldset"), radios = `choice-${(count += 1)}`;
  add(group, "legend", {}, name);
  const row = add(group, "div", { class: "choices" });
  const inputs = options.map((option) => {
    const [value, text] = Array.isArray(option) ? option : [option, String(option)];
    const label = add(row, "label"), input = add(label, "input", { type: "radio", name: radios });
    label.append(text);
    input.addEventListener("change", () => { page.stop(); page.set({ [key]: write(value) }); page.release(); });
    return [value, input];
  });
  page.parts.push((state) => inputs.forEach(([value, input]) => { input.checked = value === read(state); }));
  return group;
}

/** A button among the controls; `act` is called when it is pressed. */
export function button(page, { name, act }) {
  const node = add(page.controls, "button", { type: "button" }, name);
  node.addEventListener("click", act);
  return node;
}
