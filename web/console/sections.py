"""What the menu of a shop offers, in its order."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """`name` is its text and its icon; `path` is where it is below the shop's address."""

    name: str
    path: str


SECTIONS = (
    Section("conversations", "conversations"),
    Section("products", "products"),
    Section("search", "search"),
    Section("analytics", "analytics"),
    Section("simulator", "simulator"),
    Section("settings", "settings"),
)
