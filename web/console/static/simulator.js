// The chat simulator: a customer's view at the left, the turn behind the chosen reply at the right.

import * as api from "./api.js";
import { byId, el } from "./dom.js";
import * as inspector from "./inspector.js";
import { totalMs } from "./steps.js";
import * as thread from "./thread.js";
import { chosenShop, randomId, visit } from "./visit.js";
import { say } from "./words.js";

const TURNS_SHOWN = 30;
const LATE_ANSWER = { everyMs: 2000, times: 60 };

const message = byId("message");
const fault = byId("fault");
// The visit on screen. What an older one still gets to hear is dropped.
let here = null;

async function begin() {
  try {
    const merchants = await api.merchants();
    if (!merchants.length) return complain(say("no_shop"));
    offer(merchants);
    await enter(visit(chosenShop(merchants)));
  } catch (problem) {
    complain(problem.message);
  }
}

function offer(merchants) {
  const choice = byId("shop");
  choice.replaceChildren(...merchants.map(({ id, name }) => el("option", { value: id }, name)));
  choice.value = chosenShop(merchants).id;
  choice.addEventListener("change", () => enter(visit(merchants.find(({ id }) => id === choice.value))));
  byId("shop-choice").hidden = merchants.length < 2;
}

async function enter(visiting) {
  here = visiting;
  const { merchant, customerId } = here;
  byId("shop-name").textContent = merchant.name;
  byId("avatar").textContent = initials(merchant.name);
  byId("customer").textContent = say("customer", { id: customerId.slice(-6) });
  thread.clear();
  inspector.clear();
  complain("");
  setPaused(false);
  refresh();
  try {
    if (visiting.known) await recall(visiting);
  } catch (problem) {
    if (visiting === here) complain(problem.message);
  }
}

const initials = (name) =>
  (name.match(/[\p{L}\p{N}]+/gu) ?? [])
    .slice(0, 2)
    .map((word) => [...word][0].toUpperCase())
    .join("");

/** The conversation so far, with what stood behind its latest turns. */
async function recall(visiting) {
  const found = await api.conversationOf(visiting.merchant.id, visiting.customerId);
  if (!found || visiting !== here) return;
  const ids = [...new Set(found.messages.map((line) => line.execution_id).filter(Boolean))];
  const shown = ids.slice(-TURNS_SHOWN);
  const executions = await Promise.all(shown.map((id) => api.execution(visiting.merchant.id, id)));
  if (visiting !== here) return;
  const first = ids.length > TURNS_SHOWN ? found.messages.findIndex((line) => line.execution_id === shown[0]) : 0;
  thread.quietly(() => {
    if (first > 0) thread.note(say("earlier"));
    retell(visiting, found.messages.slice(first), new Map(executions.map((one) => [one.id, one])));
  });
  setPaused(found.state === "paused");
  refresh();
}

function retell(visiting, lines, executions) {
  lines.forEach((line, at) => {
    const execution = executions.get(line.execution_id);
    if (line.role === "person") thread.personSays(line.text);
    if (line.role === "customer") thread.customerSays(line.text, execution?.turn.surface ?? "dm");
    // A turn follows the last message it took, whether it has a reply or a reason for none.
    const next = lines[at + 1];
    const sameAgain = next?.role === "customer" && next.execution_id === line.execution_id;
    if (line.role === "customer" && execution && !sameAgain) answerIn(visiting, told(execution), execution);
  });
}

/** An execution as the chat call would have answered. */
function told({ id, reply, silence_reason }) {
  return { turn_id: id, parts: reply?.parts ?? [], handover: reply?.handover ?? null, silence_reason };
}

function write(text, surface) {
  const visiting = here;
  const bubble = thread.customerSays(text, surface);
  const body = { customer_id: visiting.customerId, text, channel: surface };
  send(visiting, body, randomId(), bubble);
}

async function send(visiting, body, key, bubble) {
  complain("");
  wait(visiting, 1);
  try {
    const answer = await api.chat(visiting.merchant.id, body, key);
    if (visiting === here) answerIn(visiting, answer, null, body.channel);
  } catch (problem) {
    if (visiting === here) await unanswered(visiting, problem, () => send(visiting, body, key, bubble), bubble);
  } finally {
    wait(visiting, -1);
  }
}

async function unanswered(visiting, problem, again, bubble) {
  if (!problem.turnId) {
    complain(problem.message);
    return thread.notSent(bubble, again);
  }
  complain(say("still_working"));
  const execution = await late(visiting, problem.turnId);
  if (visiting !== here) return;
  complain(execution ? "" : say("unanswered"));
  if (execution) answerIn(visiting, told(execution), execution);
}

/** The turn that took too long for its call, once it is there. */
async function late(visiting, turnId) {
  for (let left = LATE_ANSWER.times; left && visiting === here; left -= 1) {
    await new Promise((done) => setTimeout(done, LATE_ANSWER.everyMs));
    const execution = await api.execution(visiting.merchant.id, turnId).catch(() => null);
    if (execution) return execution;
  }
  return null;
}

/** Messages written in a burst share a turn: it is shown once. */
function answerIn(visiting, answer, execution, surface = execution?.turn.surface) {
  const id = answer.turn_id;
  if (visiting.turns.has(id)) return;
  // First what takes room from the thread, then the reply, to whose end it scrolls.
  if (answer.handover || answer.silence_reason === "paused") setPaused(true);
  suggest(answer.parts.some((part) => part.cards.length > 1));
  const shown = { element: thread.turn(answer, surface, (open) => choose(visiting, id, open)), execution };
  visiting.turns.set(id, shown);
  if (execution) captionOf(shown);
  choose(visiting, id);
}

/** `open`: also turn to the inspector where the screen has no room for both. */
async function choose(visiting, id, open = false) {
  const shown = visiting.turns.get(id);
  visiting.chosen = id;
  thread.mark(shown.element);
  if (open) view("inspector");
  if (!shown.execution) inspector.wait();
  try {
    shown.execution ??= await api.execution(visiting.merchant.id, id);
  } catch (problem) {
    if (visiting === here && visiting.chosen === id) inspector.fail(problem.message);
    return;
  }
  if (visiting !== here) return;
  captionOf(shown);
  if (visiting.chosen === id) inspector.inspect(shown.execution, visiting.merchant.currency);
}

function captionOf({ element, execution }) {
  thread.caption(element, { rung: execution.reply?.rung, totalMs: totalMs(execution) });
}

function wait(visiting, change) {
  visiting.waiting += change;
  if (visiting === here) refresh();
}

function refresh() {
  thread.typing(here.waiting ? here.merchant.name : null);
  byId("welcome").hidden = byId("thread").childElementCount > 0;
  if (!here.turns.size || here.waiting) suggest(false);
  byId("send").disabled = !message.value.trim();
}

function suggest(wanted) {
  const tap = (text) => el("button", { type: "button", click: () => write(text, surface()) }, text);
  byId("follow-ups").replaceChildren(...(wanted ? say("follow_ups").map(tap) : []));
}

function setPaused(paused) {
  byId("paused").hidden = !paused;
}

function complain(words) {
  fault.textContent = words;
  fault.hidden = !words;
}

/** On narrow screens one of the two is seen. */
function view(name) {
  document.body.dataset.view = name;
  for (const button of document.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", String(button.dataset.show === name));
  }
}

const surface = () => document.querySelector('input[name="surface"]:checked').value;

function submit() {
  const text = message.value.trim();
  if (!text || !here) return;
  message.value = "";
  grow();
  write(text, surface());
}

function grow() {
  message.style.height = "auto";
  message.style.height = `${message.scrollHeight}px`;
  byId("send").disabled = !message.value.trim();
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
message.addEventListener("input", grow);
message.addEventListener("keydown", (event) => {
  // While an input method composes, Enter chooses a word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
for (const input of document.querySelectorAll('input[name="surface"]')) {
  input.addEventListener("change", () => message.setAttribute("placeholder", input.dataset.placeholder));
}
for (const button of document.querySelectorAll("[data-say]")) {
  button.addEventListener("click", () => here && write(button.dataset.say, surface()));
}
for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => view(button.dataset.show));
}
byId("new-customer").addEventListener("click", () => {
  if (!here) return;
  enter(visit(here.merchant, { anew: true }));
  message.focus();
});
byId("resume").addEventListener("click", async () => {
  const visiting = here;
  try {
    await api.resume(visiting.merchant.id, visiting.customerId);
    if (visiting === here) setPaused(false);
  } catch (problem) {
    complain(problem.message);
  }
});

begin();
