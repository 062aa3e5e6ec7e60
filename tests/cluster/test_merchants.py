import pytest

from tests.cluster.api import Api
from tests.cluster.shops import Account, Shop, dress, open_shop


async def test_a_merchant_needs_nothing_but_a_name(api: Api) -> None:
    created = await api.post("/api/merchants", {"name": "Corner shop"})
    assert created.status == 201
    assert (await api.get(f"/api/merchants/{created.body['id']}")).body == created.body
    assert created.body["currency"] == "USD"


async def test_a_whole_profile_comes_back_as_it_was_given(api: Api) -> None:
    profile = {
        "name": "Käsehaus Müller 🧀",
        "currency": "EUR",
        "voice": "luxury",
        "languages": ["de", "en"],
        "faq": [{"question": "Where are you?", "answer": "In Cologne."}],
        "policies": {"returns": "30 days"},
        "contact": {"email": "hi@kaese.example", "phone": None, "url": None},
        "disclose": True,
        "disclosure": "Hier antwortet unser Automat.",
        "model_budget_per_day": 250,
        "comments": {
            "answer": "keywords",
            "keywords": ["preis"],
            "posts": ["180"],
            "public_reply": False,
            "public_replies": ["Schau in dein Postfach!"],
        },
        "voice_style": {"emoji": "few", "length": "long", "address": "formal"},
        "voice_examples": [{"customer": "Hallo", "reply": "Grüß Gott!"}],
        "time_zone": "Europe/Berlin",
        "hours": {
            "week": [{"day": "sat", "opens": "09:00", "closes": "12:00"}],
            "closed": ["2026-12-26"],
        },
        "handover": {"problems": True, "keywords": ["b2b"], "text": None, "pause_hours": 24},
        "use_model": True,
        "retention": {"conversations_days": 365, "executions_days": None, "uploads_days": 7},
        "search": {
            "synonyms": [["Käse", "Kas"]],
            "weights": {"local": weights(keyword=1)},
            "rules": [{"query": "Käse", "pinned": ["gouda"], "buried": []}],
        },
        "experiment": {
            "name": "stimme",
            "variants": [
                {"name": "wie bisher", "share": 90, "use_model": None, "voice": None, "weights": {}},
                {
                    "name": "knapp",
                    "share": 10,
                    "use_model": True,
                    "voice": "Höchstens ein Satz.",
                    "weights": {"local": weights(keyword=1)},
                },
            ],
        },
    }
    created = await api.post("/api/merchants", profile)
    assert created.body == profile | {"id": created.body["id"]}


async def test_a_change_keeps_what_it_leaves_out(api: Api) -> None:
    shop = await open_shop(api, currency="EUR", policies={"returns": "30 days"}, languages=["de"])
    before = (await shop.get()).body
    changed = await api.patch(shop.path, {"voice": "playful", "contact": {"email": "a@b.example"}})
    contact = {"email": "a@b.example", "phone": None, "url": None}
    assert changed.status == 200
    assert changed.body == before | {"voice": "playful", "contact": contact}
    assert (await shop.get()).body == changed.body


def weights(**changes: object) -> object:
    parts = ("semantic", "keyword", "popularity", "availability", "price_match", "recency")
    return dict.fromkeys(parts, 0) | changes


async def test_how_a_shop_is_searched_is_changed_for_the_next_search(api: Api) -> None:
    shop = await open_shop(api)
    await shop.add(dress("ocean", name="Evening gown"), dress("cherry", name="Nightgown", price_minor=900))
    assert await names(shop, "frock") == []

    frocks = {"synonyms": [["frock", "gown"]]}
    plain: dict[str, object] = {"weights": {}, "rules": []}
    assert (await api.patch(shop.path, {"search": frocks})).body["search"] == plain | frocks
    assert await names(shop, "frock") == ["Evening gown"]

    mine = {"weights": {"wordllama-l2-supercat-256": weights(availability=2)}}
    assert (await api.patch(shop.path, {"search": mine})).body["search"] == plain | frocks | mine
    (hit,) = (await shop.post("/search", {"query": "frock"})).body["hits"]
    assert hit["score"] == hit["scores"]["availability"] * 2
    cleared = await api.patch(shop.path, {"search": {"synonyms": [], "weights": {}}})
    assert cleared.body["search"] == plain | {"synonyms": []}
    assert await names(shop, "frock") == []


async def test_what_a_shop_pins_and_buries_holds_for_the_next_search(api: Api) -> None:
    shop = await open_shop(api)
    await shop.add(*(dress(each, name=f"Gown {each}") for each in ("ocean", "cherry", "fern")))
    rule = {"query": "gowns", "pinned": ["fern"], "buried": ["cherry"]}
    await api.patch(shop.path, {"search": {"rules": [rule]}})
    assert await names(shop, "gown") == ["Gown fern", "Gown ocean", "Gown cherry"]
    moved = (await shop.post("/search", {"query": "gown"})).body["hits"]
    assert [hit["curated"] for hit in moved] == ["pinned", None, "buried"]


async def test_settings_of_a_search_are_tried_before_they_are_kept(api: Api) -> None:
    shop = await open_shop(api)
    await shop.add(dress("ocean", name="Evening gown"))
    trial = {"synonyms": [["frock", "gown"]], "weights": weights(keyword=1)}
    tried = (await shop.post("/search/explain", {"query": "frock", "trial": trial})).body
    assert [hit["product"]["id"] for hit in tried["hits"]] == ["ocean"]
    assert tried["words"] == [{"typed": "frock", "word": "frock", "instead": ["gown"]}]
    assert tried["candidates"] == {"passing": 1, "by_words": 1, "by_meaning": 0, "both": 0}
    assert tried["weights"] == trial["weights"]
    assert tried["embedder"] == "wordllama-l2-supercat-256"
    assert await names(shop, "frock") == []


async def names(shop: Shop, query: str) -> list[str]:
    return [hit["product"]["name"] for hit in (await shop.post("/search", {"query": query})).body["hits"]]


@pytest.mark.parametrize(
    ("search", "field"),
    [
        ({"colour": []}, "colour"),
        ({"synonyms": [["sofa"]]}, "synonyms.0"),
        ({"synonyms": [["sofa", " "]]}, "synonyms.0.1"),
        ({"synonyms": [["sofa", "c" * 101]]}, "synonyms.0.1"),
        ({"synonyms": [["a", "b"]] * 501}, "synonyms"),
        ({"rules": [{"query": "do you have", "pinned": ["a"]}]}, "rules.0.query"),
        ({"rules": [{"query": "sofa"}]}, "rules.0"),
        ({"rules": [{"query": "sofa", "pinned": ["a"], "buried": ["a"]}]}, "rules.0"),
        ({"rules": [{"query": one, "pinned": ["a"]} for one in ("red sofa", "Sofas, red!")]}, "rules"),
        ({"rules": [{"query": "sofa", "pinned": [f"{n}" for n in range(51)]}]}, "rules.0.pinned"),
        ({"weights": {"local": {}}}, "weights.local.semantic"),
        ({"weights": {"local": weights(recency=-1)}}, "weights.local.recency"),
        ({"weights": {"local": weights(recency="1")}}, "weights.local.recency"),
        ({"weights": {"local": weights(recency=1e9)}}, "weights.local.recency"),
        ({"weights": {"local": weights()}}, "weights.local"),
    ],
)
async def test_settings_of_a_search_that_are_wrong_name_their_field(
    shop: Shop, search: object, field: str
) -> None:
    answer = await shop.api.patch(shop.path, {"search": search})
    assert answer.field() == f"search.{field}"


async def test_a_weight_that_is_no_number_names_its_field(api: Api, shop: Shop) -> None:
    body = '{"search": {"weights": {"local": {"semantic": NaN}}}}'
    answer = await api.call("PATCH", shop.path, data=body, headers={"Content-Type": "application/json"})
    assert answer.field() == "search.weights.local.semantic"


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        ({"name": "S", "currency": "DOUBLOON"}, "currency"),
        ({"name": "S", "currency": None}, "currency"),
        ({}, "name"),
        ({"name": "  "}, "name"),
        ({"name": 7}, "name"),
        ({"name": "n" * 501}, "name"),
        ({"name": "S", "languages": ["klingon!"]}, "languages.0"),
        ({"name": "S", "faq": [{"question": "?"}]}, "faq.0.answer"),
        ({"name": "S", "contact": {"fax": "1"}}, "contact.fax"),
        ({"name": "S", "disclosure": "d" * 151}, "disclosure"),
        ({"name": "S", "model_budget_per_day": -1}, "model_budget_per_day"),
        ({"name": "S", "colour": "red"}, "colour"),
        (
            {"name": "S", "search": {"weights": {"local": weights(recency=-1)}}},
            "search.weights.local.recency",
        ),
        (
            {"name": "S", "search": {"weights": {"local": weights(recency="1")}}},
            "search.weights.local.recency",
        ),
        (
            {"name": "S", "search": {"weights": {"local": weights(recency=1e9)}}},
            "search.weights.local.recency",
        ),
        ([], "body"),
    ],
)
async def test_a_profile_that_is_wrong_names_its_field(api: Api, profile: object, field: str) -> None:
    assert (await api.post("/api/merchants", profile)).field() == field


async def test_null_takes_back_a_limit_and_words_of_ones_own(api: Api) -> None:
    shop = await open_shop(api, disclosure="A robot.", model_budget_per_day=250, voice="luxury")
    await api.patch(shop.path, {"disclosure": None, "model_budget_per_day": None, "voice": None})
    profile = (await shop.get()).body
    assert (profile["disclosure"], profile["model_budget_per_day"]) == (None, None)
    assert profile["voice"] == "luxury"


async def test_the_currency_of_a_shop_with_products_does_not_change(shop: Shop) -> None:
    await shop.add(dress("ocean"))
    refused = await shop.api.patch(shop.path, {"currency": "EUR"})
    assert (refused.status, refused.problem()["field"]) == (409, "currency")


async def test_what_a_database_cannot_hold_is_left_out_of_a_profile(api: Api) -> None:
    created = await api.post("/api/merchants", {"name": "A\0B", "policies": {"ret\0urns": "30\0 days"}})
    assert created.status == 201
    assert created.body["name"] == "AB"
    assert created.body["policies"] == {"returns": "30 days"}


async def test_a_merchant_that_is_not_there_is_404_everywhere(api: Api) -> None:
    for path in ("", "/products", "/conversations", "/executions/turn-1", "/imports/1"):
        answer = await api.get(f"/api/merchants/nobody{path}")
        assert (answer.status, answer.problem()["detail"]) == (404, "no such merchant")
    assert (await api.post("/api/merchants/nobody/search", {"query": "x"})).status == 404
    assert (await api.patch("/api/merchants/nobody", {"name": "S"})).status == 404


async def test_a_new_merchant_is_in_the_list_beside_the_demo_shop(api: Api, shop: Shop) -> None:
    listed = (await api.get("/api/merchants")).body
    assert {shop.id, "demo"} <= {merchant["id"] for merchant in listed["items"]}


async def test_an_instagram_account_belongs_to_one_merchant(api: Api, account: Account) -> None:
    other = await open_shop(api)
    body = {"account_id": account.id, "access_token": "another"}
    refused = await other.put("/instagram", body)
    assert (refused.status, refused.problem()["field"]) == (409, "account_id")


async def test_an_account_that_was_disconnected_is_free_for_another_merchant(
    api: Api, shop: Shop, account: Account
) -> None:
    assert (await shop.delete("/instagram")).status == 204
    assert (await shop.delete("/instagram")).status == 404
    other = await open_shop(api)
    body = {"account_id": account.id, "access_token": "another"}
    assert (await other.put("/instagram", body)).status == 200


async def test_no_answer_holds_an_access_token(shop: Shop, account: Account) -> None:
    body = {"account_id": account.id, "access_token": "a-very-secret-token"}
    assert b"a-very-secret-token" not in (await shop.put("/instagram", body)).raw


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"account_id": "not-a-number", "access_token": "t"}, "account_id"),
        ({"account_id": "17841", "access_token": ""}, "access_token"),
        ({"account_id": "17841"}, "access_token"),
    ],
)
async def test_an_account_that_is_wrong_names_its_field(shop: Shop, body: object, field: str) -> None:
    assert (await shop.put("/instagram", body)).field() == field
