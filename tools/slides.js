// What stands on a slide is made to fit it, before the slides are laid out.

// An explorer is laid out in the least width in which it fills what its words leave of the slide: so its letters come
// out largest.
async function fitExplorers() {
  const bench = document.querySelector(".reveal").appendChild(document.createElement("div"));
  const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  for (const explorer of document.querySelectorAll(".explorer")) {
    const place = explorer.parentElement, slide = place.closest("section");
    bench.append(explorer);
    slide.style.display = "block";
    const words = [...place.parentElement.children].reduce((sum, each) => sum + (each === place ? 0 : each.offsetHeight), 0);
    slide.style.display = "";
    for (const width of [860, 960, 1060, 1160]) {
      bench.style.cssText = `position: absolute; visibility: hidden; width: ${width}px`;
      await drawn();
      const zoom = Math.min(1160 / width, (570 - words) / explorer.offsetHeight);
      explorer.style.cssText = `width: ${width}px; zoom: ${zoom}`;
      if (zoom === 1160 / width) break;
      if (width < 1160) explorer.style.cssText = "";
    }
    place.append(explorer);
  }
  bench.remove();
}

// Few words stand in large letters for the last row; more than fit, on a machine with wider ones, in smaller.
function fitSlides() {
  for (const slide of document.querySelectorAll(".slides > section")) {
    const body = slide.querySelector("h2 + div"), sizes = body.querySelector(".picture") ? [1] : [1.3, 1.2, 1.1, 1];
    slide.style.display = "block";
    const size = sizes.find((each) => {
      body.style.zoom = each;
      body.classList.toggle("large", each > 1);
      return slide.offsetHeight <= 720 && ![...body.querySelectorAll("pre, table")].some(widens);
    });
    for (let smaller = 0.98; !size && smaller > 0.4 && slide.offsetHeight > 720; smaller -= 0.02) body.style.zoom = smaller;
    slide.style.display = "";
  }
}

// In large letters nothing is wrapped that was not wrapped before.
function widens(element) {
  return element.scrollWidth > element.clientWidth || element.offsetWidth > element.parentElement.clientWidth;
}
