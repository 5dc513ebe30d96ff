"""The texts, read from `templates.toml`, and how one becomes what a person reads. Pure but for reading the file once."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from math import ceil
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from shebaoka.issuing.outreach.model import SLOT_WORDS
from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.programme.model import MessageKind
from shebaoka.service.messages.model import Language

FILE: Final = Path(__file__).with_name("templates.toml")
WHOSE: Final = {
    ("zh", False): "您的",
    ("zh", True): "您孩子的",
    ("en", False): "your",
    ("en", True): "your child's",
}
LANGUAGES: Final[tuple[Language, Language]] = ("zh", "en")
INSTITUTIONS: Final = {"outlet_id": "outlet", "employer_id": "employer"}
"""Parameters that stand for an institution, and the place of its name in a text."""
ANY_CENTRE: Final = ("任一社区事务受理服务中心", "any community centre")
"""Where one goes when no outlet is named: the person's district is not known, or none of its centres is live."""
Named = Mapping[int, tuple[str, str]]
"""Chinese and English names of institutions by identifier."""


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text of a kind in both languages; `parameters` are what the event must bring."""

    kind: MessageKind
    version: Annotated[int, msgspec.Meta(ge=1)]
    parameters: tuple[str, ...]
    zh: str
    en: str


class Templates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    signature_zh: str
    signature_en: str
    template: list[Template]


@cache
def templates() -> Templates:
    """Give the file as it comes with the product; this function will read it once."""
    return msgspec.toml.decode(FILE.read_bytes(), type=Templates)


@cache
def _by_version() -> dict[tuple[str, int], Template]:
    return {(one.kind, one.version): one for one in templates().template}


def newest(kind: MessageKind) -> Template:
    """Give the text that is queued now."""
    return max((one for one in templates().template if one.kind == kind), key=lambda one: one.version)


def text(
    kind: MessageKind,
    version: int,
    parameters: Mapping[str, Any],
    named: Named,
    language: Language,
    *,
    ward: bool,
) -> str:
    """Give what a person reads, without signature and salutation; a sentence begins with a capital."""
    template = _by_version()[kind, version]
    place = 0 if language == "zh" else 1
    values = {"whose": WHOSE[language, ward]}
    for name in template.parameters:
        values |= _value(name, parameters[name], named, place)
    said = (template.zh, template.en)[place].format_map(values)
    return said[:1].upper() + said[1:]


def _value(name: str, value: Any, named: Named, place: int) -> dict[str, str]:
    if name in INSTITUTIONS:
        return {INSTITUTIONS[name]: (ANY_CENTRE if value is None else named[value])[place]}
    if name == "at":
        at = datetime.fromisoformat(value).astimezone(SHANGHAI)
        return {name: (f"{at.month}月{at.day}日{at:%H:%M}", f"{at:%Y-%m-%d %H:%M}")[place]}
    if name == "slot":
        return {name: SLOT_WORDS[value][place]}
    if name in ("apply_by", "collect_by", "day"):
        day = date.fromisoformat(value)
        return {name: (f"{day.month}月{day.day}日", day.isoformat())[place]}
    return {name: str(value)}


def sms(said: str, language: Language, salutation: str) -> str:
    """Give a text as it goes to a telephone: signed, and in Chinese with a salutation."""
    signed = templates()
    return f"{signed.signature_zh}{salutation}{said}" if language == "zh" else f"{signed.signature_en}{said}"


def parts(text_message: str) -> int:
    """Give how many messages a telephone company counts: 70 characters one, longer ones 67 each; in ASCII 160 and 153.

    Source: 3GPP TS 23.038 and 23.040 (a header of six bytes in each part).
    """
    one, each = (160, 153) if text_message.isascii() else (70, 67)
    return 1 if len(text_message) <= one else ceil(len(text_message) / each)


def placeholders(text_of_template: str) -> set[str]:
    """Give the names that a text has places for."""
    return {name for _, name, _, _ in string.Formatter().parse(text_of_template) if name}
