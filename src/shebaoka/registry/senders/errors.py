"""Why a message is not taken before anybody reads what it says."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class SenderRefused(Problem):
    """The key is unknown, its secret is over, or the signature is not that of its secret; it is not said which."""

    slug = "sender-refused"
    status = 401
    title_zh = "密钥或签名无效"
    title_en = "Key or signature is not valid"
    remedy_zh = "请核对 x-tif-paasid 与密钥；签名为 SHA-256（timestamp + 密钥 + nonce + timestamp）的小写十六进制；密钥已更换的，请改用新密钥"
    remedy_en = "Check x-tif-paasid and secret: the signature is SHA-256 over timestamp + secret + nonce + timestamp, in hex; if the secret was renewed, use the new one"


class MessageStale(Problem):
    """The message's time lies too far from ours."""

    slug = "message-stale"
    status = 401
    title_zh = "报文时间超出允许范围"
    title_en = "The message's time lies outside the window"
    remedy_zh = "请校准本机时钟，用当前时间（Unix 秒）重新签名后发送"
    remedy_en = "Set the clock, sign anew with the present time (Unix seconds), and send again"


class NonceUsed(Problem):
    """The nonce came before with this key: the request was repeated, by its sender or by somebody who listened."""

    slug = "nonce-used"
    status = 401
    title_zh = "随机数已使用过，拒绝重放"
    title_en = "The nonce was used before: a replay is refused"
    remedy_zh = "每次发送（包括重发）使用新的 x-tif-nonce 并重新签名；报文编号 msgid 重发时不变"
    remedy_en = "Use a new x-tif-nonce and sign anew each time you send, also when you send again; msgid stays the same"


class SenderKeyRefused(Problem):
    """No key can be made or renewed like this; the detail says why."""

    slug = "sender-key-refused"
    status = 409
    title_zh = "不能办理此密钥"
    title_en = "This key cannot be made or renewed"
    remedy_zh = "密钥编号全市唯一，3 至 64 个字母、数字或 . _ -；仅定点医院、药店的系统可以领取；已停用的编号不再使用，请另取编号"
    remedy_en = "A key's name is used once in the city: 3 to 64 letters, digits or . _ -; only systems of hospitals and pharmacies have one; a withdrawn name is not used again"
