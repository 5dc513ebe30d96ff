"""What a file from the bureau says, read whole before anything is believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shebaoka.issuing.production.errors import ReturnRefused
from shebaoka.issuing.production.exchange import Exchange
from shebaoka.kit.sm import sm3
from shebaoka.records import bureau
from shebaoka.records.bureau import ReturnRecord

NAME: Final = re.compile(r"R([1-9][0-9]{0,18})-(?:([1-9][0-9]{0,8})\.csv|(error)\.txt)\.sm4")
BATCH_ID_MAX: Final = 2**63 - 1
SENTENCE_CHARACTERS_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """A file out of its seal: lines of cards, or (`lines` is None) the sentence why no card was made."""

    name: str
    batch_id: int
    digest: bytes
    lines: list[ReturnRecord] | None
    sentence: str


def read_arrival(exchange: Exchange, path: Path) -> Answer:
    """Read one file. This function will raise ReturnRefused for its name, BureauFileRefused for its content."""
    match = NAME.fullmatch(path.name)
    if not match or int(match[1]) > BATCH_ID_MAX:
        raise ReturnRefused("文件名应为 R<批次>-<序号>.csv.sm4 · the name must be R<batch>-<n>.csv.sm4")
    content = bureau.open_file(exchange.key, path.name, exchange.read(path))
    # The digest is of what the seal holds: the bureau may seal the same answer anew.
    digest = sm3(content)
    if match[3]:
        sentence = content.decode("utf-8", "replace")[:SENTENCE_CHARACTERS_MAX]
        return Answer(path.name, int(match[1]), digest, None, sentence)
    return Answer(path.name, int(match[1]), digest, bureau.read_return(content), "")


def production_name(batch_id: int) -> str:
    """Give the name of a batch's production file."""
    return f"P{batch_id}.zip.sm4"
