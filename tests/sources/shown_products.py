"""Any product there can be: what a draft makes of anything."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from pydantic import ValidationError

from models.product import Product
from sources.drafts import ProductDraft, to_product

NOW = datetime(2026, 1, 1, tzinfo=UTC)

# Signs that mean something to a spreadsheet, to CSV, to HTML or to our lists, more often than any other.
_TEXT = st.text(
    st.sampled_from(list("ab =+-@'\"\\|>,;<&\n\t\r é\u00a0\u2028🙂")) | st.characters(), max_size=12
)
_HTML = st.sampled_from(["&lt;b&gt;", "&amp;lt;", "5 < 6", "a<br>b", "&nbsp;x", "&#13;y", "a > b"]) | _TEXT
_URL = st.sampled_from(
    ["https://x.example/a.jpg", "https://x.example/a|b.jpg", "https://x.example/c\\", "/media/k.png"]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT, lambda of: st.lists(of, max_size=3), max_leaves=4
)
_MINOR = st.integers(0, 10**9)


def _variant(n: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"price_minor": _MINOR, "id": st.just(f"v{n}")},
        optional={
            "sku": st.just(f"={n}") | st.just(f"'-{n}") | st.none(),
            "name": _TEXT,
            "color": _TEXT,
            "size": _TEXT,
            "material": _TEXT,
            "compare_at_price_minor": _MINOR | st.none(),
            "stock": st.integers(0, 99) | st.none(),
            "available": st.booleans(),
            "oversell": st.booleans(),
            "images": st.lists(_URL, max_size=2),
        },
    )


_PRODUCT = st.fixed_dictionaries(
    {
        "id": st.text(st.sampled_from(list("ab=+-@'1|>, ")), min_size=1, max_size=6),
        "name": _TEXT,
        "variants": st.integers(1, 3)
        .flatmap(lambda count: st.tuples(*map(_variant, range(count))))
        .map(list),
    },
    optional={
        "description": _HTML,
        "short_description": _HTML,
        "category": st.lists(_TEXT, max_size=3),
        "tags": st.lists(_TEXT, max_size=3),
        "brand": _TEXT,
        "main_image": _URL,
        "images": st.lists(_URL, max_size=3),
        "product_url": _URL,
        "is_active": st.booleans(),
        "is_featured": st.booleans(),
        "shopify_product_id": st.just("9001"),
        "metadata": st.dictionaries(_TEXT, _JSON, max_size=3),
    },
)


def _product(values: dict[str, Any], currency: str) -> Product | None:
    try:
        draft = ProductDraft.model_validate(values, context=currency)
    except ValidationError:
        return None
    return to_product(draft, currency, id=draft.id or "p", now=NOW, new_id=lambda: "new")


def products(currency: str) -> st.SearchStrategy[Product]:
    made = _PRODUCT.map(lambda values: _product(values, currency))
    return made.filter(lambda product: product is not None)  # type: ignore[return-value]
