"""The card bureau: takes production files, gives receipts, makes the cards (`shop`), and writes return files."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Final

from shebaoka.keys.errors import PackageRefused
from shebaoka.keys.package import open_package
from shebaoka.kit.sm import sm3
from shebaoka.kit.sm2 import PublicKey, SecretKey
from shebaoka.records.bureau import (
    BureauFileRefused,
    Receipt,
    ReturnRecord,
    Statement,
    open_file,
    read_production,
    seal_file,
    write_receipt,
    write_return,
    zips,
)
from shebaoka_sandbox import chance
from shebaoka_sandbox.desk import Desks
from shebaoka_sandbox.shop import TRIES, Shop
from shebaoka_sandbox.store import Kept, subject

POLL_SECONDS: Final = 0.01
NAME: Final = re.compile(r"P([1-9][0-9]{0,18})\.zip\.sbk2")


class Bureau:
    """Works on one exchange folder until cancelled. `ours`: its own key; `theirs`: the city's."""

    def __init__(self, desks: Desks, exchange: Path, ours: SecretKey, theirs: PublicKey) -> None:
        self._desks = desks
        self._ours, self._theirs = ours, theirs
        self._inbox, self._outbox = exchange / "to-bureau", exchange / "from-bureau"
        self._done = self._inbox / "done"
        for folder in (self._done, self._outbox):
            folder.mkdir(parents=True, exist_ok=True)

    async def work(self) -> None:
        """Take complete files as they come. Making cards is long: it is done beside the loop that answers HTTP."""
        while True:
            for path in sorted(self._inbox.iterdir()):
                if NAME.fullmatch(path.name):
                    await self._take(path)
            await asyncio.sleep(POLL_SECONDS)

    async def _take(self, path: Path) -> None:
        switches = self._desks.faults.of("bureau")
        await asyncio.sleep(switches.delay_ms / 1000)
        if not switches.down:
            await asyncio.to_thread(self._answer, path)

    def _answer(self, path: Path) -> None:
        """Answer one file. Killed half way, the bureau does it again, with the same blanks, and writes the same cards."""
        batch = int(path.name[1:].partition(".")[0])
        data = path.read_bytes()
        try:
            production = read_production(open_file(self._ours, self._theirs, path.name, data).content)
            ring = open_package(self._ours, production.keys, batch)
        except (BureauFileRefused, PackageRefused) as error:
            self._desks.enter("bureau")
            self._write(f"R{batch}-error.txt.sbk2", error.sentence().encode(), 0)
        else:
            self._desks.enter("bureau", items=len(production.records))
            self._receipt(path.name, batch, len(production.records), data)
            first = self._desks.store.blanks(batch, TRIES * len(production.records))
            self._return(batch, list(Shop(self._desks.faults, production, ring, first).cards()))
            # The keys of the batch were in memory only, and go with this frame.
            del ring
        path.rename(self._done / path.name)

    def _receipt(self, name: str, batch: int, cards: int, data: bytes) -> None:
        wrong = self._desks.faults.of("bureau").wrong_receipt
        digest = sm3(data + b"?" if wrong == "hash" else data).hex().upper()
        receipt = Receipt(batch, name, cards - (wrong == "count"), digest, _now())
        self._write(f"A{batch}.csv.sbk2", write_receipt(receipt), 1)

    def _write(self, name: str, content: bytes, items: int) -> None:
        hidden = self._outbox / f".{name}"
        hidden.write_bytes(seal_file(self._ours, self._theirs, name, content, items))
        hidden.rename(self._outbox / name)

    def _return(self, batch: int, made: Sequence[ReturnRecord]) -> None:
        cards = list(self._kept(batch, made))
        switches = self._desks.faults.of("bureau")
        if switches.unordered_card:
            cards.append(self._unordered(batch))
        size = max(1, -(-len(cards) // switches.return_files))
        starts = range(0, max(1, len(cards)), size)
        for number, start in enumerate(starts, start=1):
            lines = cards[start : start + size]
            content = write_return(self._statement(batch, lines, last=number == len(starts)), lines)
            content = _miscounted(content) if switches.wrong_total else content
            self._write(f"R{batch}-{number}.zip.sbk2", content, len(lines))

    def _statement(self, batch: int, lines: Sequence[ReturnRecord], *, last: bool) -> Statement:
        """Say what these lines took; with the last file of a batch, that its keys are gone."""
        switches = self._desks.faults.of("bureau")
        cards = {line.card_number: line for line in lines}.values()
        made, spoiled = sum(line.made for line in cards), sum(line.spoiled for line in cards)
        gone = last and not switches.keys_kept
        told = Statement(batch, len(lines), made, spoiled, made + spoiled, _now() if gone else None)
        return replace(told, made=made + 1) if switches.wrong_statement else told

    def _kept(self, batch: int, made: Sequence[ReturnRecord]) -> Iterator[ReturnRecord]:
        kept = (
            Kept(f"{batch}/{card.card_number}", subject(card.social_security_number), b"") for card in made
        )
        with self._desks.store.transaction():
            self._desks.store.keep("bureau", kept)
        for card in made:
            yield card
            if self._desks.faults.hits("bureau", "duplicate", f"{batch}/{card.card_number}"):
                yield card

    def _unordered(self, batch: int) -> ReturnRecord:
        """Give a card nobody ordered, of a person nobody is."""
        seed = self._desks.faults.seed
        number = f"Z{chance.draw(seed, 'unordered', str(batch)) % 10**8:08}"
        digits = blake2b(f"{seed}/{batch}/{number}".encode(), digest_size=8).hexdigest().upper()
        return ReturnRecord(
            999_999_999, number, "100000190001010009", "无此订单", date(2019, 1, 1), None,
            "310000D156000005" + digits, "00814A444686603100" + digits[:8], digits * 4, "无", "", "", 0, "", "",
        )  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _miscounted(content: bytes) -> bytes:
    """Give the file with a trailer that counts one line too many; its digest still fits."""
    members = zips.members(content)
    body, mark, trailer = members["cards.csv"].rpartition(b"#TOTAL,")
    lines, _, digest = trailer.partition(b",")
    members["cards.csv"] = body + mark + str(int(lines) + 1).encode() + b"," + digest
    return zips.packed(members.items())
