"""Production data of a million cards: looked at, laid out for the chip, written and sealed for the bureau, on all cores."""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.report import Figure, Section, say
from shebaoka.issuing.production.contents import Fit, Line, looked_at, production
from shebaoka.issuing.production.model import CARDS_PER_BATCH_MAX, BatchOrder
from shebaoka.kit.sm import sm3
from shebaoka.kit.sm2 import PublicKey, SecretKey
from shebaoka.records.bureau import Batch, ProductionRecord, seal_file, write_production
from shebaoka.records.id_number import with_check_character
from shebaoka.registry.programme.sets import DecidesCardMaking

CARDS, SECONDS_MAX, PROCESSES = 1_000_000, 90, 2
FIRST_DAY, ISSUED = date(1950, 1, 1), date(2019, 3, 1)
NAMES = ("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸")
KEYS = os.urandom(256)
"""In the place of a batch's sealed key package, which is one for two thousand cards."""
RULE = DecidesCardMaking(version="3.00", first_pin="123456", photo_width_px=90, photo_height_px=111, photo_bytes_max=3_072)  # fmt: skip


def run() -> Section:
    """Measure, in one process a core."""
    batches = CARDS // CARDS_PER_BATCH_MAX
    say(f"production: {CARDS:,} cards in {batches} files, {PROCESSES} processes")
    secret, theirs = SecretKey.new().to_bytes(), SecretKey.new().public.to_bytes()
    with TemporaryDirectory() as folder, ProcessPoolExecutor(PROCESSES) as pool:
        started = time.monotonic()
        tasks = [pool.submit(_file, number, secret, theirs, folder) for number in range(batches)]
        sizes = [task.result() for task in tasks]
        seconds = time.monotonic() - started
    return Section(
        "production",
        "Production data for the card bureau",
        f"{CARDS:,} invented cards in files of {CARDS_PER_BATCH_MAX:,}, by {PROCESSES} processes. Of each card: its line is made, its name is "
        "measured for the face, its chip is laid out byte by byte and digested (SM3); of each file: packed, sealed with SM4, its key "
        "sealed and the whole signed with SM2, written to disk, and hashed. Left out: reading the orders from the database, and photos "
        "(the chip's is made in half a thousandth of a second each, and with the printed one takes some 20 kB of the file).",
        [
            Figure("seconds for 1,000,000 cards, sealed", f"{seconds:.0f} s", f"≤ {SECONDS_MAX} s", seconds <= SECONDS_MAX),
            Figure("cards a second", f"{CARDS / seconds:,.0f}"),
            Figure("bytes a card in the sealed files", f"{sum(sizes) / CARDS:.0f}"),
        ],
    )  # fmt: skip


def _file(number: int, secret: bytes, theirs: bytes, folder: str) -> int:
    batch = Batch(number + 1, 0, "虚构市民卡中心", "310000", "310000000000", RULE.version, RULE.first_pin)
    first = number * CARDS_PER_BATCH_MAX
    lines = [_line(batch.batch, n) for n in range(first, first + CARDS_PER_BATCH_MAX)]
    fit, unfit = looked_at(batch, lines, RULE)
    assert not unfit, unfit[0].reason
    return _sealed(batch, fit, SecretKey.from_bytes(secret), PublicKey.from_bytes(theirs), Path(folder))


def _line(batch: int, n: int) -> Line:
    """Give the line of somebody whom no register has: the division of the ID number is nobody's."""
    card, born = f"Z{n:08}", FIRST_DAY + timedelta(days=n % 20_000)
    order = BatchOrder(n, n, n, card, 1, ISSUED, None)
    record = ProductionRecord(
        sequence=n % CARDS_PER_BATCH_MAX + 1, card_number=card,
        social_security_number=with_check_character(f"100101{born:%Y%m%d}{n % 1_000:03}"),
        name="张" + NAMES[n % 10] + NAMES[n // 10 % 10], sex="男" if n % 2 else "女", ethnicity="", born_on=born,
        application_kind="换发", bank=f"虚构银行{batch % 11}", account_number=f"621700{n:013}", issued_on=ISSUED, valid_until=None,
        photo="", chip_photo="",
    )  # fmt: skip
    return Line(order, record, b"")


def _sealed(batch: Batch, fit: list[Fit], ours: SecretKey, theirs: PublicKey, folder: Path) -> int:
    name = f"P{batch.batch}.zip.sbk2"
    content = production(batch, fit, KEYS)
    sealed = seal_file(ours, theirs, name, write_production(content), len(content.records))
    (folder / name).write_bytes(sealed)
    sm3(sealed)
    return len(sealed)
