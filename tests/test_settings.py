import pytest

from settings import Settings


@pytest.mark.parametrize(
    ("address", "reachable"),
    [
        (None, False),
        ("http://localhost:8000", False),
        ("http://shop.localhost", False),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("http://192.168.1.20:8000", False),
        ("http://10.0.0.3", False),
        ("http://raspberry:8000", False),
        ("http://raspberry.local:8000", False),
        ("https://shop.example", True),
        ("https://shop.example:8443/bot/", True),
        ("http://8.8.8.8:8000", True),
    ],
)
def test_customers_reach_an_address_that_is_more_than_this_machines_network(
    address: str | None, *, reachable: bool
) -> None:
    assert Settings(_env_file=None, app_url=address).reachable is reachable
