"""Seals every stored token with the first of ENCRYPTION_KEYS: `python -m scripts.rotate_keys [--sign-out]`

Put the new key in front (`ENCRYPTION_KEYS=new,old`; one that was made for you is in DATA_DIR/encryption_key,
which takes the same list), start again so that every process knows it, run this, and take the old one out.
--sign-out ends every session and revokes every API token, too.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from sqlalchemy import text

from scripts.backups.errors import BackupFailed
from scripts.backups.server import database, vault_of
from settings import Settings, settings
from store.database import connect
from store.sealed import Resealed, reseal
from store.vault import Vault


async def rotate(database_url: str, vault: Vault, *, sign_out: bool) -> Resealed:
    engine = connect(database_url)
    try:
        done = await reseal(engine, vault)
        if sign_out:
            async with engine.begin() as connection:
                await connection.execute(text("DELETE FROM sessions"))
                await connection.execute(
                    text("UPDATE api_tokens SET revoked_at = now() WHERE revoked_at IS NULL")
                )
    finally:
        await engine.dispose()
    return done


def main(arguments: Sequence[str] | None = None, configuration: Settings | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sign-out", action="store_true", help="end all sessions, revoke all API tokens")
    asked = parser.parse_args(arguments)
    configuration = configuration or settings()
    try:
        with database(configuration) as url:
            done = asyncio.run(rotate(url, vault_of(configuration), sign_out=asked.sign_out))
    except BackupFailed as error:
        print(f"Nothing was changed: {error}", file=sys.stderr)
        return 1
    print(f"{done.secrets} tokens are sealed with the first key.")
    if done.unreadable:
        print(
            f"{done.unreadable} were sealed with a key that is not in ENCRYPTION_KEYS: put it back behind "
            "the others, or connect these accounts again.",
            file=sys.stderr,
        )
    return 1 if done.unreadable else 0


if __name__ == "__main__":
    raise SystemExit(main())
