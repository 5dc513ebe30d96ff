"""A demo city's card keys: a store of its own, and two officers who hold the ceremonies before the first card is made."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from shebaoka.chip.versions import SM4
from shebaoka.keys.commands import approve, begin
from shebaoka.keys.keeping import configured, files, opened, passphrases
from shebaoka.keys.model import Asked, Kind
from shebaoka.keys.using import Keys
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.city import City
from shebaoka.kit.settings import Settings
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.staff.commands import create_staff
from shebaoka.registry.staff.roles import ROLES

OFFICERS: Final = ("officer1", "officer2")
ROLE: Final = "key_officer"
WHY: Final = "演示城市 · a demo city"
PASSPHRASE_BYTES: Final = 18
CEREMONIES: Final = ((Kind.GENERATE, None), (Kind.DERIVE, 1), (Kind.PUT_IN_FORCE, 1))


def with_store(settings: Settings, folder: Path) -> Settings:
    """Give settings with a store in a folder, made where there is none; passphrases of chance lie in the officers' files there.

    A store of the real city, wherever the settings say it is, stays out of this.
    """
    settings = replace(
        settings,
        card_keys_file=str(folder / "card-keys.json"),
        card_keys_officer_one_file=str(folder / "officer-1.secret"),
        card_keys_officer_two_file=str(folder / "officer-2.secret"),
    )
    if not settings.card_keys_path.exists():
        _make(settings)
    return settings


def _make(settings: Settings) -> None:
    for file in configured.secret_files(settings):
        files.keep_secret(file, secrets.token_urlsafe(PASSPHRASE_BYTES))
    text = passphrases.new_text()
    opened.make(settings.card_keys_path, settings.city_digits, text, configured.unlock(settings, text))


async def hold_ceremonies(city: City) -> None:
    """Make the officers' accounts and put a first version of SM4 keys in force: one opens each ceremony, the other approves."""
    one, two = [await _officer(city, login) for login in OFFICERS]
    keys = Keys(city.key_store, city.settings.city_digits)
    for kind, version in CEREMONIES:
        async with city.database.work(one) as work:
            ceremony = await begin(work, keys, Asked(kind, SM4, WHY, version))
        async with city.database.work(two) as work:
            await approve(work, keys, ceremony.ceremony_id)


async def _officer(city: City, login: str) -> Actor:
    """Make an account that nobody can log in to yet: its password is given with the others'."""
    async with city.database.work(SYSTEM) as work:
        centre = (await institutions.of_kind(work, "card_centre"))[0]
        staff_id = await create_staff(
            work, institution_id=centre.institution_id, login=login, name=ROLES[ROLE].name_zh, role=ROLE,
            password=secrets.token_urlsafe(PASSPHRASE_BYTES),
        )  # fmt: skip
        return Actor(f"staff:{staff_id}", centre.institution_id, ROLE)
