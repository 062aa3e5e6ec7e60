/* Two things that are also there without script, by a click: a preview, and how a sync stands. */

/** The element of this id as an answered page has it. */
async function fresh(answer, id) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.getElementById(id);
}

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
    const answer = await fetch(button.formAction, { method: "POST", body });
    const found = answer.status === 422 ? null : await fresh(answer, id);
    if (!found) {
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
    const answer = await fetch(location.pathname);
    const found = answer.ok && (await fresh(answer, id));
    if (found) place.replaceWith(found);
  } catch {
    // Offline for a moment: asked again.
  }
  await refresh(id);
}

document.addEventListener("submit", preview);
for (const place of document.querySelectorAll("[data-refreshes]")) refresh(place.id);
