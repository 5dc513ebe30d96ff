"""How the counter's pages ask: whom a number means, who acts for the holder, and the form that most actions are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter.words import BY
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, visitor

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
Number = Annotated[int, PathParameter(ge=0, le=2**63 - 1)]
"""A number of ours in an address; it says nothing of anybody."""
WHY: Final = "窗口办理业务"
"""What the audit log says of a look that a counter's business needs."""
COUNTER: Final = "/staff/counter"
CHILD_AGE, GROWN_AGE = 10, 40
"""For papers only, where a bank does not know the holder's age."""
CHILD_TIE, GROWN_TIE = "母亲", "成年监护"
WARD_AGE_MAX: Final = 15
CARD_LENGTH, ID_LENGTH = 9, 18
_WAYBILL: Final = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Field:
    """A question of a form. `kind`: text, area, choice, select or tick; `options`: (value, zh, en)."""

    kind: str
    name: str
    zh: str
    en: str
    value: str = ""
    options: tuple[tuple[str, str, str], ...] = ()
    required: bool = True
    hint_zh: str = ""
    hint_en: str = ""


@dataclass(frozen=True, slots=True)
class Papers:
    """Who may act for the holder here, and what is to be shown. `by`: who stands there; `refusal`: why not."""

    by: str
    documents: tuple[Mapping[str, str], ...] = ()
    authorisations: tuple[Mapping[str, str], ...] = ()
    why: Mapping[str, str] | None = None
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """One action as a form: what it does, what it asks, and where it came from."""

    zh: str
    en: str
    fields: tuple[Field, ...]
    back: str
    note: tuple[str, str] = ("", "")
    danger: bool = False
    acts: bool = False
    """Whether a guardian or an agent may stand there too."""
    files: bool = False


CHECKED: Final = Field("tick", "id_checked", "已核对本人证件", "The identity document was checked")


def meant(text: str) -> dict[str, str]:
    """Give what a number is: an ID number, a card number, a waybill or a receipt."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if _WAYBILL.fullmatch(plain):
        return {"waybill": plain}
    if len(plain) == CARD_LENGTH:
        return {"card_number": plain}
    if plain.isdigit() and not (len(plain) == ID_LENGTH and _born(plain)):
        return {"application_id": plain}
    return {"id_number": plain}


def _born(plain: str) -> bool:
    """Tell whether a number of eighteen digits has a day where an ID number has the birthday; a receipt hardly does."""
    try:
        date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        return False
    return plain[6:8] in {"18", "19", "20"}


async def find_person(request: Ask, **number: str) -> dict[str, Any]:
    """Give somebody, masked. Refused."""
    found: dict[str, Any] = await backend(request).post("/api/people/search", {"reason": WHY, **number})
    return found


async def identity(request: Ask, person_id: int, why: str = WHY) -> dict[str, Any]:
    """Give who somebody is, in full; the interface records the reveal. Refused."""
    asked = {"reason": why, "person_id": str(person_id)}
    found: dict[str, Any] = await backend(request).post("/api/people/identity", asked)
    return found


async def papers(request: Ask, by: str, age: int | None, act: str) -> Papers:
    """Give what is to be shown by whoever stands there, as the rules of the day have it for this counter."""
    if by not in {one[0] for one in BY[1:]}:
        return Papers("holder")
    if age is None:
        age = CHILD_AGE if by == "guardian" else GROWN_AGE
    tie = (CHILD_TIE if age <= WARD_AGE_MAX else GROWN_TIE) if by == "guardian" else None
    found = await backend(request).get("/api/programme/authority", by=by, age=age, act=act, tie=tie)
    return Papers(
        by, tuple(found["documents"]), tuple(found["authorisations"]), found["why"], found["allowed"]
    )


def acts_for(data: Mapping[str, str]) -> dict[str, Any] | None:
    """Give who acts for the holder, as the form says it; None for the holder."""
    if data.get("by", "holder") == "holder":
        return None
    said: dict[str, Any] = {"role": data["by"], "id_number": data.get("actor_id_number", "")}
    said["documents_seen"] = [name[4:] for name in data if name.startswith("doc_")]
    if data.get("actor_name"):
        said["name"] = data["actor_name"]
    if data.get("authorisation"):
        said["authorisation"] = data["authorisation"]
    return said


async def ask(
    request: Ask,
    sheet: Sheet,
    typed: Mapping[str, str] | None = None,
    *,
    refused: Refused | None = None,
    age: int | None = None,
    act: str = "other",
    **more: Any,
) -> Template:
    """Show the form of an action, with what was typed where it was refused."""
    by = str((typed or request.query_params).get("by", "holder"))
    shown = await papers(request, by, age, act) if sheet.acts else Papers("holder")
    return show(
        request, "counter/sheet.html", sheet=sheet, typed=typed or {}, papers=shown, by_options=BY, refused=refused, **more,
    )  # fmt: skip


def ticked(data: Mapping[str, str], name: str) -> bool:
    """Tell whether a box was ticked."""
    return data.get(name) == "1"


def own(request: Ask) -> Mapping[str, Any]:
    """Give the organisation whose counter this is."""
    return (visitor(request).me or {}).get("organisation") or {}


async def outlets(request: Ask) -> tuple[tuple[str, str, str], ...]:
    """Give the community centres as options, one's own first."""
    found = await backend(request).get("/api/institutions", kind="community_centre")
    here = own(request).get("code")
    options = [_option(one["institution"]) for one in found["items"] if one["readiness"] == "live"]
    return tuple(sorted(options, key=lambda one: (one[0] != here, one[0])))


async def banks(request: Ask, suggested: tuple[str, ...] = ()) -> tuple[tuple[str, str, str], ...]:
    """Give the service banks as options, those suggested first."""
    found = await backend(request).get("/api/institutions", kind="bank")
    options = [_option(one["institution"]) for one in found["items"] if one["readiness"] == "live"]
    return tuple(sorted(options, key=lambda one: (one[0] not in suggested, one[0])))


def _option(one: Mapping[str, str]) -> tuple[str, str, str]:
    return one["code"], one["name_zh"], one["name_en"]
