"""Why a draft cannot be saved or handed in. Nothing that was filled in is lost by any of them."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class DraftChangedMeanwhile(Problem):
    """The draft was saved on another device since this one read it; member `version` is the present one."""

    slug = "draft-changed-meanwhile"
    status = 409
    title_zh = "草稿已在另一台设备上修改"
    title_en = "The draft was changed on another device meanwhile"
    remedy_zh = "请重新读取草稿，核对后再保存或提交；先前保存的内容都还在"
    remedy_en = "Read the draft again, compare, then save or hand it in; nothing that was saved is lost"


class DraftIncomplete(Problem):
    """Something that every application needs is not filled in yet; member `missing` names it."""

    slug = "draft-incomplete"
    status = 422
    title_zh = "草稿尚未填写完整"
    title_en = "The draft is not complete yet"
    remedy_zh = "请补填所列各项后提交；草稿已保存"
    remedy_en = "Fill in what is named, then hand it in; the draft is kept"


class OnlineClosed(Problem):
    """A pupil's time to apply online has not begun or is over; member `centre` says which community centre is nearest."""

    slug = "online-closed"
    status = 409
    title_zh = "现在不能在网上申请"
    title_en = "The application cannot be made online now"
    remedy_zh = "请到所示社区事务受理服务中心办理，随时受理；草稿仍保留"
    remedy_en = "Go to the community centre that is named, at any time; the draft is kept"
