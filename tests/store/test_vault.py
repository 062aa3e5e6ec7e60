"""Secrets can be read with any key, and for as long as they are good."""

import time

import pytest
from cryptography.fernet import Fernet

from store.vault import Expired, Vault


def test_what_is_sealed_can_be_opened_and_does_not_show() -> None:
    vault = Vault(["any words will do"])
    sealed = vault.seal("IGAA_secret")
    assert b"IGAA_secret" not in sealed
    assert vault.open(sealed) == "IGAA_secret"


def test_after_a_rotation_the_old_secrets_open_and_new_ones_need_the_new_key() -> None:
    old, new = Vault(["old"]), Vault(["new", "old"])
    assert new.open(old.seal("secret")) == "secret"
    with pytest.raises(Expired):
        old.open(new.seal("secret"))
    with pytest.raises(Expired):
        Vault(["new"]).open(old.seal("secret"))


def test_a_fernet_key_is_taken_as_it_is() -> None:
    key = Fernet.generate_key()
    assert Fernet(key).decrypt(Vault([key.decode()]).seal("secret")) == b"secret"


def test_what_is_too_old_does_not_open() -> None:
    key = Fernet.generate_key()
    old = Fernet(key).encrypt_at_time(b"secret", int(time.time()) - 100)
    vault = Vault([key.decode()])
    assert vault.open(old, max_age_s=110) == "secret"
    with pytest.raises(Expired):
        vault.open(old, max_age_s=90)


def test_what_was_tampered_with_does_not_open() -> None:
    vault = Vault(["key"])
    sealed = bytearray(vault.seal("secret"))
    sealed[-5] ^= 1
    with pytest.raises(Expired):
        vault.open(bytes(sealed))


def test_no_key_is_no_vault() -> None:
    with pytest.raises(ValueError, match="ENCRYPTION_KEYS"):
        Vault([])
