/* What a page of the quiz can do beyond its HTML, which works without it: answers saved as one
   goes, kept here while the site can't be reached, and chosen by the keys 1 to 9. */

const PAUSE = 400; // ms after an answer, so that quick ones travel together
const PATIENCE = 10_000; // ms that one request may take
const LONGEST_WAIT = 60_000; // ms between two tries, give or take a quarter
const GONE = 409; // this page's quiz is finished, or another one has begun

/** Answers kept in this browser until the site has them: {address of a page: {name: value}}. */
class Unsent {
  constructor(attempt) {
    this.key = `unsent-${attempt}`;
    this.forgetOthers();
  }

  /** Drop what was kept for an earlier quiz: it can't be sent any more. */
  forgetOthers() {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith("unsent-") && key !== this.key) localStorage.removeItem(key);
      }
    } catch {
      // Storage is forbidden: there is nothing of ours in it.
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
      this.memory = pages; // Storage is full or forbidden: this page alone keeps them.
    }
  }

  add(path, name, value) {
    const pages = this.read();
    this.write({ ...pages, [path]: { ...pages[path], [name]: value } });
  }

  /** Forget what has arrived, unless it has changed since. */
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

function saveAsOneGoes(form) {
  const { attempt, csrfmiddlewaretoken: token } = form.elements;
  const unsent = new Unsent(attempt.value);
  const status = form.querySelector("[role=status]");
  const path = new URL(form.action).pathname;
  let failures = 0;
  let timer;
  let sending;
  let pressed; // the last button
  let waiting; // the button that was pressed while answers were not saved
  let isGoing = false;

  /** Say one of the texts of the notice, or nothing. */
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

  /** Send all that is unsent, or ask whether the site is there; return whether it was refused. */
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
      else isRefused = true; // The whole page, sent by its button, shows why.
    }
    return isRefused;
  }

  /** Send what is unsent; afterwards go on, if that was asked for. */
  function send() {
    clearTimeout(timer);
    sending ??= sendAll().then(arrived, failed).finally(() => {
      sending = undefined;
    });
    return sending;
  }

  function arrived(isRefused) {
    say(isRefused ? "refused" : failures ? "saved" : "");
    failures = 0;
    if (waiting && (isRefused || unsent.isEmpty)) goOn();
    else if (!isRefused && !unsent.isEmpty) later(PAUSE);
  }

  function failed() {
    say(waiting ? "waiting" : "lost");
    later(Math.min(LONGEST_WAIT, 1000 * 2 ** failures++) * (.75 + Math.random() / 2));
  }

  function goOn() {
    isGoing = true;
    waiting.click();
  }

  /** Return what a radio button or a box says; a box without its tick says it by nothing. */
  const said = field => field.type === "checkbox" && !field.checked ? "" : field.value;

  // Chosen before this script was there.
  for (const field of form.querySelectorAll(":checked, [type=checkbox]")) {
    if (field.checked !== field.defaultChecked) unsent.add(path, field.name, said(field));
  }
  // Chosen on an earlier visit, and not sent.
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
    if (isGoing || (unsent.isEmpty && navigator.onLine)) return;
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
  });
}

/** In a statement, a digit chooses the answer and goes on to the next statement. */
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
saveAsOneGoes(form);
if (form.matches(".statements")) answerByKeys(form);
