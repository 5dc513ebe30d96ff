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


class NotInsured(Problem):
    """The person is in no scheme of medical insurance on that day."""

    slug = "not-insured"
    status = 422
    title_zh = "当日未参加医疗保险"
    title_en = "Not insured on that day"
    remedy_zh = "请核对日期和参保状态；参保信息每天随人口参保信息更新，有误的请到社区事务受理服务中心核实"
    remedy_en = "Check the day and the register; insurance follows the register every day, and a community centre clears up what is wrong"


class ContributionNotDue(Problem):
    """No contribution is due from somebody insured like this."""

    slug = "contribution-not-due"
    status = 422
    title_zh = "此人该期无需缴费"
    title_en = "No contribution is due for this period"
    remedy_zh = "请核对参保险种、在职或退休状态和缴费期；职工按月、居民按自然年度缴费"
    remedy_en = "Check scheme, status and period: employees pay by the month, residents by the calendar year"


class ContributionPaid(Problem):
    """The period was paid for already."""

    slug = "contribution-paid"
    status = 409
    title_zh = "该期已经缴费"
    title_en = "This period was paid for already"
    remedy_zh = "无需再缴；金额有误的，请先退回再重新缴"
    remedy_en = "Nothing to do; if the amount is wrong have it taken back first and pay anew"


class ContributionTakenBack(Problem):
    """The contribution was taken back before."""

    slug = "contribution-taken-back"
    status = 409
    title_zh = "该笔缴费已经退回"
    title_en = "This contribution was taken back already"
    remedy_zh = "每笔缴费只能退回一次；需要恢复的，请重新缴费"
    remedy_en = "A contribution is taken back once; pay anew what is to stand again"


class CatalogueRefused(Problem):
    """A file of the catalogue has a wrong row; nothing was noted. The detail names row and column."""

    slug = "catalogue-refused"
    status = 422
    title_zh = "医保目录文件有误，未登记任何项目"
    title_en = "The file of the catalogue is wrong; nothing was noted"
    remedy_zh = "请按所指的行和列修改后整份重新导入；各列见 shebaoka benefits catalogue load --help"
    remedy_en = "Mend the row and column named and load the whole file again; `benefits catalogue load --help` lists the columns"
