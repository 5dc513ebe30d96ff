"""Read → verify the holder → settle: with good cards, and with cards that are not what they say."""

from __future__ import annotations

import http.server
import json
import secrets
from threading import Thread

import httpx
import msgspec
import pytest
from tests.terminal.people import RING, Pin, card, named, terminal

from shebaoka.chip import proofs
from shebaoka.chip.errors import ChipRefused, ChipUnreadable, ChipValueRefused
from shebaoka.chip.files import ssse_pictures
from shebaoka.chip.reading import begin
from shebaoka.keys.errors import CardKeyNotHeld, CardOfAnotherCity
from shebaoka.keys.hierarchy import Ring
from shebaoka.terminal import terminal as t
from shebaoka.terminal.errors import (
    CardCopied,
    CardUnproved,
    HolderDiffers,
    HolderUnread,
    HolderUnverified,
    PinBlocked,
    PinWrong,
)
from shebaoka_sandbox.card.answering import answer
from shebaoka_sandbox.card.state import Key

GENERATIONS = [1, 2, 3]
NUMBER = "10010119800101001X"


@pytest.mark.parametrize("generation", GENERATIONS)
def test_every_version_is_read_whole(generation):
    read = terminal(card(generation)).read()
    assert (read.generation, read.id_number, read.name, read.card_number) == (
        generation,
        NUMBER,
        "张大例",
        "A00000017",
    )


def test_without_a_key_there_is_a_card_but_no_holder():
    there = terminal(card(), ())
    assert there.read().id_number is None
    with pytest.raises(HolderUnread):
        there.verify_holder(t.FaceToFace(NUMBER))


def test_a_long_name_uses_the_second_record():
    long = "长" * 24
    assert terminal(card(2, holder=named(long))).read().name == long
    assert terminal(card(1, holder=named("长" * 15))).read().name == "长" * 15


def test_a_copied_identification_code_is_refused_before_anything_is_proved():
    genuine = terminal(card()).read().identification_code.hex()
    asked = []
    copy = terminal(card(serial="00000002", identification_code=genuine), [lambda *a: asked.append(a)])
    with pytest.raises(CardCopied) as refused:
        copy.read()
    assert refused.value.members == {"card_number": "A00000017"}
    assert not asked


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_copy_that_lies_about_its_chip_too_has_not_its_key(generation):
    genuine, challenge = card(generation), secrets.token_bytes(16)
    there = terminal(genuine)
    there.read()
    there.check_card(challenge, RING.prove)
    genuine.keys[proofs.CARD_KEY] = Key(bytes(16))
    with pytest.raises(CardUnproved):
        there.check_card(challenge, RING.prove)


def test_a_card_of_another_city_costs_none_of_its_tries():
    keys = {f"{number:02X}": f"{number:032x}" for number in range(16)}
    chip = card(city="3205", division="320500", keys=keys)
    with pytest.raises(CardOfAnotherCity) as refused:
        terminal(chip).read()
    assert refused.value.detail == "3205 ≠ 9999"
    assert chip.keys[proofs.READ_KEY].lock.left == 8
    assert terminal(chip, ()).read().division == "320500", "what anybody may read is read"


def test_a_key_that_this_terminal_does_not_hold():
    with pytest.raises(CardKeyNotHeld):
        terminal(card(), [Ring("9999", {}).prove]).read()


def test_a_city_that_has_changed_its_keys_has_them_tried_in_turn_but_never_the_last_try():
    former = Ring("9999", {which: bytes(16) for which in RING.keys})
    chip = card()
    lock = chip.keys[proofs.READ_KEY].lock
    assert terminal(chip, [former.prove, RING.prove]).read().name == "张大例"
    assert lock.left == 8, "the right one gives all tries back"
    lock.left = 3
    with pytest.raises(ChipRefused) as refused:
        terminal(chip, [former.prove] * 5).read()
    assert refused.value.members["status_word"] == "63C1"
    assert lock.left == 1


@pytest.mark.parametrize(
    ("raw", "element"),
    [
        ({"SSSE EF06 2": "091ED5C5FF" + "00" * 27}, "name"),
        ({"SSSE EF06 1": "0812313030"}, "id_number"),
        ({"SSSE EF05 7": "0709"}, "card_number"),
        ({"SSSE EF06 7": "0D0419801301"}, "birth_date"),
        ({"SSSE EF05 1": "0110" + "31" * 16}, "identification_code"),
    ],
)
def test_what_does_not_stand_as_specified_is_named_and_not_shown(raw, element):
    with pytest.raises(ChipUnreadable) as unreadable:
        terminal(card(raw=raw)).read()
    assert unreadable.value.members["element"] == element
    assert NUMBER[:6] not in str(unreadable.value.document())


def test_a_file_of_bytes_that_is_too_short_is_named():
    chip = card(raw={"SSSE EF08": "FFD8FF"})
    talk = begin(lambda raw: answer(chip, raw), chip.power())
    talk.prove(proofs.READ_KEY, RING.prove)
    with pytest.raises(ChipUnreadable) as unreadable:
        talk.content(ssse_pictures.EF08)
    assert unreadable.value.members["element"] == "相片"


def test_a_blank_and_a_blocked_card_say_so():
    with pytest.raises(ChipUnreadable) as blank:
        terminal(card(life="blank"), ()).read()
    assert "空白卡" in blank.value.detail
    with pytest.raises(ChipRefused) as blocked:
        terminal(card(life="blocked"))
    assert blocked.value.members["status_word"] == "6A81"


def test_a_wrong_pin_is_counted_until_it_is_blocked():
    chip = card()
    there = terminal(chip)
    for left in (2, 1):
        with pytest.raises(PinWrong) as wrong:
            there.verify_holder(t.Pin("000000"))
        assert wrong.value.members == {"tries_left": left}
    for digits in ("000000", "123456"):
        with pytest.raises(PinBlocked):
            terminal(chip).verify_holder(t.Pin(digits))
    with pytest.raises(PinBlocked):
        there.change_pin("123456", "654321")


def test_a_profile_says_how_many_tries_are_left():
    with pytest.raises(PinBlocked):
        terminal(card(pin=Pin("123456", 3, 0))).verify_holder(t.Pin("123456"))
    with pytest.raises(ChipRefused):
        terminal(card(pin=None)).verify_holder(t.Pin("123456"))


def test_a_pin_is_changed_and_counts_at_once():
    there = terminal(card())
    there.change_pin("123456", "2468")
    there.verify_holder(t.Pin("2468"))


def test_a_document_face_to_face():
    there = terminal(card())
    there.verify_holder(t.FaceToFace(NUMBER.lower()))
    with pytest.raises(HolderDiffers):
        there.verify_holder(t.FaceToFace("100101198001010028"))
    with pytest.raises(HolderUnverified):
        there.settle(Nothing(), message_number="1", content={})


class Nothing:
    def challenge(self, length):
        return bytes(length)

    def settle(self, request):
        return request


def test_what_a_settlement_is_asked_with():
    there = terminal(card(2))
    with pytest.raises(HolderUnverified):
        there.settle(Nothing(), message_number="1", content={})
    there.verify_holder(t.Pin("123456"))
    by_pin = there.settle(Nothing(), message_number="M-1", content={"total_fen": 100})
    assert (by_pin.verified_by, by_pin.document, by_pin.id_number) == ("pin", "", NUMBER)
    assert by_pin.card_proof.challenge == "00" * 8, "one block of the card's algorithm"
    there.verify_holder(t.FaceToFace(NUMBER))
    assert there.settle(Nothing(), message_number="M-2", content={}).document == "resident_identity_card"


class Settling(http.server.BaseHTTPRequestHandler):
    """A settlement system of our own: gives challenges, takes each once, and believes a card by its proof only."""

    given: set[str]
    settled: dict[str, dict]

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, told = self.challenge(body) if self.path == "/challenge" else self.settle(body)
        raw = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def challenge(self, body):
        challenge = secrets.token_hex(body["length"])
        self.given.add(challenge)
        return 200, {"challenge": challenge}

    def settle(self, body):
        if body["message_number"] in self.settled:
            return 200, self.settled[body["message_number"]]
        given = body["card_proof"]
        if given["challenge"] not in self.given:
            return 409, {"slug": "challenge-used"}
        self.given.remove(given["challenge"])
        factor, challenge = bytes.fromhex(given["factor"]), bytes.fromhex(given["challenge"])
        if RING.prove(given["algorithm"], proofs.CARD_KEY, factor, challenge).hex() != given["proof"]:
            return 403, {"slug": "card-unproved"}
        told = {"settled": body["content"]["total_fen"], "card": body["card_number"]}
        self.settled[body["message_number"]] = told
        return 200, told

    def log_message(self, *_):
        pass


class OverHttp:
    """What a vendor writes: the seam `terminal.Settlement`, here over HTTP."""

    def __init__(self, url):
        self.client = httpx.Client(base_url=url, trust_env=False)

    def challenge(self, length):
        return bytes.fromhex(self.client.post("/challenge", json={"length": length}).json()["challenge"])

    def settle(self, request):
        answer = self.client.post("/settle", json=msgspec.to_builtins(request))
        return answer.status_code, answer.json()


@pytest.fixture
def settlement():
    kind = type("Here", (Settling,), {"given": set(), "settled": {}})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        over = OverHttp(f"http://127.0.0.1:{server.server_port}")
        yield over
        over.client.close()
        server.shutdown()


@pytest.mark.parametrize("generation", GENERATIONS)
def test_read_verify_and_settle_over_http(settlement, generation):
    chip = card(generation)
    there = terminal(chip)
    there.read()
    there.verify_holder(t.Pin("123456"))
    told = (200, {"settled": 4210, "card": "A00000017"})
    for _ in range(2):
        assert there.settle(settlement, message_number="H1-1", content={"total_fen": 4210}) == told
    chip.keys[proofs.CARD_KEY] = Key(bytes(16))
    refused = there.settle(settlement, message_number="H1-2", content={"total_fen": 4210})
    assert refused == (403, {"slug": "card-unproved"})


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_blocked_pin_is_reset_for_the_holder_of_the_document_that_was_seen(generation):
    chip = card(generation, pin=Pin(tries_left=0))
    there = terminal(chip)
    with pytest.raises(PinBlocked):
        there.verify_holder(t.Pin("123456"))
    with pytest.raises(HolderUnverified):
        there.reset_pin("654321")
    with pytest.raises(HolderDiffers):
        there.verify_holder(t.FaceToFace("100101198001010028"))
    with pytest.raises(HolderUnverified):
        there.reset_pin("654321")
    there.verify_holder(t.FaceToFace(NUMBER))
    with pytest.raises(ChipValueRefused):
        there.reset_pin("12")
    there.reset_pin("654321")
    assert (chip.pin, chip.pin_lock.left, chip.keys[proofs.UNBLOCK_KEY].lock.left) == ("654321", 3, 8)
    there.verify_holder(t.Pin("654321"))
    with pytest.raises(HolderUnverified):
        there.reset_pin("111111")


def test_a_terminal_with_reading_keys_alone_resets_no_pin():
    chip = card(pin=Pin(tries_left=0))
    there = terminal(chip, (RING.only({proofs.READ_KEY}).prove,))
    there.verify_holder(t.FaceToFace(NUMBER))
    with pytest.raises(CardKeyNotHeld):
        there.reset_pin("654321")
    chip.keys[proofs.UNBLOCK_KEY] = Key(bytes(16))
    other = terminal(chip)
    other.verify_holder(t.FaceToFace(NUMBER))
    with pytest.raises(ChipRefused) as refused:
        other.reset_pin("654321")
    assert refused.value.members["status_word"] == "63C7", "it costs a try of the key, and no PIN"
    assert (chip.pin, chip.pin_lock.left) == ("123456", 0)
