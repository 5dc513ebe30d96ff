"""Refusals, said once and rendered everywhere as RFC 9457 problem details."""

from __future__ import annotations

from typing import Any, ClassVar


class Problem(Exception):  # noqa: N818 - named for the fact, as every subclass is
    """A refusal that a person can act on. Subclasses name the fact.

    Every subclass sets `slug` (its page is `docs/problems/<slug>.md`), `status` (HTTP) and a `title` in
    Chinese and English; `remedy` says how to mend it. What was wrong this time goes into `detail`, further
    members of the problem document into keyword arguments. Neither may carry personal data.
    """

    slug: ClassVar[str] = "problem"
    status: ClassVar[int] = 400
    title_zh: ClassVar[str] = "请求未被接受"
    title_en: ClassVar[str] = "The request was refused"
    remedy_zh: ClassVar[str] = ""
    remedy_en: ClassVar[str] = ""

    def __init__(self, detail: str = "", **members: Any) -> None:
        super().__init__(detail or self.title_en)
        self.detail = detail
        self.members = members

    def document(self) -> dict[str, Any]:
        """Give the problem document: RFC 9457 members, then ours."""
        document: dict[str, Any] = {
            "type": f"/problems/{self.slug}",
            "title": self.title_en,
            "title_zh": self.title_zh,
            "status": self.status,
        }
        if self.detail:
            document["detail"] = self.detail
        if self.remedy_zh:
            document["remedy_zh"] = self.remedy_zh
            document["remedy_en"] = self.remedy_en
        return document | self.members

    def sentence(self) -> str:
        """Give the refusal as lines for a terminal, Chinese first."""
        document = self.document()
        lines = [f"{document['title_zh']} · {document['title']}"]
        lines += [self.detail] if self.detail else []
        if document.get("remedy_zh"):
            lines.append(f"办法：{document['remedy_zh']} · What to do: {document['remedy_en']}")
        return "\n".join(lines)


class TransitionRefused(Problem):
    """The thing's status does not allow this action."""

    slug = "transition-refused"
    status = 409
    title_zh = "当前状态下不能办理此项业务"
    title_en = "The present status does not allow this action"
    remedy_zh = "请刷新查看最新状态，再选择该状态下可办理的业务"
    remedy_en = "Reload to see the present status and choose an action that it allows"


class NotFound(Problem):
    """Nothing of that kind and name exists, or not for this caller."""

    slug = "not-found"
    status = 404
    title_zh = "未找到"
    title_en = "Not found"
    remedy_zh = "请核对编号；如属其他机构办理，请由该机构查询"
    remedy_en = "Check the number; what another organisation handles is shown to that organisation only"
