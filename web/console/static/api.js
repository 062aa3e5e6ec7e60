// The calls of this page. The session cookie goes along by itself, the CSRF token is the page's.

import { say } from "./words.js";

const csrfToken = document.querySelector('meta[name="csrf-token"]').content;
const CHANNEL = "?channel=simulator";

/** What went wrong, in words to show; `turnId` when an answer is still on its way. */
export class Problem extends Error {
  constructor(status, detail, turnId = null) {
    super(detail);
    this.status = status;
    this.turnId = turnId;
  }
}

async function call(path, { method = "GET", body, headers = {} } = {}) {
  const sent = { method, headers: { Accept: "application/json", ...headers }, credentials: "same-origin" };
  if (method !== "GET") sent.headers["X-CSRF-Token"] = csrfToken;
  if (body !== undefined) {
    sent.headers["Content-Type"] = "application/json";
    sent.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, sent);
  } catch {
    throw new Problem(0, say("offline"));
  }
  if (response.status === 204) return null;
  // A proxy in between may answer with a page of its own.
  const answer = await response.json().catch(() => ({}));
  if (response.status === 401) throw new Problem(401, say("session_over"));
  if (!response.ok) throw new Problem(response.status, answer.detail ?? `${response.status}`, answer.turn_id);
  return answer;
}

const shop = (merchantId) => `/api/merchants/${encodeURIComponent(merchantId)}`;
const conversation = (merchantId, customerId) => `${shop(merchantId)}/conversations/${encodeURIComponent(customerId)}`;

export const merchants = async () => (await call("/api/merchants")).items;

/** Sent again under the same key, a message is still one message. */
export const chat = (merchantId, body, key) =>
  call(`${shop(merchantId)}/chat`, { method: "POST", body, headers: { "Idempotency-Key": key } });

export const execution = (merchantId, id) => call(`${shop(merchantId)}/executions/${encodeURIComponent(id)}`);

/** null for a customer who has not written yet. */
export async function conversationOf(merchantId, customerId) {
  try {
    return await call(conversation(merchantId, customerId) + CHANNEL);
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

export const resume = (merchantId, customerId) =>
  call(`${conversation(merchantId, customerId)}/resume${CHANNEL}`, { method: "POST" });
