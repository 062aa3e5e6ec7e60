/* Two things that are also there without script, by a click: a preview, and how a sync stands. */

import { fetched } from "./live.js";

async function preview(event) {
  const button = event.submitter;
  const id = button?.dataset.swaps;
  if (!id) return;
  event.preventDefault();
  const place = document.getElementById(id);
  const body = new URLSearchParams(new FormData(event.target));
  const said = document.createElement("p");
  said.className = "hint";
  said.textContent = place.dataset.busy;
  place.prepend(said);
  place.classList.add("is-busy");
  button.disabled = true;
  try {
    const { page, status } = await fetched(button.formAction, { method: "POST", body });
    const found = page.getElementById(id);
    if (!found || status === 422) {
      // What is wrong stands beside its field, as without script.
      event.target.action = button.formAction;
      event.target.submit();
      return;
    }
    place.replaceChildren(...found.childNodes);
  } catch {
    said.className = "notice is-bad";
    said.textContent = place.dataset.failed;
  } finally {
    place.classList.remove("is-busy");
    button.disabled = false;
  }
}

async function refresh(id) {
  const place = document.getElementById(id);
  const pause = Number(place?.dataset.refreshes);
  if (!pause) return;
  await new Promise((resolve) => setTimeout(resolve, pause));
  try {
    const { page, status } = await fetched(location.pathname);
    const found = page.getElementById(id);
    if (found && status < 400) place.replaceWith(found);
  } catch {
    // Offline for a moment: asked again.
  }
  await refresh(id);
}

document.addEventListener("submit", preview);
for (const place of document.querySelectorAll("[data-refreshes]")) refresh(place.id);
