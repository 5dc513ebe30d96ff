"""What a file from the bureau says, read whole before anything is believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shebaoka.issuing.production.bureau import Bureau
from shebaoka.issuing.production.errors import ReturnRefused
from shebaoka.issuing.production.exchange import Exchange
from shebaoka.kit.sm import sm3
from shebaoka.records import bureau as files
from shebaoka.records.bureau import Receipt, Return
from shebaoka.records.trailed_csv import refused

NAME: Final = re.compile(
    r"(?:A([1-9][0-9]{0,18})\.csv|R([1-9][0-9]{0,18})-(?:[1-9][0-9]{0,8}\.zip|(error)\.txt))\.sbk2"
)
BATCH_ID_MAX: Final = 2**63 - 1
SENTENCE_CHARACTERS_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """A file out of its seal: a receipt, a return, or the sentence why no card was made.

    `digest`: SM3 of what the seal holds, which the bureau may seal anew; `file_digest`: of the file as it lay there.
    """

    name: str
    batch_id: int
    said: Receipt | Return | str
    items: int
    digest: bytes
    file_digest: bytes


def read_arrival(bureau: Bureau, path: Path) -> Answer:
    """Read one file. This function will raise ReturnRefused for its name, BureauFileRefused for its content."""
    match = NAME.fullmatch(path.name)
    batch_id = int(match[1] or match[2]) if match else 0
    if not match or batch_id > BATCH_ID_MAX:
        raise ReturnRefused(
            "文件名应为 A<批次>.csv.sbk2、R<批次>-<序号>.zip.sbk2 或 R<批次>-error.txt.sbk2"
            " · the name must be A<batch>.csv.sbk2, R<batch>-<n>.zip.sbk2 or R<batch>-error.txt.sbk2"
        )
    data = Exchange(bureau.folder).read(path)
    opened = files.open_file(bureau.ours, bureau.theirs, path.name, data)
    said: Receipt | Return | str
    if match[1]:
        said = files.read_receipt(opened.content)
    elif match[3]:
        said = opened.content.decode("utf-8", "replace")[:SENTENCE_CHARACTERS_MAX]
    else:
        said = files.read_return(opened.content)
    named = (
        said.batch
        if isinstance(said, Receipt)
        else said.statement.batch
        if isinstance(said, Return)
        else batch_id
    )
    if named != batch_id:
        raise refused(
            "batch",
            f"内容是批次 {named} 的，文件名却是 {batch_id}",
            f"it is of batch {named}, its name says {batch_id}",
        )
    return Answer(path.name, batch_id, said, opened.items, opened.digest, sm3(data))


def production_name(batch_id: int) -> str:
    """Give the name of a batch's production file."""
    return f"P{batch_id}.zip.sbk2"
