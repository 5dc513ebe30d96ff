"""What rows say about each other and about what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shebaoka.records.reason import Reason
from shebaoka.registry.institutions.model import BANK, BANK_HOTLINE, BANK_OUTLET, EMPLOYER, Institution
from shebaoka.registry.institutions.reading import (
    INSTITUTIONS,
    PAYROLL_BANKS,
    REPEATED,
    Files,
    InstitutionRow,
    PayrollRow,
)

PARENT: Final = Reason(
    "上级机构编码不存在", "There is no institution with this code",
    "请先填写上级机构，或改正编码", "Add the parent, or correct the code",
)  # fmt: skip
PARENT_BANK: Final = Reason(
    "银行网点、银行热线的上级必须是银行",
    "The parent of a bank outlet, or of a bank's line, is a bank",
    "请填写所属银行的编码",
    "Give the code of its bank",
)
DISTRICT: Final = Reason(
    "区编码不存在",
    "There is no such district",
    "请先在 districts.csv 中填写该区",
    "Add the district to districts.csv first",
)
USCC_HELD: Final = Reason(
    "该统一社会信用代码已属于另一机构", "Another institution holds this USCC",
    "请核对；如机构编码变更，请沿用原编码", "Check it; keep the old code if only the code changed",
)  # fmt: skip
EMPLOYER_UNKNOWN: Final = Reason(
    "单位不存在", "There is no such employer",
    "请填写单位编码或统一社会信用代码，并先列入 institutions.csv",
    "Give the employer's code or USCC, and list it in institutions.csv first",
)  # fmt: skip
BANK_UNKNOWN: Final = Reason(
    "服务银行编码不存在", "There is no service bank with this code",
    "请改正编码；非服务银行请留空，只填名称", "Correct it; leave it empty for a bank that is no service bank",
)  # fmt: skip


def check(files: Files, stored: Mapping[str, Institution], districts: set[str]) -> None:
    """Note a fault for every row that names something unknown or held by somebody else."""
    kinds = {code: one.kind for code, one in stored.items()}
    kinds |= {line.code: line.kind for line in files.institutions}
    districts = districts | {line.code for line in files.districts}
    named = {line.code for line in files.institutions}
    held = {one.uscc for code, one in stored.items() if one.uscc and code not in named}
    for line in files.institutions:
        _check_institution(files, line, kinds, districts)
        if line.uscc in held:
            files.fault(INSTITUTIONS, line.row, "uscc", USCC_HELD)
    _check_payroll_banks(files, employers(files, stored), kinds)


def employers(files: Files, stored: Mapping[str, Institution]) -> dict[str, str]:
    """Give the code of every employer under its code and under its USCC, as it will be after the import."""
    named = {line.code for line in files.institutions}
    pairs = [
        (one.code, one.uscc or "")
        for one in stored.values()
        if one.kind == EMPLOYER and one.code not in named
    ]
    pairs += [(line.code, line.uscc) for line in files.institutions if line.kind == EMPLOYER]
    return {uscc: code for code, uscc in pairs if uscc} | {code: code for code, _ in pairs}


def _check_institution(
    files: Files, line: InstitutionRow, kinds: Mapping[str, str], districts: set[str]
) -> None:
    if line.parent and line.parent not in kinds:
        files.fault(INSTITUTIONS, line.row, "parent", PARENT)
    elif line.kind in {BANK_OUTLET, BANK_HOTLINE} and kinds.get(line.parent) != BANK:
        files.fault(INSTITUTIONS, line.row, "parent", PARENT_BANK)
    if line.district and line.district not in districts:
        files.fault(INSTITUTIONS, line.row, "district", DISTRICT)


def _check_payroll_banks(files: Files, employer_codes: Mapping[str, str], kinds: Mapping[str, str]) -> None:
    seen: set[tuple[str, int]] = set()
    for line in files.payroll_banks:
        employer = employer_codes.get(line.employer)
        if employer is None:
            files.fault(PAYROLL_BANKS, line.row, "employer", EMPLOYER_UNKNOWN)
        elif (employer, line.rank) in seen:
            files.fault(PAYROLL_BANKS, line.row, "rank", REPEATED)
        else:
            seen.add((employer, line.rank))
        _check_bank(files, line, kinds)


def _check_bank(files: Files, line: PayrollRow, kinds: Mapping[str, str]) -> None:
    if line.bank_code and kinds.get(line.bank_code) != BANK:
        files.fault(PAYROLL_BANKS, line.row, "bank_code", BANK_UNKNOWN)
