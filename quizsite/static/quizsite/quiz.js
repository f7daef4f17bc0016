/* Keeps answers in the browser until the site has them, shows the next page in place of this one, counts
   answers, shows the next open statement, and lets the keys 1 to 9 choose an answer. The pages of the
   quiz also work without this script. */

const PAUSE = 15_000; // ms after the last answer until answers are sent without a button
const SOON = 400; // ms, the same while the browser is offline: then the notice must appear
const PATIENCE = 10_000; // ms until a request is given up
const LONGEST_WAIT = 60_000; // ms between two tries, plus or minus 25%
const SLOW = 300; // ms after which a request is announced
const GONE = 409; // status: this attempt is finished, or another one was started

/** Answers that the site doesn't have yet, kept in this browser: {path of a page: {name: value}}. */
class Unsent {
  constructor(attempt) {
    this.attempt = attempt;
    this.key = `unsent-${attempt}`;
    this.forgetOthers();
  }

  /** Drop the answers of earlier attempts, which the site refuses. */
  forgetOthers() {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith("unsent-") && key !== this.key) localStorage.removeItem(key);
      }
    } catch {
      // Storage is blocked.
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
      this.memory = pages; // Storage is full or blocked.
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

/** Return a response; an error if there is none, or it says to try again later. */
async function ask(url, request) {
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout?.(PATIENCE) });
  if (response.status >= 500 || response.status === 429) throw new Error(response.status);
  return response;
}

/** Save the answers of a page until `signal` says that another is shown. */
function saveAnswers(form, signal) {
  const { value: attempt } = form.elements.attempt;
  const unsent = store?.attempt === attempt ? store : store = new Unsent(attempt);
  const status = form.querySelector("[role=status]");
  const path = new URL(form.action).pathname;
  let failures = 0;
  let timer;
  let sending;
  let waiting; // a button, pressed while the page could not be sent
  let isTurning = false;
  let isSubmitted = false; // by the browser itself

  /** Show a text of the notice by its name in `data-*`; an unknown name empties it. */
  function say(what) {
    if (status.dataset.says === what) return;
    status.dataset.says = what;
    status.textContent = status.dataset[what] ?? "";
  }

  const pause = () => navigator.onLine ? PAUSE : SOON;

  function later(wait) {
    clearTimeout(timer);
    if (!signal.aborted) timer = setTimeout(() => (failures || !unsent.isEmpty) && send(), wait);
  }

  /** Send answers of a page without leaving it. True if they were refused. */
  async function keep(page, answers) {
    const hidden = [...form.querySelectorAll("[type=hidden]")].map(({ name, value }) => [name, value]);
    const body = new URLSearchParams({ ...answers, ...Object.fromEntries(hidden), go: "keep" });
    const request = { method: "POST", body, redirect: "manual", keepalive: true };
    const { status: outcome } = await ask(page, request);
    if (outcome === GONE) {
      unsent.write({});
      location.replace(path);
    } else if (outcome === 204) unsent.drop(page, answers);
    else return true; // Submitting the page will show why.
    return false;
  }

  /** Send unsent answers together, or an empty request to see if the site responds. True if one
      was refused. */
  async function sendAll() {
    const pages = Object.entries(unsent.read());
    const kept = (pages.length ? pages : [[path, {}]]).map(([page, answers]) => keep(page, answers));
    return (await Promise.all(kept)).includes(true);
  }

  /** Send unsent answers; calls in the meantime share the running one. */
  function send() {
    clearTimeout(timer);
    if (sending) return sending;
    const slow = failures ? undefined : setTimeout(say, SLOW, "saving");
    saving = sending = sendAll().finally(() => clearTimeout(slow)).then(arrived, failed).finally(() => {
      sending = undefined;
    });
    return sending;
  }

  function arrived(isRefused) {
    say(isRefused ? "refused" : failures ? "saved" : "");
    failures = 0;
    if (waiting && (isRefused || unsent.isEmpty)) submit(waiting);
    else if (!isRefused && !unsent.isEmpty) later(document.hidden ? 0 : pause());
  }

  function failed() {
    say(waiting ? "waiting" : "lost");
    later(Math.min(LONGEST_WAIT, 1000 * 2 ** failures++) * (.75 + Math.random() / 2));
  }

  /** Let the browser send the page, and show an error if it gets one. */
  function submit(button) {
    isSubmitted = true;
    button.click();
  }

  /** Whether the page's button sends all that is unsent: another tab may have added more. */
  function hasAllUnsent() {
    const fields = new FormData(form);
    return Object.entries(unsent.read()).every(([page, answers]) => page === path
      && Object.entries(answers).every(([name, value]) => (fields.get(name) ?? "") === value));
  }

  /** Send the page with its button, and show the one that follows. */
  async function turn(button) {
    const answers = unsent.read()[path] ?? {};
    const body = new URLSearchParams(new FormData(form));
    body.append(button.name, button.value);
    const slow = setTimeout(say, SLOW, "saving");
    let response, html;
    clearTimeout(timer);
    isTurning = true;
    try {
      response = await ask(path, { method: "POST", body, headers: { Prefer: "return=representation" } });
      html = await response.text();
    } catch {
      waiting = button;
      return failed();
    } finally {
      clearTimeout(slow);
      isTurning = false;
    }
    if (response.ok) unsent.drop(path, answers);
    if (signal.aborted || location.pathname !== shown) return; // The visitor went back.
    if (!response.ok) submit(button);
    else if (response.redirected) location.assign(response.url);
    else show(html, response.headers.get("Content-Location") ?? path);
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
    if (status.dataset.says === "saved") say("");
    if (failures) say("lost");
    else later(pause());
  });
  form.addEventListener("submit", event => {
    const button = event.submitter;
    const isOwn = form.contains(button); // the colors load the page again
    const isFine = navigator.onLine && !failures && !sending;
    if (isSubmitted || !button || (!isOwn && isFine && unsent.isEmpty)) {
      setTimeout(say, SLOW, "saving");
      return;
    }
    event.preventDefault();
    if (isTurning) return;
    if (isOwn && isFine && hasAllUnsent()) {
      turn(button);
      return;
    }
    waiting = button;
    if (failures) say("waiting");
    send();
  });
  const sendUnsent = () => { if (!unsent.isEmpty) send(); };
  addEventListener("online", send, { signal });
  addEventListener("offline", sendUnsent, { signal }); // It fails and says so.
  addEventListener("pagehide", sendUnsent, { signal });
  document.addEventListener("visibilitychange", () => { if (document.hidden) sendUnsent(); }, { signal });
  addEventListener("pageshow", () => {
    isSubmitted = false;
    waiting = undefined;
    if (!failures) say("");
  }, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}

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

/** What stays when a page replaces another; an update of the site changes it. */
const frameOf = page => page.querySelector("[rel=stylesheet]").href + page.documentElement.dataset.theme;
const spoken = document.createElement("p"); // says the title, as after a load
let store; // of unsent answers
let saving; // the newest request to keep answers
let shown; // the path of the page that is shown
let leaving; // ends what listens to that page

function open() {
  leaving?.abort();
  leaving = new AbortController();
  shown = location.pathname;
  const form = document.getElementById("answers");
  if (form) saveAnswers(form, leaving.signal); // The result has none.
  if (form?.matches(".statements")) {
    answerByKeys(form);
    showProgress(form);
  }
}

/** Show a page in place of this one. */
function show(html, url) {
  const page = new DOMParser().parseFromString(html, "text/html");
  if (frameOf(page) !== frameOf(document)) return location.assign(url);
  if (url !== location.pathname + location.search) history.pushState(null, "", url);
  document.title = page.title;
  page.getElementById("main").classList.add("turned");
  for (const part of ["header", "main", "footer"]) {
    document.querySelector(`body > ${part}`).replaceWith(page.querySelector(`body > ${part}`));
  }
  open();
  const start = document.querySelector("main [autofocus]") ?? document.querySelector("h1");
  start.tabIndex = -1;
  start.focus({ preventScroll: true });
  scrollTo({ top: 0, behavior: "instant" });
  spoken.textContent = page.title;
}

addEventListener("popstate", async () => {
  const { pathname: path, search } = location;
  if (path === shown) return; // a link within the page
  try {
    await saving; // The page must show what this saves.
    const response = await ask(path + search);
    const html = await response.text();
    if (location.pathname !== path) return; // Back was pressed again.
    if (response.redirected) location.replace(response.url);
    else if (response.ok) show(html, path + search);
    else location.reload();
  } catch {
    if (location.pathname === path) location.reload();
  }
});
addEventListener("pointerdown", () => { isPointing = true; });
addEventListener("keydown", () => { isPointing = false; });
spoken.className = "ears";
spoken.setAttribute("aria-live", "polite");
document.body.prepend(spoken);
open();
