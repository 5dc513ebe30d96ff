"""Why a bill is not reckoned. Each says what to mend."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class CaseRefused(Problem):
    """The case of a quote is not what it should be; `errors` lists each field with what is wrong, as everywhere."""

    slug = "case-refused"
    status = 422
    title_zh = "费用测算的内容不完整或有误"
    title_en = "The case to quote is incomplete or wrong"
    remedy_zh = (
        "请按提示修改所指的项；各项含义见 benefits/insurance/README.md，金额为整数分，日期为 YYYY-MM-DD"
    )
    remedy_en = "Mend the field named; benefits/insurance/README.md says what each means; amounts are whole fen, days YYYY-MM-DD"


class CareNotSettled(Problem):
    """No rule says what a fund pays for this kind of care in this scheme."""

    slug = "care-not-settled"
    status = 422
    title_zh = "此类就医没有可用的结算规则"
    title_en = "No rule settles this kind of care in this scheme"
    remedy_zh = "请核对险种和就医类别；确需办理的，请拨打医保热线962218"
    remedy_en = "Check scheme and kind of care; if they are right, ask the medical-insurance line 962218"
