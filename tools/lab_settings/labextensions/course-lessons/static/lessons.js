// What the lessons add to JupyterLab's page. JupyterLab loads it as it stands: there is nothing to build.
//
// Boxes: a list to check off can be checked off, and the lesson's own text remembers it ("- [x]").
// Folded parts: the buttons that fold and open them say so to a screen reader, and do not lose the focus.
// Another day: a lesson that is opened again, and whose kernel knows nothing of it yet, says how to go on.

const BOX = ".jp-MarkdownOutput input[type=checkbox]";
const ITEM = /^((?:\s|>)*(?:[-*+]|\d+\.) \[)[ xX](?=\] )/gm; // up to what stands between the brackets
const GO_ON =
  "What you see is from last time: nothing has run yet in this session. To go on, click the cell where you stopped, " +
  "then choose Run > Run All Above Selected Cell.";
let shared; // JupyterLab's own modules

// Boxes

let last = null; // the box that was used last, which keeps the focus when its cell is drawn anew

function cellOf(app, box) {
  const node = box.closest(".jp-MarkdownCell");
  const cell = app.shell.currentWidget?.content?.widgets?.find((each) => each.node === node);
  return cell && { cell, index: [...node.querySelectorAll(BOX)].indexOf(box) };
}

function free(app, box) {
  box.disabled = false;
  box.setAttribute("aria-label", box.parentNode.textContent.trim());
  const place = last && cellOf(app, box);
  if (place && place.cell.model.id === last.id && place.index === last.index) {
    if (!document.hasFocus() || [document.body, place.cell.node].includes(document.activeElement)) box.focus();
  }
}

function tick(app, box) {
  const place = cellOf(app, box);
  if (!place) return;
  last = { id: place.cell.model.id, index: place.index };
  const text = place.cell.model.sharedModel;
  let seen = -1;
  text.setSource(
    text.getSource().replace(ITEM, (whole, before) => {
      seen += 1;
      return seen === place.index ? before + (box.checked ? "x" : " ") : whole;
    }),
  );
}

function boxes(app) {
  const look = () => document.querySelectorAll(`${BOX}:disabled`).forEach((box) => free(app, box));
  new MutationObserver(look).observe(app.shell.node, { childList: true, subtree: true });
  document.addEventListener("change", (event) => event.target.matches?.(BOX) && tick(app, event.target));
}

// Folded parts

const OPENS = ".jp-showHiddenCellsButton"; // "5 cells hidden", below a folded heading
const FOLDS = ".jp-collapseHeadingButton"; // the caret beside any heading

function nameOf(button) {
  const heading = button.closest(".jp-MarkdownCell")?.querySelector(".jp-MarkdownOutput :is(h1, h2, h3, h4, h5, h6)");
  const folded = button.matches(`${OPENS}, .jp-mod-collapsed`);
  const title = heading?.textContent.replace("¶", "").trim(); // without the mark that links to it
  const words = [button.textContent, title].filter(Boolean).join(": ");
  if (button.getAttribute("aria-label") !== words) button.setAttribute("aria-label", words);
  if (button.getAttribute("aria-expanded") !== `${!folded}`) button.setAttribute("aria-expanded", !folded);
}

function foldedParts(app) {
  let asked = 0; // once for each frame, however much of the page has changed
  const look = () => { asked = 0; document.querySelectorAll(`${OPENS}, ${FOLDS}`).forEach(nameOf); };
  new MutationObserver(() => { asked ||= requestAnimationFrame(look); }).observe(app.shell.node, { childList: true, subtree: true });
  // The button is gone once it is pressed.
  const stay = (event) => event.target.closest?.(OPENS)?.closest(".jp-Cell").focus();
  document.addEventListener("click", stay, { capture: true });
}

// Another day

async function module(name) {
  const [newest] = Object.values(shared[name]);
  return (await newest.get())();
}

const hasRun = (panel) => [...panel.content.model.cells].some((cell) => cell.executionCount);

async function isFresh(kernel) {
  if (!kernel) return true;
  const answer = await kernel.requestExecute({ code: "", silent: true, store_history: false }).done;
  return !answer.content.execution_count;
}

async function line(app, panel) {
  const { Widget } = await module("@lumino/widgets");
  const shown = new Widget();
  shown.addClass("course-go-on");
  shown.node.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = GO_ON;
  const button = document.createElement("button");
  button.textContent = "Run all above";
  button.onclick = () => app.commands.execute("notebook:run-all-above");
  shown.node.append(words, " ", button);
  shown.hide();
  panel.contentHeader.addWidget(shown);
  return shown;
}

async function anotherDay(app, panel) {
  await panel.context.ready;
  const shown = await line(app, panel);
  const session = panel.sessionContext;
  const offer = () => shown.setHidden(!hasRun(panel));
  session.iopubMessage.connect((_, message) => message.header.msg_type === "execute_input" && shown.hide());
  session.statusChanged.connect((_, status) => /restarting/.test(status) && offer());
  await session.ready;
  if (await isFresh(session.session?.kernel)) offer();
}

function notebooks(app) {
  const known = new WeakSet();
  const look = () => {
    for (const panel of app.shell.widgets("main")) {
      if (!panel.content?.model?.cells || known.has(panel)) continue;
      known.add(panel);
      anotherDay(app, panel);
    }
  };
  app.restored.then(() => {
    app.shell.currentChanged.connect(look);
    look();
  });
}

const plugin = {
  id: "course-lessons:plugin",
  autoStart: true,
  activate(app) {
    boxes(app);
    foldedParts(app);
    notebooks(app);
  },
};

window._JUPYTERLAB = window._JUPYTERLAB ?? {};
window._JUPYTERLAB["course-lessons"] = {
  init: (scope) => (shared = scope),
  get: async () => () => ({ __esModule: true, default: plugin }),
};
