from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from demo.pictures import HANGING, STANDING, draw, picture
from demo.source import entries
from models.product import Product


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("RGB")


def difference(one: bytes, other: bytes) -> float:
    """The mean over all pixels and channels, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(opened(one), opened(other))).mean) / 3


@pytest.mark.parametrize("kind", sorted(HANGING | STANDING))
def test_a_silhouette_is_a_picture_that_differs_by_colour(kind: str) -> None:
    navy, red = draw(kind, "navy", seed=7), draw(kind, "red", seed=7)
    with Image.open(BytesIO(navy)) as image:
        assert image.format == "PNG"
        assert image.size == (640, 640)
    assert difference(navy, red) > 0.3


def test_the_same_input_gives_the_same_bytes() -> None:
    assert draw("mug", "sage", look="dipped", seed=3) == draw("mug", "sage", look="dipped", seed=3)


def test_two_products_of_one_kind_do_not_look_alike() -> None:
    pictures = {draw("dress", "blue", seed=seed) for seed in range(6)}
    assert len(pictures) > 3


def test_words_change_the_cut() -> None:
    mini, maxi = (draw("dress", "blue", look=f"strappy slim {cut}", seed=1) for cut in ("mini", "maxi"))
    assert difference(mini, maxi) > 1


def test_every_product_has_its_picture(products: tuple[Product, ...]) -> None:
    """One a shelf is drawn, every one is known."""
    shelves = {product.category: product for product in products}
    for product in shelves.values():
        assert product.main_image
        drawn = picture(product.main_image)
        assert drawn is not None
        assert opened(drawn).size == (640, 640)
    assert {entry.picture for entry in entries().values()} <= set(HANGING | STANDING)


def test_a_key_works_with_and_without_its_address() -> None:
    assert picture("demo/everyday-tee/navy.png") == picture("/media/demo/everyday-tee/navy.png")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "demo",
        "demo/everyday-tee",
        "demo/everyday-tee/navy",
        "demo/everyday-tee/navy.jpg",
        "demo/everyday-tee/puce.png",
        "demo/no-such-thing/navy.png",
        "demo/everyday-tee/navy.png/more.png",
        "other/everyday-tee/navy.png",
        "demo/../shop.toml",
    ],
)
def test_an_unknown_key_has_no_picture(key: str) -> None:
    assert picture(key) is None
