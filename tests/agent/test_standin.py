"""The stand-in speaks the API as its real clients read it."""

import math

from openai import AsyncOpenAI

from tests.standins.openai import OpenAIStandin


async def test_embeddings_are_unit_vectors_that_words_bring_near(openai: OpenAIStandin) -> None:
    async with AsyncOpenAI(api_key="test-key", base_url=openai.url) as client:
        texts = ["blue summer dress", "summer dress in blue", "leather wallet"]
        answer = await client.embeddings.create(model="text-embedding-3-small", input=texts, dimensions=256)
    first, near, far = (one.embedding for one in answer.data)
    assert len(first) == 256
    assert math.isclose(sum(value * value for value in first), 1, rel_tol=1e-5)
    assert dot(first, near) > dot(first, far)


async def test_the_same_text_has_the_same_vector(openai: OpenAIStandin) -> None:
    async with AsyncOpenAI(api_key="test-key", base_url=openai.url) as client:
        one = await client.embeddings.create(model="m", input="a candle", encoding_format="float")
        two = await client.embeddings.create(model="m", input=["a candle"], encoding_format="float")
    assert one.data[0].embedding == two.data[0].embedding
    assert [request["input"] for request in openai.requests] == ["a candle", ["a candle"]]


def dot(first: list[float], second: list[float]) -> float:
    return sum(x * y for x, y in zip(first, second, strict=True))
