"""From what a card answered to what it is, and a sentence for whoever asked. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Final

from shebaoka.cards.model import Card
from shebaoka.chip import numbers
from shebaoka.chip.errors import ChipUnreadable
from shebaoka.chip.proofs import CARD_KEY, CHALLENGE_BYTES
from shebaoka.chip.versions import DES, SM4
from shebaoka.keys.hierarchy import Ring
from shebaoka.service.credential.model import Answered, Verdict

ALGORITHM: Final[Mapping[str, int]] = {"old": DES, "new": SM4}
"""Of a card's generation: a new card does not prove itself by an old card's keys."""
WORDS: Final[Mapping[Verdict, tuple[str, str]]] = {
    "genuine": ("芯片已证明是本市发行的这张卡", "The chip has proved that it is this card of ours"),
    "unbound": (
        "芯片已证明是本市发行的卡；老卡制卡时未登记芯片编号，请再核对卡面卡号与持卡人",
        "The chip is one of ours. Of old cards it was not noted which chip bears which number: compare the face, and the holder",
    ),
    "challenge_used": (
        "此次核验已用过，可能是重放，未予采信；请重新验卡",
        "This challenge was answered before, which may be a replay: check the card again",
    ),
    "challenge_expired": ("验卡超时，请重新验卡", "The answer came too late: check the card again"),
    "other_city": (
        "不是本市发行的卡，不能在此核验；请改用身份证件",
        "The card is another city's and cannot be checked here: use an ID document",
    ),
    "another_chip": (
        "卡识别码不属于这枚芯片，疑似复制卡：请留住卡片并报告卡中心",
        "The identification code is not this chip's: perhaps a copy. Keep the card and tell the card centre",
    ),
    "code_refused": (
        "卡识别码校验不符，疑似伪造：请留住卡片并报告卡中心",
        "The identification code is not authentic: perhaps a forgery. Keep the card and tell the card centre",
    ),
    "proof_wrong": (
        "芯片不能证明自己，疑似复制卡：请留住卡片并报告卡中心",
        "The chip cannot prove itself: perhaps a copy. Keep the card and tell the card centre",
    ),
    "cannot_prove": (
        "此卡的芯片不能自证（老卡算法或密钥不支持），请核对卡面、持卡人身份证件和卡状态",
        "This chip cannot prove itself (an old card's algorithm or keys): check its face, the holder's document, how the card stands",
    ),
    "unknown_number": (
        "芯片真实，但查无此卡号：请报告卡中心",
        "The chip is real, but no card has this number: tell the card centre",
    ),
    "another_card": (
        "芯片真实，但不是登记为此卡号的那张：请留住卡片并报告卡中心",
        "The chip is real, but not the one that this number was given to: keep the card and tell the card centre",
    ),
}  # fmt: skip


def before_proof(shown: Answered, city: str) -> Verdict | None:
    """Give why a chip's answer need not be looked at, or None. `city`: ours, four digits."""
    try:
        reset = numbers.reset_of(numbers.ATR_HEAD + shown.historical)
        code = numbers.parts(shown.identification_code)
    except ChipUnreadable:
        return "code_refused"
    if reset.city != city:
        return "other_city"
    if not code.belongs_to(reset):
        return "another_chip"
    return "cannot_prove" if shown.proof is None or shown.algorithm not in CHALLENGE_BYTES else None


def of_proof(shown: Answered, challenge: bytes, ring: Ring) -> Verdict | None:
    """Give what is wrong with a chip's proof and its code's, or None when it is one of ours."""
    factor = numbers.reset_of(numbers.ATR_HEAD + shown.historical).factor
    block = challenge[: CHALLENGE_BYTES[shown.algorithm]]
    if not hmac.compare_digest(shown.proof or b"", ring.prove(shown.algorithm, CARD_KEY, factor, block)):
        return "proof_wrong"
    data, mac = (
        shown.identification_code[: -numbers.MAC_BYTES],
        shown.identification_code[-numbers.MAC_BYTES :],
    )
    return None if hmac.compare_digest(mac, ring.code_mac(shown.algorithm, factor, data)) else "code_refused"


def of_card(shown: Answered, card: Card | None) -> Verdict:
    """Give whether a chip that has proved itself is the one that the number was given to.

    Of old cards the register has the number only.
    """
    if card is None:
        return "unknown_number"
    if shown.algorithm != ALGORITHM[card.generation]:
        return "another_card"
    if card.identification_code is None or card.reset_code is None:
        return "unbound"
    known = (card.identification_code.upper(), card.reset_code.upper())
    shows = (shown.identification_code.hex().upper(), shown.historical.hex().upper())
    return "genuine" if known == shows else "another_card"
