// Products as a row of cards to swipe through.

import { el, webAddress } from "./dom.js";
import { money, say } from "./words.js";

export function carousel(cards) {
  const row = el("div", { class: "cards", role: "list", "aria-label": say("products"), tabindex: "0" }, cards.map(card));
  const step = (direction) => () => row.scrollBy({ left: direction * row.clientWidth * 0.8 });
  return el(
    "div",
    { class: "carousel" },
    row,
    cards.length > 1 && [
      el("button", { type: "button", class: "swipe previous", "aria-label": say("previous"), click: step(-1) }, "‹"),
      el("button", { type: "button", class: "swipe next", "aria-label": say("next"), click: step(1) }, "›"),
    ],
  );
}

function card(product) {
  return el(
    "article",
    { class: "card", role: "listitem" },
    picture(product.image),
    el(
      "div",
      { class: "card-words" },
      el("h4", {}, product.name),
      el("p", { class: "price" }, price(product)),
      el("p", { class: "facts" }, facts(product)),
    ),
    webAddress(product.url) &&
      el(
        "a",
        { class: "card-link", href: product.url, target: "_blank", rel: "noopener noreferrer" },
        say("view"),
        el("span", { class: "unseen" }, ` ${product.name}`),
      ),
  );
}

/** The name stands below: a picture that fails leaves an empty frame, not a second name. */
function picture(address) {
  const frame = el("div", { class: "picture" });
  if (webAddress(address)) {
    const image = el("img", { src: address, alt: "", width: "200", height: "200", error: () => image.remove() });
    frame.append(image);
  }
  return frame;
}

function price({ price_minor: now, compare_at_price_minor: before, currency }) {
  const amount = money(now, currency);
  return before > now ? [el("strong", { class: "sale" }, amount), " ", el("s", {}, money(before, currency))] : [el("strong", {}, amount)];
}

/** The line under the name begins with the price, which stands here on its own. */
function facts(product) {
  return product.text.split(" · ").slice(1).join(" · ");
}
