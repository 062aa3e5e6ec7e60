"""Several nodes need what one node can do without: a database and a place for uploads all of them reach."""

import ipaddress

from sqlalchemy.engine import make_url


class NotShared(RuntimeError):
    pass


def require_shared(database_url: str, uploads_url: str | None, *, nodes: int) -> None:
    if nodes > 1 and _only_here(database_url):
        raise NotShared(
            f"this cluster has {nodes} nodes, but DATABASE_URL names a PostgreSQL that only one of them "
            "reaches. Set DATABASE_URL to a PostgreSQL that all nodes reach, and ADMIN_TOKEN and "
            "ENCRYPTION_KEYS to the same values on all of them."
        )
    if nodes > 1 and uploads_url is None:
        raise NotShared(
            f"this cluster has {nodes} nodes, and UPLOADS_URL is not set: a picture uploaded at one "
            "of them would be missing at the others. Set it to a place that all of them reach, such as "
            "s3://bucket/shopkeep or a folder they share."
        )


def _only_here(database_url: str) -> bool:
    url = make_url(database_url)
    host = url.host or str(url.query.get("host", ""))
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
