// A formula or figure that is wider than its page scrolls in its own frame; whoever has no mouse scrolls it by the arrow keys.
(() => {
  const wide = () => {
    for (const frame of document.querySelectorAll('mjx-container[display="true"], .bd-content .cell_output')) {
      if (frame.scrollWidth > frame.clientWidth && getComputedStyle(frame).overflowX === "auto") frame.tabIndex = 0;
      else frame.removeAttribute("tabindex");
    }
  };
  window.addEventListener("load", () => { wide(); window.MathJax?.startup?.promise?.then(wide); });
  window.addEventListener("resize", wide);
})();
