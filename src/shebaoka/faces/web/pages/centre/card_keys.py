"""Card keys: versions with their check values, and ceremonies step by step; two officers, neither alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.centre import key_words, words
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HERE: Final = "/staff/keys"
ONE: Final = "/staff/keys/ceremonies/{ceremony_id:int}"
SEEN: Final = page("staff", "keys.read")
GOVERN: Final = page("staff", "keys.govern")
ALGORITHMS: Final = ("SM4", "3DES")
MAKES: Final = ("generate", "import")


@get(HERE, **SEEN)
async def overview(request: Ask) -> Template:
    """Show all versions of card keys, what waits for a second officer, and what the card bureau has not destroyed."""
    found = await backend(request).get("/api/card-keys")
    return show(
        request, "centre/keys.html", found=found, makes=MAKES, algorithms=ALGORITHMS,
        waiting=[one for one in found["ceremonies"] if one["status"] == "opened"],
        past=[one for one in found["ceremonies"] if one["status"] != "opened"],
        out=[one for one in found["hand_outs"] if one["status"] != "destroyed"], **_words(),
    )  # fmt: skip


@get(f"{HERE}/new", **GOVERN)
async def ask_ceremony(request: Ask) -> Template:
    """Say what a ceremony does and ask for what it needs."""
    return _new(request, request.query_params)


@post(f"{HERE}/new", **GOVERN)
async def open_ceremony(request: Ask, data: Form) -> Response[Any]:
    """Open a ceremony; the page that follows waits for the second officer."""
    asked: dict[str, Any] = {name: data.get(name, "") for name in ("kind", "algorithm", "reason")}
    asked["version"] = int(data["version"]) if data.get("version", "").isdecimal() else None
    if asked["kind"] == "import":
        asked |= {
            "top": data.get("top", "root"),
            "expected": data.get("expected") or None,
            "component": _component(data),
        }
    try:
        made = await backend(request).post("/api/card-keys/ceremonies", asked, key=data.get("key"))
    except Refused as refused:
        return _new(request, data, refused)
    return go(f"{HERE}/ceremonies/{made['ceremony_id']}")


@get(ONE, **SEEN)
async def ceremony(request: Ask, ceremony_id: FromPath[int]) -> Template:
    """Show a ceremony and its record, for the screen and for paper."""
    return await _one(request, ceremony_id)


@post(f"{ONE}/approval", **GOVERN)
async def approve(request: Ask, ceremony_id: FromPath[int], data: Form) -> Response[Any]:
    """Approve another officer's ceremony."""
    asked = {"component": _component(data) if "part" in data else None}
    return await _step(request, ceremony_id, "approval", asked, data.get("key"))


@post(f"{ONE}/withdrawal", **GOVERN)
async def withdraw(request: Ask, ceremony_id: FromPath[int], data: Form) -> Response[Any]:
    """Withdraw a ceremony that is not approved."""
    return await _step(request, ceremony_id, "withdrawal", None, data.get("key"))


async def _step(request: Ask, ceremony_id: int, step: str, asked: Any, key: str | None) -> Response[Any]:
    try:
        await backend(request).post(f"/api/card-keys/ceremonies/{ceremony_id}/{step}", asked, key=key)
    except Refused as refused:
        return await _one(request, ceremony_id, refused)
    return go(f"{HERE}/ceremonies/{ceremony_id}")


async def _one(request: Ask, ceremony_id: int, refused: Refused | None = None) -> Template:
    found = await backend(request).get(f"/api/card-keys/ceremonies/{ceremony_id}")
    return show(
        request, "centre/key_ceremony.html", refused=refused, one=found["ceremony"], records=found["records"],
        does=partial(words.named, key_words.DOES), **_words(),
    )  # fmt: skip


def _new(request: Ask, given: Mapping[str, Any], refused: Refused | None = None) -> Template:
    kind = given.get("kind", "") if given.get("kind", "") in key_words.KIND else "generate"
    algorithm = given.get("algorithm", "") if given.get("algorithm", "") in ALGORITHMS else ALGORITHMS[0]
    return show(
        request, "centre/new_key_ceremony.html", refused=refused, given=given, kind=kind, algorithm=algorithm,
        does=partial(words.named, key_words.DOES), **_words(),
    )  # fmt: skip


def _component(data: Mapping[str, str]) -> dict[str, str]:
    return {"part": data.get("part", ""), "check": data.get("check", "")}


def _words() -> dict[str, Any]:
    return {
        "kind_of": partial(words.named, key_words.KIND), "standing": partial(words.named, key_words.VERSION),
        "how_far": partial(words.named, key_words.CEREMONY), "for_what": partial(words.named, key_words.PURPOSE),
        "key_of": key_words.key_of, "happened": partial(words.named, key_words.RECORD), "told": key_words.told,
        "became": partial(words.named, key_words.HAND_OUT),
    }  # fmt: skip


HANDLERS: Final = (overview, ask_ceremony, open_ceremony, ceremony, approve, withdraw)
