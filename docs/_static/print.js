// A page on paper is light whatever the reader's theme, and nobody can click on it. What waits there behind a click is
// printed after the page's end, so that it is not in sight of its question; hints are left out (print.css).
(() => {
  const back = []; // each undoes a change when the page has been printed

  function add(parent, name, text = "") {
    const made = document.createElement(name);
    made.textContent = text;
    parent.append(made);
    back.push(() => made.remove());
    return made;
  }

  /** Copy each folded answer to the end of the page, and say where it stood which it is. */
  function moveAnswers(article) {
    const folded = article.querySelectorAll("details.answer, details:not([class], [name])");
    if (!folded.length) return;
    const end = add(article, "section");
    end.className = "answers";
    add(end, "h1", "Answers");
    folded.forEach((each, i) => {
      const [summary, ...inside] = [...each.childNodes].map((node) => node.cloneNode(true));
      const answer = add(end, "div"), title = add(answer, "h4", `Answer ${i + 1}`);
      if (each.className !== "answer" || each.matches("[name]")) title.append(" · ", ...summary.childNodes); // a card has its own
      answer.append(...inside);
      let last = each; // a mark on the right one of several choices would tell that it is
      while (each.matches("[name]") && last.nextElementSibling?.matches(`details[name="${each.getAttribute("name")}"]`)) last = last.nextElementSibling;
      const mark = each.matches("[name]") ? add(last.parentElement, "p") : add(each.querySelector("summary"), "span");
      if (each.matches("[name]")) last.after(mark);
      mark.className = "see-answer";
      mark.textContent = ` → answer ${i + 1}, at the end`;
    });
  }

  window.addEventListener("beforeprint", () => {
    const page = document.documentElement, { theme } = page.dataset;
    page.dataset.theme = "light";
    back.push(() => { page.dataset.theme = theme; });
    moveAnswers(document.querySelector(".bd-article"));
  });
  window.addEventListener("afterprint", () => back.splice(0).forEach((undo) => undo()));
})();
