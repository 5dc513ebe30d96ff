"""Refusals of this room."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class NotCountedYet(Problem):
    """The figures have never been counted."""

    slug = "not-counted-yet"
    status = 409
    title_zh = "统计数字尚未生成"
    title_en = "The figures have not been counted yet"
    remedy_zh = "请由运维运行 shebaoka jobs run figures，之后每小时自动更新"
    remedy_en = "An operator runs shebaoka jobs run figures; after that they are counted every hour"
