"""Refusals about publishing the status list."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class SigningKeyUnusable(Problem):
    """The file with the key that signs the status list is missing, unreadable, or no key."""

    slug = "signing-key-unusable"
    status = 500
    title_zh = "状态名单的签名密钥不可用"
    title_en = "The key that signs the status list cannot be used"
    remedy_zh = "请检查 SHEBAOKA_STATUS_LIST_KEY_FILE 指向的文件：应为 64 位十六进制、仅属主可读；首次启用请执行 shebaoka status-list key --new"
    remedy_en = (
        "Check the file that SHEBAOKA_STATUS_LIST_KEY_FILE names: 64 hex digits, readable by its owner only. "
        "The first time, run: shebaoka status-list key --new"
    )


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
