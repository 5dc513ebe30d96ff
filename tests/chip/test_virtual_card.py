"""A terminal and a virtual card: made, read, proved to, pulled, tried with wrong numbers, and asked nonsense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.chip.cards import (
    PIN,
    TRANSPORT,
    Torn,
    blank,
    of_somebody,
    order,
    own_key,
    prove,
    prove_transport,
    stranger,
    talk_to,
)

from shebaoka.chip import commands as c
from shebaoka.chip import proofs
from shebaoka.chip.apdu import parsed
from shebaoka.chip.errors import ChipDiffers, ChipRefused, ChipUnreadable, ChipValueRefused
from shebaoka.chip.icardbas import FIELDS, line
from shebaoka.chip.personalising import compare, personalise
from shebaoka.chip.reading import read_card
from shebaoka.chip.versions import SSSE, VERSIONS
from shebaoka_sandbox.card.answering import answer
from shebaoka_sandbox.card.state import PIN_TRIES, Key, Life

GENERATIONS = [1, 2, 3]
SSSE_FILES = VERSIONS[2].application("SSSE")


def read(chip, how=prove):
    return read_card(lambda command: answer(chip, command), chip.power(), how)


def refused(talk, command):
    with pytest.raises(ChipRefused) as caught:
        talk.ask(command).expect("试 · a try")
    return caught.value.members["status_word"]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_an_old_and_a_new_card_are_read_side_by_side(generation):
    card = read(of_somebody(generation))
    assert (card.generation, card.version) == (generation, f"{generation}.00")
    assert (card.card_number, card.id_number, card.name, card.sex) == (
        "A00000017",
        "10010119800101001X",
        "张大例",
        "1",
    )
    assert card.genuine_code


def test_without_a_key_only_what_is_read_freely():
    card = read(of_somebody(), None)
    assert (card.card_number, card.name, card.id_number) == ("A00000017", None, None)


def test_a_stranger_s_terminal_learns_nothing_and_the_key_locks_in_the_end():
    chip = of_somebody()
    for left in (*range(7, -1, -1), None):
        with pytest.raises(ChipRefused) as caught:
            read(chip, stranger)
        assert caught.value.members["status_word"] == ("6983" if left is None else f"63C{left:X}")
    talk = talk_to(chip)
    talk.ask(c.select_file(0xEF06)).expect("EF06")
    assert refused(talk, c.read_record(1, 0x14)) == "6982"


def test_what_was_proved_is_forgotten_without_power_and_in_another_directory():
    chip = of_somebody()
    talk = talk_to(chip)
    talk.prove(proofs.READ_KEY, prove)
    talk.select(SSSE)
    talk.ask(c.select_file(0xEF06)).expect("EF06")
    assert refused(talk, c.read_record(1, 0x14)) == "6982"


def test_a_proof_is_good_once():
    chip = of_somebody()
    talk = talk_to(chip)
    challenge = talk.ask(c.get_challenge(16)).data
    answer_ = prove(chip.algorithm, proofs.READ_KEY, chip.reset.factor, challenge)
    assert talk.ask(c.external_authenticate(proofs.READ_KEY, answer_)).status_word == 0x9000
    assert refused(talk, c.external_authenticate(proofs.READ_KEY, answer_)) == "6984"


def test_the_card_proves_that_it_is_this_card():
    chip, copied = of_somebody(), blank(serial=2)
    personalise(
        talk_to(copied), order(copied, identification_code=order(chip).identification_code), prove_transport
    )
    challenge = bytes(range(16))
    expected = proofs.Schedule(chip.algorithm, own_key(chip, proofs.CARD_KEY)).proof(challenge)
    ask = c.internal_authenticate(proofs.CARD_KEY, challenge, 16)
    assert talk_to(chip).ask(ask).expect("INTERNAL AUTHENTICATE") == expected
    assert talk_to(copied).ask(ask).data != expected
    assert not read(copied).genuine_code, "an identification code that was copied is not of this chip"


def test_a_pin_wrong_too_often_blocks_and_the_key_that_may_unblocks():
    chip = of_somebody()
    talk = talk_to(chip)
    assert talk.ask(c.verify_pin(PIN)).status_word == 0x9000
    assert refused(talk, c.verify_pin("000000")) == "63C2"
    assert talk.ask(c.verify_pin(PIN)).status_word == 0x9000, "the right number gives all tries back"
    for left in range(PIN_TRIES - 1, -1, -1):
        assert refused(talk_to(chip), c.verify_pin("000000")) == f"63C{left}", (
            "without power it is not forgotten"
        )
    assert refused(talk_to(chip), c.verify_pin(PIN)) == "6983"
    assert refused(talk_to(chip), c.change_pin(PIN, "654321")) == "6983"
    talk = talk_to(chip)
    challenge = talk.ask(c.get_challenge(16)).data
    proof = prove(chip.algorithm, proofs.UNBLOCK_KEY, chip.reset.factor, challenge)
    assert talk.ask(c.unblock_pin("654321", proof)).status_word == 0x9000
    assert talk.ask(c.verify_pin("654321")).status_word == 0x9000


def test_a_pin_is_changed_by_whoever_knows_it():
    chip = of_somebody()
    assert refused(talk_to(chip), c.change_pin("000000", "654321")) == "63C2"
    assert talk_to(chip).ask(c.change_pin(PIN, "54321")).status_word == 0x9000
    assert talk_to(chip).ask(c.verify_pin("54321")).status_word == 0x9000


@pytest.mark.parametrize("generation", GENERATIONS)
def test_all_addressings_give_the_same_record(generation):
    talk = talk_to(of_somebody(generation))
    file = VERSIONS[generation - 1].application("SSSE").file(0xEF05)
    by_sfi = [talk.ask(c.read_record(n, e.record_bytes, sfi=5)).data for n, e in enumerate(file.elements, 1)]
    for form in c.By:
        talk.ask(c.select_file(0xEF05, form)).expect("EF05")
        assert [
            talk.ask(c.read_record(n, e.record_bytes)).data for n, e in enumerate(file.elements, 1)
        ] == by_sfi
        assert [talk.ask(c.read_record_by_tag(e)).data for e in file.elements] == by_sfi


def test_the_ring_keeps_the_last_thirty_the_newest_first():
    chip = of_somebody()
    talk, application = talk_to(chip), chip.version.application("DF04")
    (ring,) = application.files
    talk.select(application)
    talk.prove(proofs.WRITE_KEY, prove)
    talk.ask(c.select_file(ring.identifier)).expect("EF08")
    for number in range(ring.records + 2):
        talk.ask(c.append_record(ring.element.packed(f"{number:014d}"))).expect("a record")
    talk.prove(proofs.READ_KEY, prove)
    assert talk.ring(ring) == [f"{number:014d}" for number in range(ring.records + 1, 1, -1)]


def test_nothing_is_written_without_the_key():
    talk = talk_to(of_somebody())
    talk.prove(proofs.READ_KEY, prove)
    talk.ask(c.select_file(0xEF06)).expect("EF06")
    assert refused(talk, c.update_record(2, SSSE_FILES.file(0xEF06).elements[1].packed("他人"))) == "6982"
    assert refused(talk, c.finish()) == "6985"
    assert refused(talk, c.load_key(proofs.READ_KEY, bytes(proofs.WRAPPED_BYTES))) == "6985"


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_key_goes_on_a_blank_only_as_its_own_transport_key_enciphers_it(generation):
    chip, key = blank(generation), bytes(range(100, 116))
    sent = proofs.Schedule(chip.algorithm, TRANSPORT).wrapped(key)
    assert key not in sent
    assert refused(talk_to(chip), c.load_key(proofs.READ_KEY, sent)) == "6982"
    talk = talk_to(chip)
    talk.prove(proofs.TRANSPORT_KEY, prove_transport)
    assert refused(talk, c.load_key(proofs.READ_KEY, key)) == "6700", "a key in clear"
    elsewhere = proofs.Schedule(chip.algorithm, bytes(16)).wrapped(key)
    for wrong in (elsewhere, sent[:-1] + bytes((sent[-1] ^ 1,)), bytes((sent[0] ^ 1,)) + sent[1:]):
        assert refused(talk, c.load_key(proofs.READ_KEY, wrong)) == "6988"
    assert proofs.READ_KEY not in chip.keys
    talk.ask(c.load_key(proofs.READ_KEY, sent)).expect("LOAD KEY")
    assert chip.keys[proofs.READ_KEY].value == key


@pytest.mark.parametrize("generation", GENERATIONS)
def test_pulled_at_any_command_the_card_stays_blank_and_is_made_anew(generation):
    """The tear test: at every single command of personalisation."""
    total = count_commands(generation)
    assert total > 20
    for pulled_after in range(1, total):
        chip = blank(generation)
        try:
            personalise(talk_to(chip, pulled_after), order(chip), prove_transport)
        except Torn:
            pass
        else:
            pytest.fail("it was not pulled")
        assert chip.life is Life.BLANK
        with pytest.raises((ChipRefused, ChipUnreadable)):
            read(chip)
        personalise(talk_to(chip), order(chip), prove_transport)
        assert read(chip).name == "张大例"


def count_commands(generation):
    chip, sent = blank(generation), 0

    def counting(command):
        nonlocal sent
        sent += 1
        return answer(chip, command)

    talk = talk_to(chip)
    talk.transmit = counting
    personalise(talk, order(chip), prove_transport)
    return sent + 1


def test_what_is_read_back_otherwise_does_not_count():
    chip = blank()
    talk = talk_to(chip)

    def losing(command):
        # A reader that says the name was written, and did not.
        read_ = parsed(command)
        return (
            b"\x90\x00"
            if read_.ins == c.UPDATE_RECORD and read_.data[:1] == b"\x09"
            else answer(chip, command)
        )

    talk.transmit = losing
    with pytest.raises(ChipDiffers) as differs:
        personalise(talk, order(chip), prove_transport)
    assert differs.value.members["element"] == "name"
    assert chip.life is Life.BLANK


def test_a_name_that_does_not_fit_is_refused_before_anything_is_written():
    chip = blank()
    with pytest.raises(ChipValueRefused):
        personalise(talk_to(chip), order(chip, name="长" * 26), prove_transport)
    with pytest.raises(ChipValueRefused):
        personalise(talk_to(chip), order(chip, photo=bytes(0x1001)), prove_transport)
    assert chip.contents == blank().contents


def test_a_long_name_uses_the_second_record_and_version_1_refuses_it():
    assert read(of_somebody(3, name="长" * 20)).name == "长" * 20
    chip = blank(1)
    with pytest.raises(ChipValueRefused):
        personalise(talk_to(chip), order(chip, name="长" * 20), prove_transport)


def test_a_finished_card_is_compared_with_its_order():
    chip = of_somebody()
    compare(talk_to(chip), order(chip), prove)
    with pytest.raises(ChipDiffers):
        compare(talk_to(chip), order(chip, name="别人"), prove)


def test_the_line_of_desktop_software():
    told = line(read(of_somebody()), "000000000001", "00000001")
    assert told == (
        "310000|10010119800101001X|A00000017|310000D15600000500000001" + "01020304"
        "|张大例|00814A4446866031000" + "0000001|3.00|20190506|20290505|000000000001|00000001|"
    )
    assert told.count("|") == len(FIELDS)


def test_a_card_of_another_kind_is_said_to_be_one():
    with pytest.raises(ChipUnreadable):
        read_card(lambda _: b"\x90\x00", bytes.fromhex("3B6500002063CB6800"))
    with pytest.raises(ChipRefused):
        read_card(lambda _: b"\x6a\x82", blank().reset.atr)


def test_a_blocked_card_says_so():
    chip = of_somebody()
    chip.life = Life.BLOCKED
    with pytest.raises(ChipRefused) as caught:
        read(chip)
    assert caught.value.members["status_word"] == "6A81"


@given(st.lists(st.binary(max_size=40), max_size=12))
def test_whatever_it_is_asked_a_card_answers_and_gives_nothing_away(asked):
    chip = blank()
    chip.power()
    for number, key in order(chip).keys.items():
        chip.keys[number] = Key(proofs.Schedule(chip.algorithm, TRANSPORT).unwrapped(key))
    for command in asked:
        said = answer(chip, command)
        assert len(said) >= 2
        assert not any(key.value in said for key in chip.keys.values())
    assert not chip.session.proved
    assert chip.life is Life.BLANK
