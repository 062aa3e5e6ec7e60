"""The assistant: which comments it answers, what answers, what that may cost, and that it says what it is."""

from decimal import Decimal, InvalidOperation
from typing import Any

from models.merchant import Merchant
from web.budget import budget
from web.console.desk import Desk
from web.console.settings.part import Part, Read
from web.console.settings.typed import Typed

CENTS = 100
MICRODOLLARS = 1_000_000


def _comments(shop: Merchant) -> Typed:
    rules = shop.comments
    return Typed(
        {
            "answer": rules.answer,
            "keywords": "\n".join(rules.keywords),
            "posts": "\n".join(rules.posts),
            "public_reply": "1" if rules.public_reply else "",
            "public_replies": "\n".join(rules.public_replies),
        }
    )


def _read_comments(typed: Typed, _: Merchant) -> Read:
    body = {
        "answer": typed.get("answer"),
        "keywords": typed.lines("keywords"),
        "posts": typed.lines("posts"),
        "public_reply": typed.ticked("public_reply"),
        "public_replies": typed.lines("public_replies"),
    }
    places = {f"comments.{name}": name for name in body}
    # What is said of the whole is about the words that are missing.
    return Read({"comments": body}, places | {"comments": "keywords"})


COMMENTS = Part(name="comments", fields=frozenset({"comments"}), typed=_comments, read=_read_comments)


def _model(shop: Merchant) -> Typed:
    cents = shop.model_budget_per_day
    return Typed(
        {
            "answers": "model" if shop.use_model else "rules",
            "budget": "" if cents is None else f"{cents / CENTS:.2f}",
            "disclose": "1" if shop.disclose else "",
            "disclosure": shop.disclosure or "",
        }
    )


def _read_model(typed: Typed, _: Merchant) -> Read:
    body = {
        "use_model": typed.get("answers") != "rules",
        "model_budget_per_day": _cents(typed.optional("budget")),
        "disclose": typed.ticked("disclose"),
        "disclosure": typed.optional("disclosure"),
    }
    return Read(body, {"model_budget_per_day": "budget"})


def _cents(dollars: str | None) -> int | str | None:
    """What is none comes back as it is, and is refused."""
    if dollars is None:
        return None
    try:
        cents = Decimal(dollars.replace(",", ".")) * CENTS
        return int(cents) if cents == int(cents) else dollars
    except (InvalidOperation, ValueError, OverflowError):
        return dollars


async def _around_model(desk: Desk) -> dict[str, Any]:
    configuration = desk.here.settings
    return {
        "model": configuration.openai_model if configuration.openai_api_key else None,
        "budget": await budget(desk.shop, desk.here),
        "dollar": MICRODOLLARS,
    }


MODEL = Part(
    name="model",
    fields=frozenset({"use_model", "model_budget_per_day", "disclose", "disclosure"}),
    typed=_model,
    read=_read_model,
    more=_around_model,
)
