"""Why a photo is refused, or not replaced here and now. Each says what to do."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from shebaoka.issuing.photos.quality import Finding
from shebaoka.kit.problems import Problem


class PhotoRefused(Problem):
    """The photo does not keep the standard; member `findings` says all that is wrong, `reason` the first of it."""

    slug = "photo-refused"
    status = 422
    title_zh = "相片不符合标准"
    title_en = "The photo does not keep the standard"
    remedy_zh = "请按 findings 中各项的办法改正后重新提交；可先用“检查相片”试一次"
    remedy_en = "Mend each of the findings as it says and send the photo again; it may be checked first without sending it"

    @classmethod
    def for_(cls, findings: Sequence[Finding]) -> PhotoRefused:
        """Give the refusal that tells these findings, with what to do in its detail."""
        told = "；".join(f"{one.zh}：{one.remedy_zh}" for one in findings)
        return cls(told, reason=findings[0].slug, findings=msgspec.to_builtins(findings))


class PhotoNotNeeded(Problem):
    """No photo stands on this card: the holder is too young for one."""

    slug = "photo-not-needed"
    status = 409
    title_zh = "此卡不印相片，无需提交"
    title_en = "No photo is needed for this card"
    remedy_zh = "无需办理；制卡时不印相片"
    remedy_en = "Nothing to do: the card is made without a photo"


class NoPhotoYet(Problem):
    """The application has no photo that could be wrong."""

    slug = "no-photo-yet"
    status = 409
    title_zh = "本申请没有相片"
    title_en = "This application has no photo"
    remedy_zh = "如需相片，请提交一张；卡面不印相片的无需办理"
    remedy_en = "Bring one where one is needed; a card without a photo needs none"


class PhotoInProduction(Problem):
    """A card is being made with the photo."""

    slug = "photo-in-production"
    status = 409
    title_zh = "正用这张相片制卡"
    title_en = "A card is being made with this photo"
    remedy_zh = (
        "制卡数据尚未出盘时，可带新相片直接更换；已出盘的，请待卡制成并寄出后，以“相片有误”为由申请补换"
    )
    remedy_en = (
        "Until the file for the card bureau is written, give the new photo together with the reason; after that wait for the "
        "card, and once it is sent apply for a replacement with the reason photo_wrong"
    )


class PhotoOnCard(Problem):
    """The card has been made with the photo."""

    slug = "photo-on-card"
    status = 409
    title_zh = "卡已用这张相片制成"
    title_en = "The card has been made with this photo"
    remedy_zh = "卡寄出后，请以“相片有误”为由申请补换，并提交一张新相片；原卡在新卡开通前照常可用"
    remedy_en = (
        "Once the card is sent, apply for a replacement with the reason photo_wrong and bring another photo; the card works "
        "until the new one opens"
    )


class PhotoDestroyed(Problem):
    """The picture is there no more; where it came from and why it went stays."""

    slug = "photo-destroyed"
    status = 410
    title_zh = "相片已销毁"
    title_en = "The picture has been destroyed"
    remedy_zh = "可查看其来源和销毁原因；需要相片的请另行提交"
    remedy_en = "Where it came from and why it went can still be seen; bring another one where one is needed"
