"""Money, identifiers, settings and logs: the small values that everything rests on."""

import io
import json
import logging
import random
import sys
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import get_type_hints

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from shebaoka.kit.clock import SHANGHAI, SetClock
from shebaoka.kit.ids import Ids
from shebaoka.kit.logs import BLOT, blot, configure
from shebaoka.kit.money import Fen
from shebaoka.kit.settings import NOT_SETTINGS, Settings, SettingsRefused, read_settings

amounts = st.integers(-(10**12), 10**12)


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_parts_always_sum_to_the_whole(amount, weights):
    parts = Fen(amount).split(weights)
    assert sum(parts) == Fen(amount)
    assert all(
        abs(part - Fraction(amount * w, sum(weights))) < 1
        for part, w in zip(map(int, parts), weights, strict=True)
    )


@given(amounts, st.fractions(0, 1))
def test_a_share_is_within_half_a_fen(amount, ratio):
    assert abs(int(Fen(amount).share(ratio)) - amount * ratio) <= Fraction(1, 2)


def test_half_a_fen_goes_away_from_zero():
    assert (Fen(1).share(Fraction(1, 2)), Fen(-1).share(Fraction(1, 2))) == (Fen(1), Fen(-1))


@pytest.mark.parametrize("wrong", [True, 1.0, "1", None])
def test_fen_are_whole_numbers(wrong):
    with pytest.raises(TypeError):
        Fen(wrong)


@pytest.mark.parametrize(
    "act", [lambda a: a * 2, lambda a: a / 2, lambda a: a + 1, lambda a: 1 + a, lambda a: a // 2]
)
def test_amounts_do_not_mix_with_numbers(act):
    with pytest.raises(TypeError):
        act(Fen(10))


def test_yuan():
    assert (Fen(-1205).yuan(), Fen(7).yuan(), Fen(123_456).yuan()) == ("-12.05", "0.07", "1234.56")
    assert (Fen(-123_456).grouped(), Fen(7).grouped()) == ("-1,234.56", "0.07")


def test_identifiers_grow_even_when_the_clock_stands_still_or_steps_back():
    clock = SetClock(datetime(2019, 1, 1, tzinfo=SHANGHAI))
    ids = Ids(clock, random.Random(1))
    seen = [ids.one() for _ in range(100)] + list(ids.many(1000))
    clock.at = datetime(2018, 6, 1, tzinfo=SHANGHAI)
    seen += [ids.one(), ids.one()]
    assert seen == sorted(set(seen))
    assert max(seen) < 2**63


def test_identifiers_of_one_instant_follow_each_other():
    ids = Ids(SetClock(datetime(2019, 1, 1, tzinfo=SHANGHAI)), random.Random(1))
    seen = [ids.one() for _ in range(100)]
    assert seen == list(range(seen[0], seen[0] + 100))


def test_settings_come_from_the_environment_before_the_file(tmp_path):
    file = tmp_path / "s.toml"
    file.write_text('port = 9000\nhost = "10.0.0.1"\n')
    settings = read_settings({"SHEBAOKA_CONFIG": str(file), "SHEBAOKA_PORT": "9001", "PATH": "x"})
    assert (settings.port, settings.host) == (9001, "10.0.0.1")


def test_a_settings_file_may_come_from_an_editor_on_windows(tmp_path):
    file = tmp_path / "s.toml"
    file.write_bytes("port = 9000 # 端口\r\n".encode("utf-8-sig"))
    assert read_settings({"SHEBAOKA_CONFIG": str(file)}).port == 9000
    file.write_bytes("port = 9000 # 端口\n".encode("gb18030"))
    with pytest.raises(SettingsRefused, match=r"s\.toml.*utf-8"):
        read_settings({"SHEBAOKA_CONFIG": str(file)})


def test_the_sandbox_s_token_in_the_same_shell_is_not_taken_for_a_setting():
    assert read_settings({"SHEBAOKA_SANDBOX_TOKEN": "t"}) == read_settings({})


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SHEBAOKA_PROT": "1"}, "SHEBAOKA_PROT"),
        ({"SHEBAOKA_PORT": "many"}, "SHEBAOKA_PORT"),
        ({"SHEBAOKA_PORT": "70000"}, "SHEBAOKA_PORT"),
        ({"SHEBAOKA_LOG_LEVEL": "loud"}, "SHEBAOKA_LOG_LEVEL"),
        ({"SHEBAOKA_CONFIG": "/nowhere.toml"}, "/nowhere.toml"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(environment, said):
    with pytest.raises(SettingsRefused, match=said):
        read_settings(environment)


def test_every_setting_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "settings.md").read_text("utf-8")
    for field, hint in get_type_hints(Settings, include_extras=True).items():
        (meta,) = [part for part in hint.__metadata__ if isinstance(part, Meta)]
        assert f"| `SHEBAOKA_{field.upper()}` |" in text
        assert f"| {meta.description} |" in text
    for name in NOT_SETTINGS:
        assert name in text


def test_logs_blot_out_personal_data_wherever_it_stands():
    line = blot(None, "info", {
        "event": "row 3: 10010119800101001X said 13812345678", "name": "张三", "deep": {"mobile": "1", "why": ["440524188001010014"]},
        "error": ValueError("account 6222020000000000001"), "ids": 1234567890123456789, "path": "/api/cards", "ok": True,
    })  # fmt: skip
    assert line["event"] == f"row 3: {BLOT} said {BLOT}"
    assert (line["name"], line["deep"]) == (BLOT, {"mobile": BLOT, "why": [BLOT]})
    assert "6222" not in str(line["error"])
    assert (line["ids"], line["path"], line["ok"]) == (1234567890123456789, "/api/cards", True)


def test_a_log_line_that_cannot_be_written_stops_nothing(monkeypatch):
    closed = io.StringIO()
    monkeypatch.setattr(sys, "stderr", closed)
    configure("info", "json")
    ours, theirs = structlog.get_logger(), logging.getLogger("a.library")
    ours.warning("first")
    closed.close()
    ours.warning("lost")
    theirs.warning("lost")
    now = io.StringIO()
    monkeypatch.setattr(sys, "stderr", now)
    ours.warning("ours")
    theirs.warning("theirs")
    assert [json.loads(line)["event"] for line in now.getvalue().splitlines()] == ["ours", "theirs"]
