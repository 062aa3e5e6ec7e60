"""Who opened this address, who posted this webhook."""

from urllib.parse import urlencode

import pytest

from sources.shopify.shops import shop_name, typed
from sources.shopify.signatures import body_ok, query_ok, sign_body, sign_query

# Of Shopify's documentation.
DOCUMENTED = (
    "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com"
    "&state=0.6784241404160823&timestamp=1337178173"
)
DOCUMENTED_HMAC = "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf"
# With a state and a host that need escaping.
ESCAPED = (
    "code=c0de1234&host=YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvZGVtbw&shop=demo-shop.myshopify.com"
    "&state=n0nce%2B%2F%3D&timestamp=1750000000"
)
ESCAPED_HMAC = "36cff4f9364a8e36f578fbebd50e64f69bd8ede43b48c4e474d0c6dff0584068"
BODY = b'{"id":788032119674292922}'
BODY_HMAC = "vcSvd7/lZYeTgZoQTKdqN5+dhgYAHsHS8zW0q12jTGA="


@pytest.mark.parametrize(
    ("query", "secret", "expected", "at"),
    [
        (DOCUMENTED, "hush", DOCUMENTED_HMAC, 1337178173),
        (ESCAPED, "shpss_test", ESCAPED_HMAC, 1750000000),
    ],
)
def test_known_addresses_have_their_known_signatures(query: str, secret: str, expected: str, at: int) -> None:
    assert sign_query(query, secret) == expected
    assert query_ok(f"{query}&hmac={expected}", [secret], now=at + 1)
    assert query_ok(f"hmac={expected}&{query}", ["the newer one", secret], now=at)


def test_every_parameter_counts_but_the_signatures() -> None:
    signed = f"{DOCUMENTED}&hmac={DOCUMENTED_HMAC}"
    assert query_ok(f"{signed}&signature=old", ["hush"], now=1337178173)
    assert not query_ok(f"{signed}&more=1", ["hush"], now=1337178173)
    assert not query_ok(signed.replace("some-shop", "evil-shop"), ["hush"], now=1337178173)


def test_a_parameter_that_comes_twice_is_signed_with_both_values() -> None:
    assert sign_query("ids=1&ids=2&a=b", "s") == sign_query("a=b&ids=1%2C2", "s")
    assert sign_query("a=x+y~*", "s") == sign_query("a=x%20y%7E%2A", "s")


@pytest.mark.parametrize("off", [-91, 91, 10_000])
def test_an_old_address_is_a_copy(off: int) -> None:
    assert not query_ok(f"{DOCUMENTED}&hmac={DOCUMENTED_HMAC}", ["hush"], now=1337178173 + off)


@pytest.mark.parametrize("at", ["", "soon", "-1", "1e3", "١", "1" * 5000])
def test_a_time_that_is_none_is_refused_even_when_it_is_signed(at: str) -> None:
    query = urlencode({"shop": "some-shop.myshopify.com", "timestamp": at})
    assert not query_ok(f"{query}&hmac={sign_query(query, 'hush')}", ["hush"], now=1.0)


@pytest.mark.parametrize("given", ["", "hmac=", "hmac=%00", "hmac=é", "hmac=%ED%A0%80", "&&=&", "hmac"])
def test_no_address_without_a_signature_passes(given: str) -> None:
    assert not query_ok(given, ["hush"], now=0)
    assert not query_ok(given, [], now=0)
    assert not query_ok(given, [""], now=0)


def test_a_webhook_is_signed_over_its_bytes() -> None:
    assert sign_body(BODY, "shpss_test") == BODY_HMAC
    assert body_ok(BODY, BODY_HMAC, ["newer", "shpss_test"])
    assert not body_ok(BODY + b" ", BODY_HMAC, ["shpss_test"])
    for header in (None, "", "é", BODY_HMAC[:-1]):
        assert not body_ok(BODY, header, ["shpss_test"])
    assert not body_ok(BODY, sign_body(BODY, ""), [""])


@pytest.mark.parametrize("given", ["demo-shop.myshopify.com", "DEMO-Shop.MyShopify.com", "1.myshopify.com"])
def test_names_of_shops_are_taken_in_lower_case(given: str) -> None:
    assert shop_name(given) == given.lower()


@pytest.mark.parametrize(
    "given",
    [
        "",
        "a.myshopify.com.evil.test",
        "evil.test/a.myshopify.com",
        "evil.test#a.myshopify.com",
        "-a.myshopify.com",
        "a_b.myshopify.com",
        "a.b.myshopify.com",
        "a.myshopify.com\n",
        "a.myshopify.com:443",
        "user@a.myshopify.com",
        "\u212a.myshopify.com",  # the sign for kelvin, whose lower case is a k
        ".myshopify.com",
        "a" * 64 + ".myshopify.com",
    ],
)
def test_nothing_else_is_the_name_of_a_shop(given: str) -> None:
    assert shop_name(given) is None


@pytest.mark.parametrize(
    "given",
    ["demo-shop", " Demo-Shop.myshopify.com ", "https://demo-shop.myshopify.com/admin/products"],
)
def test_a_person_may_write_it_as_it_stands_in_the_browser(given: str) -> None:
    assert typed(given) == "demo-shop.myshopify.com"
    assert typed("my shop") is None
    assert typed("shop.example") is None
