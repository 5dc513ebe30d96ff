"""Why a whole file is refused. Rows are refused one by one, in `ListResult.rejects`."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.kit.problems import Problem


class ListUnreadable(Problem):
    """The file is damaged, or no table that this reader knows."""

    slug = "list-unreadable"
    status = 422
    title_zh = "文件无法读取"
    title_en = "The file cannot be read"
    remedy_zh = "请用Excel或WPS打开，另存为.xlsx后重新上传"
    remedy_en = "Open it in Excel or WPS, save it as .xlsx and send it again"


class ListProtected(Problem):
    """The workbook has a password."""

    slug = "list-protected"
    status = 422
    title_zh = "文件设有打开密码"
    title_en = "The file is protected by a password"
    remedy_zh = "请在Excel中取消打开密码，另存后重新上传"
    remedy_en = "Remove the password in Excel, save and send it again"


class ListHeaderMissing(Problem):
    """No sheet has, in its first rows, a header line with all the columns that this list needs."""

    slug = "list-header-missing"
    status = 422
    title_zh = "表头缺少必需的列"
    title_en = "The header line lacks columns"
    remedy_zh = "请下载模板，按模板的表头填写；表头须在前10行之内"
    remedy_en = "Take the template and keep its header line, within the first ten rows"


class ListEmpty(Problem):
    """The file has no row to read."""

    slug = "list-empty"
    status = 422
    title_zh = "文件中没有数据"
    title_en = "The file has no rows"
    remedy_zh = "请确认选对了文件，且人员名单在表头之下"
    remedy_en = "Check that it is the right file, with the people below the header line"


class ListSheetsSeveral(Problem):
    """More than one sheet holds people under the header line: reading only the first would pass over the others."""

    slug = "list-sheets-several"
    status = 422
    title_zh = "有几张工作表都是名单"
    title_en = "Several sheets hold people"
    remedy_zh = "请把全部人员合并到一张工作表，或每张工作表另存为一个文件分别上传；不报送的工作表请删除或隐藏"
    remedy_en = "Put everybody on one sheet, or send each sheet as a file of its own; delete or hide sheets that are not meant"

    def __init__(self, sheets: Sequence[str]) -> None:
        super().__init__("、".join(sheets), sheets=list(sheets))


class ListTooLarge(Problem):
    """The file, once unpacked, is larger than anything this reader takes in."""

    slug = "list-too-large"
    status = 413
    title_zh = "文件过大"
    title_en = "The file is too large"
    remedy_zh = "请删除空白行列和多余工作表，或分成几个文件上传"
    remedy_en = "Delete blank rows, columns and other sheets, or send it in several files"
