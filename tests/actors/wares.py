"""Something to sell, and an embedder that remembers what it was asked."""

from collections.abc import Sequence

import numpy as np

from actors.merging import Put
from indexes.embedders import Vectors
from models.errors import Unavailable
from sources.drafts import ProductDraft


class CountingEmbedder:
    """Remembers what it embedded; `down` it cannot."""

    dimension = 8

    def __init__(self, name: str = "counting") -> None:
        self.name = name
        self.down = False
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str]) -> Vectors:
        if self.down:
            raise Unavailable("the embedder is down")
        self.texts += texts
        return np.array([np.roll(np.eye(8, dtype=np.float32)[0], len(each)) for each in texts], np.float32)

    def forget(self) -> None:
        self.texts.clear()


def put(product_id: str, name: str = "Linen hat", price: int = 1990, **rest: object) -> Put:
    variants = [{"price_minor": price, "color": "blue"}]
    return Put(
        id=product_id,
        draft=ProductDraft.model_validate({"name": name, "variants": variants}),
        **rest,  # type: ignore[arg-type] # the fields of a Put
    )
