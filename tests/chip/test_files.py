"""Every declared file: its vectors both ways, what does not fit, and bytes that nobody ever wrote."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shebaoka.chip import names
from shebaoka.chip.errors import ChipUnreadable, ChipValueRefused
from shebaoka.chip.layout import CyclicFile, RecordFile
from shebaoka.chip.versions import VERSIONS, of_number

FILES = {
    (version.generation, one.title, file.identifier): file
    for version in VERSIONS
    for one in version.applications
    for file in one.files
}
ELEMENTS = {
    (*place, element.tag): element
    for place, file in FILES.items()
    if isinstance(file, RecordFile | CyclicFile)
    for element in (file.elements if isinstance(file, RecordFile) else (file.element,))
}


def written(place, value, stored):
    element = ELEMENTS[place]
    return element, bytes((element.tag, element.codec.length)) + bytes.fromhex(stored), value


VECTORS = [written(place, *example) for place, element in ELEMENTS.items() for example in element.examples]


@pytest.mark.parametrize(("element", "record", "value"), VECTORS)
def test_vectors_both_ways(element, record, value):
    assert element.packed(value) == record
    assert element.unpacked(record) == value
    assert len(record) == element.record_bytes


def test_every_element_has_a_vector_with_something_in_it_and_an_empty_one():
    for place, element in ELEMENTS.items():
        values = [value for value, _ in element.examples]
        assert any(values), place
        assert not all(values), f"{place}: no vector of a field that was never written"


def test_no_two_files_or_tags_of_one_directory_are_the_same():
    for version in VERSIONS:
        for one in version.applications:
            assert len({file.identifier for file in one.files}) == len(one.files)
            assert all(file.sfi == file.identifier & 0x1F for file in one.files)
            for file in one.files:
                tags = [element.tag for element in file.elements] if isinstance(file, RecordFile) else []
                assert len(set(tags)) == len(tags)


def test_version_1_has_the_sex_where_later_ones_have_the_rest_of_a_long_name():
    third = {
        version.generation: version.application("SSSE").file(0xEF06).elements[2].name for version in VERSIONS
    }
    assert third == {1: "sex", 2: "name_more", 3: "name_more"}


@pytest.mark.parametrize(("number", "generation"), [("1.00", 1), ("1.10", 1), ("2.00", 2), ("3.00", 3)])
def test_a_version_is_known_by_its_first_digit(number, generation):
    assert of_number(number).generation == generation


@pytest.mark.parametrize("number", ["", "4.00", "x.00", "30"])
def test_a_version_that_nobody_knows_is_not_read_on(number):
    with pytest.raises(ChipUnreadable) as wrong:
        of_number(number)
    assert wrong.value.members["element"] == "version"


HOLDER = VERSIONS[2].application("SSSE").file(0xEF06)


def element(name):
    return HOLDER.elements[HOLDER.number(name) - 1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "长" * 16),
        ("name", "😀"),
        ("name", "a\0b"),
        ("sex", "3"),
        ("ethnicity", "57"),
        ("birthplace", "31010"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field_and_without_its_value(name, value):
    with pytest.raises(ChipValueRefused) as refused:
        element(name).packed(value)
    assert refused.value.detail.startswith(element(name).zh)
    assert value not in refused.value.detail


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("name", "091E" + "81" * 29 + "00"),  # GBK that does not decode
        ("name", "091E" + "4100" + "42" + "00" * 27),  # a hole
        ("name", "091D" + "41" * 29),  # shorter than it is laid out
        ("name", "091E" + "41" * 29),  # cut
        ("name", "0A1E" + "41" * 30),  # another tag
        ("name", "09"),
        ("name", ""),
        ("birth_date", "0D0420190230"),
        ("birth_date", "0D04ABCDEF01"),
        ("birthplace", "0C0331A1F1"),
        ("ethnicity", "0B0199"[:4] + "5F"),
        ("sex", "0A0141"),
    ],
)
def test_what_stands_wrong_is_refused_with_its_field(name, record):
    with pytest.raises(ChipUnreadable) as wrong:
        element(name).unpacked(bytes.fromhex(record))
    assert wrong.value.members["element"] == name


@pytest.mark.parametrize("place", ELEMENTS, ids=str)
@settings(max_examples=25)
@given(raw=st.binary(max_size=100))
def test_whatever_stands_there_is_read_or_refused_and_what_is_read_is_written_so(place, raw):
    one = ELEMENTS[place]
    for record in (
        raw,
        bytes((one.tag, len(raw))) + raw,
        bytes((one.tag, one.codec.length)) + raw[: one.codec.length].ljust(one.codec.length, b"\0"),
    ):
        try:
            value = one.unpacked(record)
        except ChipUnreadable:
            continue
        assert one.unpacked(one.packed(value)) == value


@given(st.text(st.characters(codec="gbk", exclude_characters="\0"), max_size=40))
def test_a_name_is_whole_again_or_refused(name):
    try:
        first, rest = names.split(name)
    except ChipValueRefused:
        assert len(name.encode("gbk")) > names.NAME_BYTES + names.EXTENSION_BYTES - 1
        return
    records = element("name").packed(first), element("name_more").packed(rest)
    assert (
        names.joined(element("name").unpacked(records[0]), element("name_more").unpacked(records[1])) == name
    )


def test_a_name_that_version_1_cannot_hold_is_refused():
    assert names.split("长" * 15, extended=False) == ("长" * 15, "")
    with pytest.raises(ChipValueRefused):
        names.split("长" * 16, extended=False)
    assert names.split("a" + "长" * 16) == ("a" + "长" * 14, "长长")


@given(st.dates(min_value=date(1, 1, 1)))
def test_any_day_both_ways(day):
    born = element("birth_date")
    assert born.unpacked(born.packed(day)) == day
