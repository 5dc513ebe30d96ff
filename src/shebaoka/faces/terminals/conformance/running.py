"""A run: every order once, each on its own; what fails in one does not hold up the others."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

import httpx

from shebaoka.faces.terminals.conformance import orders, shanghai, visitor
from shebaoka.faces.terminals.conformance.calling import Caller, Failed
from shebaoka.faces.terminals.conformance.model import Check, Given

PATIENCE_SECONDS: Final = 30.0


def run(url: str, given: Given) -> list[Check]:
    """Go through all orders against a server, and give what was found. Everything that is settled is taken back."""
    checks: list[Check] = []
    with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
        hospital = Caller(client, given, given.hospital, checks)
        _one(lambda: _at_the_hospital(hospital))
        _one(lambda: orders.faults(hospital))
        if given.pharmacy is not None:
            shop = Caller(client, given, given.pharmacy, checks)
            _one(lambda: orders.pharmacy(shop))
        _one(lambda: orders.sign_out(hospital))
    return checks


def run_shanghai(url: str, given: Given, ecard: str | None = None) -> list[Check]:
    """The same for Shanghai's fifth-phase messages, as the hospital of the run. `ecard`: the test card's code, as a telephone shows it now."""
    checks: list[Check] = []
    with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
        call = shanghai.ShanghaiCaller(client, given, given.hospital, checks)
        _one(lambda: _in_shanghai(call, ecard))
        _one(lambda: shanghai.faults(call))
    return checks


def _in_shanghai(call: shanghai.ShanghaiCaller, ecard: str | None) -> None:
    before = shanghai.account(call)
    _one(lambda: shanghai.ecard(call, ecard))
    for order in (shanghai.clinic, shanghai.stay, shanghai.lost_answers):
        _one(lambda order=order: order(call))  # type: ignore[misc]
    shanghai.day(call, before)


def _at_the_hospital(call: Caller) -> None:
    who = orders.sign_in(call)
    for order in (orders.clinic, orders.stay, orders.lost_answers, orders.sums):
        _one(lambda order=order: order(call, who))  # type: ignore[misc]
    if (guest := call.given.guest) is not None:
        _one(lambda: visitor.guest(call, guest))


def _one(order: Callable[[], None]) -> None:
    with suppress(Failed):  # It stands in the checks, and ends its own order only.
        order()
