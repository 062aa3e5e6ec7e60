from datetime import UTC, datetime

import pytest

from demo.catalogue import load
from models.merchant import Merchant
from models.product import Product

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def shop() -> tuple[Merchant, tuple[Product, ...]]:
    return load("http://localhost:8000", NOW)


@pytest.fixture(scope="session")
def merchant(shop: tuple[Merchant, tuple[Product, ...]]) -> Merchant:
    return shop[0]


@pytest.fixture(scope="session")
def products(shop: tuple[Merchant, tuple[Product, ...]]) -> tuple[Product, ...]:
    return shop[1]
