"""Every refusal has a slug, two titles, two remedies and a page; every page has its refusal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tools import index_problems

from shebaoka.kit.problems import Problem

PAGES = Path(__file__).parents[2] / "docs" / "problems"
HANZI = re.compile(r"[\u4e00-\u9fff]")


PROBLEMS = index_problems.every_problem()


def named(problem: type[Problem]) -> str:
    return f"{problem.slug}-{problem.__name__}"


@pytest.mark.parametrize("problem", PROBLEMS, ids=named)
def test_a_refusal_says_what_it_is_and_what_to_do(problem):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", problem.slug)
    assert 400 <= problem.status < 600
    for chinese in (problem.title_zh, problem.remedy_zh):
        assert HANZI.search(chinese), chinese
    for english in (problem.title_en, problem.remedy_en):
        assert english, problem
        assert not HANZI.search(english), english
    assert problem.title_en != Problem.title_en


@pytest.mark.parametrize("problem", PROBLEMS, ids=named)
def test_a_refusal_has_its_page(problem):
    page = PAGES / f"{problem.slug}.md"
    assert page.exists(), f"write docs/problems/{problem.slug}.md"
    text = page.read_text("utf-8")
    lines = text.strip().splitlines()
    assert lines[0].startswith("# ")
    assert HANZI.search("\n".join(lines[:3])), "Chinese first"
    assert 4 <= len(lines) <= 40


def test_slugs_name_one_refusal_each():
    slugs = [problem.slug for problem in PROBLEMS]
    assert sorted({slug for slug in slugs if slugs.count(slug) > 1}) == []


def test_every_page_has_its_refusal():
    slugs = {problem.slug for problem in PROBLEMS}
    assert sorted(page.stem for page in PAGES.glob("*.md") if page.stem not in slugs | {"README"}) == []


def test_the_index_of_pages_is_up_to_date():
    """Write it with: .venv/bin/python -m tools.index_problems"""
    assert index_problems.page() == index_problems.PAGE.read_text("utf-8")
