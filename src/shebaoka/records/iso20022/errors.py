"""Why a document of a bank is not read."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class DocumentRefused(Problem):
    """A document is not what its schema says, or does not add up."""

    slug = "document-refused"
    status = 422
    title_zh = "银行报文不符合格式约定"
    title_en = "A bank's document does not follow its schema"
    remedy_zh = "原文已留存、未记账；请将明细交银行改正后重发（格式见 docs/partners.md）"
    remedy_en = "The document is kept and nothing was booked; have the bank mend it and send it anew (docs/partners.md)"
