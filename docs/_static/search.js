// How the search ranks what it finds, and where it takes excerpts from. Sphinx puts this before its own script.

var Scorer = {
  // Lessons first, then the words, then pages to look up; a function's reference last.
  score: ([name, , , , score]) => score + (name.startsWith("lessons/") ? 40 : name === "glossary" ? 30 : name.startsWith("api/") ? -40 : 0),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};

// A page opened from a file may fetch no other page: its words stand in search_texts.js (tools/site_search.py).
if (window.courseTexts) {
  const fetched = window.fetch;
  window.fetch = (address, ...more) => {
    const name = String(address).replace(/^(\.\/)+/, "").replace(/\.html$/, "");
    const texts = window.courseTexts[name];
    if (!texts) return fetched(address, ...more);
    const page = document.createElement("div");
    page.setAttribute("role", "main");
    for (const [id, text] of Object.entries(texts)) {
      const section = document.createElement("section");
      Object.assign(section, { id, textContent: text });
      page.append(section, " ");
    }
    return Promise.resolve({ text: async () => page.outerHTML });
  };
}
