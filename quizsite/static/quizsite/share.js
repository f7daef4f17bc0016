/* "Copy" and "Send it" next to a link. Without this script, the link is a field to copy from. */

for (const box of document.querySelectorAll("[data-share]")) {
  const field = box.querySelector("input");
  const status = box.querySelector("[role=status]");
  const [copy, send] = box.querySelectorAll("[data-do]");

  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      status.textContent = copy.textContent = copy.dataset.done;
    } catch {
      field.select(); // The browser refuses, so leave it to the person.
    }
  });

  send.hidden = !navigator.share;
  send.addEventListener("click", async () => {
    try {
      await navigator.share({ title: box.dataset.title, url: field.value });
    } catch {
      // The person closed the share sheet.
    }
  });
}
