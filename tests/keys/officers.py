"""Two key officers, a store that is quickly opened, and ceremonies as they hold them."""

from __future__ import annotations

from pathlib import Path

from shebaoka.chip.versions import SM4
from shebaoka.keys.commands import approve, begin
from shebaoka.keys.hierarchy import check_value
from shebaoka.keys.keeping.locks import ByPassphrases
from shebaoka.keys.keeping.opened import SealedFile, make
from shebaoka.keys.keeping.passphrases import Passphrases, new_text
from shebaoka.keys.model import Asked, Component, Kind
from shebaoka.keys.using import Keys
from shebaoka.kit.actor import Actor

ONE, TWO = Actor("staff:71", 1, "key_officer"), Actor("staff:72", 1, "key_officer")
SECRETS = ("correct horse battery staple", "一二三四五六七八九十甲乙丙丁戊己")
CITY = "3100"


def cheap() -> ByPassphrases:
    """A lock that costs a guesser nothing, and a test neither."""
    return new_text(passes=1, memory_kib=8, lanes=1)


def store(path: Path, secrets: tuple[str, str] = SECRETS, city: str = CITY) -> SealedFile:
    """The store at a path, made where there is none."""
    if not path.exists():
        text = cheap()
        make(path, city, text, Passphrases(text, secrets))
    return SealedFile(path, city, lambda text: Passphrases(text, secrets))


async def hold(
    database, keys: Keys, kind: Kind, version: int | None = None, algorithm: int = SM4, **asked
) -> int:
    """A ceremony from its opening to its approval; gives its number."""
    asking = Asked(kind, algorithm, "试验 · a test", version, **asked)
    async with database.work(ONE) as work:
        ceremony_id = (await begin(work, keys, asking)).ceremony_id
    async with database.work(TWO) as work:
        await approve(work, keys, ceremony_id)
    return ceremony_id


async def in_force(database, keys: Keys, algorithm: int = SM4, version: int = 1) -> None:
    """A version from its making to its being in force."""
    await hold(database, keys, Kind.GENERATE, algorithm=algorithm)
    await hold(database, keys, Kind.DERIVE, version, algorithm)
    await hold(database, keys, Kind.PUT_IN_FORCE, version, algorithm)


def component(part: bytes, algorithm: int = SM4) -> Component:
    """A part with its check value, as its envelope says them."""
    return Component(part, check_value(algorithm, part))
