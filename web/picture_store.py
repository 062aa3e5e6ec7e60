"""A picture somebody uploaded, into the store: what the API and the console's forms call."""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor

from models.errors import Conflict, NotFound
from sources.pictures import SIZES, Picture, read_picture
from store import media
from store.database import autocommit
from store.media import Media
from web.deps import Shopkeep

# One at a time: decoded, a large one takes 200 MB.
_DARKROOM = ThreadPoolExecutor(1, thread_name_prefix="pictures")
_KEY_DIGITS = 40


async def keep_picture(here: Shopkeep, merchant_id: str, data: bytes) -> Media:
    """Once, however often it is sent. Invalid, in words, when it is not a picture we show."""
    key = hashlib.sha256(merchant_id.encode() + b"\0" + data).hexdigest()[:_KEY_DIGITS]
    async with autocommit(here.engine) as connection:
        found = await media.known(connection, merchant_id, key)
    if found is not None:
        return found
    picture = await asyncio.get_running_loop().run_in_executor(_DARKROOM, read_picture, data)
    return await _develop(here, merchant_id, key, picture)


async def _develop(here: Shopkeep, merchant_id: str, key: str, picture: Picture) -> Media:
    made = Media(
        key=key,
        extension=picture.extension,
        width=picture.width,
        height=picture.height,
        bytes=sum(map(len, picture.sizes.values())),
    )
    async with here.engine.begin() as connection:
        await media.add(connection, merchant_id, made)
        for size, data in picture.sizes.items():
            await here.files.write(made.file(size), data)
    return made


async def remove_picture(here: Shopkeep, merchant_id: str, key: str) -> None:
    """NotFound; Conflict while a product shows it."""
    async with here.engine.begin() as connection:
        gone = await media.remove(connection, merchant_id, key)
        if gone is None:
            raise NotFound("no such picture")
        if product := await media.product_with(connection, merchant_id, key):
            raise Conflict(f"product {product!r} shows this picture; take it off there first", field="key")
        await here.files.erase(map(gone.file, SIZES))
