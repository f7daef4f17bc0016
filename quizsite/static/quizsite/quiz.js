/* What a page of the quiz can do beyond its HTML, which works without it: answers saved as one
   goes, kept here while there is no connection, and chosen by the keys 1 to 9. */

// ------------------------------------------------ answers that are not saved yet

const STORE = "unsent";

/** Answers kept in this browser until the site has them: {address of a page: {name: value}}. */
class Unsent {
  constructor(attempt) {
    this.attempt = attempt;
  }

  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(STORE));
      return kept?.attempt === this.attempt ? kept.pages : {};
    } catch {
      return this.memory ?? {};
    }
  }

  write(pages) {
    this.memory = pages;
    try {
      if (Object.keys(pages).length) localStorage.setItem(STORE, JSON.stringify({ attempt: this.attempt, pages }));
      else localStorage.removeItem(STORE);
    } catch {
      // Storage is full or forbidden: this page alone keeps them.
    }
  }

  add(path, name, value) {
    const pages = this.read();
    pages[path] = { ...pages[path], [name]: value };
    this.write(pages);
  }

  /** Forget what was sent, unless it has changed since. */
  drop(path, sent) {
    const pages = this.read();
    const left = Object.entries(pages[path] ?? {}).filter(([name, value]) => sent[name] !== value);
    if (left.length) pages[path] = Object.fromEntries(left);
    else delete pages[path];
    this.write(pages);
  }

  get isEmpty() {
    return !Object.keys(this.read()).length;
  }
}

// ------------------------------------------------ a page of the quiz

const PAUSE = 400; // ms after an answer, so that quick ones travel together
const PATIENCE = 10_000; // ms that one request may take
const LONGEST_WAIT = 60_000; // ms between two tries

function keepAnswers(form) {
  const unsent = new Unsent(form.dataset.attempt);
  const status = form.querySelector(".unsent");
  const path = new URL(form.action).pathname;
  let failures = 0;
  let timer;
  let sending;
  let waiting; // the button that was pressed while answers were not saved
  let isGoing = false;

  function say(what) {
    if (status.dataset.says === what) return;
    status.dataset.says = what;
    status.classList.toggle("is-saved", what === "saved");
    status.textContent = what ? status.dataset[what] : "";
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  }

  async function post(page, answers) {
    const token = form.elements.csrfmiddlewaretoken.value;
    const response = await fetch(page, {
      method: "POST",
      body: new URLSearchParams({ ...answers, csrfmiddlewaretoken: token, go: "keep" }),
      redirect: "manual",
      keepalive: true,
      signal: AbortSignal.timeout?.(PATIENCE),
    });
    if (response.status >= 500 || response.status === 429) throw new Error(response.status);
    return response;
  }

  async function sendAll() {
    if (!navigator.onLine) throw new Error("no connection");
    let isRefused = false;
    for (const [page, answers] of Object.entries(unsent.read())) {
      const response = await post(page, answers);
      // Saved, or never to be: another try would be answered alike.
      unsent.drop(page, answers);
      if (response.type === "opaqueredirect") location.reload(); // finished in another tab
      isRefused ||= response.status >= 400;
    }
    return isRefused;
  }

  /** Send what is unsent; afterwards go on, if that was asked for. */
  function send() {
    clearTimeout(timer);
    sending ??= sendAll().then(isRefused => {
      if (isRefused) say("refused");
      else if (failures) say("saved");
      failures = 0;
      if (waiting && unsent.isEmpty) goOn();
      else if (!unsent.isEmpty) later(PAUSE);
    }, () => {
      say("lost");
      later(Math.min(LONGEST_WAIT, 1000 * 2 ** failures++) * (.75 + Math.random() / 2));
    }).finally(() => {
      sending = undefined;
    });
    return sending;
  }

  function goOn() {
    isGoing = true;
    form.requestSubmit(waiting);
  }

  for (const [name, value] of Object.entries(unsent.read()[path] ?? {})) {
    const radio = document.getElementById(`id_${name}_${value}`);
    if (radio) radio.checked = true;
  }
  if (!unsent.isEmpty) send();

  form.addEventListener("change", ({ target }) => {
    unsent.add(path, target.name, target.value);
    waiting = undefined;
    form.removeAttribute("aria-busy");
    if (status.dataset.says === "saved") say("");
    if (!failures) later(PAUSE);
  });
  form.addEventListener("submit", event => {
    if (isGoing || (unsent.isEmpty && navigator.onLine)) return;
    event.preventDefault();
    waiting = event.submitter ?? form.querySelector("[value=next]");
    form.setAttribute("aria-busy", "true");
    send();
  });
  addEventListener("online", () => send());
  addEventListener("pagehide", () => unsent.isEmpty || send());
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    isGoing = false;
    waiting = undefined;
    form.removeAttribute("aria-busy");
  });
}

/** In a statement, a digit chooses the answer and goes on to the next statement. */
function answerByKeys(form) {
  const groups = [...form.querySelectorAll("fieldset")];
  form.addEventListener("keydown", event => {
    const place = groups.indexOf(event.target.closest("fieldset"));
    if (place < 0 || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
    const radio = groups[place].querySelectorAll("[type=radio]")[event.key - 1];
    if (!radio) return;
    event.preventDefault();
    radio.click();
    const next = groups[place + 1];
    (next ? next.querySelector(":checked") ?? next.querySelector("[type=radio]") : form.querySelector("[value=next]")).focus();
  });
}

const form = document.getElementById("answers");
keepAnswers(form);
answerByKeys(form);
