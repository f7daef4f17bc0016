/* Counts answers, shows the next open statement, and lets the keys 1 to 9 choose an answer. */

const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
let isPointing = false; // with keys, the focus moves on instead

/** Count the answers above the page, and show the next open statement after a tap or a click. */
function showProgress(form) {
  const groups = [...form.querySelectorAll("fieldset")];
  const isOpen = group => !group.querySelector(":checked");
  const shown = [...document.querySelectorAll("[data-answered]")]; // above the page, in the header
  const asDelivered = form.querySelectorAll("input[type=radio][checked]").length;
  const elsewhere = Number(shown.at(-1).textContent) - asDelivered;

  function count() {
    const answered = elsewhere + groups.filter(group => !isOpen(group)).length;
    for (const each of shown) each.textContent = answered;
  }

  form.addEventListener("change", ({ target }) => {
    count();
    const place = groups.indexOf(target.closest("fieldset"));
    if (!isPointing || isCalm.matches || place < 0) return;
    const next = groups.slice(place + 1).find(isOpen) ?? form.querySelector("[value=next]");
    const { top, bottom } = next.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) next.scrollIntoView({ behavior: "smooth", block: "center" });
  });
  count();
}

/** A digit chooses the answer of the focused statement and moves the focus to the next one. */
function answerByKeys(form) {
  const groups = [...form.querySelectorAll("fieldset")];
  form.addEventListener("keydown", event => {
    const place = groups.indexOf(event.target.closest("fieldset"));
    const isPlain = !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (place < 0 || !isPlain || !/^[1-9]$/.test(event.key)) return;
    const radio = groups[place].querySelectorAll("[type=radio]")[event.key - 1];
    if (!radio) return;
    event.preventDefault();
    radio.click();
    const next = groups[place + 1];
    const stop = next
      ? next.querySelector(":checked") ?? next.querySelector("[type=radio]")
      : form.querySelector("[value=next]");
    stop.focus();
  });
}

function start() {
  const form = document.querySelector("form.statements");
  if (!form) return;
  answerByKeys(form);
  showProgress(form);
}

addEventListener("pointerdown", () => { isPointing = true; });
addEventListener("keydown", () => { isPointing = false; });
document.addEventListener("page-shown", start); // by quiz.js
start();
