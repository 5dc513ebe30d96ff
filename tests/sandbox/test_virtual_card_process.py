"""The virtual card as a process: over its contacts, in the reader's slot, remembered in a file, made of a profile."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.terminal.people import PROVES, card, terminal

from shebaoka.chip import commands as c
from shebaoka.chip import proofs
from shebaoka.chip.apdu import Command, answer_of, exchange
from shebaoka.chip.errors import ChipRefused, ChipUnreadable
from shebaoka.chip.reading import begin
from shebaoka.chip.versions import SSSE
from shebaoka.terminal.errors import PinBlocked
from shebaoka.terminal.terminal import Pin
from shebaoka_sandbox.card import __main__ as program
from shebaoka_sandbox.card import keeping, slot
from shebaoka_sandbox.card.answering import answer
from shebaoka_sandbox.card.contact import Contact
from shebaoka_sandbox.card.profile import Profile, ProfileWrong, card_of, from_file
from shebaoka_sandbox.card.state import Life

ROOT = Path(__file__).parents[2]


def fetch(length):
    return Command(0x00, 0xC0, 0x00, 0x00, le=length).encoded()


def test_an_answer_to_a_command_with_data_is_kept_back_until_it_is_fetched():
    there = Contact(card())
    there.power()
    select = c.select_name(SSSE).encoded()
    whole = exchange(there.answer, c.select_name(SSSE)).data
    assert there.answer(select) == bytes((0x61, len(whole)))
    assert answer_of(there.answer(fetch(4))).data == whole[:4]
    assert answer_of(there.answer(fetch(0x100))).status_word == 0x6C00 | (len(whole) - 4)
    assert answer_of(there.answer(fetch(len(whole) - 4))).data == whole[4:]
    assert answer_of(there.answer(fetch(1))).status_word == 0x6985, "it is fetched once"
    there.answer(select)
    there.answer(c.get_challenge(16).encoded())
    assert answer_of(there.answer(fetch(1))).status_word == 0x6985, "another command lets it go"
    assert there.answer(b"\x00") == b"\x67\x00"


def test_a_card_is_put_back_as_it_was(tmp_path):
    chip, file = card(life="blank"), tmp_path / "card.json"
    kept = keeping.Kept(file, chip)
    talk = begin(lambda raw: answer(chip, raw), chip.power())
    assert talk.ask(c.external_authenticate(proofs.TRANSPORT_KEY, bytes(16))).status_word == 0x6984
    talk.ask(c.get_challenge(16))
    assert talk.ask(c.external_authenticate(proofs.TRANSPORT_KEY, bytes(16))).status_word == 0x63C7
    kept.keep()
    assert file.stat().st_mode & 0o777 == 0o600
    back = keeping.from_file(file)
    assert keeping.document(back) == keeping.document(chip)
    assert (back.life, back.keys[proofs.TRANSPORT_KEY].lock.left) == (Life.BLANK, 7)
    kept.keep()
    assert [one.name for one in tmp_path.iterdir()] == ["card.json"]


@pytest.mark.parametrize("cut", ["fsync", "replace", "heard"])
@pytest.mark.parametrize("at", range(4))
def test_power_cut_at_any_try_of_the_pin_gives_no_try_for_nothing(tmp_path, monkeypatch, cut, at):
    """Wrong, wrong, right, wrong; cut while it is written down, before it counts, or before the reader hears of it."""
    file = tmp_path / "card.json"
    there = program.Remembered(card(), file)
    there.power()
    heard = 3
    for number, pin in enumerate(("000000", "111111", "123456", "222222")):
        if number == at:
            break
        heard = {0x63C2: 2, 0x63C1: 1, 0x9000: 3}[
            answer_of(there.answer(c.verify_pin(pin).encoded())).status_word
        ]

    def power_cut(*_):
        raise OSError(5, "cut")

    if cut != "heard":
        monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[cut], power_cut)
        with pytest.raises(OSError, match="cut"):
            there.answer(c.verify_pin(pin).encoded())
        monkeypatch.undo()
        assert keeping.from_file(file).pin_lock.left == heard, "as whoever was heard last left it"
    else:
        there.answer(c.verify_pin(pin).encoded())
        right = pin == "123456"
        assert keeping.from_file(file).pin_lock.left == (3 if right else heard - 1)
    back = program.Remembered(keeping.from_file(file), file)
    back.power()
    left = back.chip.pin_lock.left
    for _ in range(left):
        assert answer_of(back.answer(c.verify_pin("999999").encoded())).status_word & 0xFFF0 == 0x63C0
    assert answer_of(back.answer(c.verify_pin("123456").encoded())).status_word == 0x6983


def test_a_card_that_cannot_be_written_down_is_out_and_says_why(vpcd, process, tmp_path):
    folder = tmp_path / "there"
    folder.mkdir()
    running = process("--port", vpcd.port, "--state", folder / "state.json")
    vpcd.taken()
    vpcd.say(b"\x01", answered=False)
    shutil.rmtree(folder)
    assert vpcd.say(c.verify_pin("000000").encoded()) == b"", "nobody hears what is not kept"
    assert running.wait(10) == 2
    assert "state.json" in running.stderr.read()


def test_the_example_of_the_documentation_is_what_it_says(tmp_path):
    (text,) = re.findall(
        r"```json\n(.*?)```", (ROOT / "docs" / "virtual-card.md").read_text("utf-8"), re.DOTALL
    )
    file = tmp_path / "profile.json"
    file.write_text(text, "utf-8")
    chip = card_of(from_file(file), 3)
    with pytest.raises(ChipUnreadable) as wrong:
        terminal(chip).read()
    assert (wrong.value.members["element"], "GBK" in wrong.value.detail) == ("name", True)
    talk = begin(lambda raw: answer(chip, raw), chip.power())
    talk.prove(proofs.READ_KEY, PROVES[0])
    with pytest.raises((ChipUnreadable, ChipRefused)):
        talk.content(chip.version.application("SSSE").file(0xEF08))
    with pytest.raises(PinBlocked):
        terminal(chip).verify_holder(Pin("000000"))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"form": 1}', '{"form": 1, "generation": 9}', "\xff"])
def test_what_is_no_card(tmp_path, text):
    file = tmp_path / "card.json"
    file.write_text(text, "latin-1")
    with pytest.raises(keeping.NotAChip):
        keeping.from_file(file)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ('{"holder": {"sex": 1}}', "holder.sex"),
        ('{"holder": {"sex": "7"}}', "holder.sex"),
        ('{"holder": {"name": "%s"}}' % ("长" * 26), "holder.name"),
        ('{"holder": {"birth_date": "1980-13-01"}}', "holder.birth_date"),
        ('{"generation": 4}', "generation"),
        ('{"city": "31"}', "city"),
        ('{"city": "3100"}', "keys"),
        ('{"keys": {"0A": "00"}}', "keys"),
        ('{"keys": {"0A": "00112233445566778899aabbccddeeff"}}', "keys"),
        ('{"pin": {"digits": "12"}}', "pin.digits"),
        ('{"pin": {"tries_left": 16}}', "pin.tries_left"),
        ('{"reached": {"mobile": "1540000000000000000"}}', "reached.mobile"),
        ('{"identification_code": "00"}', "identification_code"),
        ('{"key_tries_left": {"77": 1}}', "key_tries_left.77"),
        ('{"raw": {"SSSE EF06 9": "00"}}', "raw.SSSE EF06 9"),
        ('{"raw": {"DF09 EF06 1": "00"}}', "raw.DF09 EF06 1"),
        ('{"unknown": 1}', ""),
        ("{", ""),
    ],
)
def test_a_profile_that_is_wrong_names_the_field(tmp_path, told, field):
    file = tmp_path / "profile.json"
    file.write_text(told, "utf-8")
    with pytest.raises(ProfileWrong) as wrong:
        card_of(from_file(file), 3)
    assert wrong.value.field.partition("[")[0] == field
    assert "· " in str(wrong.value)


def test_a_profile_says_what_state_a_card_is_in():
    told = card_of(Profile(key_tries_left={"0A": 2}, raw={"SSSE EF08": "FFD8", "DF04 EF08": "60020102"}), 2)
    assert told.keys[proofs.READ_KEY].lock.left == 2
    assert told.contents["SSSE", 0xEF08] == b"\xff\xd8"
    assert told.contents["DF04", 0xEF08] == [b"\x60\x02\x01\x02"]
    blank = card_of(Profile(life="blank", city="3100", keys={"00": "11" * 16}), 3)
    assert (blank.life, [*blank.keys]) == (Life.BLANK, [proofs.TRANSPORT_KEY])


class Vpcd:
    """The reader's side of the wire, as vsmartcard's driver speaks it."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.connection = None

    def taken(self):
        self.close()
        self.connection, _ = self.listener.accept()
        self.connection.settimeout(10)

    def close(self):
        if self.connection:
            self.connection.close()

    def say(self, message, answered=True):
        self.connection.sendall(len(message).to_bytes(2, "big") + message)
        if answered:
            length = int.from_bytes(self.exactly(2), "big")
            return self.exactly(length)
        return None

    def exactly(self, count):
        return self.connection.recv(count, socket.MSG_WAITALL)


@pytest.fixture
def vpcd():
    here = Vpcd()
    with closing(here.listener):
        yield here
        here.close()


@pytest.fixture
def process(tmp_path):
    started = []

    def start(*arguments):
        command = [sys.executable, "-m", "shebaoka_sandbox.card", *map(str, arguments)]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.communicate()


def test_it_lies_there_until_it_is_told_to_stop_and_comes_back_with_the_reader(vpcd, process, tmp_path):
    profile, state = tmp_path / "profile.json", tmp_path / "state.json"
    profile.write_text('{"generation": 2, "serial": "000000FF", "photo": "face.jpg"}', "utf-8")
    (tmp_path / "face.jpg").write_bytes(b"\xff\xd8 a picture")
    running = process("--port", vpcd.port, "--profile", profile, "--state", state)
    vpcd.taken()
    vpcd.say(b"\x01", answered=False)
    assert vpcd.say(b"\x04").hex() == "3b6d000000814a444686609999000000ff"
    assert "2.00" in running.stdout.readline()
    for left in (2, 1):
        assert vpcd.say(c.verify_pin("000000").encoded()).hex() == f"63c{left}"
    assert json.loads(state.read_text())["pin"] == ["123456", 3, 1], "before the reader heard of it"
    vpcd.close()
    vpcd.taken()
    vpcd.say(b"\x02", answered=False)
    assert vpcd.say(c.verify_pin("000000").encoded()).hex() == "63c0"
    running.send_signal(signal.SIGKILL)
    running.wait()
    again = process("--port", vpcd.port, "--state", state)
    vpcd.taken()
    assert vpcd.say(c.verify_pin("123456").encoded()).hex() == "6983"
    again.send_signal(signal.SIGTERM)
    assert again.wait(10) == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--profile", "none.json"), "none.json"),
        (("--profile", "wrong.json"), "holder.sex"),
        (("--profile", "right.json", "--generation", "1"), "generation"),
        (("--state", "wrong.json"), "wrong.json"),
    ],
)
def test_what_cannot_be_a_card_is_said_at_once(tmp_path, monkeypatch, capsys, arguments, told):
    (tmp_path / "wrong.json").write_text('{"holder": {"sex": 1}}')
    (tmp_path / "right.json").write_text('{"generation": 2}')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["card", *arguments])
    with pytest.raises(SystemExit) as stopped:
        program.main()
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert told in said
    assert " · " in said


def test_the_second_slot_is_the_next_port():
    assert slot.PORT == 35963
