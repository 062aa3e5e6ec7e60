"""A shop at work leaves: everybody who had it in memory lets go of it."""

from tests.cluster.api import Api
from tests.cluster.polling import until
from tests.cluster.shops import dress, open_shop


async def test_a_shop_that_is_erased_is_gone_for_everybody_and_the_page_says_when_it_is_done(
    api: Api, nobody: Api
) -> None:
    shop = await open_shop(api)
    await shop.add(dress("summer"))
    assert (await shop.post("/chat", {"customer_id": "ada", "text": "do you have a dress?"})).status == 200
    answer = await api.delete(shop.path)
    assert answer.status == 202, answer.raw
    page = f"/deletion/{answer.body['code']}"
    assert (await shop.get("/products")).status == 404
    assert (await shop.post("/chat", {"customer_id": "ada", "text": "still there?"})).status == 404

    async def done() -> bool:
        return b"The data is deleted" in (await nobody.get(page)).raw

    await until(done, what="the job has deleted all of it", timeout_s=60)
