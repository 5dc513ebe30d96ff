"""One browser for the run; for every test a town, its pages, and visitors of its own."""

import pytest
from playwright.async_api import async_playwright
from tests.faces.api_town import id_number, person, town_at
from tests.readers import readers  # noqa: F401 - a fixture
from tests.sandbox.sandbox_driver import Someone, furnished, started
from tests.web.browsing import ARGUMENTS, CHROMIUM, RENAMED, web_of


@pytest.fixture(scope="session")
async def browser():
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        await browser.close()


@pytest.fixture
async def web(database, tmp_path, browser):
    async with town_at(database, tmp_path) as town, web_of(town, browser) as web:
        yield web


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """The outside world of the town's people: somebody's name is another there, and the town may know less of them."""
    people = [Someone(id_number(n), "别名" if n == RENAMED else person(n).name) for n in range(1, 40)]
    with started(furnished(tmp_path_factory.mktemp("world"), people)) as sandbox:
        yield sandbox


@pytest.fixture
def outside(world):
    """The outside world, whose switches are off again after each test."""
    yield world
    assert world.http.delete("/_faults").status_code == 204


@pytest.fixture
async def web_let_in(database, tmp_path, browser, outside):
    """A town whose residents can log in, with the sandbox's identity provider."""
    async with town_at(database, tmp_path) as town, web_of(town, browser, outside) as web:
        yield web
