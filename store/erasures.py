"""Every request to erase goes through here, whoever asked: what is held goes, and that is on record."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from store import accounts, customers, deletions, jobs, leaving, shopify_sales, shopify_stores
from store.deletions import By, Deletion, What, key_in_sql, key_of

# What goes on as a job (actors/).
MERCHANT_JOB = "merchant_erasure"
STORE_JOB = "shopify_erasure"


async def erase_customer(connection: AsyncConnection, merchant_id: str, customer_id: str) -> str:
    """At once. The code. NotFound."""
    await customers.erase(connection, merchant_id, customer_id)
    code, names = deletions.new_code(), [(merchant_id, customer_id)]
    await _record(connection, code, What.CUSTOMER, By.MERCHANT, merchant_id=merchant_id, names=names)
    return code


async def erase_account(connection: AsyncConnection, channel: str, user_id: str, *, code: str) -> None:
    """At once: what is held of an account's owner, whichever of its two ids `user_id` is."""
    held, names = await accounts.erase(connection, channel, user_id), [(channel, user_id)]
    await _record(connection, code, What.ACCOUNT, By.INSTAGRAM, names=names, held=held)


async def erase_buyer(
    connection: AsyncConnection, merchant_id: str, order_ids: Sequence[str], *, code: str
) -> int:
    """At once: what is held of these orders. How many there were."""
    held = await shopify_sales.forget(connection, merchant_id, order_ids)
    names = [(merchant_id, order_id) for order_id in order_ids]
    await _record(connection, code, What.BUYER, By.SHOPIFY, merchant_id=merchant_id, names=names, held=held)
    return held


async def erase_store(connection: AsyncConnection, shop: str, *, request: str) -> bool:
    """All but its products at once, these as a job. Whether anything was held. `request`: which one it is."""
    left = await shopify_stores.erase(connection, shop)
    for merchant_id in left:
        code, names = deletions.code_of(request, shop, merchant_id), [(merchant_id, shop)]
        await _record(
            connection, code, What.STORE, By.SHOPIFY, merchant_id=merchant_id, names=names, done=False
        )
        await _start(connection, STORE_JOB, merchant_id, shop=shop, code=code)
    return bool(left)


async def erase_merchant(connection: AsyncConnection, merchant_id: str) -> str:
    """As a job; from now on nobody finds it. The code. NotFound."""
    await leaving.begin(connection, merchant_id)
    code = deletions.new_code()
    await _record(connection, code, What.MERCHANT, By.MERCHANT, merchant_id=merchant_id, done=False)
    await _start(connection, MERCHANT_JOB, merchant_id, code=code)
    return code


async def _record(
    connection: AsyncConnection,
    code: str,
    what: What,
    by: By,
    *,
    merchant_id: str | None = None,
    names: Sequence[tuple[str, str]] = (),
    held: int = 1,
    done: bool = True,
) -> None:
    now = datetime.now(UTC)
    keys = tuple(key_of(*each) for each in names)
    deletion = Deletion(
        code=code,
        what=what,
        asked_by=by,
        merchant_id=merchant_id,
        keys=keys,
        held=held,
        asked_at=now,
        done_at=now if done else None,
    )
    await deletions.record(connection, deletion)


async def _start(connection: AsyncConnection, kind: str, merchant_id: str, **options: str) -> None:
    await jobs.start(connection, job_id=uuid4().hex, kind=kind, merchant_id=merchant_id, options=options)


async def repeat(connection: AsyncConnection, deletion: Deletion) -> bool:
    """In a database of before it, brought back: what its keys fit goes again. False: it had been done."""
    known = await connection.execute(
        text("SELECT 1 FROM deletions WHERE code = :code"), {"code": deletion.code}
    )
    if known.first() is not None:
        return False
    await deletions.record(connection, deletion)
    await _AGAIN[deletion.what](connection, deletion)
    return True


async def _merchant_again(connection: AsyncConnection, deletion: Deletion) -> None:
    merchant_id = deletion.merchant_id or ""
    try:
        await leaving.begin(connection, merchant_id)
    except NotFound:
        return  # opened after the backup was made
    await _start(connection, MERCHANT_JOB, merchant_id, code=deletion.code)


async def _customer_again(connection: AsyncConnection, deletion: Deletion) -> None:
    found = await connection.execute(_CUSTOMERS, _asked(deletion))
    for customer_id in found.scalars().all():
        await customers.erase(connection, deletion.merchant_id or "", customer_id)


async def _account_again(connection: AsyncConnection, deletion: Deletion) -> None:
    found = await connection.execute(_ACCOUNTS, {"keys": list(deletion.keys)})
    for row in found.all():
        await accounts.erase(connection, row.channel, row.account_id)


async def _store_again(connection: AsyncConnection, deletion: Deletion) -> None:
    found = await connection.execute(_STORES, _asked(deletion))
    for row in found.all():
        if row.status != shopify_stores.Status.DISCONNECTED:
            await shopify_stores.disconnect(connection, row.merchant_id, "erased before the restore")
        await shopify_stores.erase(connection, row.shop)
        await _start(connection, STORE_JOB, row.merchant_id, shop=row.shop, code=deletion.code)


async def _buyer_again(connection: AsyncConnection, deletion: Deletion) -> None:
    await connection.execute(_SALES, _asked(deletion))


def _asked(deletion: Deletion) -> dict[str, object]:
    return {"merchant_id": deletion.merchant_id, "keys": list(deletion.keys)}


_CUSTOMERS = text(
    "SELECT DISTINCT customer_id FROM conversations WHERE merchant_id = :merchant_id "  # noqa: S608 - constants
    f"AND {key_in_sql('merchant_id', 'customer_id')} = ANY(CAST(:keys AS text[]))"
)
_ACCOUNTS = text(
    "SELECT channel, account_id FROM accounts "  # noqa: S608 - same
    f"WHERE {key_in_sql('channel', 'account_id')} = ANY(CAST(:keys AS text[])) "
    f"OR {key_in_sql('channel', 'app_scoped_id')} = ANY(CAST(:keys AS text[]))"
)
_STORES = text(
    "SELECT merchant_id, shop, status FROM shopify_stores WHERE merchant_id = :merchant_id "  # noqa: S608 - same
    f"AND {key_in_sql('merchant_id', 'shop')} = ANY(CAST(:keys AS text[]))"
)
_SALES = text(
    "DELETE FROM shopify_sales WHERE merchant_id = :merchant_id "  # noqa: S608 - same
    f"AND {key_in_sql('merchant_id', 'order_id')} = ANY(CAST(:keys AS text[]))"
)

_AGAIN: Mapping[What, Callable[[AsyncConnection, Deletion], Awaitable[None]]] = {
    What.MERCHANT: _merchant_again,
    What.CUSTOMER: _customer_again,
    What.ACCOUNT: _account_again,
    What.STORE: _store_again,
    What.BUYER: _buyer_again,
}
