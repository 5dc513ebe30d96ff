"""A terminal's side: the newest list it could get, and what to think of the card that lies in the reader. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.sm import sm3
from shebaoka.kit.sm2 import PublicKey
from shebaoka.records.status_list import old_cards
from shebaoka.records.status_list.errors import (
    StatusListAhead,
    StatusListGap,
    StatusListOlder,
    StatusListUnreadable,
)
from shebaoka.records.status_list.layout import (
    NO_END,
    Head,
    Sections,
    Version,
    place,
    read,
)
from shebaoka.records.status_list.prints import digest, fingerprint

Listed = Literal["not_listed", "void", "suspended", "old_cards_ended", "another_city"]
FIRST_NEW: Final = 3
"""Cards of this version of the specification and later are new cards."""
HIT_ZH: Final = (
    "；请先联网核实，暂不能联网的，本次不用卡结算，凭身份证件就医，费用先记账或自付后补办，不得因此拒绝诊治"
)
HIT_EN: Final = (
    "; ask online first; where that is impossible, do not settle with the card this time: treat the patient on an identity document "
    "and bill or refund later; nobody is turned away for it"
)
ON_STALE: Final = (
    "；名单截至 {}，已超过期限，不足为据，请尽快联网更新",
    "; the list is of {} and too old to go by: get online",
)
UNLISTED: Final = frozenset({"not_listed", "another_city"})
SAID: Final[dict[Listed, tuple[str, str]]] = {
    "not_listed": ("此卡不在状态名单中", "The card is not on the status list"),
    "another_city": (
        "此卡由其他城市发行，本名单不涉及",
        "Another city's card: this list tells nothing of it",
    ),
    "void": ("状态名单：此卡已作废" + HIT_ZH, "Status list: the card is void" + HIT_EN),
    "suspended": (
        "状态名单：此卡已挂失" + HIT_ZH,
        "Status list: the card is reported lost" + HIT_EN,
    ),
    "old_cards_ended": ("老版社保卡已统一失效" + HIT_ZH, "Old cards are void altogether" + HIT_EN),
}


class Presented(NamedTuple):
    """A card as a terminal reads it: its number, the version it names (EF05), the city of its answer to reset."""

    card_number: str
    version: str
    city: str

    @property
    def old(self) -> bool:
        """Whether it is an old card; what names no version is taken for one."""
        major = self.version.partition(".")[0]
        return not (major.isdecimal() and int(major) >= FIRST_NEW)


class Answer(Struct, frozen=True):
    """What the list says of a card; `zh` and `en` say it in a sentence, with what to do.

    `until`: when a temporary loss report ends by itself. `stale`: the list is older than it may be. `as_of`: of which moment it
    tells. A card that is not listed may still be unopened or expired: the chip tells its last day, and only the service whether
    it was opened.
    """

    listed: Listed
    stale: bool
    as_of: datetime
    zh: str
    en: str
    until: datetime | None = None

    @property
    def hit(self) -> bool:
        """Whether the list speaks against the card."""
        return self.listed not in UNLISTED


class StatusList:
    """A base and its deltas, verified; it answers for the moment of the newest of them."""

    def __init__(self, head: Head, sections: Sections, raw: bytes) -> None:
        self._base, self._base_made_at = sections, head.made_at
        self._since: dict[int, Listed | datetime] = {}
        self._take(head, raw)

    @classmethod
    def load(
        cls,
        base: bytes,
        deltas: Iterable[bytes],
        public_key: PublicKey,
        now: datetime,
        *,
        city: str,
        held: Version | None = None,
    ) -> StatusList:
        """Verify a base and its deltas, in order. `city`: four digits. `held`: the version that this terminal has had already.

        Raises StatusListUnreadable, StatusListOfAnotherCity, StatusListNotSigned, StatusListGap, StatusListOlder and StatusListAhead.
        """
        head, sections = read(base, public_key, city)
        if head.version.sequence:
            raise StatusListGap(f"{head.version} 不是全量名单 · is no base list")
        if sections.cleared:
            raise StatusListUnreadable("全量名单不应含恢复的卡 · a base clears no card")
        if sections.old:
            old_cards.check(sections.old)
        _refuse_ahead(head, now)
        made = cls(head, sections, base)
        for delta in deltas:
            made.follow(delta, public_key, now)
        if held is not None and made.version < held:
            raise StatusListOlder(f"{made.version} < {held}")
        return made

    @property
    def version(self) -> Version:
        """The version that the newest file brought it to."""
        return self._head.version

    @property
    def as_of(self) -> datetime:
        """The moment of which it tells."""
        return self._head.made_at

    def follow(self, delta: bytes, public_key: PublicKey, now: datetime) -> None:
        """Take the next delta in; one that does not follow is refused and changes nothing. Raises what `load` raises."""
        head, sections = read(delta, public_key, self._head.city)
        expected = Version(self.version.epoch, self.version.sequence + 1)
        if head.version != expected:
            raise StatusListGap(f"应为 {expected}，实为 {head.version} · {expected} was expected")
        if (head.before, head.salt) != (self._last, self._head.salt) or head.made_at < self.as_of:
            raise StatusListGap(f"{head.version} 不接在现有名单之后 · does not continue this list")
        if sections.old:
            raise StatusListUnreadable("增量不应含老卡部分 · a delta has no part on old cards")
        _refuse_ahead(head, now)
        self._since |= dict.fromkeys(sections.cleared, "not_listed")
        for index, one in enumerate(sections.suspended):
            self._since[one] = sections.end_of(index, head.made_at)
        self._since |= dict.fromkeys(sections.void, "void")
        self._take(head, delta)

    def _take(self, head: Head, raw: bytes) -> None:
        self._head, self._last = head, sm3(raw)
        self._stale_after = head.made_at + timedelta(seconds=head.stale_after_s)

    def stale(self, now: datetime) -> bool:
        """Tell whether the list is older than a terminal may go by."""
        return now > self._stale_after

    def standing(self, card: Presented, now: datetime) -> Answer:
        """Tell what the list says of a card."""
        listed, until = self._listed(card, now)
        zh, en = SAID[listed]
        stale = self.stale(now)
        if stale:
            moment = f"{self.as_of.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
            zh, en = zh + ON_STALE[0].format(moment), en + ON_STALE[1].format(moment)
        return Answer(listed, stale, self.as_of, zh, en, until)

    def _listed(self, card: Presented, now: datetime) -> tuple[Listed, datetime | None]:
        if card.city != self._head.city:
            return "another_city", None
        ended = self._head.old_void_from
        if card.old and ended is not None and now.astimezone(SHANGHAI).date() >= ended:
            return "old_cards_ended", None
        digested = digest(self._head.salt, card.card_number.encode("utf-8", "replace"))
        found = self._since.get(fingerprint(digested)) or self._in_base(digested, old=card.old)
        if not isinstance(found, datetime):
            return found, None
        if found <= now:
            return "not_listed", None
        return "suspended", None if found == NO_END else found

    def _in_base(self, digested: bytes, *, old: bool) -> Listed | datetime:
        wanted = fingerprint(digested)
        if place(self._base.void, wanted) is not None:
            return "void"
        held = place(self._base.suspended, wanted)
        if held is not None:
            return self._base.end_of(held, self._base_made_at)
        return (
            "void" if old and self._base.old and old_cards.is_void(self._base.old, digested) else "not_listed"
        )


def _refuse_ahead(head: Head, now: datetime) -> None:
    if head.made_at > now + timedelta(seconds=head.ahead_s):
        moments = (
            moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") for moment in (head.made_at, now)
        )
        raise StatusListAhead(" > ".join(moments))
