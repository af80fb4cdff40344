// A page's explorers: each element <div data-explorer="NAME" data-state="{...}"> that the page holds comes alive.

/** Offer `mount` to the page as courseExplorers[name], and mount each element that waits for it. */
export function wake(name, mount) {
  (globalThis.courseExplorers ??= {})[name] = mount;
  const all = () => document.querySelectorAll(`[data-explorer="${name}"]:not([data-alive])`).forEach((element) => {
    element.dataset.alive = "";
    mount(element, JSON.parse(element.dataset.state ?? "{}"));
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
}
