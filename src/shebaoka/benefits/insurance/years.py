"""Medical years, and a stay that goes on over the end of one. Pure."""

from __future__ import annotations

from datetime import MAXYEAR, date, timedelta

from msgspec import Struct

from shebaoka.registry.programme.benefit_sets import DecidesMedicalYear, DecidesStayYear
from shebaoka.registry.programme.model import Scheme
from shebaoka.registry.programme.programme import Programme


class MedicalYear(Struct, frozen=True):
    """A medical year, named after the calendar year in which it begins; both days are in it."""

    name: int
    first: date
    last: date


def medical_year(programme: Programme, scheme: Scheme, on: date) -> MedicalYear:
    """Give the medical year that a day lies in; this function will go by the rule of that day."""
    begins = programme.rule("medical_year", {"scheme": scheme}, on).decides
    assert isinstance(begins, DecidesMedicalYear)
    return year_of(begins, on)


def year_of(begins: DecidesMedicalYear, on: date) -> MedicalYear:
    """Give the year that a day lies in, for years that begin so."""
    name = on.year if (on.month, on.day) >= (begins.month, begins.day) else on.year - 1
    first = date(name, begins.month, begins.day)
    # The last year that a calendar here knows ends with it.
    last = date.max if name == MAXYEAR else date(name + 1, begins.month, begins.day) - timedelta(days=1)
    return MedicalYear(name, first, last)


def bills_of_stay(
    programme: Programme, scheme: Scheme, admitted_on: date, discharged_on: date
) -> list[tuple[date, date]]:
    """Give the days, first and last, of each bill that a stay is settled in; a bill is quoted on its last day.

    This function will give one bill for each medical year that the stay lies in, or one in all, as rule `stay_year` says.
    Later bills of the stay name what was paid of its deductible (`InsuredState.stay_deductible_used_fen`).
    """
    assert admitted_on <= discharged_on, "nobody leaves before coming"
    decides = programme.rule("stay_year", {"scheme": scheme}, discharged_on).decides
    assert isinstance(decides, DecidesStayYear)
    if decides.counts_in == "year_of_discharge":
        return [(admitted_on, discharged_on)]
    bills, first = [], admitted_on
    while first <= discharged_on:
        last = min(medical_year(programme, scheme, first).last, discharged_on)
        bills.append((first, last))
        first = last + timedelta(days=1)
    return bills
