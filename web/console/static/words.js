// The page's words and the way it writes numbers: one language, that of the document.

const texts = JSON.parse(document.body.dataset.texts);
const language = document.documentElement.lang;

/** The text of that name ("steps.rules" for a nested one), its {gaps} filled; the fallback when there is none. */
export function say(name, gaps = {}, fallback = name) {
  const text = name.split(".").reduce((inner, key) => (Object.hasOwn(inner ?? {}, key) ? inner[key] : undefined), texts);
  if (typeof text !== "string") return text ?? fallback;
  return text.replace(/\{(\w+)\}/g, (gap, key) => gaps[key] ?? gap);
}

/** 6500, "USD" -> $65; the currency knows its decimals. */
export function money(minor, currency) {
  const format = new Intl.NumberFormat(language, { style: "currency", currency, trailingZeroDisplay: "stripIfInteger" });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

export function dollars(microdollars) {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 5 };
  return new Intl.NumberFormat(language, { style: "currency", currency: "USD", ...digits }).format(microdollars / 1e6);
}

export function percent(share) {
  return new Intl.NumberFormat(language, { style: "percent" }).format(share);
}

export function milliseconds(ms) {
  if (ms < 0.1) return `<${number(0.1, 1)} ms`;
  if (ms >= 1000) return `${number(ms / 1000, 2)} s`;
  return `${number(ms, ms < 10 ? 1 : 0)} ms`;
}

function number(value, digits) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

/** Filters or preferences, a few words each. */
export function filterWords(filters, currency) {
  const words = [];
  if (filters.price_min != null) words.push(say("from_price", { price: money(filters.price_min, currency) }));
  if (filters.price_max != null) words.push(say("up_to_price", { price: money(filters.price_max, currency) }));
  for (const kind of ["categories", "colors", "sizes", "brands"]) words.push(...(filters[kind] ?? []).map((one) => one.value ?? one));
  if (filters.in_stock === true) words.push(say("in_stock"));
  if (filters.in_stock === false) words.push(say("sold_out_too"));
  return words;
}
