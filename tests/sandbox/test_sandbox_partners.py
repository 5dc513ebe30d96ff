"""Register, photo stores and banks: what they answer, and that a reference is answered once for good."""

from __future__ import annotations

import base64
import io
import random
import signal
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from sandbox_driver import PEOPLE, Sandbox, Someone, id_number, started, until
from stdnum import luhn

from shebaoka.issuing.photos.quality import judge
from shebaoka.registry.programme import files
from shebaoka.registry.programme.programme import Programme

REGISTER = "/register/v1/verifications"
ID_CARD = "/photos/v1/id_card/photos"
STUDENT_CARD = "/photos/v1/student_card/photos"
BANK = "/banks/boc/v1/accounts"
PATHS = [REGISTER, ID_CARD, STUDENT_CARD, BANK]


def items(kind: str, people: list[Someone] = PEOPLE) -> list[dict[str, Any]]:
    return [
        {
            "reference": f"{kind}-{number}",
            "id_number": one.id_number,
            "name": one.name,
            "mobile": "10000000000",
        }
        for number, one in enumerate(people)
    ]


def by_reference(answers: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {answer["reference"]: answer for answer in answers}


def test_the_register_knows_its_people(sandbox: Sandbox) -> None:
    answers = sandbox.ask(REGISTER, items("known"))
    assert [answer["outcome"] == "deceased" for answer in answers] == [bool(one.deceased) for one in PEOPLE]
    assert {answer["outcome"] for answer in answers} == {"match", "deceased"}


def test_the_register_tells_little_to_a_wrong_name(sandbox: Sandbox) -> None:
    dead = next(one for one in PEOPLE if one.deceased)
    asked = [
        {"reference": "w1", "id_number": PEOPLE[0].id_number, "name": PEOPLE[1].name},
        {"reference": "w2", "id_number": dead.id_number, "name": "无名"},
        {"reference": "w3", "id_number": id_number(9999), "name": PEOPLE[1].name},
        {"reference": "w4", "id_number": "", "name": ""},
        {"reference": "w5", "id_number": "~", "name": "~"},
    ]
    outcomes = {
        reference: answer["outcome"]
        for reference, answer in by_reference(sandbox.ask(REGISTER, asked)).items()
    }
    assert outcomes == {
        "w1": "name_differs",
        "w2": "name_differs",
        "w3": "unknown",
        "w4": "unknown",
        "w5": "unknown",
    }


@pytest.mark.parametrize(("path", "has"), [(ID_CARD, "id_card_photo"), (STUDENT_CARD, "student_card_photo")])
def test_a_photo_store_has_what_the_world_says(sandbox: Sandbox, path: str, has: str) -> None:
    answers = sandbox.ask(path, items("has"))
    assert [answer["outcome"] == "found" for answer in answers] == [bool(getattr(one, has)) for one in PEOPLE]
    assert all(answer.keys() == {"reference", "outcome"} for answer in answers if answer["outcome"] == "none")


def test_photos_meet_the_card_standard(sandbox: Sandbox) -> None:
    found = [answer for answer in sandbox.ask(ID_CARD, items("standard")) if answer["outcome"] == "found"]
    jpegs = {base64.b64decode(answer["jpeg"], validate=True) for answer in found}
    assert len(jpegs) > 32
    for jpeg in jpegs:
        assert 14_000 <= len(jpeg) <= 40_000
        with Image.open(io.BytesIO(jpeg)) as photo:
            assert (photo.format, photo.size, photo.mode, photo.info["dpi"]) == (
                "JPEG",
                (358, 441),
                "RGB",
                (350, 350),
            )
            # Beside the head nothing is darker than white.
            for left in (0, 348):
                assert min(photo.crop((left, 0, left + 10, 200)).convert("L").tobytes()) > 250
    assert all(
        date(2015, 1, 1) < date.fromisoformat(answer["taken_on"]) < date(2018, 7, 1) for answer in found
    )


def test_a_person_has_one_face_in_both_stores(sandbox: Sandbox) -> None:
    both = [one for one in PEOPLE if one.id_card_photo and one.student_card_photo]
    first, second = sandbox.ask(ID_CARD, items("face", both)), sandbox.ask(STUDENT_CARD, items("face", both))
    assert [answer["jpeg"] for answer in first] == [answer["jpeg"] for answer in second]


def test_accounts_are_numbers_of_their_own(sandbox: Sandbox) -> None:
    answers = sandbox.ask(BANK, items("account")) + sandbox.ask("/banks/icbc/v1/accounts", items("account"))
    numbers = [answer["account_number"] for answer in answers]
    assert len(set(numbers)) == 2 * len(PEOPLE)
    assert all(len(number) == 19 and luhn.is_valid(number) for number in numbers)


def test_a_bank_says_why_it_refuses(sandbox: Sandbox) -> None:
    sandbox.faults("bank", refuse=1.0)
    sandbox.faults("bank:icbc")
    refused = sandbox.ask(BANK, items("why"))
    assert {answer["outcome"] for answer in refused} == {"refused"}
    assert len({(answer["reason_code"], answer["reason"]) for answer in refused}) > 2
    assert {answer["outcome"] for answer in sandbox.ask("/banks/icbc/v1/accounts", items("why"))} == {
        "opened"
    }


@pytest.mark.parametrize("path", PATHS)
def test_the_first_answer_stays(sandbox: Sandbox, path: str) -> None:
    first = sandbox.ask(path, items("first"))
    partner = {"register": "register", "photos": "photos", "banks": "bank"}[path.split("/")[1]]
    sandbox.faults(partner, refuse=1.0)
    assert sandbox.ask(path, items("first")) == first
    assert sandbox.ask(path, items("other")) != first


@pytest.mark.parametrize("path", PATHS)
def test_a_reference_belongs_to_one_person(sandbox: Sandbox, path: str) -> None:
    batch = items("mine")[:2]
    sandbox.ask(path, batch[:1])
    stolen = batch[1] | {"reference": batch[0]["reference"]}
    response = sandbox.http.post(path, json={"items": [batch[1], stolen]})
    assert response.status_code == 409
    twice = sandbox.http.post(
        path, json={"items": [batch[1] | {"reference": "two"}, batch[0] | {"reference": "two"}]}
    )
    assert twice.status_code == 409


def test_nothing_of_a_malformed_batch_is_done(sandbox: Sandbox) -> None:
    good = items("malformed")
    sandbox.ask(BANK, good[:1])
    before = sandbox.stats("bank:boc")["answers"]
    malformed: tuple[Any, ...] = (
        {"items": []}, {"items": [*good, good[0]]}, {"items": [good[1], {"reference": "x"}]}, {}, [],
        {"items": [good[1], good[2] | {"reference": ""}]}, {"items": [good[1], good[2] | {"reference": good[0]["reference"]}]},
    )  # fmt: skip
    for wrong in malformed:
        response = sandbox.http.post(BANK, json=wrong)
        assert 400 <= response.status_code < 500, wrong
        assert response.json().keys() == {"error"}
    assert sandbox.http.post(BANK, content=b"\xff{").status_code == 400
    assert sandbox.http.post("/photos/v1/passport/photos", json={"items": good[:1]}).status_code in {400, 404}
    assert sandbox.stats("bank:boc")["answers"] == before


def test_faults_do_not_hang_on_the_order_of_calls(sandbox: Sandbox, own_folder: Path) -> None:
    sandbox.faults("bank", refuse=0.3)
    straight = by_reference(sandbox.ask(BANK, items("order")))
    shuffled = items("order")
    random.Random(1).shuffle(shuffled)
    with started(own_folder, "--seed", "7") as other:
        other.faults("bank:boc", refuse=0.3)
        piecewise = [answer for at in range(0, 500, 50) for answer in other.ask(BANK, shuffled[at : at + 50])]
    assert by_reference(piecewise) == straight
    refused = Counter(answer["outcome"] for answer in piecewise)["refused"]
    assert 100 < refused < 200


@pytest.mark.parametrize("path", PATHS)
def test_a_lost_answer_comes_when_asked_again(sandbox: Sandbox, path: str) -> None:
    partner = {"register": "register", "photos": "photos", "banks": "bank"}[path.split("/")[1]]
    sandbox.faults(partner, lose=0.4)
    first = by_reference(sandbox.ask(path, items("lost")))
    assert 200 < len(first) < 400
    again = by_reference(sandbox.ask(path, items("lost")))
    assert len(again) == len(PEOPLE)
    assert first.items() <= again.items()


def test_a_doubled_answer_says_the_same(sandbox: Sandbox) -> None:
    sandbox.faults("bank", duplicate=0.5)
    answers = sandbox.ask(BANK, items("double"))
    assert 650 < len(answers) < 850
    assert len({(answer["reference"], answer["account_number"]) for answer in answers}) == len(PEOPLE)


def test_down_does_nothing(sandbox: Sandbox) -> None:
    sandbox.ask(BANK, items("down")[:1])
    before = sandbox.stats("bank:boc")
    sandbox.faults("bank:boc", down=True)
    assert sandbox.http.post(BANK, json={"items": items("down")}).status_code == 503
    assert sandbox.stats("bank:boc") == before
    assert len(sandbox.ask("/banks/icbc/v1/accounts", items("down"))) == len(PEOPLE)


def test_a_caller_who_lost_patience_finds_the_work_done(sandbox: Sandbox) -> None:
    sandbox.ask(BANK, items("patience")[:1])
    before = sandbox.stats("bank:boc")["answers"]
    sandbox.faults("bank", delay_ms=60_000)
    with pytest.raises(httpx.ReadTimeout):
        sandbox.http.post(BANK, json={"items": items("patience")}, timeout=1)
    until(lambda: sandbox.stats("bank:boc")["answers"] == before + len(PEOPLE) - 1)
    assert sandbox.http.delete("/_faults").status_code == 204
    assert len(sandbox.ask(BANK, items("patience"))) == len(PEOPLE)
    assert sandbox.stats("bank:boc")["answers"] == before + len(PEOPLE) - 1


def test_spoiled_photos_keep_the_format_and_not_the_standard(own_folder: Path) -> None:
    standard = Programme(rule for rule, _ in files.read(files.PACKAGED)).photo_standard(date(2019, 1, 2))
    with started(own_folder) as sandbox:
        sandbox.faults("photos", spoil=1.0)
        answers = sandbox.ask(ID_CARD, items("spoiled"))
        sent = [base64.b64decode(one["jpeg"]) for one in answers if one["outcome"] == "found"]
        assert sent
        for picture in sent:
            faults = {one.slug for one in judge(picture, standard, thorough=False)}
            assert faults
            assert faults <= {"photo-background", "photo-dark", "photo-empty"}
        sandbox.faults("photos")
        assert sandbox.ask(ID_CARD, items("spoiled")) == answers, "a reference is answered once for good"


def test_switches_are_shown_and_cleared(sandbox: Sandbox) -> None:
    sandbox.faults("bank:boc", refuse=0.5, down=True)
    assert sandbox.http.get("/_faults").json() == {
        "bank:boc": {"partner": "bank:boc", "refuse": 0.5, "down": True}
    }
    for wrong in (
        {"partner": "nobody"},
        {"partner": "bank", "refuse": 1.5},
        {"partner": "bank", "refues": 1},
        {},
    ):
        assert sandbox.http.put("/_faults", json=wrong).status_code == 400
    sandbox.http.delete("/_faults")
    assert sandbox.http.get("/_faults").json() == {}


def test_answers_outlive_the_process(own_folder: Path) -> None:
    with started(own_folder) as sandbox:
        sandbox.faults("register", refuse=0.5)
        first = {path: sandbox.ask(path, items("kept")) for path in PATHS}
        sandbox.process.send_signal(signal.SIGKILL)
        sandbox.process.wait()
    (own_folder / "world.csv").write_text("id_number,name,deceased,id_card_photo,student_card_photo,home\n")
    with started(own_folder, "--seed", "99") as sandbox:
        assert {path: sandbox.ask(path, items("kept")) for path in PATHS} == first
        assert sandbox.stats("bank:boc") == {"calls": 1, "items": 500, "answers": 500, "people": 500}
