"""Links as Instagram takes them: well-formed and with their host."""

from urllib.parse import quote, urlsplit

# What a URL may hold beside letters and digits; spaces and umlauts are escaped.
_URL_SIGNS = "%:/?#[]@!$&'()*+,;=~-._"


def absolute(url: str | None, app_url: str) -> str | None:
    """Well-formed and with its host, or None. Pictures and tracked links of our own are relative."""
    if not url:
        return None
    if url.startswith("//"):
        url = f"https:{url}"
    elif url.startswith("/"):
        url = app_url.rstrip("/") + url
    try:
        parts = urlsplit(url)
    except ValueError:  # a broken IPv6 host
        return None
    return quote(url, safe=_URL_SIGNS) if parts.scheme in ("http", "https") and parts.hostname else None
