"""A draft before its owner: what is filled in, for whom, and what to fill in next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from litestar.response import Redirect, Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend

STEPS: Final = (
    ("为谁申请", "For whom"),
    ("银行", "Bank"),
    ("相片", "Photo"),
    ("寄到哪里", "Where to"),
    ("核对", "Check"),
    ("回执", "Receipt"),
)
FILLED: Final = ("mobile", "address", "fallback_outlet", "bank", "shared_photo")
"""What is saved together, all of it each time."""
VERSION_NONE: Final = 1
CHANGED: Final = "draft-changed-meanwhile"


class Onward(Exception):  # noqa: N818 - named for the fact
    """The page has nothing to show; another one has."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True)
class Opened:
    """A live draft, and the member of the family for whom it is."""

    draft_id: str
    version: int
    filled: Mapping[str, Any]
    member: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Give where its pages are."""
        return f"/apply/{self.draft_id}"

    @property
    def photo_needed(self) -> bool:
        """Tell whether the card bears a photo at this age."""
        return bool(self.member["photo_sources"])

    @property
    def photo_chosen(self) -> bool:
        """Tell whether the person has said which photo."""
        return not self.photo_needed or self.filled["shared_photo"] is not None

    def next_page(self) -> str:
        """Give the first page on which something is still to be decided."""
        if not self.filled["bank"]:
            return f"{self.path}/bank"
        if not self.photo_chosen:
            return f"{self.path}/photo"
        return f"{self.path}/contact" if self.filled["missing"] else f"{self.path}/check"


async def opened(request: Ask, draft_id: int) -> Opened:
    """Give a draft of one's own; Refused with 404 for anybody else's, Onward for one that has ended."""
    filled = await backend(request).get(f"/api/drafts/{draft_id}")
    draft = filled["draft"]
    if draft["status"] == "submitted":
        raise Onward(f"/apply/receipt/{draft['application_id']}")
    family = (await backend(request).get("/api/family"))["items"]
    member = next((one for one in family if one["person_id"] == draft["person_id"]), None)
    if draft["status"] != "open" or member is None:
        raise Onward("/apply")
    return Opened(draft["draft_id"], draft["version"], filled, member)


async def save(request: Ask, one: Opened, data: Mapping[str, Any], **changes: Any) -> None:
    """Keep what was decided on a page; Refused where another device was faster."""
    body = {name: one.filled[name] for name in FILLED} | changes | {"version": version(data)}
    await backend(request).post(f"{api(one)}", body, key=data.get("key"))


def api(one: Opened) -> str:
    """Give where the interface has a draft."""
    return f"/api/drafts/{one.draft_id}"


def version(data: Mapping[str, Any]) -> int:
    """Give the version that a form was made with."""
    text = str(data.get("version", ""))
    return int(text) if text.isdecimal() and len(text) < 10 else VERSION_NONE  # noqa: PLR2004 - as the interface bounds it


def onward(one: Opened, data: Mapping[str, Any], after: str) -> Redirect:
    """Go to the next page, or back to where the answers are checked when the person came from there."""
    return go(f"{one.path}/{'check' if data.get('then') == 'check' else after}")


def page_of(
    request: Ask, template: str, one: Opened, here: int, *, refused: Refused | None = None, **given: Any
) -> Template:
    """Show a page of the journey. `here`: which of the steps."""
    then = given.pop("then", request.query_params.get("then", ""))
    return show(
        request, f"apply/{template}.html", refused=refused, one=one, here=here, steps=STEPS, then=then,
        changed=refused is not None and refused.slug == CHANGED, **given,
    )  # fmt: skip


def masked_mobile(text: str) -> str:
    """Hide the middle of a number."""
    return f"{text[:3]}****{text[-4:]}" if text else ""


def masked_address(text: str) -> str:
    """Hide an address but for its district and street."""
    shown = max(len(text) // 2, 3)
    return f"{text[:shown]}＊＊＊" if text else ""
