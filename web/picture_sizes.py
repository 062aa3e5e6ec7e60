"""A picture of ours in another size is at another address."""

import re

_OURS = re.compile(r"/media/[0-9a-f]{40}\.(?:jpg|png)")


def sized(url: str | None, size: str) -> str | None:
    """`sized(url, "thumb")`: the address in one of sources.pictures.SIZES, if it is ours; else as it is."""
    if url is None or not _OURS.fullmatch(url):
        return url
    stem, _, extension = url.rpartition(".")
    return f"{stem}.{size}.{extension}"
