"""`shebaoka card read | readers | virtual`, as people and programs ask."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.terminal.people import card
from typer.testing import CliRunner

from shebaoka.chip import proofs
from shebaoka.chip.versions import SM4
from shebaoka.cli import app
from shebaoka.keys.hierarchy import NUMBERS, Ring
from shebaoka.keys.terminal_file import sealed

LINE = "999900|10010119800101001X|A00000017|{code}|张大例|00814A44468660999900000001|{version}|20190506|20290505|T1|D1|"


def card_command(*arguments):
    return CliRunner().invoke(app, ["card", *map(str, arguments)])


@pytest.mark.parametrize("generation", [1, 2, 3])
def test_a_card_is_read_in_all_three_forms(readers, generation):
    readers.insert(card(generation))
    told = json.loads(card_command("read", "--json").stdout_bytes)
    code = told.pop("identification_code")
    assert told == {
        "reader": readers.names[0], "generation": generation, "version": f"{generation}.00", "city": "9999",
        "division": "999900", "card_number": "A00000017", "issued_on": "2019-05-06", "expires_on": "2029-05-05",
        "historical": "00814A44468660999900000001", "note": told["note"],
        "status_list": None,
        "holder": {"id_number": "10010119800101001X", "name": "张大例", "sex": "1", "birth_date": "1980-01-01"},
    }  # fmt: skip
    assert "演示密钥" in told["note"]
    line = card_command("read", "--format", "icardbas", "--terminal-number", "T1", "--device-number", "D1")
    assert line.stdout_bytes == LINE.format(code=code, version=f"{generation}.00").encode("gbk")
    assert "张大例" in card_command("read", "--reader", "00 00").stdout


def test_what_has_no_holder_says_why(readers):
    keys = {f"{number:02X}": f"{number:032x}" for number in range(16)}
    readers.insert(card(city="3100", division="310000", keys=keys))
    told = json.loads(card_command("read", "--json").stdout_bytes)
    assert (told["division"], told["holder"]) == ("310000", None)
    assert "--keys" in told["note"]
    assert card_command("read", "--format", "icardbas").stdout.startswith("310000||A00000017|")


def test_a_terminal_s_key_file_reads_holders_of_its_city_and_no_other_s(readers, tmp_path):
    keys = {number: bytes((number,)) * 16 for number in NUMBERS}
    former, present = (Ring.of("3100", SM4, keys, version) for version in (1, 2))
    present.keys[SM4, proofs.READ_KEY] = bytes(16)
    file, secret = tmp_path / "terminal.json", tmp_path / "secret"
    file.write_bytes(sealed("T1", [present, former], "a passphrase of a terminal"))
    secret.write_text("a passphrase of a terminal\n")
    given = ("read", "--json", "--keys", file, "--passphrase-file", secret)
    assert "chmod 600" in card_command(*given).stderr
    secret.chmod(0o600)
    held = {f"{number:02X}": key.hex() for number, key in keys.items()}
    chip = card(city="3100", division="310000", keys=held)
    readers.insert(chip)
    told = json.loads(card_command(*given).stdout_bytes)
    assert (told["holder"]["name"], told["note"]) == ("张大例", "")
    assert chip.keys[proofs.READ_KEY].lock.left == 8
    readers.lay(card(city="3205", division="320500", keys=held))
    refused = card_command(*given)
    assert (refused.exit_code, json.loads(refused.stdout_bytes)["problem"]["type"]) == (
        1,
        "/problems/card-of-another-city",
    )
    secret.write_text("another one")
    assert json.loads(card_command(*given).stdout_bytes)["problem"]["type"] == "/problems/card-keys-closed"


def test_which_readers_there_are_and_what_is_refused(readers):
    assert card_command("readers").stdout.count("empty") == 2
    missing = card_command("read", "--wait", "0", "--json")
    assert missing.exit_code == 1
    assert json.loads(missing.stdout_bytes)["problem"]["type"] == "/problems/card-missing"
    readers.insert(card(), card())
    assert card_command("read", "--reader", "no such").exit_code == 1
    assert json.loads(card_command("readers", "--json").stdout_bytes) == {
        "readers": [{"name": name, "card": True} for name in readers.names]
    }
    assert card_command("read", "--format", "xml").exit_code == 2


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "smartcard", None)
    told = card_command("read")
    assert told.exit_code == 1
    assert "apt-get install pcscd" in told.stderr


def test_a_virtual_card_lies_in_the_reader_until_it_is_told_to_stop(readers):
    program = Path(sys.executable).with_name("shebaoka")
    with subprocess.Popen(
        [program, "card", "virtual", "--generation", "1", "--port", "35964"],
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert "1.00" in running.stdout.readline()
        told = json.loads(card_command("read", "--reader", readers.names[1], "--json").stdout_bytes)
        assert (told["version"], told["holder"]["name"]) == ("1.00", "张大例")
        running.send_signal(signal.SIGINT)
        assert running.wait(10) == 0
