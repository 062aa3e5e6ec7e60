"""Passwords at rest."""

import asyncio
import time

from argon2 import PasswordHasher

from store.passwords import Passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def test_a_password_fits_its_hash_and_no_other_does() -> None:
    passwords = Passwords(CHEAP)
    made = await passwords.hash("a lamp in the harbour")
    assert made.startswith("$argon2id$")
    assert await passwords.fits("a lamp in the harbour", made)
    assert not await passwords.fits("a lamp in the harbor", made)
    assert not await passwords.fits("a lamp in the harbour", None)
    assert not await passwords.fits("a lamp in the harbour", "no hash of ours")


async def test_a_password_fits_however_the_keyboard_composes_it() -> None:
    passwords = Passwords(CHEAP)
    made = await passwords.hash("cafe\u0301 au lait")
    assert await passwords.fits("caf\u00e9 au lait", made)


async def test_a_hash_of_other_parameters_is_outdated() -> None:
    weak = await Passwords(CHEAP).hash("a lamp")
    assert Passwords().outdated(weak)
    assert not Passwords(CHEAP).outdated(weak)


async def test_hashing_keeps_nobody_waiting() -> None:
    """With the parameters of today it takes long, so it is done beside the loop."""
    passwords = Passwords()
    hashing = asyncio.create_task(passwords.hash("a lamp in the harbour"))
    turns = 0
    began = time.perf_counter()
    while not hashing.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10, time.perf_counter() - began
