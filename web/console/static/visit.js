// One customer of one shop, as long as the tab lives: a reload continues the conversation.

const SHOP = "shopkeep.shop";
const customerOf = (merchantId) => `shopkeep.customer.${merchantId}`;

/** 16 hex digits; crypto.randomUUID would need https or localhost. */
export function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function chosenShop(merchants) {
  return merchants.find(({ id }) => id === sessionStorage.getItem(SHOP)) ?? merchants[0];
}

/** `known`: was here before. `turns` are those on screen, by id; `waiting` counts messages without an answer yet. */
export function visit(merchant, { anew = false } = {}) {
  const key = customerOf(merchant.id);
  const known = !anew && sessionStorage.getItem(key) !== null;
  if (!known) sessionStorage.setItem(key, `visitor-${randomId()}`);
  sessionStorage.setItem(SHOP, merchant.id);
  return { merchant, customerId: sessionStorage.getItem(key), known, turns: new Map(), waiting: 0, chosen: null };
}
