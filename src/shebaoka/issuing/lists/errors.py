"""Why a list, or a row of it, does not go through."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.kit.problems import Problem
from shebaoka.registry.institutions.model import Institution


class ListSenderWrong(Problem):
    """This kind of organisation does not hand in this kind of list."""

    slug = "list-sender-wrong"
    status = 403
    title_zh = "该机构不能报送此类名单"
    title_en = "This organisation does not hand in this kind of list"
    remedy_zh = "单位报单位名册，学校报学生名单，网点及其银行报受理清单，登记数据由卡中心导入"
    remedy_en = (
        "Employers send rosters, schools pupils' lists, outlets and their banks intake lists; "
        "the card centre takes in the register"
    )


class PayrollBankNeeded(Problem):
    """The list does not say which bank, and the employer's payroll banks leave it open; member `banks` names them."""

    slug = "payroll-bank-needed"
    status = 409
    title_zh = "请先选定服务银行"
    title_en = "Choose the service bank first"
    remedy_zh = "请单位选定一家服务银行后原样重新上传，或在名册“银行代码”列逐人填写"
    remedy_en = "Choose one of these banks for the employer and send the same file again, or fill in the bank of each row"

    def __init__(self, banks: Sequence[Institution]) -> None:
        names = "、".join(f"{bank.name_zh}（{bank.code}）" for bank in banks)
        super().__init__(names, banks=[{"code": bank.code, "name_zh": bank.name_zh} for bank in banks])


class OutletNotYours(Problem):
    """The outlet of the row is unknown, takes in no applications, or is not one of the sender's."""

    slug = "outlet-not-yours"
    status = 422
    title_zh = "受理网点代码不属于报送机构"
    title_en = "The outlet is not one of the sender's"
    remedy_zh = "请填写本机构（本行）受理网点的代码"
    remedy_en = "Give the code of an outlet of your own"


class PupilNotHere(Problem):
    """The register knows this pupil at another school, or at none."""

    slug = "pupil-not-here"
    status = 422
    title_zh = "登记显示此人不是本校学生"
    title_en = "The register does not know this person as a pupil here"
    remedy_zh = "请核对学籍；转学学生由现就读学校报送"
    remedy_en = "Check the school roll; a pupil who changed schools is on the new school's list"


class PupilAgeImplausible(Problem):
    """By the ID number's date of birth nobody of this age is at this stage."""

    slug = "pupil-age-implausible"
    status = 422
    title_zh = "按证件号码推算的年龄与学段不符"
    title_en = "The age that the ID number gives does not fit the stage"
    remedy_zh = "请核对证件号码是否误填为家长的，并核对学段；确属特殊情况的，请家长到社区事务受理服务中心办理"
    remedy_en = (
        "Check whether the number is a parent's, and check the stage; where both are right, "
        "the parent applies at a community centre"
    )

    def __init__(self, stage: str, age: int, min_age: int, max_age: int) -> None:
        super().__init__(f"{age}岁，{stage}应为{min_age}至{max_age}岁")


class BirthDateDiffers(Problem):
    """The register's date of birth is not the one that the ID number tells."""

    slug = "birth-date-differs"
    status = 422
    title_zh = "出生日期与证件号码不符"
    title_en = "The date of birth is not the one that the ID number tells"
    remedy_zh = "请对照证件核对证件号码和出生日期，改正后重新报送该行"
    remedy_en = "Check number and date of birth against the ID document, correct the one that is wrong and send the row again"


class GuardianNameDiffers(Problem):
    """The guardian's name does not belong to the guardian's ID number."""

    slug = "guardian-name-differs"
    status = 422
    title_zh = "监护人姓名与其证件号码不符"
    title_en = "The guardian's name does not fit the guardian's ID number"
    remedy_zh = "请对照监护人证件核对姓名和号码"
    remedy_en = "Check name and number against the guardian's document"


class NoticeExists(Problem):
    """The guardian has this school's notice already, and its two weeks are running."""

    slug = "notice-exists"
    status = 409
    title_zh = "该学生的告知单已发出"
    title_en = "The notice for this pupil has been given"
    remedy_zh = "不必再报；请家长在期限内申请"
    remedy_en = "Nothing to do: the guardian applies within the two weeks"


class InstitutionUnknown(Problem):
    """The code of employer, school or district is not known."""

    slug = "institution-unknown"
    status = 422
    title_zh = "单位、学校或区的代码不在机构库中"
    title_en = "The code of the employer, school or district is not known"
    remedy_zh = "请核对代码；新机构请先导入机构数据"
    remedy_en = "Check the code; take in new institutions first"


class GuardianUnknown(Problem):
    """The register knows nobody with the guardian's ID number, or it is the ward's own. The ward was taken in."""

    slug = "guardian-unknown"
    status = 422
    title_zh = "监护关系未能登记：登记库中没有此监护人，或填成了本人"
    title_en = "The guardian was not tied: the register does not know this ID number, or it is the ward's own"
    remedy_zh = "人员信息已登记；请核对监护人证件号码，或先报送监护人的信息，再重新报送该行"
    remedy_en = "The person was taken in; check the guardian's ID number, or take in the guardian first, and send the row again"


class OldCardRefused(Problem):
    """The old card's number is somebody else's, or the person has another live card. The person was taken in."""

    slug = "old-card-refused"
    status = 409
    title_zh = "老卡未能登记：卡号已属他人，或此人已有另一张有效卡"
    title_en = "The old card was not taken: its number is another's, or the person has another live card"
    remedy_zh = "人员信息已登记；请核对老卡卡号后重新报送该行"
    remedy_en = "The person was taken in; check the old card's number and send the row again"
