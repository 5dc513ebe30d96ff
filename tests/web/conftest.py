"""One browser for the run; for every test a town, its pages, and visitors of its own."""

import pytest
from playwright.async_api import async_playwright
from tests.faces.api_town import town_at
from tests.web.browsing import ARGUMENTS, CHROMIUM, web_of


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
