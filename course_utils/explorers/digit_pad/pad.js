// The page's half of the digit pad: a canvas that takes ink, bars that show what the kernel reads in it.
//
// Ink goes out as 56 x 56 bytes, at most once a frame and only when the last answer has come, so that nothing piles
// up; what is drawn in between goes out next.
const SIDE = 280, SENT = 56, SEEN = 28, PEN = 20;

function make(tag, attributes = {}, text = "") {
  const node = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
  node.textContent = text;
  return node;
}

function canvas(side, label) {
  return make("canvas", {
    width: side, height: side, role: "img", "aria-label": label,
    style: "background: white; border: 1px solid #666; touch-action: none; max-width: 100%",
  });
}

// Grey bytes, 255 for ink, as a picture.
function picture(bytes, offset, side) {
  const image = new ImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    const paper = 255 - bytes.getUint8(offset + i);
    image.data.set([paper, paper, paper, 255], 4 * i);
  }
  const small = make("canvas", { width: side, height: side });
  small.getContext("2d").putImageData(image, 0, 0);
  return small;
}

function render({ model, el }) {
  const pad = canvas(SIDE, "A pad to draw a digit on with mouse, pen or finger"), pen = pad.getContext("2d");
  const seen = canvas(112, "The ink as the classifier gets it, 28 by 28 pixels"), view = seen.getContext("2d");
  const sent = make("canvas", { width: SENT, height: SENT }), out = sent.getContext("2d", { willReadFrequently: true });
  const said = make("p", { role: "status", "aria-live": "polite", style: "margin: 6px 0" });
  const bars = make("ul", { "aria-label": "probabilities", style: "list-style: none; padding: 0; margin: 0" });
  const buttons = make("div", { role: "group", "aria-label": "sample digits", style: "margin: 6px 0" });
  const rows = model.get("names").map((name) => {
    const row = bars.appendChild(make("li", { style: "display: flex; align-items: center; height: 24px" }));
    row.append(make("span", { style: "min-width: 6em; padding-right: 8px; text-align: right" }, name));
    const bar = row.appendChild(make("span", { style: "background: #0072B2; height: 14px; width: 0" }));
    const number = row.appendChild(make("span", { style: "padding-left: 6px" }));
    return { bar, number };
  });

  let drawing = false, waiting = false, late = false;
  function blank() {
    pen.fillStyle = "white";
    pen.fillRect(0, 0, SIDE, SIDE);
  }
  function send() {
    if (waiting) { late = true; return; }
    waiting = true;
    late = false;
    requestAnimationFrame(() => {
      out.drawImage(pad, 0, 0, SENT, SENT);
      const pixels = out.getImageData(0, 0, SENT, SENT).data, ink = new Uint8Array(SENT * SENT);
      ink.forEach((_, i) => { ink[i] = 255 - pixels[4 * i]; });
      const old = model.get("ink");
      if (old?.byteLength === ink.length && ink.every((value, i) => value === old.getUint8(i))) { answered(); return; }
      model.set("ink", new DataView(ink.buffer));
      model.save_changes();
      setTimeout(answered, 1000);  // a kernel that is busy elsewhere must not close the pad for ever
    });
  }
  function answered() {
    waiting = false;
    if (late) send();
  }
  function show() {
    const p = model.get("p"), bytes = model.get("seen");
    rows.forEach(({ bar, number }, k) => {
      bar.style.width = `${Math.round(200 * (p[k] ?? 0))}px`;
      number.textContent = p.length ? `${(100 * p[k]).toFixed(1)} %` : "";
    });
    view.imageSmoothingEnabled = false;
    if (bytes?.byteLength === SEEN * SEEN) view.drawImage(picture(bytes, 0, SEEN), 0, 0, 112, 112);
    if (!drawing) said.textContent = model.get("caption");
    answered();
  }
  function at(event) {
    const box = pad.getBoundingClientRect();
    return [(event.clientX - box.left) * SIDE / box.width, (event.clientY - box.top) * SIDE / box.height];
  }
  function stroke(event) {
    if (!drawing) return;
    event.preventDefault();
    pen.lineTo(...at(event));
    pen.stroke();
    send();
  }
  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    drawing = true;
    Object.assign(pen, { lineWidth: PEN, lineCap: "round", lineJoin: "round", strokeStyle: "black" });
    pen.beginPath();
    pen.moveTo(...at(event));
    stroke(event);
  });
  pad.addEventListener("pointermove", stroke);
  ["pointerup", "pointercancel"].forEach((name) => pad.addEventListener(name, () => {
    drawing = false;
    said.textContent = model.get("caption");
    send();
  }));

  function button(text, act) {
    const node = buttons.appendChild(make("button", { class: "jupyter-button", type: "button" }, text));
    node.style.width = "auto";
    node.addEventListener("click", act);
    // JupyterLab would take the keys for commands of its own.
    node.addEventListener("keydown", (event) => { if (["Enter", " "].includes(event.key)) event.stopPropagation(); });
  }
  const samples = model.get("samples");
  button("Clear", () => { blank(); send(); });
  for (let k = 0; k < samples.byteLength / (SEEN * SEEN); k++) {
    button(`Sample ${k + 1}`, () => {
      pen.imageSmoothingEnabled = true;
      pen.drawImage(picture(samples, k * SEEN * SEEN, SEEN), 0, 0, SIDE, SIDE);
      send();
    });
  }

  const both = make("div", { style: "display: flex; gap: 16px; flex-wrap: wrap; align-items: flex-start" });
  both.append(pad, seen, bars);
  el.append(both, buttons, said);
  model.on("change:p change:caption change:seen", show);
  blank();
  show();
  return () => model.off("change:p change:caption change:seen", show);
}

export default { render };
