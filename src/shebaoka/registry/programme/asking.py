"""From a person's facts to what the conditions ask, and from what was decided to dates. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from shebaoka.registry.programme.model import Bank, Facts, Suggestion
from shebaoka.registry.programme.sets import DecidesValidity


def age_on(birth_date: date, on: date) -> int:
    """Give the age in whole years; this function will count a birthday on 29 February from 1 March in other years."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def asked(facts: Facts, on: date) -> dict[str, Any]:
    """Give the facts that conditions may name (`sets.PERSON`); this function will give age None when it is not known."""
    return {
        "registered": facts.registered,
        "alive": facts.alive,
        "age": None if facts.birth_date is None else age_on(facts.birth_date, on),
        "hukou": facts.hukou,
        "insured": facts.insured,
        "insured_status": facts.insured_status,
        "employed": facts.employed,
        "school_stage": facts.school_stage,
        "district": facts.district,
        "has_pension_bank": facts.pension_bank is not None,
        "payroll_bank_count": len(facts.payroll_banks),
        "payroll_bank_chosen": facts.chosen_bank is not None,
    }


def suggested(facts: Facts, suggestion: Suggestion) -> tuple[Bank, ...]:
    """Give the banks to suggest; this function will give none where any service bank is as good."""
    match suggestion:
        case "pension_bank":
            return (facts.pension_bank,) if facts.pension_bank else ()
        case "chosen_bank":
            return (facts.chosen_bank,) if facts.chosen_bank else ()
        case "payroll_banks":
            return facts.payroll_banks
        case "any":
            return ()


def valid_until(validity: DecidesValidity, birth_date: date | None, on: date) -> date | None:
    """Give the last day of a card applied for on a day, None without end; this function will count in whole years."""
    if validity.years is not None:
        return _years_after(on, validity.years)
    if validity.until_age is None or birth_date is None:
        return None
    return _years_after(birth_date, validity.until_age)


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)
