"""Rows of the register about invented people."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from shebaoka.records.id_number import with_check_character
from shebaoka.registry.people.model import PersonRow


def id_number(serial: int) -> str:
    """Give the ID number of an invented person."""
    born = date(1960, 1, 1) + timedelta(days=serial // 1000)
    return with_check_character(f"100101{born:%Y%m%d}{serial % 1000:03d}")


def row(serial: int, **more: Any) -> PersonRow:
    """Give what the register says about an invented person."""
    given: dict[str, Any] = {
        "id_number": id_number(serial), "name": f"虚构{serial}", "mobile": f"1390000{serial:04d}",
        "address": f"上海市静安区虚构路{serial}号", "sex": "male" if serial % 2 else "female",
        "birth_date": date(1960, 1, 1) + timedelta(days=serial // 1000), "hukou": serial % 3 > 0,
        "district_code": "310106", "insured": "employee", "insured_status": "active",
        "insured_since": date(2001, 5, 1), "employer_id": 7,
    }  # fmt: skip
    return PersonRow(**given | more)
