/* Passkeys. The browser asks its owner, and its answer is sent with the page's own form. Without this
   script, the pages say which other ways there are. */

const part = document.querySelector("[data-passkey]");

async function challenge() {
  const url = part.dataset.optionsUrl;
  if (!url) return JSON.parse(document.getElementById("passkey-options").textContent);
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  return response.json();
}

function options(given, isNew) {
  if (!isNew) return given.request_options;
  const made = given.creation_options;
  const wanted = { ...made.publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true };
  return { ...made, publicKey: { ...made.publicKey, authenticatorSelection: wanted } };
}

if (part && window.PublicKeyCredential && window.webauthnJSON) {
  const form = part.closest("form");
  const status = part.querySelector("[role=status]");
  const isNew = part.dataset.passkey === "add";
  part.hidden = false;
  document.querySelector("[data-no-passkey]")?.remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!form.reportValidity()) return; // before a passkey is made in vain
    status.textContent = "";
    try {
      const asked = options(await challenge(), isNew);
      const answer = await (isNew ? webauthnJSON.create(asked) : webauthnJSON.get(asked));
      part.querySelector("[name=credential]").value = JSON.stringify(answer);
      form.submit();
    } catch {
      status.textContent = status.dataset.failed;
    }
  });
}
