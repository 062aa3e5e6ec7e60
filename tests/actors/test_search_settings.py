"""A merchant's own weights and synonyms, as its profile has them."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.owned_catalogue import OwnedCatalogue
from models.search import NO_FILTERS, QueryRule, SearchSettings, Weights
from store import merchants
from tests.actors.wares import Open, found, put, save

NOTHING = Weights(semantic=0, keyword=0, popularity=0, availability=0, price_match=0, recency=0)
COUCHES = SearchSettings(synonyms=(("couch", "sofa"),))


async def decide(engine: AsyncEngine, settings: SearchSettings) -> None:
    async with engine.begin() as connection:
        merchant = await merchants.get(connection, "m1", lock=True)
        await merchants.save(connection, replace(merchant, search=settings))


async def score(catalogue: OwnedCatalogue) -> float:
    return (await catalogue.search("sofa", NO_FILTERS, 1)).hits[0].score


async def test_new_synonyms_hold_at_once_and_after_a_load_and_a_rebuild(
    engine: AsyncEngine, catalogue: OwnedCatalogue, open_catalogue: Open
) -> None:
    await save(catalogue, put("p1", "Oslo sofa"))
    assert await found(catalogue, "couch") == set()
    await decide(engine, COUCHES)
    await catalogue.refresh_settings()
    assert await found(catalogue, "couch") == {"p1"}
    await catalogue.rebuild()
    assert await found(catalogue, "couch") == {"p1"}
    assert await found(await open_catalogue(), "couch") == {"p1"}
    await decide(engine, SearchSettings())
    await catalogue.refresh_settings()
    assert await found(catalogue, "couch") == set()


async def test_weights_count_for_the_embedder_they_are_made_for(
    engine: AsyncEngine, catalogue: OwnedCatalogue
) -> None:
    await save(catalogue, put("p1", "Oslo sofa"))
    measured = await score(catalogue)
    await decide(engine, SearchSettings(weights={"another": replace(NOTHING, keyword=1)}))
    await catalogue.refresh_settings()
    assert await score(catalogue) == measured
    await decide(engine, SearchSettings(weights={"counting": replace(NOTHING, availability=3)}))
    await catalogue.refresh_settings()
    assert await score(catalogue) == 3


async def test_weights_that_come_with_a_search_count_for_it_alone(catalogue: OwnedCatalogue) -> None:
    await save(catalogue, put("p1", "Oslo sofa"))
    measured = await score(catalogue)
    thrice = {"counting": replace(NOTHING, availability=3), "another": replace(NOTHING, keyword=9)}
    for _ in range(2):  # the second time from memory
        found = await catalogue.search("sofa", NO_FILTERS, 1, weights=thrice)
        assert (found.hits[0].score, await score(catalogue)) == (3, measured)
    assert found.remembered
    found = await catalogue.search("sofa", NO_FILTERS, 1, weights={"another": NOTHING})
    assert found.hits[0].score == measured


async def test_a_new_rule_holds_at_once_and_after_a_load_and_a_rebuild(
    engine: AsyncEngine, catalogue: OwnedCatalogue, open_catalogue: Open
) -> None:
    await save(catalogue, put("p1", "Oslo sofa"), put("p2", "Rome sofa"))

    async def first(of: OwnedCatalogue) -> str:
        return (await of.search("sofas", NO_FILTERS, 1)).hits[0].product.id

    for product_id in ("p1", "p2"):
        await decide(engine, SearchSettings(rules=(QueryRule(query="sofa", pinned=(product_id,)),)))
        await catalogue.refresh_settings()
        assert await first(catalogue) == product_id
        await catalogue.rebuild()
        assert await first(catalogue) == product_id
        assert await first(await open_catalogue()) == product_id
