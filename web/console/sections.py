"""What the menu of a shop offers, in its order."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """`name` is its text and its icon; `path` is where it is below the shop's address.

    `also`: where else its pages are.
    """

    name: str
    path: str
    also: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path, *self.also)


SECTIONS = (
    Section("conversations", "conversations"),
    Section("products", "products", ("collections",)),
    Section("search", "search"),
    Section("analytics", "analytics"),
    Section("simulator", "simulator"),
    Section("settings", "settings"),
)
