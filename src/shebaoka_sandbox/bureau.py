"""The card bureau: opens production files, "makes" the cards, and writes return files."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Final

from shebaoka.records.bureau import (
    BureauFileRefused,
    Production,
    ProductionRecord,
    ReturnRecord,
    open_file,
    read_production,
    seal_file,
    write_return,
)
from shebaoka_sandbox import chance
from shebaoka_sandbox.desk import Desks
from shebaoka_sandbox.store import Kept, subject

POLL_SECONDS: Final = 0.05
NAME: Final = re.compile(r"P([0-9A-Za-z_-]{1,40})\.zip\.sm4")
BOX: Final = 500
JPEG: Final = b"\xff\xd8\xff"
# Card identification code and historical bytes as a Shanghai 3.00 card has them; serial and MAC are invented.
DIVISION_AND_ISSUER: Final = "310000D156000005"
HISTORICAL: Final = "00814A444686603100"
REASONS: Final = (
    "芯片写入失败，重试三次仍未成功",
    "芯片读回内容与写入内容不一致",
    "卡面打印套色偏移，质检不合格",
    "层压后卡体翘曲，质检不合格",
    "接触面触点电阻超限",
)


class Bureau:
    """Works on one exchange folder until cancelled."""

    def __init__(self, desks: Desks, exchange: Path, key: bytes) -> None:
        self._desks = desks
        self._key = key
        self._inbox, self._outbox = exchange / "to-bureau", exchange / "from-bureau"
        self._done = self._inbox / "done"
        for folder in (self._done, self._outbox):
            folder.mkdir(parents=True, exist_ok=True)

    async def work(self) -> None:
        """Take complete files as they come. Unsealing is long: it is done beside the loop that answers HTTP."""
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
        """Answer one file. Killed half way, the bureau does it again, and writes the same cards."""
        batch = path.name[1 : -len(".zip.sm4")]
        try:
            production = read_production(open_file(self._key, path.name, path.read_bytes()))
        except BureauFileRefused as error:
            self._desks.enter("bureau")
            self._write(f"R{batch}-error.txt.sm4", error.sentence().encode())
        else:
            self._desks.enter("bureau", items=len(production.records))
            for name, content in self._returns(batch, production):
                self._write(name, content)
        path.rename(self._done / path.name)

    def _write(self, name: str, content: bytes) -> None:
        hidden = self._outbox / f".{name}"
        hidden.write_bytes(seal_file(self._key, name, content))
        hidden.rename(self._outbox / name)

    def _returns(self, batch: str, production: Production) -> Iterator[tuple[str, bytes]]:
        cards = list(self._cards(batch, production))
        switches = self._desks.faults.of("bureau")
        if switches.unordered_card:
            cards.append(self._unordered(batch))
        size = max(1, -(-len(cards) // switches.return_files))
        for number, first in enumerate(range(0, max(1, len(cards)), size), start=1):
            content = write_return(cards[first : first + size])
            yield f"R{batch}-{number}.csv.sm4", _miscounted(content) if switches.wrong_total else content

    def _cards(self, batch: str, production: Production) -> Iterator[ReturnRecord]:
        faults = self._desks.faults
        made = [self._made(batch, record, production) for record in production.records]
        kept = (
            Kept(f"{batch}/{card.card_number}", subject(card.social_security_number), b"") for card in made
        )
        with self._desks.store.transaction():
            self._desks.store.keep("bureau", kept)
        for card in made:
            key = f"{batch}/{card.card_number}"
            if not faults.hits("bureau", "lose", key):
                yield card
                if faults.hits("bureau", "duplicate", key):
                    yield card

    def _made(self, batch: str, record: ProductionRecord, production: Production) -> ReturnRecord:
        reason = self._failure(batch, record, production)
        serial, mac = _chip(self._desks.faults.seed, batch, record.card_number)
        box, slot = divmod(record.sequence - 1, BOX)
        return ReturnRecord(
            record.sequence, record.card_number, record.social_security_number, record.name,
            record.issued_on, record.valid_until,
            "" if reason else DIVISION_AND_ISSUER + serial + mac, "" if reason else HISTORICAL + serial,
            record.bank, record.account_number,
            "" if reason else f"{batch}-{box + 1:03}箱-{slot + 1:03}格", "制卡" if reason else "", reason,
        )  # fmt: skip

    def _failure(self, batch: str, record: ProductionRecord, production: Production) -> str:
        """Say why the card cannot be made, or nothing. Another batch is another try, with its own luck."""
        if record.photo and not production.photos[record.photo].startswith(JPEG):
            return "相片不是 JPEG，不能打印"
        key = f"{batch}/{record.card_number}"
        if self._desks.faults.hits("bureau", "refuse", key):
            return chance.choose(REASONS, self._desks.faults.seed, "bureau", "reason", key)
        return ""

    def _unordered(self, batch: str) -> ReturnRecord:
        """Give a card nobody ordered, of a person nobody is."""
        seed = self._desks.faults.seed
        number = f"Z{chance.draw(seed, 'unordered', batch) % 10**8:08}"
        serial, mac = _chip(seed, batch, number)
        return ReturnRecord(
            999_999_999, number, "100000190001010009", "无此订单", date(2019, 1, 1), None,
            DIVISION_AND_ISSUER + serial + mac, HISTORICAL + serial, "无", "", "", "", "",
        )  # fmt: skip


def _chip(seed: int, batch: str, card_number: str) -> tuple[str, str]:
    """Give the chip's serial and MAC, four bytes of hex each."""
    digits = blake2b(f"{seed}/{batch}/{card_number}".encode(), digest_size=8).hexdigest().upper()
    return digits[:8], digits[8:]


def _miscounted(content: bytes) -> bytes:
    """Give the file with a trailer that counts one line too many; its digest still fits."""
    body, mark, trailer = content.rpartition(b"#TOTAL,")
    lines, _, digest = trailer.partition(b",")
    return body + mark + str(int(lines) + 1).encode() + b"," + digest
