"""Several nodes need what one node can do without: a database that all of them reach."""

import ipaddress

from sqlalchemy.engine import make_url


class NotShared(RuntimeError):
    pass


def require_shared(database_url: str, *, nodes: int) -> None:
    if nodes > 1 and _only_here(database_url):
        raise NotShared(
            f"this cluster has {nodes} nodes, but DATABASE_URL names a PostgreSQL that only one of them "
            "reaches. Set DATABASE_URL to a PostgreSQL that all nodes reach, and ADMIN_TOKEN and "
            "ENCRYPTION_KEYS to the same values on all of them."
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
