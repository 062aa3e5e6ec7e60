// How far an import is, asked for every second; when it is somewhere else, so is the page.

const PAUSE_MS = 1000;
const part = document.querySelector("[data-progress]");
const status = () => part.querySelector("[data-status]").dataset.status;

async function look() {
  const answer = await fetch(part.dataset.progress, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const made = document.createElement("template");
  made.innerHTML = await answer.text(); // our own page's, escaped there
  const fresh = made.content.querySelector("[data-status]");
  if (!fresh) return;
  if (fresh.dataset.status !== status()) {
    location.reload();
    return;
  }
  part.replaceChildren(fresh);
}

async function keepLooking() {
  await look();
  setTimeout(keepLooking, PAUSE_MS);
}

setTimeout(keepLooking, PAUSE_MS);
