from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from openai import AsyncOpenAI

from indexes.embedders import LocalEmbedder, OpenAIEmbedder, openai_embedder
from models.errors import Unavailable

Answer = Callable[[list[str]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def local() -> LocalEmbedder:
    return LocalEmbedder()


async def test_the_local_embedder_knows_what_is_alike_without_a_network(local: LocalEmbedder) -> None:
    couch, sofa, laptop = await local.embed(["a couch", "sofa with three seats", "laptop computer"])
    assert couch @ sofa > couch @ laptop


async def test_a_text_has_one_vector_alone_or_among_others(local: LocalEmbedder) -> None:
    texts = ["red dress", "", "👗", "half \ud800", "x" * 20_000]
    together = await local.embed(texts)
    alone = [await local.embed([text]) for text in texts]
    assert together.shape == (5, local.dimension)
    assert together.dtype == np.float32
    assert np.allclose(together, np.concatenate(alone), atol=1e-6)
    assert np.allclose(np.linalg.norm(together, axis=1), [1, 0, 1, 1, 1], atol=1e-5)


async def test_no_texts_have_no_vectors(local: LocalEmbedder) -> None:
    assert (await local.embed([])).shape == (0, local.dimension)


class Endpoint:
    """A server on this machine that answers as the test says."""

    def __init__(self) -> None:
        self.answer: Answer = lambda texts: [row(at, [1.0, 0.0, 0.0]) for at in range(len(texts))]
        self.status = 200
        self.asked: list[list[str]] = []

    async def respond(self, request: web.Request) -> web.Response:
        self.asked.append((await request.json())["input"])
        body = {"object": "list", "model": "m", "data": self.answer(self.asked[-1])}
        return web.json_response(body, status=self.status)


@pytest.fixture
async def served() -> AsyncIterator[tuple[Endpoint, OpenAIEmbedder]]:
    endpoint, app = Endpoint(), web.Application()
    app.router.add_post("/v1/embeddings", endpoint.respond)
    async with (
        TestServer(app) as server,
        AsyncOpenAI(api_key="made-up", base_url=str(server.make_url("/v1")), max_retries=0) as client,
    ):
        yield endpoint, OpenAIEmbedder(client, "m", 3)


def row(index: int, embedding: list[Any]) -> dict[str, Any]:
    return {"object": "embedding", "index": index, "embedding": embedding}


async def test_answers_are_put_in_order_and_to_length_1(served: tuple[Endpoint, OpenAIEmbedder]) -> None:
    endpoint, embedder = served
    endpoint.answer = lambda texts: [row(at, [2.0 * at, 0.0, 1.5]) for at in reversed(range(len(texts)))]
    vectors = await embedder.embed(["a", "b"])
    assert np.allclose(vectors, [[0.0, 0.0, 1.0], [0.8, 0.0, 0.6]], atol=1e-6)


async def test_texts_are_sent_in_batches_cut_and_never_empty(served: tuple[Endpoint, OpenAIEmbedder]) -> None:
    endpoint, embedder = served
    vectors = await embedder.embed(["", "x" * 10_000, *["word"] * 148])
    assert vectors.shape == (150, 3)
    assert [len(batch) for batch in endpoint.asked] == [100, 50]
    assert (endpoint.asked[0][0], len(endpoint.asked[0][1])) == ("-", 8000)


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: [row(0, [1.0, 0.0])],
        lambda _: [row(0, [1.0, 0.0, 0.0]), row(1, [1.0, 0.0, 0.0])],
        lambda _: [],
        lambda _: [row(0, [1.0, 1e39, 0.0])],
        lambda _: [row(0, [1.0, "x", 0.0])],
    ],
)
async def test_an_answer_that_does_not_fit_is_never_returned(
    served: tuple[Endpoint, OpenAIEmbedder], answer: Answer
) -> None:
    endpoint, embedder = served
    endpoint.answer = answer
    with pytest.raises(Unavailable):
        await embedder.embed(["a"])


async def test_an_endpoint_in_trouble_is_unavailable(served: tuple[Endpoint, OpenAIEmbedder]) -> None:
    endpoint, embedder = served
    endpoint.status = 500
    with pytest.raises(Unavailable):
        await embedder.embed(["a"])


def test_an_embedder_is_made_from_settings() -> None:
    embedder = openai_embedder(api_key="made-up", base_url=None, model="text-embedding-3-small")
    assert (embedder.name, embedder.dimension) == ("text-embedding-3-small", 1536)
