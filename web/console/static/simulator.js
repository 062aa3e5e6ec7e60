// The chat without reloading the page: what is sent stands there at once, the rest the server has written.

import { fetched, refresh, renew } from "./live.js";

const byId = (id) => document.getElementById(id);
const composer = byId("composer");
const message = byId("message");
const scroller = document.querySelector("[data-ends]");

function show(name, words = "") {
  const made = byId(name).content.cloneNode(true);
  if (words) made.querySelector(".bubble").textContent = words;
  byId("thread").append(made);
  scroller.scrollTop = scroller.scrollHeight;
}

/** The address is that of the page that came: a reload shows the same. */
function arrive({ page, address }, { behind = false } = {}) {
  history.replaceState(null, "", address);
  for (const typing of document.querySelectorAll("[data-stays]")) typing.remove();
  renew(page);
  byId("fault").textContent = page.getElementById("fault")?.textContent ?? "";
  scroller.scrollTop = scroller.scrollHeight;
  if (behind) byId("inspector").focus();
}

composer.addEventListener("submit", async (event) => {
  event.preventDefault();
  const suggestion = event.submitter?.name === "suggestion" ? event.submitter.value : "";
  const text = suggestion || message.value;
  if (!text.trim()) return message.focus();
  const form = new FormData(composer);
  form.set("text", text);
  if (!suggestion) message.value = "";
  byId("fault").textContent = "";
  byId("welcome").replaceChildren();
  show("outgoing", text);
  show("typing");
  // What is written meanwhile is another message.
  byId("key-of-this").value = "";
  message.focus();
  try {
    arrive(await fetched(composer.action, { method: "POST", body: form }));
  } catch {
    for (const outgoing of document.querySelectorAll("[data-outgoing], [data-stays]")) outgoing.remove();
    byId("fault").textContent = byId("not-sent").content.textContent;
    if (!message.value) message.value = text;
    refresh();
  }
});

// Another turn is looked behind without losing what is being typed.
byId("thread").addEventListener("click", async (event) => {
  const link = event.target.closest(".caption a");
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  const at = scroller.scrollTop;
  const answer = await fetched(link.href).catch(() => null);
  if (!answer) return location.assign(link.href);
  arrive({ ...answer, address: link.href }, { behind: true });
  scroller.scrollTop = at;
});
