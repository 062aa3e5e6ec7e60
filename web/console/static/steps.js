// The steps of a turn as people read them.

import { say } from "./words.js";

const RUNGS = new Set(["model", "model_short", "rules", "apology"]);
const THOUGHT = new Set(["understand", "compose", "grounding", "repair", "facets"]);
// What a tool returned; everything else a step holds was asked of it.
const RESULTS = new Set(["found", "products", "reason"]);

/** rung: a way of answering as a whole; call: one request to a model; thought: our own work; tool: the rest. */
export function kind(step) {
  if (RUNGS.has(step.name)) return step.data.model ? "call" : "rung";
  return THOUGHT.has(step.name) ? "thought" : "tool";
}

export function title(step) {
  const name = kind(step) === "call" ? "model_call" : step.name;
  return say(`steps.${name}`, {}, step.name.replaceAll("_", " "));
}

export function asked(step) {
  return Object.entries(step.data).filter(([key]) => !RESULTS.has(key));
}

/** Where each step lies within the turn, in shares of the whole. */
export function timeline(execution) {
  const began = Date.parse(execution.started_at);
  // Steps may have been timed on another machine, whose clock is not quite ours.
  const spans = execution.steps.map((step) => ({ step, from: Math.max(0, Date.parse(step.started_at) - began) }));
  const whole = Math.max(1, totalMs(execution), ...spans.map(({ step, from }) => from + step.duration_ms));
  return spans.map(({ step, from }) => ({ step, from: from / whole, share: step.duration_ms / whole }));
}

export function totalMs(execution) {
  return Math.max(0, Date.parse(execution.finished_at) - Date.parse(execution.started_at));
}
