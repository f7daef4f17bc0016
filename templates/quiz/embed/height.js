/* For a page that shows the quiz in a frame: gives the frame the height of what is in it, scrolls to
   its top when the next page of the quiz is above the screen, and passes on that someone finished. */
(() => {
  const site = new URL(document.currentScript.src).origin;
  const frames = () => [...document.querySelectorAll("iframe")].filter(({ src }) => src.startsWith(`${site}/embed/`));

  addEventListener("message", ({ source, origin, data }) => {
    const frame = frames().find(({ contentWindow }) => contentWindow === source);
    if (!frame || origin !== site) return;
    const [, height] = /^career-quiz:height:(\d{1,5})$/.exec(data) ?? [];
    if (height) frame.style.height = `${height}px`;
    if (data === "career-quiz:finished") frame.dispatchEvent(new Event(data, { bubbles: true }));
  });

  // Each page of the quiz loads the frame again. The event doesn't bubble, and never reaches the window.
  // The first one may come late, when the reader is further down.
  const shown = new WeakSet();
  document.addEventListener("load", ({ target }) => {
    if (!frames().includes(target)) return;
    if (shown.has(target) && target.getBoundingClientRect().top < 0) target.scrollIntoView();
    shown.add(target);
  }, true);
})();
