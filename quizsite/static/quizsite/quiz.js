/* Extras for the pages of the quiz, which also work without this script. It saves each answer when it
   is chosen, keeps answers in the browser while the site can't be reached, counts answers, shows the
   next open statement, and lets the keys 1 to 9 choose an answer. */

const PAUSE = 400; // ms after an answer, so that quick answers share a request
const PATIENCE = 10_000; // ms until a request is given up
const LONGEST_WAIT = 60_000; // ms between two tries, plus or minus 25%
const SLOW = 300; // ms after which a request is announced
const GONE = 409; // status: this attempt is finished, or another one was started

/** Answers that the site doesn't have yet, kept in this browser: {path of a page: {name: value}}. */
class Unsent {
  constructor(attempt) {
    this.key = `unsent-${attempt}`;
    this.forgetOthers();
  }

  /** Drop the answers of earlier attempts: the site doesn't accept them anymore. */
  forgetOthers() {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith("unsent-") && key !== this.key) localStorage.removeItem(key);
      }
    } catch {
      // Storage is blocked, so there is nothing to drop.
    }
  }

  read() {
    if (this.memory) return this.memory;
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? {};
    } catch {
      return {};
    }
  }

  write(pages) {
    this.memory = undefined;
    try {
      if (Object.keys(pages).length) localStorage.setItem(this.key, JSON.stringify(pages));
      else localStorage.removeItem(this.key);
    } catch {
      this.memory = pages; // Storage is full or blocked. Answers last as long as this page.
    }
  }

  add(path, name, value) {
    const pages = this.read();
    this.write({ ...pages, [path]: { ...pages[path], [name]: value } });
  }

  /** Forget answers that arrived, except those that changed since they were sent. */
  drop(path, sent) {
    const pages = { ...this.read() };
    const left = Object.entries(pages[path] ?? {}).filter(([name, value]) => sent[name] !== value);
    if (left.length) pages[path] = Object.fromEntries(left);
    else delete pages[path];
    this.write(pages);
  }

  get isEmpty() {
    return !Object.keys(this.read()).length;
  }
}

function saveEachAnswer(form) {
  const { attempt, csrfmiddlewaretoken: token } = form.elements;
  const unsent = new Unsent(attempt.value);
  const status = form.querySelector("[role=status]");
  const path = new URL(form.action).pathname;
  let failures = 0;
  let timer;
  let sending;
  let pressed; // the last button that was pressed
  let waiting; // a button that was pressed while answers were unsaved
  let isGoing = false;

  /** Show a text of the notice by its name in `data-*`; an unknown name empties the notice. */
  function say(what) {
    if (status.dataset.says === what) return;
    status.dataset.says = what;
    status.textContent = status.dataset[what] ?? "";
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  }

  function post(page, answers) {
    const fixed = { attempt: attempt.value, csrfmiddlewaretoken: token.value, go: "keep" };
    return fetch(page, {
      method: "POST",
      body: new URLSearchParams({ ...answers, ...fixed }),
      redirect: "manual",
      keepalive: true,
      signal: AbortSignal.timeout?.(PATIENCE),
    });
  }

  /** Send unsent answers, or an empty request to see if the site responds. True if one was refused. */
  async function sendAll() {
    const pages = Object.entries(unsent.read());
    let isRefused = false;
    for (const [page, answers] of pages.length ? pages : [[path, {}]]) {
      const { status: outcome } = await post(page, answers);
      if (outcome >= 500 || outcome === 429) throw new Error(`The site answers ${outcome}`);
      if (outcome === GONE) {
        unsent.write({});
        location.replace(path);
      } else if (outcome === 204) unsent.drop(page, answers);
      else isRefused = true; // Submitting the page will show why.
    }
    return isRefused;
  }

  /** Send unsent answers; calls in the meantime share the running one. */
  function send() {
    clearTimeout(timer);
    if (sending) return sending;
    const slow = failures ? undefined : setTimeout(say, SLOW, "saving");
    sending = sendAll().finally(() => clearTimeout(slow)).then(arrived, failed).finally(() => {
      sending = undefined;
    });
    return sending;
  }

  function arrived(isRefused) {
    say(isRefused ? "refused" : failures ? "saved" : "");
    failures = 0;
    if (waiting && (isRefused || unsent.isEmpty)) pressAgain();
    else if (!isRefused && !unsent.isEmpty) later(PAUSE);
  }

  function failed() {
    say(waiting ? "waiting" : "lost");
    later(Math.min(LONGEST_WAIT, 1000 * 2 ** failures++) * (.75 + Math.random() / 2));
  }

  function pressAgain() {
    isGoing = true;
    waiting.click();
  }

  /** The value of a radio button or checkbox; empty for a checkbox without a tick. */
  const said = field => field.type === "checkbox" && !field.checked ? "" : field.value;

  // Chosen before this script loaded.
  for (const field of form.querySelectorAll(":checked, [type=checkbox]")) {
    if (field.checked !== field.defaultChecked) unsent.add(path, field.name, said(field));
  }
  // Chosen on an earlier visit but not sent.
  for (const [name, value] of Object.entries(unsent.read()[path] ?? {})) {
    const field = document.getElementById(`id_${name}_${value}`);
    if (field) field.checked = true;
    else if (!value) for (const box of document.getElementsByName(name)) box.checked = false;
  }
  if (!unsent.isEmpty) send();

  form.addEventListener("change", ({ target }) => {
    unsent.add(path, target.name, said(target));
    waiting = undefined;
    if (failures) say("lost");
    else later(PAUSE);
  });
  document.addEventListener("click", ({ target }) => {
    pressed = target.closest("button") ?? pressed;
  }, true);
  form.addEventListener("submit", event => {
    if (isGoing || (unsent.isEmpty && navigator.onLine)) {
      setTimeout(say, SLOW, "saving");
      return;
    }
    event.preventDefault();
    waiting = pressed;
    if (failures) say("waiting");
    send();
  });
  addEventListener("online", send);
  addEventListener("pagehide", () => {
    for (const [page, answers] of Object.entries(unsent.read())) post(page, answers).catch(() => {});
  });
  addEventListener("pageshow", () => {
    isGoing = false;
    waiting = undefined;
    if (!failures) say("");
  });
}

/** Count the answers above the page, and show the next open statement after a tap or a click. */
function showProgress(form) {
  const groups = [...form.querySelectorAll("fieldset")];
  const isOpen = group => !group.querySelector(":checked");
  const shown = [...document.querySelectorAll("[data-answered]")]; // above the page, in the header
  const asDelivered = form.querySelectorAll("input[type=radio][checked]").length;
  const elsewhere = Number(shown.at(-1).textContent) - asDelivered;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
  let isPointing = false; // with keys, the focus moves on instead

  function count() {
    const answered = elsewhere + groups.filter(group => !isOpen(group)).length;
    for (const each of shown) each.textContent = answered;
  }

  addEventListener("pointerdown", () => { isPointing = true; });
  addEventListener("keydown", () => { isPointing = false; });
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

const form = document.getElementById("answers");
saveEachAnswer(form);
if (form.matches(".statements")) {
  answerByKeys(form);
  showProgress(form);
}
