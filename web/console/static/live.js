// Parts of a page that are marked `data-live` are read anew when something happens. What is typed stays.
//
// <div data-stream="address of the events" data-events="those that concern this page">

const holder = document.querySelector("[data-stream]");
const GATHERED_MS = 250;
const AGAIN_MS = 15000;

/** The page at an address, as a document: the server's words, in which nothing runs. */
export function fetched(address, { method = "GET", body = null } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    request.responseType = "document";
    request.onload = () => {
      const page = request.responseXML;
      // What was not taken is still that of the page it was typed on.
      const { status } = request;
      if (page) resolve({ page, status, address: status < 400 ? request.responseURL : location.href });
      else reject(request);
    };
    request.onerror = () => reject(request);
    request.send(body);
  });
}

/** All live parts, as they are on that page. */
export function renew(page) {
  for (const region of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(region.id);
    if (!fresh) region.replaceChildren();
    else if (!region.isEqualNode(fresh)) within(region, fresh);
  }
}

/** Only what differs is put in, so that focus, scrolling and what is read aloud stay where they are. */
function within(region, fresh) {
  const scroller = region.closest("[data-ends]");
  const atEnd = scroller && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  const focused = document.activeElement?.closest("[id]")?.id;
  const known = new Map([...region.children].filter((child) => child.id).map((child) => [child.id, child]));
  let at = region.firstElementChild;
  for (const child of [...fresh.children]) {
    const same = known.get(child.id);
    if (same?.isEqualNode(child)) {
      if (same === at) at = at.nextElementSibling;
      else region.insertBefore(same, at);
    } else region.insertBefore(document.adoptNode(child), at);
  }
  while (at) {
    const next = at.nextElementSibling;
    if (!("stays" in at.dataset)) at.remove();
    at = next;
  }
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
  if (focused && !document.activeElement?.closest(`#${CSS.escape(focused)}`)) refocus(focused);
}

function refocus(id) {
  const again = document.getElementById(id);
  (again?.matches("a, button, [tabindex]") ? again : again?.querySelector("a, button"))?.focus({ preventScroll: true });
}

let planned = null;

/** Soon, and once for all that happens until then. */
export function refresh() {
  planned ??= setTimeout(async () => {
    planned = null;
    const address = location.href;
    const answer = await fetched(address).catch(() => null);
    // Whoever has gone on meanwhile, or has been signed out, sees no old page.
    if (answer && location.href === address) renew(answer.page);
  }, GATHERED_MS);
}

let stream = null;
let last = "";

function open() {
  if (stream || document.hidden) return;
  const address = new URL(holder.dataset.stream, location.href);
  if (last) address.searchParams.set("since", last);
  stream = new EventSource(address);
  for (const kind of ["missed", ...holder.dataset.events.split(" ")]) stream.addEventListener(kind, heard);
  stream.addEventListener("hello", (event) => {
    last = event.lastEventId;
  });
  stream.onerror = () => {
    // A browser tries again by itself, except after an answer that is no stream.
    if (stream.readyState !== EventSource.CLOSED) return;
    close();
    setTimeout(open, AGAIN_MS);
  };
}

function heard(event) {
  last = event.lastEventId || last;
  refresh();
}

function close() {
  stream?.close();
  stream = null;
}

if (holder) {
  open();
  // A browser opens few connections to one place: tabs that nobody looks at keep none of them.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
}

for (const scroller of document.querySelectorAll("[data-ends]")) scroller.scrollTop = scroller.scrollHeight;

// Enter sends, Shift+Enter begins a line; while an input method composes, Enter chooses a word.
for (const field of document.querySelectorAll('textarea[data-sends="enter"]')) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    field.form.requestSubmit();
  });
}
