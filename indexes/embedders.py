"""Text to vectors whose product is the texts' likeness.

The heavy imports happen on first use: most processes that know of embedders never embed.
"""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.errors import Unavailable

if TYPE_CHECKING:
    from openai import AsyncOpenAI

Vectors = NDArray[np.float32]

# Some 2,000 tokens: beyond, an average says less about a product, and endpoints refuse 8,192.
_MOST_CHARACTERS = 8000
# Endpoints take 2,048 texts and 300,000 tokens in one request.
_BATCH = 100
_BATCH_S = 60.0  # of one call


class Embedder(Protocol):
    """`name` and `dimension` tell whose vectors an index holds: those of two embedders never mix."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, dimension), each row of length 1, or zeros for a text without words. Unavailable."""
        ...


class LocalEmbedder:
    """WordLlama, from the weights in its own package: no key, no network."""

    name = "wordllama-l2-supercat-256"
    dimension = 256

    def __init__(self) -> None:
        self._model: Any = None  # the package ships no types
        self._loading = threading.Lock()

    async def embed(self, texts: Sequence[str]) -> Vectors:
        # A query takes 0.1 ms, a catalogue seconds; the first call loads the weights.
        if self._model is not None and len(texts) == 1:
            return self._embed(texts)
        return await asyncio.to_thread(self._embed, texts)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        with self._loading:
            self._model = self._model or _load_wordllama()
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return _unit_rows(self._model.embed([_encodable(text) for text in texts], batch_size=16))


class OpenAIEmbedder:
    """Any endpoint that speaks OpenAI's embeddings API. Retries and timeouts are the client's."""

    def __init__(
        self, client: "AsyncOpenAI", model: str = "text-embedding-3-small", dimension: int = 1536
    ) -> None:
        self.name = model
        self.dimension = dimension
        self._client = client

    async def embed(self, texts: Sequence[str]) -> Vectors:
        batches = [await self._batch(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)]
        return np.concatenate([np.zeros((0, self.dimension), np.float32), *batches])

    async def _batch(self, texts: Sequence[str]) -> Vectors:
        from openai import OpenAIError  # noqa: PLC0415 - 1.3 s of CPU, see above

        # The API refuses an empty text.
        sent = [_encodable(text).strip() or "-" for text in texts]
        try:
            answer = await self._client.embeddings.create(model=self.name, input=sent)
            rows = [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]
            with np.errstate(over="ignore"):  # becomes infinite, and is refused below
                vectors = np.array(rows, np.float32)
        # Whatever a proxy may answer in place of vectors: an error page, nothing, words.
        except (OpenAIError, AttributeError, TypeError, ValueError) as error:
            raise Unavailable(f"{self.name} did not embed: {error}") from error
        return self._checked(vectors, (len(texts), self.dimension))

    def _checked(self, vectors: Vectors, shape: tuple[int, int]) -> Vectors:
        if vectors.shape != shape:
            raise Unavailable(f"{self.name} answered vectors of shape {vectors.shape}, not {shape}")
        if not np.isfinite(vectors).all():
            raise Unavailable(f"{self.name} answered a vector that is not finite")
        return _unit_rows(vectors)


def openai_embedder(
    *, api_key: str, base_url: str | None, model: str, dimension: int = 1536
) -> OpenAIEmbedder:
    from openai import AsyncOpenAI  # noqa: PLC0415 - 1.3 s of CPU, see above

    client = AsyncOpenAI(api_key=api_key, base_url=base_url, timeout=_BATCH_S)
    return OpenAIEmbedder(client, model, dimension)


def _load_wordllama() -> Any:  # noqa: ANN401 - the package ships no types
    import wordllama  # noqa: PLC0415 - 0.7 s of CPU, see above

    # Its tokenizer is found only through a cache folder; its own package is laid out like one.
    package = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=package, disable_download=True)


def _encodable(text: str) -> str:
    """Cut to length, and half a surrogate pair replaced: it has no UTF-8."""
    return text[:_MOST_CHARACTERS].encode("utf-8", "replace").decode()


def _unit_rows(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit
