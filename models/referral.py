"""What an address says about who sent the visitor: the code of the link that was followed."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

PARAMETER = "ref"  # shops' own name for it
_CODE = re.compile(r"[A-Za-z0-9_-]{6,64}")


def with_code(url: str, code: str) -> str:
    """The same page, and by which link it was reached."""
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode({PARAMETER: code})) if part)
    return urlunsplit(parts._replace(query=query))


def code_in(url: str) -> str | None:
    """None when nobody like us sent the visitor. `url` may be a path alone."""
    try:
        given = parse_qs(urlsplit(url).query).get(PARAMETER, [])
    except ValueError:
        return None
    # What the shop itself had there comes before ours.
    return given[-1] if given and _CODE.fullmatch(given[-1]) else None
