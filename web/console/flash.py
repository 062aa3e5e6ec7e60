"""What the next page says of what was just done, carried there in a sealed cookie."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request, Response

from models.codec import from_json, to_json
from store.vault import Expired, Vault

COOKIE = "shopkeep_said"
KEPT_S = 60
# What else the vault seals is no flash.
KIND = "said:"


@dataclass(frozen=True, slots=True)
class Undo:
    """A form that takes it back: where it is sent, and its fields."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """`text` names a sentence of the texts, as in "products.deleted"; `values` fill it in.

    Small: a cookie has 4 kB.
    """

    text: str
    values: dict[str, str] = field(default_factory=dict)
    undo: Undo | None = None

    def in_words(self, texts: Mapping[str, object]) -> str:
        found: object = texts
        for name in self.text.split("."):
            found = found[name] if isinstance(found, Mapping) else None
        sentence = str(found)
        for name, value in self.values.items():
            sentence = sentence.replace(f"{{{name}}}", value)
        return sentence


def say(response: Response, vault: Vault, said: Said, *, secure: bool) -> None:
    sealed = vault.seal(KIND + to_json(said)).decode()
    response.set_cookie(COOKIE, sealed, max_age=KEPT_S, httponly=True, samesite="lax", secure=secure)


def heard(request: Request, vault: Vault) -> Said | None:
    sealed = request.cookies.get(COOKIE)
    if not sealed:
        return None
    try:
        opened = vault.open(sealed.encode(), max_age_s=KEPT_S)
        return from_json(Said, opened.removeprefix(KIND))
    except (Expired, ValueError):
        return None
