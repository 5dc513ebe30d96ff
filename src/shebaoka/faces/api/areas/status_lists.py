"""The status list for terminals that lose the network: which files there are, and each of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get
from litestar.params import HeaderParameter, PathParameter, QueryParameter

from shebaoka.cards.status_list import views
from shebaoka.cards.status_list.errors import NoStatusList
from shebaoka.cards.status_list.model import File
from shebaoka.faces.api.access import WHEN_BUILT
from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import ONE, protected
from shebaoka.faces.api.service import service
from shebaoka.kit.problems import NotFound
from shebaoka.records.status_list import Version

NOT_MODIFIED: Final = 304
NUMBER_MAX: Final = 2**31 - 1
KEPT: Final = "private, max-age=604800, immutable"
"""A version never changes; only whoever asked may keep it."""
Since = Annotated[
    str | None,
    QueryParameter(
        pattern=r"^[0-9]{1,9}\.[0-9]{1,9}$",
        description="终端已有的版本，如 12.3；只列其后的文件，已换新的全量名单时列出全部 · the version at hand, 12.3 say: only later files are listed, all of them where there is a newer base",
        required=False,
    ),
]
Number = Annotated[int, PathParameter(ge=0, le=NUMBER_MAX, description="版本号的一部分 · part of a version")]
IfNoneMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-None-Match",
        required=False,
        description="上次应答的 ETag；未变则应答 304 · ETag of the last answer; 304 where nothing has changed",
    ),
]


class StatusListFile(msgspec.Struct, frozen=True):
    """A file of the list: a base (sequence 0), or a delta. `sm3`: digest of the whole file; how many cards it tells of; sizes in bytes."""

    version: str
    path: str
    made_at: datetime
    size_bytes: int
    sm3: str
    signer: str
    void: int
    suspended: int
    cleared: int
    old_part_bytes: int


class StatusListIndex(msgspec.Struct, frozen=True):
    """What terminals can have now. `stale_at`: until when they may go by the newest; `overdue`: it should have been followed by now."""

    city: str
    version: str
    as_of: datetime
    stale_at: datetime
    overdue: bool
    files: list[StatusListFile]


@get(
    "/status-list",
    **protected(
        "status_list.read", "status_list", "状态名单目录 · Which files the status list has", refuses=(NoStatusList,),
        readiness=WHEN_BUILT, answer=StatusListIndex,
    ),
)  # fmt: skip
async def status_list(
    request: Call, since: Since = None, if_none_match: IfNoneMatch = None
) -> Response[StatusListIndex | None]:
    """Give the newest base and its deltas, in the order in which a terminal loads them (docs/status-list.md)."""
    programme = await service(request).programme()
    async with reading(request) as work:
        state = await views.state(work, programme)
    newest = state.newest
    if newest is None:
        raise NoStatusList
    tag = _tag(f"{newest.version}{' late' if state.overdue else ''}")
    if if_none_match == tag:
        return Response(None, status_code=NOT_MODIFIED, headers={"ETag": tag})
    index = StatusListIndex(
        service(request).city.settings.city_digits, str(newest.version), newest.made_at, newest.stale_at, state.overdue,
        [_file(file) for file in state.files if file.version > _held(since, newest.epoch)],
    )  # fmt: skip
    return Response(index, headers={"ETag": tag, "Cache-Control": "private, no-cache"})


@get(
    "/status-list/{epoch:int}/{sequence:int}",
    media_type="application/octet-stream",
    **protected(
        "status_list.read",
        "status_list",
        "状态名单文件 · A file of the status list",
        refuses=ONE,
        readiness=WHEN_BUILT,
    ),
)
async def status_list_file(
    request: Call, epoch: Number, sequence: Number, if_none_match: IfNoneMatch = None
) -> Response[bytes]:
    """Give one file, byte by byte as it was signed. The files of two bases are kept."""
    tag = _tag(f"{epoch}.{sequence}")
    headers = {"ETag": tag, "Cache-Control": KEPT}
    if if_none_match == tag:
        return Response(b"", status_code=NOT_MODIFIED, headers=headers)
    async with reading(request) as work:
        content = await views.content(work, epoch, sequence)
        if content is None:
            raise NotFound(f"{epoch}.{sequence}")
    return Response(content, media_type="application/octet-stream", headers=headers)


def _held(since: str | None, epoch: int) -> Version:
    """Give the version at hand, if it is of the newest base; else one before all."""
    held = Version(*map(int, since.split("."))) if since else Version(0, 0)
    return held if held.epoch == epoch else Version(0, 0)


def _tag(text: str) -> str:
    return f'"{text}"'


def _file(file: File) -> StatusListFile:
    return StatusListFile(
        str(file.version), f"/api/status-list/{file.epoch}/{file.sequence}", file.made_at, file.size_bytes,
        file.digest.hex(), file.signer.hex(), file.void, file.suspended, file.cleared, file.old_part_bytes,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (status_list, status_list_file)
