"""Why a value is refused, and what to do about it, in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason a value is refused. `{detail}` in a sentence stands for what was wrong this time."""

    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
