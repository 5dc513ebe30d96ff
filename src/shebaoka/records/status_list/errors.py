"""Why a terminal does not take a status list. Whatever the bytes, nothing else comes out."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class StatusListUnreadable(Problem):
    """The bytes are no status list, or not all of one."""

    slug = "status-list-unreadable"
    status = 422
    title_zh = "不是完整的卡片状态名单"
    title_en = "This is no status list, or not a whole one"
    remedy_zh = "请重新下载该文件并核对长度；仍不能读取的，可能是更新的格式版本，请升级终端程序"
    remedy_en = "Fetch the file again and compare its length; if it is not read then, it may be of a newer format: update the terminal"


class StatusListNotSigned(Problem):
    """The signature does not fit: the file was changed on the way, or somebody else signed it."""

    slug = "status-list-not-signed"
    status = 422
    title_zh = "卡片状态名单的签名不符，不能使用"
    title_en = "The status list's signature does not fit; it is not used"
    remedy_zh = "请重新下载；仍不符的，请与卡中心核对签名公钥是否已更换，核对前继续使用原有名单"
    remedy_en = (
        "Fetch it again; if it still does not fit, ask the card centre whether the signing key has changed, "
        "and go on with the list you have until you know"
    )


class StatusListOfAnotherCity(Problem):
    """The list is about another city's cards."""

    slug = "status-list-of-another-city"
    status = 422
    title_zh = "这是其他城市的卡片状态名单"
    title_en = "This is another city's status list"
    remedy_zh = "请核对下载地址与终端设置的城市代码"
    remedy_en = "Check the address it was fetched from and the terminal's city code"


class StatusListGap(Problem):
    """The files do not follow each other: one is missing, there twice, or belongs to another base list."""

    slug = "status-list-gap"
    status = 409
    title_zh = "卡片状态名单不连续"
    title_en = "The files of the status list do not follow each other"
    remedy_zh = "请下载缺少的增量并按版本号顺序装入；若全量名单已换新，请下载新的全量名单"
    remedy_en = "Fetch the missing deltas and load all of them in the order of their numbers; where there is a newer base, fetch that"


class StatusListOlder(Problem):
    """The list is older than the one that this terminal has: somebody may be replaying it."""

    slug = "status-list-older"
    status = 409
    title_zh = "该名单比终端现有的旧，未装入"
    title_en = "The list is older than the one at hand; it was not loaded"
    remedy_zh = "请下载最新名单；现有名单继续有效。反复出现的，请检查下载源是否被替换"
    remedy_en = "Fetch the newest list; the one at hand stays. If it happens again, look whether the source was tampered with"


class StatusListAhead(Problem):
    """The list was made later than this terminal's clock says it is now."""

    slug = "status-list-ahead"
    status = 409
    title_zh = "名单的制作时间晚于终端时钟"
    title_en = "The list is younger than the terminal's clock says it can be"
    remedy_zh = "请校准终端时钟：时钟不准，就无法判断名单是否过期、口头挂失是否到期"
    remedy_en = "Set the terminal's clock: by a wrong one nobody can tell whether a list is stale or a temporary report has ended"
