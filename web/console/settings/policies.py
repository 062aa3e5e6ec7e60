"""What the shop says of returns, shipping and the like: one text for each."""

from typing import Any

from models.merchant import Merchant
from web.console.desk import Desk
from web.console.settings.part import Part, Read
from web.console.settings.typed import Typed

# Subjects that the assistant knows by many words; others are found by their name.
KNOWN = ("returns", "shipping", "payment", "warranty", "sizing", "care", "privacy", "location")
_BLANK = 2


def _policies(shop: Merchant) -> Typed:
    values = {f"known.{number}.text": shop.policies.get(name, "") for number, name in enumerate(KNOWN)}
    own = [(name, text) for name, text in shop.policies.items() if name not in KNOWN]
    for number, (name, text) in enumerate(own):
        values |= {f"own.{number}.name": name, f"own.{number}.text": text}
    return Typed(values)


def _read(typed: Typed, _: Merchant) -> Read:
    policies: dict[str, str] = {}
    places: dict[str, str] = {}
    for number, name in enumerate(KNOWN):
        if text := typed.get(f"known.{number}.text").strip():
            policies[name] = text
            places[f"policies.{name}"] = f"known.{number}.text"
    for number in typed.numbers("own"):
        name, text = (typed.get(f"own.{number}.{side}").strip() for side in ("name", "text"))
        # One that is left without its text goes, as a known one does.
        if text:
            policies[name] = text
            places |= {
                f"policies.{name}": f"own.{number}.text",
                f"policies.{name}.[key]": f"own.{number}.name",
            }
    return Read({"policies": policies}, places)


async def _around(desk: Desk) -> dict[str, Any]:
    own = [name for name in desk.shop.policies if name not in KNOWN]
    return {"known": KNOWN, "rows": range(len(own) + _BLANK)}


POLICIES = Part(name="policies", fields=frozenset({"policies"}), typed=_policies, read=_read, more=_around)
