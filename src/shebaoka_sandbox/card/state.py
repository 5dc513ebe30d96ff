"""What a virtual card is: its life, its keys and numbers, its files, and who may do what."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from shebaoka.chip import versions
from shebaoka.chip.layout import Application, ChipFile, CyclicFile, RecordFile, TransparentFile
from shebaoka.chip.numbers import Reset
from shebaoka.chip.proofs import CHALLENGE_BYTES, READ_KEY, TRANSPORT_KEY, WRITE_KEY, Schedule

PIN_TRIES: Final = 3
KEY_TRIES: Final = 8


class Life(Enum):
    """The life of a chip."""

    BLANK = "blank"
    PERSONALISED = "personalised"
    BLOCKED = "blocked"


@dataclass(slots=True)
class Lock:
    """How often something may still be tried; each success gives all tries back."""

    tries_max: int
    left: int

    @classmethod
    def of(cls, tries: int) -> Lock:
        """Give a lock that nobody has tried."""
        return cls(tries, tries)

    def tried(self, right: bool) -> bool:
        """Count a try, and tell whether it opened; a lock without tries never opens again."""
        if not self.left:
            return False
        self.left = self.tries_max if right else self.left - 1
        return right


@dataclass(slots=True)
class Key:
    """A key on the card, and how often it may still be proved wrongly."""

    value: bytes
    lock: Lock = field(default_factory=lambda: Lock.of(KEY_TRIES))
    _schedule: Schedule | None = field(default=None, repr=False, compare=False)

    def schedule(self, algorithm: int) -> Schedule:
        """Give the key set up in the card's algorithm; once set up it stays."""
        if self._schedule is None:
            self._schedule = Schedule(algorithm, self.value)
        return self._schedule


@dataclass(slots=True)
class Session:
    """What the card remembers while it has power: what is selected, and what was proved there."""

    application: Application | None = None
    file: ChipFile | None = None
    challenge: bytes = b""
    proved: set[int] = field(default_factory=set)
    holder: bool = False


Content = bytearray | list[bytes]


@dataclass(slots=True)
class Chip:
    """A chip of one version of the specification. `transport`: the key with which it leaves its maker."""

    version: versions.Version
    reset: Reset
    transport: bytes
    random: Callable[[int], bytes] = secrets.token_bytes
    life: Life = Life.BLANK
    keys: dict[int, Key] = field(default_factory=dict)
    pin: str = ""
    pin_lock: Lock = field(default_factory=lambda: Lock.of(PIN_TRIES))
    contents: dict[tuple[str, int], Content] = field(default_factory=dict)
    session: Session = field(default_factory=Session)

    def __post_init__(self) -> None:
        self.keys.setdefault(TRANSPORT_KEY, Key(self.transport))
        for application in self.version.applications:
            for file in application.files:
                self.contents.setdefault((application.title, file.identifier), _blank(file))

    @property
    def algorithm(self) -> int:
        """Give the algorithm of its keys."""
        return self.version.algorithm

    @property
    def challenge_bytes(self) -> int:
        """Give how long its challenges are."""
        return CHALLENGE_BYTES[self.algorithm]

    def power(self) -> bytes:
        """Power it, or reset it: it forgets its session, and answers to reset."""
        self.session = Session(application=self.version.application("SSSE"))
        return self.reset.atr

    def content(self) -> Content:
        """Give the content of the selected file."""
        application, file = self.session.application, self.session.file
        assert application
        assert file
        return self.contents[application.title, file.identifier]

    def may_read(self, file: ChipFile) -> bool:
        """Tell whether the file may be read now. Access beyond EF05 is inferred: proof of the reading key."""
        return file.read_free or bool({READ_KEY, TRANSPORT_KEY} & self.session.proved)

    def may_write(self) -> bool:
        """Tell whether files may be written now: by the personaliser, or by proof of the writing key (inferred)."""
        needed = TRANSPORT_KEY if self.life is Life.BLANK else WRITE_KEY
        return needed in self.session.proved


def _blank(file: ChipFile) -> Content:
    match file:
        case RecordFile():
            return [bytes((one.tag, one.codec.length)) + bytes(one.codec.length) for one in file.elements]
        case TransparentFile():
            return bytearray(file.length)
        case CyclicFile():
            return []
