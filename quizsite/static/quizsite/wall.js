/* Renews the numbers and dots of the wall page every few seconds. Without this script, a link loads the page
   again. Old numbers never look new: while the site doesn't answer, the page says so. */

const EVERY = 4_000; // ms between two requests
const PATIENCE = 10_000; // ms until a request is given up
const OLD = 15_000; // ms after the last answer until the numbers count as old
const LONGEST_WAIT = 60_000; // ms between two tries while the site doesn't answer, plus or minus 25%

const live = document.getElementById("live");
const pause = document.getElementById("pause");
const state = document.querySelector(".wall-state");
const url = `${location.pathname}?part=live`;
let { etag } = live.dataset;
let answeredAt = Date.now();
let failures = 0;
let isAsking = false;
let hasEnded = false;
let isPaused = false;
let timer;

/** Show a text of the notice by its name in `data-*`; without a name, hide it. */
function say(what) {
  if (state.dataset.says === what) return;
  state.dataset.says = what;
  state.textContent = state.dataset[what] ?? "";
  live.classList.toggle("old", Boolean(what));
}

/** Fetch what has changed. False if the page is no longer open to this browser. */
async function renew() {
  const signal = AbortSignal.timeout?.(PATIENCE);
  // A redirect leads to the log-in.
  const response = await fetch(url, { headers: { "If-None-Match": etag }, redirect: "manual", signal });
  if (response.status === 304) return true;
  if (response.status >= 500 || response.status === 429) throw new Error(response.status);
  if (!response.ok) return false;
  const html = await response.text();
  const wasOnButton = live.contains(document.activeElement);
  live.innerHTML = html;
  etag = response.headers.get("ETag");
  if (wasOnButton) live.querySelector("button")?.focus();
  return true;
}

async function poll() {
  clearTimeout(timer);
  if (isAsking || isPaused) return;
  isAsking = true;
  if (Date.now() - answeredAt > OLD) say("lost"); // The computer slept, or the tab was hidden.
  try {
    hasEnded = !await renew();
    pause.hidden = hasEnded;
    answeredAt = Date.now();
    failures = 0;
    say(hasEnded ? "ended" : isPaused ? "paused" : "");
  } catch {
    failures += 1;
    say("lost");
  } finally {
    isAsking = false;
  }
  later();
}

function later() {
  clearTimeout(timer);
  if (document.hidden || hasEnded || isPaused) return;
  const wait = Math.min(LONGEST_WAIT, EVERY * 2 ** failures);
  timer = setTimeout(poll, failures ? wait * (.75 + Math.random() / 2) : wait);
}

document.getElementById("by-hand").hidden = true;
pause.hidden = false;
pause.addEventListener("click", () => {
  isPaused = !isPaused;
  pause.setAttribute("aria-pressed", isPaused);
  if (isPaused) say("paused");
  else if (!hasEnded) poll();
});
document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (!document.hidden && !hasEnded) poll();
});
later();
