// The customer's view: bubbles of the customer, turns of the shop, lines in between.

import { carousel } from "./cards.js";
import { byId, el, linked } from "./dom.js";
import { milliseconds, say } from "./words.js";

const thread = byId("thread");
const scroller = byId("scroll");

export function clear() {
  thread.replaceChildren();
}

/** Reading a whole conversation aloud on arrival helps nobody. */
export function quietly(render) {
  thread.setAttribute("aria-busy", "true");
  render();
  thread.removeAttribute("aria-busy");
}

function add(element) {
  const typing = thread.querySelector(".typing");
  if (typing) typing.before(element);
  else thread.append(element);
  scroller.scrollTop = scroller.scrollHeight;
  return element;
}

export function customerSays(text, surface) {
  const label = surface === "comment" ? el("p", { class: "label" }, say("comment_by_customer")) : null;
  return add(el("div", { class: `said customer ${surface}` }, label, el("p", { class: "bubble" }, linked(text))));
}

/** The message did not arrive; `again` sends it once more. */
export function notSent(bubble, again) {
  const line = el("p", { class: "not-sent" }, say("not_sent"), " ");
  const retry = () => {
    line.remove();
    again();
  };
  line.append(el("button", { type: "button", click: retry }, say("try_again")));
  bubble.append(line);
}

export function personSays(text) {
  add(
    el("div", { class: "said person" }, el("p", { class: "label" }, say("by_person")), el("p", { class: "bubble" }, linked(text))),
  );
}

export function note(text) {
  return add(el("p", { class: "note" }, text));
}

export function typing(shop) {
  thread.querySelector(".typing")?.remove();
  if (!shop) return;
  const dots = [1, 2, 3].map(() => el("i", { "aria-hidden": "true" }));
  const bubble = el("p", { class: "bubble" }, dots, el("span", { class: "unseen" }, say("typing", { shop })));
  add(el("div", { class: "said shop typing" }, bubble));
}

/** What the shop did in one turn: `answer` has parts, handover and silence_reason. `choose` is called
 * when it is clicked, with true when by the button that asks for the inspector. */
export function turn(answer, surface, choose) {
  const parts = answer.parts.flatMap((part) => [
    part.type === "comment" ? el("p", { class: "label" }, say("under_comment")) : [],
    part.type === "cards" ? carousel(part.cards) : el("p", { class: "bubble" }, linked(part.text)),
  ]);
  const label = surface === "comment" && parts.length ? el("p", { class: "label" }, say("comment_reply")) : null;
  const reason = answer.silence_reason ?? "none";
  const lines = [
    !parts.length && say("no_reply", { reason: say(`silences.${reason}`, {}, reason) }),
    answer.handover && say("handed_over", { reason: answer.handover.reason }),
  ].filter(Boolean);
  const button = el("button", { type: "button", class: "inspect", "aria-pressed": "false" }, say("inspect"));
  const chosen = ({ target }) => target.closest("a, .swipe") || choose(target.closest(".inspect") !== null);
  const made = el(
    "div",
    { class: "said shop turn", click: chosen },
    label,
    parts,
    lines.map((line) => el("p", { class: "note" }, line)),
    button,
  );
  return add(made);
}

/** Under the reply: who answered and how fast, which is also how the keyboard chooses it. */
export function caption(element, { rung, totalMs }) {
  const words = [rung && say(`rungs.${rung}`, {}, rung), milliseconds(totalMs)].filter(Boolean).join(" · ");
  const button = element.querySelector(".inspect");
  button.replaceChildren(words, el("span", { class: "unseen" }, ` ${say("inspect")}`));
}

export function mark(element) {
  for (const button of thread.querySelectorAll(".inspect")) {
    const chosen = element.contains(button);
    button.setAttribute("aria-pressed", String(chosen));
    button.closest(".turn").classList.toggle("chosen", chosen);
  }
}
