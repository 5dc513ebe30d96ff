"""The bureau of the sandbox makes real virtual cards: receipts, read-backs, blanks, keys, and each way of doing it badly."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from PIL import Image
from sandbox_driver import CITY, MAKER, PEOPLE, Sandbox, started, until
from tests.issuing.making import DIVISION, RING, made

from shebaoka.issuing.production.reading_back import Chips
from shebaoka.keys.package import Package, sealed
from shebaoka.kit.sm import sm3
from shebaoka.kit.sm2 import SecretKey
from shebaoka.records import bureau
from shebaoka.records.bureau import (
    Batch,
    BureauFileRefused,
    Production,
    ProductionRecord,
    Return,
    ReturnRecord,
)

CARDS = 120
BATCHES = count(1)
PICTURE = io.BytesIO()
Image.new("RGB", (90, 111), "white").save(PICTURE, "JPEG", quality=60)
CHIPS = Chips(DIVISION, lambda factor, code: RING.code_mac(3, factor, code), ())


def records(cards: int, photo: bool) -> list[ProductionRecord]:
    return [
        ProductionRecord(
            number, f"A{number:08}", one.id_number, one.name, "女", "", date(1990, 1, 1), "换发", "上海银行",
            "9000000000000000000", date(2019, 3, 1), None, *([f"A{number:08}.jpg"] * 2 if photo else ["", ""]),
        )
        for number, one in enumerate(PEOPLE[:cards], start=1)
    ]  # fmt: skip


def production(cards: int = CARDS, *, photo: bool = True, picture: bytes = PICTURE.getvalue()) -> Production:
    number, lines = next(BATCHES), records(cards, photo)
    pictures = {line.photo: picture for line in lines if photo}
    chips = dict.fromkeys(pictures, PICTURE.getvalue())
    batch = Batch(number, cards, "市民卡中心", DIVISION, "310000000000", "3.00", "123456")
    return Production(batch, lines, pictures, chips, sealed(Package(number, cards, RING), MAKER.public))


def order(
    sandbox: Sandbox, content: Production, *, name: str = "", key: SecretKey = CITY, wait: bool = True
) -> Production:
    """Write a production file as the product does: hidden, then renamed."""
    final = f"P{content.batch.batch}.zip.sbk2"
    data = bureau.seal_file(
        key, MAKER.public, name or final, bureau.write_production(content), content.batch.cards
    )
    hidden = sandbox.exchange / "to-bureau" / f".{final}"
    hidden.write_bytes(data)
    hidden.rename(hidden.with_name(final))
    if wait:
        until((sandbox.exchange / "to-bureau" / "done" / final).exists)
    return content


def files(sandbox: Sandbox, content: Production, kind: str = "R") -> list[Path]:
    return sorted((sandbox.exchange / "from-bureau").glob(f"{kind}{content.batch.batch}[-.]*"))


def opened(path: Path) -> bytes:
    return bureau.open_file(CITY, MAKER.public, path.name, path.read_bytes()).content


def answers(sandbox: Sandbox, content: Production) -> list[Return]:
    return [bureau.read_return(opened(path)) for path in files(sandbox, content)]


def returned(sandbox: Sandbox, content: Production) -> list[ReturnRecord]:
    return [record for answer in answers(sandbox, content) for record in answer.records]


def right(content: Production) -> dict[str, str]:
    """What must be read back of each card."""
    return {record.card_number: made(content, record).digest for record in content.records}


def test_all_cards_are_made_and_read_back(sandbox: Sandbox) -> None:
    content = order(sandbox, production())
    assert [path.name for path in files(sandbox, content)] == [f"R{content.batch.batch}-1.zip.sbk2"]
    ((statement, cards),) = [(answer.statement, answer.records) for answer in answers(sandbox, content)]
    assert (statement.lines, statement.made, statement.spoiled, statement.key_uses) == (
        CARDS,
        CARDS,
        0,
        CARDS,
    )
    assert statement.destroyed_at is not None
    assert all(card.made for card in cards)
    assert {card.card_number: card.digest for card in cards} == right(content)
    assert [CHIPS.wrong(card) for card in cards] == [[]] * CARDS
    assert len({card.chip_id for card in cards}) == len({card.box_position for card in cards}) == CARDS
    for card, record in zip(cards, content.records, strict=True):
        for shared in (
            "sequence", "card_number", "social_security_number", "name", "issued_on", "valid_until", "bank",
        ):  # fmt: skip
            assert getattr(card, shared) == getattr(record, shared)


def test_the_receipt_counts_and_hashes_what_lay_there(sandbox: Sandbox) -> None:
    content = order(sandbox, production(3))
    (path,) = files(sandbox, content, "A")
    told = bureau.read_receipt(opened(path))
    file = sandbox.exchange / "to-bureau" / "done" / f"P{content.batch.batch}.zip.sbk2"
    assert (told.batch, told.file_name, told.cards) == (content.batch.batch, file.name, 3)
    assert told.digest == sm3(file.read_bytes()).hex().upper()
    for wrong in ("count", "hash"):
        sandbox.faults("bureau", wrong_receipt=wrong)
        content = order(sandbox, production(3))
        other = bureau.read_receipt(opened(files(sandbox, content, "A")[0]))
        file = sandbox.exchange / "to-bureau" / "done" / f"P{content.batch.batch}.zip.sbk2"
        assert (other.cards == 3, other.digest == sm3(file.read_bytes()).hex().upper()) == (
            wrong != "count", wrong != "hash",
        )  # fmt: skip


def test_no_blank_is_used_twice(sandbox: Sandbox) -> None:
    one, two = (order(sandbox, production(5, photo=False)) for _ in range(2))
    codes = [card.reset_code for content in (one, two) for card in returned(sandbox, content)]
    assert len(set(codes)) == 10


def test_a_card_needs_no_photo_but_a_photo_must_be_one(sandbox: Sandbox) -> None:
    young = order(sandbox, production(4, photo=False))
    assert all(card.made for card in returned(sandbox, young))
    cards = returned(sandbox, order(sandbox, production(4, picture=b"GIF89a")))
    assert {(card.failed_stage, card.spoiled) for card in cards} == {("制卡", 0)}


def test_a_card_that_failed_is_mostly_made_on_the_second_try(sandbox: Sandbox) -> None:
    sandbox.faults("bureau", refuse=0.3)
    first, second = (
        {card.card_number for card in returned(sandbox, order(sandbox, production())) if not card.made} for _ in "12"
    )  # fmt: skip
    assert CARDS * 0.15 < len(first) < CARDS * 0.45
    assert 0 < len(first & second) < len(first)


def test_dead_chips_and_chips_that_keep_something_else_are_spoiled_and_counted(sandbox: Sandbox) -> None:
    for fault in ("dead", "write_wrong"):
        sandbox.faults("bureau", **{fault: 0.4})
        content = order(sandbox, production(60, photo=False))
        ((statement, cards),) = [(answer.statement, answer.records) for answer in answers(sandbox, content)]
        spoiled = Counter(card.spoiled for card in cards)
        assert spoiled[0] > spoiled[1] > spoiled[2] > 0, fault
        lost = [card for card in cards if not card.made]
        assert all(card.spoiled == 3 for card in lost)
        assert statement.spoiled == sum(card.spoiled for card in cards)
        assert statement.key_uses == statement.made + statement.spoiled
        expected = right(content)
        assert all(card.digest == expected[card.card_number] for card in cards if card.made)


def test_a_card_torn_out_is_begun_anew_on_the_same_blank(sandbox: Sandbox) -> None:
    sandbox.faults("bureau", torn=1.0)
    content = order(sandbox, production(40))
    cards = returned(sandbox, content)
    assert all(card.made and not card.spoiled for card in cards)
    assert {card.card_number: card.digest for card in cards} == right(content)


@pytest.mark.parametrize("fault", ["wrong_number", "wrong_digest", "copied_code"])
def test_what_the_bureau_itself_does_not_see_is_seen_by_the_city(sandbox: Sandbox, fault: str) -> None:
    sandbox.faults("bureau", **{fault: 1.0})
    content = order(sandbox, production(4, photo=False))
    expected = right(content)
    for card in returned(sandbox, content):
        same = card.digest == expected[card.card_number]
        assert (same, CHIPS.wrong(card)) == ((True, ["卡识别码"]) if fault == "copied_code" else (False, []))


def test_cards_twice_and_cards_left_out(sandbox: Sandbox) -> None:
    sandbox.faults("bureau", duplicate=0.3, lose=0.2)
    content = order(sandbox, production(photo=False))
    times = Counter(card.card_number for card in returned(sandbox, content))
    assert CARDS * 0.65 < len(times) < CARDS * 0.95
    assert 0.1 < sum(each == 2 for each in times.values()) / len(times) < 0.5
    (answer,) = answers(sandbox, content)
    assert (answer.statement.lines, answer.statement.made) == (len(answer.records), len(times))


def test_a_card_nobody_ordered(sandbox: Sandbox) -> None:
    sandbox.faults("bureau", unordered_card=True)
    content = order(sandbox, production(3, photo=False))
    strays = {card.card_number for card in returned(sandbox, content)} - set(right(content))
    assert len(strays) == 1


def test_a_wrong_total_is_refused_by_the_reader_and_a_wrong_statement_is_not(sandbox: Sandbox) -> None:
    sandbox.faults("bureau", wrong_total=True)
    content = order(sandbox, production(3, photo=False))
    with pytest.raises(BureauFileRefused) as refusal:
        returned(sandbox, content)
    assert refusal.value.members["reason"] == "total"
    sandbox.faults("bureau", wrong_statement=True)
    (answer,) = answers(sandbox, order(sandbox, production(3, photo=False)))
    assert (answer.statement.made, len(answer.records)) == (4, 3)


def test_keys_that_are_kept_are_not_said_to_be_gone(sandbox: Sandbox) -> None:
    sandbox.faults("bureau", keys_kept=True)
    (answer,) = answers(sandbox, order(sandbox, production(3, photo=False)))
    assert answer.statement.destroyed_at is None


def test_several_return_files_make_one_batch_and_the_last_says_that_the_keys_are_gone(
    sandbox: Sandbox,
) -> None:
    sandbox.faults("bureau", return_files=3)
    content = order(sandbox, production(7, photo=False))
    assert [path.name for path in files(sandbox, content)] == [
        f"R{content.batch.batch}-{number}.zip.sbk2" for number in (1, 2, 3)
    ]
    found = answers(sandbox, content)
    assert [card.card_number for answer in found for card in answer.records] == list(right(content))
    assert [answer.statement.destroyed_at is None for answer in found] == [True, True, False]


def test_an_unusable_file_is_answered_with_a_sentence(sandbox: Sandbox) -> None:
    content = production(3)
    other_keys = replace(production(3), keys=sealed(Package(99, 3, RING), MAKER.public))
    for wrong, said in (
        (order(sandbox, production(3), name="P9999.zip.sbk2"), "签名"),
        (order(sandbox, production(3), key=SecretKey.new()), "签名"),
        (order(sandbox, other_keys), "密钥"),
    ):
        (answer,) = files(sandbox, wrong)
        assert answer.name == f"R{wrong.batch.batch}-error.txt.sbk2"
        assert said in opened(answer).decode()
    assert not files(sandbox, content)


def test_half_written_and_foreign_files_are_left_alone(sandbox: Sandbox) -> None:
    inbox = sandbox.exchange / "to-bureau"
    foreign = {".P7.zip.sbk2", "readme.txt", "P..zip.sbk2", "P7.zip.sm4"}
    for name in foreign:
        (inbox / name).write_bytes(b"x")
    order(sandbox, production(1))
    assert {path.name for path in inbox.iterdir()} == {*foreign, "done"}


def test_a_bureau_that_is_down_works_later_with_the_same_blanks(own_folder: Path) -> None:
    with started(own_folder) as sandbox:
        sandbox.faults("bureau", down=True)
        content = order(sandbox, production(4), wait=False)
        sandbox.process.kill()
        assert files(sandbox, content) == []
    with started(own_folder) as sandbox:
        until(lambda: sandbox.stats("bureau")["answers"] == 4)
        until(lambda: len(files(sandbox, content)) == 1)
        first = returned(sandbox, content)
        done = sandbox.exchange / "to-bureau" / "done" / f"P{content.batch.batch}.zip.sbk2"
        until(done.exists)
        # Killed before it had put the file away, it begins anew.
        done.rename(sandbox.exchange / "to-bureau" / done.name)
        until(done.exists)
        assert returned(sandbox, content) == first
