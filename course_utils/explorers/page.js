// What ipywidgets leaves undone for a reader who does not see the page, added to one box of an explorer.
//
// Its sliders and the numbers beside them have no accessible name, a logarithmic slider reads out its exponent, a
// toggle button does not say whether it is pressed, a number out of range is changed without a word, and a caption
// that changes is not announced. `limits` holds, for each slider, its lowest and highest value, or null where
// nothing can be typed.
(box, limits) => {
  if (!box) return;
  const all = (selector, within = box) => [...within.querySelectorAll(selector)];
  // Writing what is there already would wake the observer below for ever.
  const set = (node, name, value) => node.getAttribute(name) === value || node.setAttribute(name, value);
  const label = (control) => control.querySelector(".widget-label").textContent;
  const status = box.querySelector("[data-told]");

  function tend() {
    all(".widget-label[title=null]").forEach((node) => node.removeAttribute("title"));
    all(".widget-slider").forEach((slider, place) => {
      const handle = slider.querySelector("[role=slider]"), readout = slider.querySelector(".widget-readout");
      if (!handle || !readout) return;
      set(handle, "aria-label", label(slider));
      if (readout !== document.activeElement) set(handle, "aria-valuetext", readout.textContent);
      set(readout, "contenteditable", String(limits[place] !== null));
      if (limits[place] === null) return;
      set(readout, "role", "textbox");
      set(readout, "aria-label", `${label(slider)}, to be typed`);
    });
    all(".widget-toggle-buttons").forEach((group) => {
      set(group, "role", "group");
      set(group, "aria-label", label(group));
    });
    all(".widget-toggle-button").forEach((button) => {
      set(button, "aria-pressed", String(button.classList.contains("mod-active")));
    });
    all("img.widget-image").forEach((image) => set(image, "alt", "A picture. The caption below tells what it shows."));
    all(".widget-html-content:has([role=status], [role=alert])").forEach((words) => set(words, "aria-live", "polite"));
  }

  let edited = false;
  function check(event) {
    const readout = event.target, slider = readout.closest?.(".widget-slider");
    if (!edited || !status || !slider || !readout.matches(".widget-readout")) return;
    edited = false;
    const [lowest, highest] = limits[all(".widget-slider").indexOf(slider)].map((limit) => +limit.toPrecision(6));
    const text = readout.textContent.trim(), number = parseFloat(text);
    if (Number.isNaN(number)) {
      status.textContent = `${label(slider)}: "${text}" is not a number, so nothing has changed.`;
    } else if (number < lowest || number > highest) {
      const taken = number < lowest ? lowest : highest;
      status.textContent = `${label(slider)}: ${text} is out of range, ${lowest} to ${highest}; set to ${taken}.`;
    }
  }

  new MutationObserver(tend).observe(box, {
    subtree: true, childList: true, characterData: true,
    attributes: true, attributeFilter: ["class", "aria-valuetext", "contenteditable"],
  });
  box.addEventListener("input", () => { edited = true; });
  // While capturing, so that what was typed is seen before ipywidgets replaces it.
  box.addEventListener("focusout", check, true);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") check(event);
    else if (status && event.key !== "Tab") status.textContent = "";
  }, true);
  tend();
}
