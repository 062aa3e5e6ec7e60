"""A backup brings everything back, or says why not and changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.codec import to_json
from models.merchant import Merchant
from models.product import Product, Variant
from scripts import backup, deletions, restore
from scripts.backups import erased
from scripts.backups import manifest as manifests
from scripts.backups.errors import BackupFailed
from scripts.backups.manifest import DUMP, Manifest
from scripts.backups.server import vault_of
from settings import Settings
from store import accounts, erasures, merchants
from store.database import connect
from tests.conftest import NewDatabase

MAXI = Product(
    id="p1",
    name="Azure Summer Maxi",
    currency="USD",
    variants=(Variant(id="v1", name="M", price_minor=6500, stock=3),),
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)
PICTURE = "media/0a1b/card.jpeg"


@dataclass(frozen=True, slots=True)
class Place:
    """An installation that does not run."""

    url: str
    configuration: Settings

    @property
    def engine(self) -> AsyncEngine:
        return connect(self.url)

    async def scalar(self, query: str) -> Any:
        engine = self.engine
        async with engine.connect() as connection:
            found = await connection.scalar(text(query))
        await engine.dispose()
        return found


@pytest.fixture
def place(new_database: NewDatabase, tmp_path: Path) -> Callable[..., Any]:
    async def made(name: str, key: str = "a key") -> Place:
        url = await new_database()
        given: dict[str, Any] = {
            "database_url": url,
            "data_dir": tmp_path / name,
            "encryption_keys": key,
        }
        return Place(url, Settings(_env_file=None, **given))

    return made


@pytest.fixture
async def old(place: Callable[..., Any]) -> Place:
    """With a shop, an account, a customer who waits and a part that is to be sent, and a picture."""
    made: Place = await place("old")
    engine = made.engine
    sealed = vault_of(made.configuration).seal("IGAA-token")
    async with engine.begin() as connection:
        await merchants.create(connection, Merchant(id="m1", name="Blue Door"), "catalog-0")
        await accounts.connect(
            connection, merchant_id="m1", channel="instagram", account_id="a1", sealed_token=sealed
        )
        await connection.execute(
            text(
                "INSERT INTO products (merchant_id, id, seq, body, text_hash)"
                " VALUES ('m1', 'p1', 1, CAST(:body AS jsonb), '')"
            ),
            {"body": to_json(MAXI)},
        )
        conversation = await connection.scalar(
            text(
                "INSERT INTO conversations (merchant_id, channel, account_id, customer_id, bucket)"
                " VALUES ('m1', 'instagram', 'a1', 'c1', 1) RETURNING id"
            )
        )
        await connection.execute(
            text(
                "INSERT INTO inbox (channel, account_id, key, merchant_id, conversation_id, bucket, kind,"
                " event, at) VALUES ('instagram', 'a1', 'k', 'm1', :c, 1, 'message', '{}', now())"
            ),
            {"c": conversation},
        )
        await connection.execute(
            text(
                "INSERT INTO outbox (merchant_id, conversation_id, part, body, expires_at)"
                " VALUES ('m1', :c, 1, '{}', :until)"
            ),
            {"c": conversation, "until": datetime.now(UTC) + timedelta(hours=3)},
        )
    await engine.dispose()
    picture = Path(made.configuration.uploads_location) / PICTURE
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"a picture")
    return made


async def taken(old: Place, folder: Path) -> Manifest:
    configuration = old.configuration
    return await backup.back_up(old.url, configuration.uploads_location, vault_of(configuration), folder)


async def test_everything_is_back_counted_and_found(
    old: Place, place: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    made = await taken(old, folder)
    assert (made.rows["merchants"], made.rows["products"], made.uploads) == (1, 1, 1)

    new: Place = await place("new")
    manifest = manifests.read(folder)
    manifests.require_key(manifest, vault_of(new.configuration))
    await restore.restore(new.url, folder, manifest, new.configuration)

    assert await new.scalar("SELECT profile->>'name' FROM merchants") == "Blue Door"
    sealed = await new.scalar("SELECT access_token FROM accounts")
    assert vault_of(new.configuration).open(sealed) == "IGAA-token"
    assert (Path(new.configuration.uploads_location) / PICTURE).read_bytes() == b"a picture"
    # The next ids are none that were given out.
    assert await new.scalar("SELECT nextval(pg_get_serial_sequence('conversations', 'id'))") > 1
    engine = new.engine
    assert "Azure Summer Maxi" in await restore.tried(engine, new.configuration)
    await engine.dispose()


async def test_what_was_waiting_is_not_answered_or_sent_a_second_time(
    old: Place, place: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    manifest = await taken(old, folder)
    new: Place = await place("new")
    await restore.restore(new.url, folder, manifest, new.configuration)
    engine = new.engine
    assert await restore.set_aside(engine) == (1, 1)
    await engine.dispose()
    assert await new.scalar("SELECT status || ' ' || reason FROM inbox") == "silent restored"
    assert await new.scalar("SELECT status || ' ' || reason FROM outbox") == "cancelled restored"


async def test_a_catalogue_that_cannot_be_read_is_no_success(old: Place) -> None:
    engine = old.engine
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE products SET body = body - 'variants'"))
    with pytest.raises(BackupFailed, match="cannot be read"):
        await restore.tried(engine, old.configuration)
    await engine.dispose()


async def test_where_there_is_a_shop_nothing_is_restored(old: Place, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    manifest = await taken(old, folder)
    with pytest.raises(BackupFailed, match="there are shops in this database"):
        await restore.restore(old.url, folder, manifest, old.configuration)
    assert await old.scalar("SELECT count(*) FROM merchants") == 1


async def test_a_backup_of_another_key_says_which_file_is_missing(
    old: Place, place: Callable[..., Any], tmp_path: Path
) -> None:
    manifest = await taken(old, tmp_path / "backup")
    other: Place = await place("other", key="another key")
    with pytest.raises(BackupFailed, match="encryption_key"):
        manifests.require_key(manifest, vault_of(other.configuration))
    both: Place = await place("both", key="another key,a key")
    manifests.require_key(manifest, vault_of(both.configuration))


async def test_a_newer_schema_than_this_code_knows_is_not_restored(
    old: Place, place: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    manifest = await taken(old, folder)
    newer = Manifest(
        made_at=manifest.made_at,
        revision="9999_of_tomorrow",
        rows=manifest.rows,
        sha256=manifest.sha256,
        probe=manifest.probe,
        uploads=manifest.uploads,
    )
    new: Place = await place("new")
    with pytest.raises(BackupFailed, match="newer than this code"):
        await restore.restore(new.url, folder, newer, new.configuration)
    assert await new.scalar("SELECT count(*) FROM merchants") == 0


@pytest.mark.parametrize("harm", ["cut off", "no dump", "no manifest", "not JSON"])
async def test_a_backup_that_is_not_whole_is_none(old: Place, tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "backup"
    await taken(old, folder)
    dump, said = folder / DUMP, folder / "backup.json"
    if harm == "cut off":
        dump.write_bytes(dump.read_bytes()[:-100])
    elif harm == "no dump":
        dump.unlink()
    elif harm == "no manifest":
        said.unlink()
    else:
        said.write_text("{")
    with pytest.raises(BackupFailed, match=r"no backup|not what was written"):
        manifests.read(folder)


async def test_a_backup_that_failed_leaves_nothing_that_looks_like_one(old: Place, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    wrong = old.url.replace("/test_", "/nothing_")
    with pytest.raises(Exception, match="nothing_"):
        await backup.back_up(wrong, old.configuration.uploads_location, vault_of(old.configuration), folder)
    assert not folder.exists()


async def test_what_was_erased_after_a_backup_is_erased_again_by_its_restore(
    old: Place, place: Callable[..., Any], tmp_path: Path
) -> None:
    manifest = await taken(old, tmp_path / "shopkeep-1")
    engine = old.engine
    async with engine.begin() as connection:
        code = await erasures.erase_customer(connection, "m1", "c1")
        await erasures.erase_account(connection, "instagram", "a1", code="asked-at-instagram")
    await engine.dispose()
    await taken(old, tmp_path / "shopkeep-2")
    new: Place = await place("new")
    await restore.restore(new.url, tmp_path / "shopkeep-1", manifest, new.configuration)
    assert await new.scalar("SELECT count(*) FROM conversations WHERE customer_id = 'c1'") == 1

    known = erased.known(tmp_path / "shopkeep-1", [])
    assert [each.code for each in known] == [code, "asked-at-instagram"]
    assert '"c1"' not in erased.lines(known)
    engine = new.engine
    assert await erased.again(engine, known) == 2
    assert await erased.again(engine, known) == 0
    await engine.dispose()
    assert await new.scalar("SELECT count(*) FROM conversations WHERE customer_id = 'c1'") == 0
    assert await new.scalar("SELECT count(*) FROM accounts") == 0


async def test_a_shop_that_was_erased_after_a_backup_is_gone_again_and_nobody_searches_it(
    old: Place, place: Callable[..., Any], tmp_path: Path
) -> None:
    manifest = await taken(old, tmp_path / "shopkeep-1")
    engine = old.engine
    async with engine.begin() as connection:
        await erasures.erase_merchant(connection, "m1")
    await engine.dispose()
    file = tmp_path / "deletions.jsonl"
    file.write_text(await deletions.listed(old.url))
    new: Place = await place("new")
    await restore.restore(new.url, tmp_path / "shopkeep-1", manifest, new.configuration)
    engine = new.engine
    assert await erased.again(engine, erased.known(tmp_path / "shopkeep-1", [file])) == 1
    assert await restore.tried(engine, new.configuration) == "no product to search for"
    await engine.dispose()
    assert await new.scalar("SELECT kind FROM jobs WHERE status = 'running'") == erasures.MERCHANT_JOB


async def test_a_list_of_deletions_that_is_none_is_said_before_anything_is_written(tmp_path: Path) -> None:
    file = tmp_path / "deletions.jsonl"
    for harm in ("{", '{"code": 1}'):
        file.write_text(harm)
        with pytest.raises(BackupFailed, match="no list of deletions"):
            erased.known(tmp_path / "shopkeep-1", [file])
