"""Refusals about publishing the status list."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class NoStatusList(Problem):
    """None was published yet."""

    slug = "no-status-list"
    status = 404
    title_zh = "尚未发布卡片状态名单"
    title_en = "No status list was published yet"
    remedy_zh = "请卡中心运行 shebaoka jobs run status-list（或等下一次定时运行）后再取"
    remedy_en = (
        "Have the card centre run: shebaoka jobs run status-list (or wait for its next run), and ask again"
    )
