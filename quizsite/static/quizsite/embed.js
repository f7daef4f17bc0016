/* Inside a frame: tells the page around it how tall this page is, and that someone has finished.
   Only pages that may frame this one get that, and never an answer. */

const main = document.querySelector("main");
const allowed = main.dataset.parents.split(" ");
const [parentOrigin] = location.ancestorOrigins ?? []; // Firefox doesn't say.
const origins = allowed.filter((origin) => !parentOrigin || origin === parentOrigin);

/** A browser delivers this only to a page of the origin that is named. */
function say(what) {
  for (const origin of origins) parent.postMessage(`career-quiz:${what}`, origin);
}

if (parent !== window) {
  const height = () => Math.ceil(main.getBoundingClientRect().bottom + scrollY);
  new ResizeObserver(() => say(`height:${height()}`)).observe(main);
  if ("finished" in main.dataset) say("finished");
}
