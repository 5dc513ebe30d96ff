"""A store of card keys in a town, two officers, and ways to the pages about them."""

from __future__ import annotations

from tests.faces.api_town import COMMUNITY_A, Town
from tests.keys.officers import SECRETS, cheap
from tests.web.browsing import Web

from shebaoka.chip.versions import SM4
from shebaoka.keys.commands import hand_out
from shebaoka.keys.hierarchy import check_value
from shebaoka.keys.keeping import configured, files, opened
from shebaoka.keys.keeping.passphrases import Passphrases
from shebaoka.keys.using import Keys
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.sm2 import SecretKey

OFFICER = "key_officer"
SECOND = COMMUNITY_A
"""Where the second officer's account is: in the town every role has one account at a place."""
PARTS = (bytes(range(16)), bytes(range(100, 116)))
WHOLE = bytes(one ^ other for one, other in zip(*PARTS, strict=True))
CHECKS = [check_value(SM4, key).hex().upper() for key in (*PARTS, WHOLE)]
HERE = "/api/card-keys"


def store(town: Town) -> None:
    """Make the store that the town's settings name, quickly opened."""
    settings, text = town.city.settings, cheap()
    for file, secret in zip(configured.secret_files(settings), SECRETS, strict=True):
        files.keep_secret(file, secret)
    opened.make(settings.card_keys_path, settings.city_digits, text, Passphrases(text, SECRETS))


async def begin(town: Town, kind: str, **more) -> str:
    asked = {"kind": kind, "algorithm": "SM4", "reason": "试验"} | more
    answer = await town.post(f"{HERE}/ceremonies", OFFICER, json=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()["ceremony_id"]


async def hold(town: Town, kind: str, **more) -> str:
    ceremony_id = await begin(town, kind, **more)
    answer = await town.post(f"{HERE}/ceremonies/{ceremony_id}/approval", OFFICER, SECOND, json={})
    assert answer.status_code == 200, answer.text
    return ceremony_id


async def in_force(town: Town) -> str:
    """Bring a first version into force, and give its last ceremony."""
    store(town)
    await hold(town, "generate")
    await hold(town, "derive", version=1)
    return await hold(town, "put_in_force", version=1)


async def overview(web: Web) -> str:
    """A version in force that was used, a batch at the bureau, and a ceremony that waits."""
    await in_force(web.town)
    keys = Keys(web.town.city.key_store, web.town.city.settings.city_digits)
    async with web.town.database.work(SYSTEM) as work:
        await hand_out(work, keys, 20_190_102_001, 1_000, SecretKey.new().public)
    await begin(web.town, "generate")
    return "/staff/keys"


async def ceremony(web: Web) -> str:
    """An import that waits for the second officer, who looks at it."""
    store(web.town)
    part = {"part": PARTS[0].hex(), "check": CHECKS[0]}
    return f"/staff/keys/ceremonies/{await begin(web.town, 'import', expected=CHECKS[2], component=part)}"


LOOKS = {
    "/staff/keys": (OFFICER, overview, None),
    "/staff/keys/new": (OFFICER, "/staff/keys/new?kind=import&algorithm=SM4", None),
    "/staff/keys/ceremonies/{ceremony_id}": (OFFICER, ceremony, SECOND),
}
