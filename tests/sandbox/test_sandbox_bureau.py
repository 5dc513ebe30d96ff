from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sandbox_driver import KEY, PEOPLE, Sandbox, started, until

from shebaoka.records import bureau
from shebaoka.records.bureau import BureauFileRefused, ProductionRecord, ReturnRecord

PHOTO = b"\xff\xd8\xff no face"


def records(photo: bool = True) -> list[ProductionRecord]:
    return [
        ProductionRecord(
            number, f"A{number:08}", one.id_number, one.name, "女", date(1990, 1, 1), "换发", "上海银行",
            "9000000000000000000", date(2019, 3, 1), None, f"A{number:08}.jpg" if photo else "",
        )
        for number, one in enumerate(PEOPLE, start=1)
    ]  # fmt: skip


def order(sandbox: Sandbox, batch: str, content: bytes | None = None, name: str = "") -> None:
    """Write a production file as the product does: hidden, then renamed."""
    cards = records()
    plain = (
        bureau.write_production(cards, {card.photo: PHOTO for card in cards}) if content is None else content
    )
    final = f"P{batch}.zip.sm4"
    hidden = sandbox.exchange / "to-bureau" / f".{final}"
    hidden.write_bytes(bureau.seal_file(KEY, name or final, plain))
    hidden.rename(hidden.with_name(final))
    until((sandbox.exchange / "to-bureau" / "done" / final).exists)


def answers(sandbox: Sandbox, batch: str) -> list[Path]:
    return sorted((sandbox.exchange / "from-bureau").glob(f"R{batch}-*"))


def plain(path: Path) -> bytes:
    return bureau.open_file(KEY, path.name, path.read_bytes())


def returned(sandbox: Sandbox, batch: str) -> list[ReturnRecord]:
    return [record for path in answers(sandbox, batch) for record in bureau.read_return(plain(path))]


def test_all_cards_are_made(sandbox: Sandbox) -> None:
    order(sandbox, "all")
    assert [path.name for path in answers(sandbox, "all")] == ["Rall-1.csv.sm4"]
    cards = returned(sandbox, "all")
    assert all(card.made for card in cards)
    assert len({card.chip_id for card in cards}) == len({card.box_position for card in cards}) == len(PEOPLE)
    for card, record in zip(cards, records(), strict=True):
        assert card.chip_id.startswith("310000D156000005")
        assert card.chip_id[16:24] == card.reset_code[-8:]
        for shared in (
            "sequence",
            "card_number",
            "social_security_number",
            "name",
            "issued_on",
            "valid_until",
            "bank",
        ):
            assert getattr(card, shared) == getattr(record, shared)


def test_a_card_needs_no_photo_but_a_photo_must_be_one(sandbox: Sandbox) -> None:
    order(sandbox, "young", bureau.write_production(records(photo=False), {}))
    assert all(card.made for card in returned(sandbox, "young"))
    cards = records()
    order(sandbox, "gif", bureau.write_production(cards, {card.photo: b"GIF89a" for card in cards}))
    assert {card.failed_stage for card in returned(sandbox, "gif")} == {"制卡"}


def test_a_card_that_failed_is_mostly_made_on_the_second_try(sandbox: Sandbox) -> None:
    sandbox.faults("bureau", refuse=0.2)
    order(sandbox, "try1")
    order(sandbox, "try2")
    first = {card.card_number for card in returned(sandbox, "try1") if not card.made}
    second = {card.card_number for card in returned(sandbox, "try2") if not card.made}
    assert 60 < len(first) < 140
    assert 0 < len(first & second) < len(first) / 2
    assert len({card.failure_reason for card in returned(sandbox, "try1") if not card.made}) > 2


def test_cards_twice_and_cards_left_out(sandbox: Sandbox) -> None:
    sandbox.faults("bureau", duplicate=0.3, lose=0.2)
    order(sandbox, "mixed")
    times = Counter(returned(sandbox, "mixed"))
    assert 350 < len(times) < 450
    assert 70 < sum(count == 2 for count in times.values()) < 170


def test_a_card_nobody_ordered(sandbox: Sandbox) -> None:
    sandbox.faults("bureau", unordered_card=True)
    order(sandbox, "stray")
    strays = {card.card_number for card in returned(sandbox, "stray")} - {
        record.card_number for record in records()
    }
    assert len(strays) == 1


def test_a_wrong_total_is_refused_by_the_reader(sandbox: Sandbox) -> None:
    sandbox.faults("bureau", wrong_total=True)
    order(sandbox, "total")
    with pytest.raises(BureauFileRefused) as refusal:
        returned(sandbox, "total")
    assert refusal.value.members["reason"] == "total"


def test_several_return_files_make_one_batch(sandbox: Sandbox) -> None:
    sandbox.faults("bureau", return_files=3)
    order(sandbox, "split")
    assert [path.name for path in answers(sandbox, "split")] == [
        f"Rsplit-{number}.csv.sm4" for number in (1, 2, 3)
    ]
    assert [card.card_number for card in returned(sandbox, "split")] == [
        record.card_number for record in records()
    ]


def test_an_empty_batch_has_an_empty_return(sandbox: Sandbox) -> None:
    order(sandbox, "empty", bureau.write_production([], {}))
    assert returned(sandbox, "empty") == []
    assert len(answers(sandbox, "empty")) == 1


def test_an_unusable_file_is_answered_with_a_sentence(sandbox: Sandbox) -> None:
    cards = records(photo=False)
    order(sandbox, "wrong", bureau.write_production(cards, {}).replace(b"#TOTAL,500", b"#TOTAL,501"))
    order(sandbox, "renamed", name="Pother.zip.sm4")
    for batch in ("wrong", "renamed"):
        (answer,) = answers(sandbox, batch)
        assert answer.name == f"R{batch}-error.txt.sm4"
        assert "制卡文件不能使用" in plain(answer).decode()


def test_half_written_and_foreign_files_are_left_alone(sandbox: Sandbox) -> None:
    inbox = sandbox.exchange / "to-bureau"
    for name in (".Phalf.zip.sm4", "readme.txt", "P..zip.sm4"):
        (inbox / name).write_bytes(b"x")
    order(sandbox, "after")
    assert {path.name for path in inbox.iterdir()} == {".Phalf.zip.sm4", "readme.txt", "P..zip.sm4", "done"}


def test_a_bureau_that_is_down_works_later(own_folder: Path) -> None:
    with started(own_folder) as sandbox:
        sandbox.faults("bureau", down=True)
        name = "Plater.zip.sm4"
        (sandbox.exchange / "to-bureau" / f".{name}").write_bytes(
            bureau.seal_file(KEY, name, bureau.write_production(records(photo=False), {}))
        )
        (sandbox.exchange / "to-bureau" / f".{name}").rename(sandbox.exchange / "to-bureau" / name)
        sandbox.process.kill()
        assert answers(sandbox, "later") == []
    with started(own_folder) as sandbox:
        until(lambda: len(answers(sandbox, "later")) == 1)
        assert len(returned(sandbox, "later")) == len(PEOPLE)
        until(lambda: sandbox.stats("bureau")["answers"] == len(PEOPLE))
