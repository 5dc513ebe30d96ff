"""A small city's institutions as files."""

from __future__ import annotations

from pathlib import Path

import pytest
from institution_files import DISTRICTS, INSTITUTIONS, PAYROLL_BANKS, Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the three files, each as given or as the small city has it, and give their folder."""

    def write(
        districts: str = DISTRICTS, institutions: str = INSTITUTIONS, payroll_banks: str = PAYROLL_BANKS
    ) -> Path:
        (tmp_path / "districts.csv").write_text(districts, "utf-8")
        (tmp_path / "institutions.csv").write_text(institutions, "utf-8")
        (tmp_path / "payroll_banks.csv").write_text(payroll_banks, "utf-8")
        return tmp_path

    return write
