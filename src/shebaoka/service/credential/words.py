"""What purposes, fields and refusals are called, in Chinese and English. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shebaoka.records import ecard
from shebaoka.registry.programme.model import IdentityField, IdentityPurpose
from shebaoka.service.credential.model import EcardWorth, Refused

Words = tuple[str, str]
PURPOSES: Final[Mapping[IdentityPurpose, Words]] = {
    "hotel_check_in": ("旅馆登记入住", "checking in at a hotel"),
    "library_card": ("图书馆办证", "a library's reader card"),
    "public_service": ("政务窗口办事", "being served by an agency"),
    "age_benefit": ("敬老等年龄优待", "a benefit of age"),
}
FIELDS: Final[Mapping[IdentityField, Words]] = {
    "holder": ("证件号码是否为持卡人的", "whether the ID number is the holder's"),
    "card_good": ("社保卡是否有效", "whether the card is good"),
    "name_matches": ("姓名是否相符", "whether the name is the holder's"),
    "age_over": ("是否满{age}周岁", "whether the holder is {age} or older"),
    "name_masked": ("姓名（只显示首字）", "the name, but for its first character hidden"),
}

REFUSED: Final[Mapping[Refused | None, Words]] = {
    None: ("已核验", "Answered"),
    "not_registered": (
        "该机构未登记此用途，未予答复",
        "The institution is not registered for this purpose: it was told nothing",
    ),
    "not_allowed": (
        "超出规则允许该机构核验的内容或同意方式，未予答复",
        "More than the rules let this institution ask, or by another consent: it was told nothing",
    ),
    "no_consent": (
        "没有持卡人的有效同意，未予答复：请持卡人出示新的身份码，或当面验卡",
        "There is no consent of the holder that counts: it was told nothing. Ask for a new code, or check the card",
    ),
}  # fmt: skip
ECARDS: Final[Mapping[EcardWorth, Words]] = {
    **dict(ecard.SAID.items()),
    "used": (
        "这个电子社保卡已在别处出示过：请持卡人刷新后重新扫码",
        "This electronic card was shown elsewhere: let the holder show a new one",
    ),
    "unknown_number": (
        "签名真实，但查无此卡号：请报告卡中心",
        "The signature is real, but no card has this number: tell the card centre",
    ),
}


def in_words(field: IdentityField, *ages: int) -> Words:
    """Say what is asked; of several ages one is asked for at a time."""
    zh, en = FIELDS[field]
    return zh.format(age="、".join(map(str, ages))), en.format(age=" / ".join(map(str, ages)))
