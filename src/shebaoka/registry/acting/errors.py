"""Why somebody may not act for another. Each says what would help."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class GuardianNeeded(Problem):
    """For a child the guardian acts; the programme's rules say up to which age."""

    slug = "guardian-needed"
    status = 422
    title_zh = "未满16周岁须由监护人申请"
    title_en = "Under the age of 16 a guardian applies"
    remedy_zh = "请填写监护人证件号码，由监护人办理"
    remedy_en = "Give the guardian's ID number; the guardian applies"


class GuardianNotTied(Problem):
    """The register knows no tie between this guardian and the ward."""

    slug = "guardian-not-tied"
    status = 422
    title_zh = "登记中没有该监护关系"
    title_en = "The register knows no tie to this guardian"
    remedy_zh = "请由登记的监护人申请，或持监护证明到社区事务受理服务中心登记"
    remedy_en = "The registered guardian applies, or brings proof of guardianship to a community centre"


class GuardianIsWard(Problem):
    """Guardian or agent and holder are given the same ID number."""

    slug = "guardian-is-ward"
    status = 422
    title_zh = "监护人（代办人）与申请人证件号码相同"
    title_en = "Guardian (or agent) and holder have the same ID number"
    remedy_zh = "请分别填写监护人（代办人）本人和持卡人本人的证件号码"
    remedy_en = "Give each person's own ID number"


class AgentUnfit(Problem):
    """This person cannot be an agent: a minor, or somebody who has died."""

    slug = "agent-unfit"
    status = 422
    title_zh = "此人不能作为代办人"
    title_en = "This person cannot be an agent"
    remedy_zh = "请核对代办人证件号码，或换一名成年代办人"
    remedy_en = "Check the agent's ID number, or let another adult act"


class AgentNotHere(Problem):
    """Where nobody sees the papers, nobody acts as an agent."""

    slug = "agent-not-here"
    status = 422
    title_zh = "此渠道不受理代办"
    title_en = "An agent cannot act through this channel"
    remedy_zh = "请持卡人本人办理，或由代办人带齐双方证件和委托书到社区事务受理服务中心"
    remedy_en = (
        "The holder acts, or the agent takes both documents and the authorisation to a community centre"
    )


class AuthorisationMissing(Problem):
    """An agent acts only with an authorisation of a kind that counts there; member `accepted` names the kinds."""

    slug = "authorisation-missing"
    status = 422
    title_zh = "缺少代办委托"
    title_en = "The agent's authorisation is missing, or of a kind that does not count here"
    remedy_zh = "请核验持卡人与代办人双方证件和所列委托之一后再办理"
    remedy_en = "Check the documents of both and one of the authorisations that are named, then try again"


class DocumentsMissing(Problem):
    """Not all documents were seen that the rules ask for; member `missing` names them."""

    slug = "documents-missing"
    status = 422
    title_zh = "材料不齐"
    title_en = "Documents are missing"
    remedy_zh = "请补看所列材料后再办理；材料不在手边的，请带齐后再来"
    remedy_en = "See the documents that are named, then try again; without them come back with all of them"
