// Why a reply says what it says: the execution of one turn.

import { byId, el } from "./dom.js";
import { asked, kind, timeline, title, totalMs } from "./steps.js";
import { dollars, filterWords, milliseconds, percent, say } from "./words.js";

const panel = byId("inspector");
const empty = byId("inspector-empty");

export function clear() {
  panel.hidden = true;
  empty.hidden = false;
}

export function wait() {
  show(el("p", { class: "quiet" }, say("loading")));
}

export function fail(detail) {
  show(el("p", { class: "fault", role: "alert" }, detail));
}

export function inspect(execution, currency) {
  show(
    head(execution),
    notices(execution),
    execution.reply && customer(execution.reply, currency),
    execution.reply && section("tools", tools(execution.steps, currency)),
    execution.reply && section("times", waterfall(execution)),
    el("details", { class: "raw" }, el("summary", {}, say("raw")), json(execution)),
  );
}

function show(...content) {
  empty.hidden = true;
  panel.hidden = false;
  panel.replaceChildren(...content.flat().filter(Boolean));
}

function section(name, ...content) {
  return el("section", {}, el("h3", {}, say(name)), ...content);
}

function head({ id, turn, reply, ...execution }) {
  const intent = reply ? say(`intents.${reply.intent}`, {}, reply.intent) : say("silence");
  const facts = [
    reply && ["answered_by", el("span", { class: `rung ${reply.rung}` }, say(`rungs.${reply.rung}`, {}, reply.rung))],
    ["total", milliseconds(totalMs(execution))],
    reply && ["confidence", confidence(reply.confidence)],
    reply && ["cost", reply.cost_microdollars ? dollars(reply.cost_microdollars) : say("free")],
    ["surface_label", say(turn.surface)],
  ].filter(Boolean);
  return el(
    "header",
    { class: "inspector-head" },
    el("p", { class: "asked" }, `“${turn.text}”`),
    el("div", { class: "heading" }, el("h2", {}, intent), el("p", { class: "turn-id" }, id)),
    el("dl", { class: "figures" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, say(name)), el("dd", {}, value)))),
  );
}

function confidence(share) {
  const bar = el("span", { class: "meter", "aria-hidden": "true" }, el("i"));
  bar.style.setProperty("--share", share);
  return [percent(share), bar];
}

function notices({ reply, silence_reason: silence }) {
  const reason = silence ?? "none";
  return [
    !reply && notice("silence", say(`silences.${reason}`, {}, reason)),
    reply?.handover && notice("handover", reply.handover.reason),
  ];
}

function notice(name, text) {
  return el("p", { class: "notice" }, el("strong", {}, say(name)), " ", text);
}

function chips(words, none) {
  if (!words.length) return el("p", { class: "quiet" }, say(none));
  return el("ul", { class: "chips" }, words.map((word) => el("li", {}, word)));
}

function customer(reply, currency) {
  return el(
    "div",
    { class: "beside" },
    section("understood", chips(filterWords(reply.filters, currency), "no_filters")),
    section("remembered", chips(filterWords(reply.memory.preferences, currency), "nothing_yet")),
  );
}

function tools(steps, currency) {
  const called = steps.filter((step) => kind(step) === "tool");
  if (!called.length) return el("p", { class: "quiet" }, say("no_tools"));
  return el("ol", { class: "tools" }, called.map((step) => tool(step, currency)));
}

function tool(step, currency) {
  const { found, products = [], reason } = step.data;
  const result = [
    found !== undefined && el("p", { class: "found" }, say("found", { count: found })),
    products.length > 0 && el("ol", { class: "results" }, products.map((product) => el("li", { title: product.id }, product.name))),
    reason && el("p", { class: "fault" }, reason),
  ].filter(Boolean);
  return el(
    "li",
    {},
    el("p", { class: "tool-name" }, el("strong", {}, title(step)), " ", el("code", {}, step.name), failure(step)),
    el("dl", { class: "arguments" }, asked(step).map(([name, value]) => argument(name, value, currency))),
    result,
  );
}

function argument(name, value, currency) {
  const shown = name === "filters" ? chips(filterWords(value, currency), "no_filters") : el("code", {}, written(value));
  return el("div", {}, el("dt", {}, say(`arguments.${name}`, {}, name)), el("dd", {}, shown));
}

function written(value) {
  if (Array.isArray(value)) return value.map(written).join(", ");
  return typeof value === "string" && value ? value : JSON.stringify(value);
}

function failure(step) {
  return step.status === "ok" ? null : el("span", { class: "failed" }, say("failed"));
}

function waterfall(execution) {
  if (!execution.steps.length) return el("p", { class: "quiet" }, say("no_steps"));
  return el("div", { class: "waterfall" }, timeline(execution).map(lane));
}

function lane({ step, from, share }) {
  const bar = el("i", { class: `${kind(step)} ${step.status}` });
  bar.style.setProperty("--from", from);
  bar.style.setProperty("--share", share);
  const detail = Object.keys(step.data).length ? json(step.data) : el("p", { class: "quiet" }, say("no_data"));
  return el(
    "details",
    {},
    el(
      "summary",
      {},
      el("span", { class: "lane-name" }, title(step), failure(step)),
      el("span", { class: "track", "aria-hidden": "true" }, bar),
      el("span", { class: "lane-time" }, milliseconds(step.duration_ms)),
    ),
    detail,
  );
}

function json(value) {
  return el("pre", { tabindex: "0" }, JSON.stringify(value, null, 2));
}
