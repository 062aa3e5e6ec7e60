// Elements out of strangers' words: text stays text, an address must be one of the web.

const ADDRESSES = new Set(["href", "src"]);
const LINK = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/;

/** The address if a browser may follow it (http, https or a path of ours), else null. */
export function webAddress(value) {
  if (!value) return null;
  try {
    const address = new URL(value, location.origin);
    return ["http:", "https:"].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

/** An element; functions among the attributes listen to the event of that name. */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    const wanted = ADDRESSES.has(key) ? webAddress(value) : value;
    if (typeof wanted === "function") made.addEventListener(key, wanted);
    else if (wanted !== null && wanted !== undefined && wanted !== false) made.setAttribute(key, wanted);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Text in which web addresses can be followed. */
export function linked(text) {
  return text
    .split(LINK)
    .map((piece, at) => (at % 2 ? el("a", { href: piece, target: "_blank", rel: "noopener noreferrer" }, piece) : piece));
}

export const byId = (id) => document.getElementById(id);
