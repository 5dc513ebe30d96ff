"""The SMS gateway of the sandbox: each reference is one message, and its feed tells what became of it, as its switches say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from sandbox_driver import Sandbox, started

SEND, REPORTS = "/sms/v1/messages", "/sms/v1/reports"


def texts(prefix: str, count: int = 100) -> list[dict[str, Any]]:
    return [{"reference": f"{prefix}-{n}", "mobile": f"154{n:08}", "text": f"第{n}条"} for n in range(count)]


def arrived(sandbox: Sandbox, prefix: str) -> list[dict[str, Any]]:
    return [one for one in sandbox.http.get("/_texts").json() if one["reference"].startswith(f"{prefix}-")]


def reports(sandbox: Sandbox, prefix: str, limit: int = 1000) -> list[tuple[str, str]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = sandbox.http.get(REPORTS, params={"after": cursor, "limit": limit}).json()
        if not page["reports"]:
            assert page["next"] == cursor
            return [
                (one["reference"], one["outcome"])
                for one in found
                if one["reference"].startswith(f"{prefix}-")
            ]
        found, cursor = found + page["reports"], page["next"]


def test_a_message_arrives_once_however_often_and_whereto_it_is_sent(sandbox: Sandbox) -> None:
    for again in (texts("once"), texts("once"), [one | {"mobile": "15499999999"} for one in texts("once")]):
        answers = sandbox.ask(SEND, again)
        assert {answer["outcome"] for answer in answers} == {"accepted"}
    assert [(one["mobile"], one["text"]) for one in arrived(sandbox, "once")] == [
        (one["mobile"], one["text"]) for one in texts("once")
    ]
    assert reports(sandbox, "once", limit=7) == [(one["reference"], "delivered") for one in texts("once")]


def test_a_number_that_is_none_is_refused(sandbox: Sandbox) -> None:
    (answer,) = sandbox.ask(SEND, [{"reference": "number-1", "mobile": "12", "text": "x"}])
    assert (answer["outcome"], answer["reason_code"]) == ("refused", "number_unusable")
    assert arrived(sandbox, "number") == []


def test_switches_lose_double_and_disorder(sandbox: Sandbox) -> None:
    sandbox.faults("sms", lose=0.5, undelivered=0.3, lose_report=0.2, reorder=0.3, duplicate=0.3)
    first = {answer["reference"] for answer in sandbox.ask(SEND, texts("bad"))}
    assert 0 < len(first) < 100
    assert sandbox.http.delete("/_faults").status_code == 204
    assert len({answer["reference"] for answer in sandbox.ask(SEND, texts("bad"))}) == 100
    taken, told = arrived(sandbox, "bad"), reports(sandbox, "bad")
    assert 0 < len(taken) < 100, "taken, and never arrived"
    outcomes = Counter(outcome for _, outcome in dict(told).items())
    assert sum(outcomes.values()) < 100, "reports are lost"
    assert len(told) > sum(outcomes.values()), "reports come twice, or the false one first"
    last = dict(told)
    assert {one["reference"] for one in taken if one["reference"] in last} == {
        reference for reference, outcome in last.items() if outcome == "delivered"
    }


def test_a_gateway_that_is_down_takes_and_tells_nothing(sandbox: Sandbox) -> None:
    sandbox.faults("sms", down=True)
    assert sandbox.http.post(SEND, json={"items": texts("down")}).status_code == 503
    assert sandbox.http.get(REPORTS).status_code == 503
    assert arrived(sandbox, "down") == []


def test_what_arrived_outlives_the_process(own_folder: Path) -> None:
    for _ in range(2):
        with started(own_folder) as sandbox:
            sandbox.ask(SEND, texts("life", 3))
            assert len(arrived(sandbox, "life")) == 3
            assert len(reports(sandbox, "life")) == 3
