"""The account's menu, as WeChat is told it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from shebaoka.faces.wechat.answering import CLICKED

COLUMNS: Final = tomllib.loads(Path(__file__).with_name("menu.toml").read_text("utf-8"))["columns"]


def menu(site_url: str) -> dict[str, Any]:
    """Give the menu whose pages are below an address (WeChat's documentation, “自定义菜单创建接口”)."""
    base = site_url.rstrip("/")
    return {
        "button": [
            {"name": one["name"], "sub_button": [_button(base, item) for item in one["items"]]}
            for one in COLUMNS
        ]
    }


def _button(base: str, item: dict[str, str]) -> dict[str, str]:
    if "view" in item:
        return {"type": "view", "name": item["name"], "url": f"{base}{item['view']}"}
    return {"type": "click", "name": item["name"], "key": f"{CLICKED}{item['click']}"}
