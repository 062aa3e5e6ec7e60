"""Products in a post, and what is asked under it."""

import pytest

from tests.cluster.api import Api
from tests.cluster.polling import until
from tests.cluster.second import Second
from tests.cluster.shops import Account, Shop, dress, open_shop

POST = "18100000000000077"


async def test_products_of_a_post_are_named_shown_and_taken_back(shop: Shop) -> None:
    await shop.add(dress("ocean"), dress("ember"))
    named = await shop.put(f"/posts/{POST}", {"product_ids": ["ember", "ocean", "ember"]})
    assert (named.status, named.body) == (200, {"media_id": POST, "product_ids": ["ember", "ocean"]})
    assert (await shop.get(f"/posts/{POST}")).body == named.body
    await shop.put(f"/posts/{POST}", {"product_ids": ["ocean"]})
    await shop.put("/posts/DAbCdEf-_1", {"product_ids": ["ocean"]})
    first = (await shop.get("/posts", params={"limit": "1"})).body
    assert first["items"] == [{"media_id": POST, "product_ids": ["ocean"]}]
    rest = (await shop.get("/posts", params={"cursor": first["next_cursor"]})).body
    assert [post["media_id"] for post in rest["items"]] == ["DAbCdEf-_1"]
    assert (await shop.delete(f"/posts/{POST}")).status == 204
    assert (await shop.delete(f"/posts/{POST}")).status == 404
    assert (await shop.get(f"/posts/{POST}")).status == 404


@pytest.mark.parametrize("body", [{}, {"product_ids": []}, {"product_ids": ["nothing"]}])
async def test_a_post_needs_products_of_the_shop(shop: Shop, body: object) -> None:
    assert (await shop.put(f"/posts/{POST}", body)).field() == "product_ids"
    assert (await shop.get(f"/posts/{POST}")).status == 404


async def test_the_posts_of_a_shop_are_its_own(api: Api, shop: Shop) -> None:
    await shop.add(dress("ocean"))
    await shop.put(f"/posts/{POST}", {"product_ids": ["ocean"]})
    other = await open_shop(api)
    assert (await other.get(f"/posts/{POST}")).status == 404
    assert (await other.put(f"/posts/{POST}", {"product_ids": ["ocean"]})).field() == "product_ids"


async def test_how_much_is_this_under_a_post_is_answered_for_its_products(
    shop: Shop, account: Account
) -> None:
    await shop.add(dress("ocean", price_minor=6100), dress("ember", price_minor=7200))
    await shop.put(f"/posts/{POST}", {"product_ids": ["ember"]})
    await account.comments("990000000000071", "how much is this?", f"1801{account.id}", media_id=POST)
    private, _ = await account.replies("990000000000071", at_least=2)
    assert "$72" in private.text
    assert "Ocean" not in private.text


async def test_a_question_about_a_post_can_be_tried_out(shop: Shop) -> None:
    await shop.add(dress("ocean"), dress("ember"))
    await shop.put(f"/posts/{POST}", {"product_ids": ["ember"]})
    for channel in ("comment", "dm"):
        reply = await shop.chat("how much is this?", f"tries-{channel}", channel=channel, media_id=POST)
        assert [product["id"] for product in reply["products"]] == ["ember"]


async def test_a_comment_without_a_webhook_is_found_and_answered(second: Second) -> None:
    customer_id, comment_id = "990000000000103", "18000000000000103"
    media = second.account.instagram.media
    second.account.instagram.commenters[comment_id] = customer_id
    media.post(second.account.id, POST)
    media.comment(POST, comment_id, "how much is the garden party dress?", customer_id)
    private, public = await second.account.replies(customer_id, at_least=2)
    assert (private.comment_id, private.kind, public.kind) == (comment_id, "text", "public_reply")


async def test_comments_are_answered_by_the_shops_rules(shop: Shop, account: Account) -> None:
    await shop.add(dress("ocean"))
    rules = {"answer": "keywords", "keywords": ["link"], "public_reply": False}
    changed = await shop.api.patch(shop.path, {"comments": rules})
    assert changed.body["comments"] == {**rules, "posts": [], "public_replies": []}
    customer_id = "990000000000072"
    await account.comments(customer_id, "do you have a blue dress?", f"1802{account.id}")
    await account.comments(customer_id, "LINK please, the blue dress", f"1803{account.id}")
    (sent,) = await account.replies(customer_id)
    assert sent.comment_id == f"1803{account.id}"

    async def heard() -> list[str]:
        return [line["text"] for line in await shop.messages(customer_id, "customer", at_least=2)]

    assert "do you have a blue dress?" in await until(heard, what="both comments")


async def test_rules_for_comments_say_what_is_wrong_with_them(shop: Shop) -> None:
    for comments in ({"answer": "some"}, {"answer": "keywords"}, {"answer": "all", "more": 1}):
        refused = await shop.api.patch(shop.path, {"comments": comments})
        assert refused.status == 422
        assert refused.field().startswith("comments")
