"""Settings: from the environment (`SHEBAOKA_…`), else from a TOML file, else these defaults. All documented here."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from shebaoka.kit.postgres.cluster import default_data_dir
from shebaoka.kit.problems import Problem

PREFIX = "SHEBAOKA_"
FILE_VARIABLE = "SHEBAOKA_CONFIG"


class SettingsRefused(Problem):
    """A setting is unknown or has a value that cannot be used."""

    slug = "settings-refused"
    status = 500
    title_zh = "配置项无法使用"
    title_en = "A setting cannot be used"
    remedy_zh = "请对照 docs/settings.md 修改该环境变量或配置文件"
    remedy_en = "Correct the environment variable or the file; docs/settings.md explains every setting"


def _data_home() -> str:
    return str(default_data_dir())


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything an operator can set."""

    database_url: Annotated[
        str,
        Meta(
            description="PostgreSQL ≥ 15 的连接地址；留空则使用内置数据库 · URL of a PostgreSQL server ≥ 15; empty: the embedded one"
        ),
    ] = ""
    database_name: Annotated[
        str, Meta(description="内置数据库的库名 · name of the database in the embedded server")
    ] = "shebaoka"
    data_dir: Annotated[
        str,
        Meta(
            description="数据目录：内置数据库、密钥、审计检查点、交换文件 · folder for the embedded database, keys, audit checkpoints and exchange files (default: /var/lib/shebaoka for root, else ~/.local/share/shebaoka)"
        ),
    ] = msgspec.field(default_factory=_data_home)
    master_key_file: Annotated[
        str,
        Meta(
            description="主密钥文件（32 位十六进制，权限 600）；留空则为数据目录下 keys/master.key，仅内置数据库会自动生成 · file with the master key (32 hex digits, mode 600); empty: keys/master.key in the data folder, made by itself only beside the embedded database"
        ),
    ] = ""
    connections_max: Annotated[
        int,
        Meta(ge=4, le=500, description="每个进程的数据库连接上限 · most database connections of one process"),
    ] = 12
    host: Annotated[str, Meta(description="服务监听地址 · address the service listens on")] = "127.0.0.1"
    port: Annotated[
        int,
        Meta(
            ge=0,
            le=65535,
            description="服务监听端口，0 为自动选择 · port the service listens on, 0 picks a free one",
        ),
    ] = 8000
    trusted_proxies: Annotated[
        str,
        Meta(
            description="反向代理的地址，以逗号分隔；仅采信其 X-Forwarded-For 中的来源 · addresses of the proxies, with commas between; only they are believed about where a request came from (X-Forwarded-For)"
        ),
    ] = "127.0.0.1,::1"
    drain_seconds: Annotated[
        int,
        Meta(
            ge=0,
            le=300,
            description="收到 SIGTERM 后等待在途请求的秒数 · how long requests under way may take after SIGTERM",
        ),
    ] = 20
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="日志级别 · least level that is logged"),
    ] = "info"
    log_format: Annotated[
        Literal["json", "console"], Meta(description="日志格式 · json for machines, console for people")
    ] = "json"
    register_url: Annotated[str, Meta(description="人口库核验服务 · population register")] = (
        "http://127.0.0.1:8100/register"
    )
    photos_url: Annotated[str, Meta(description="证件照共享服务 · photo stores")] = (
        "http://127.0.0.1:8100/photos"
    )
    banks_url: Annotated[
        str,
        Meta(
            description="服务银行开户服务，各银行在其代码路径下 · the banks' account service, each bank below its code"
        ),
    ] = "http://127.0.0.1:8100/banks"
    iso_schemas_dir: Annotated[
        str,
        Meta(
            description="存放 ISO 20022 官方模式文件（pain.002.001.10.xsd、camt.053.001.08.xsd）的目录；留空则按内置的节选模式校验银行报文 · folder with ISO's own schemas; empty: banks' documents are held against the contained subset"
        ),
    ] = ""
    courier_url: Annotated[str, Meta(description="邮政快递服务 · courier")] = "http://127.0.0.1:8100/courier"
    sms_url: Annotated[str, Meta(description="短信网关 · SMS gateway")] = "http://127.0.0.1:8100/sms"
    hub_url: Annotated[
        str, Meta(description="国家异地就医结算平台 · national hub for settling between provinces")
    ] = "http://127.0.0.1:8100/hub"
    partner_token: Annotated[str, Meta(description="调用合作方的令牌 · token sent to the partners")] = ""
    partner_timeout_seconds: Annotated[
        float, Meta(gt=0, le=300, description="等待合作方应答的秒数 · how long a partner may take to answer")
    ] = 30.0
    oidc_issuer: Annotated[
        str,
        Meta(
            description="市民登录所用实名认证服务（OpenID Connect）的 issuer 地址；留空则不开放网上登录 · issuer of the identity provider that residents log in with (OpenID Connect); empty: nobody logs in online"
        ),
    ] = ""
    oidc_client_id: Annotated[
        str,
        Meta(
            description="本站在实名认证服务登记的客户端编号 · client id under which the provider knows this site"
        ),
    ] = ""
    oidc_client_secret_file: Annotated[
        str,
        Meta(description="存放该客户端密钥的文件，权限 600 · file with the secret of that client, mode 600"),
    ] = ""
    oidc_scopes: Annotated[
        str,
        Meta(
            description="向实名认证服务申请的 scope，须使 ID token 含 id_number 与 name · scopes asked for, such that the ID token has id_number and name"
        ),
    ] = "openid profile"
    platform_client_id: Annotated[
        str,
        Meta(
            description="本站自身的机构客户端编号，角色 online_platform_system · the site's own institution client, of role online_platform_system"
        ),
    ] = ""
    platform_client_secret_file: Annotated[
        str,
        Meta(
            description="存放该机构客户端密钥的文件，权限 600 · file with the secret of that institution client, mode 600"
        ),
    ] = ""
    site_url: Annotated[
        str,
        Meta(
            description="市民页面对外的地址，如 https://sbk.example.cn；服务号里的链接由它开头 · address at which residents reach the pages; the WeChat account's links begin with it"
        ),
    ] = ""
    reader_url: Annotated[
        str,
        Meta(
            description="窗口电脑上读卡器服务（shebaoka reader）的地址，只能是本机回环地址；窗口页面只被允许连接此处 · address of the reader service (shebaoka reader) on a counter's machine, loopback only; the counter's pages may connect to it and nowhere else"
        ),
    ] = "http://127.0.0.1:8600"
    wechat_app_id: Annotated[
        str,
        Meta(
            description="微信服务号的 AppID；留空则不接服务号 · AppID of the WeChat official account; empty: there is none"
        ),
    ] = ""
    wechat_token_file: Annotated[
        str,
        Meta(
            description="存放服务器配置中 Token 的文件，权限 600 · file with the Token of the account's server configuration, mode 600"
        ),
    ] = ""
    wechat_aes_key_file: Annotated[
        str,
        Meta(
            description="存放 EncodingAESKey（43 个字符）的文件，权限 600 · file with the EncodingAESKey (43 characters), mode 600"
        ),
    ] = ""
    wechat_secret_file: Annotated[
        str,
        Meta(
            description="存放 AppSecret 的文件，权限 600；发布菜单时用 · file with the AppSecret, mode 600; needed to push the menu"
        ),
    ] = ""
    wechat_api_url: Annotated[str, Meta(description="微信接口地址 · WeChat's interface")] = (
        "https://api.weixin.qq.com"
    )
    wechat_plain: Annotated[
        bool,
        Meta(
            description="是否也接受明文模式的消息，仅供调试 · whether messages that are not sealed are taken too; for setting up only"
        ),
    ] = False
    bureau_dir: Annotated[
        str,
        Meta(
            description="与卡商交换文件的目录；留空则为数据目录下 bureau · exchange folder of the card bureau; empty: bureau in the data folder"
        ),
    ] = ""
    production_key_file: Annotated[
        str,
        Meta(
            description="与卡商交换文件时本市的 SM2 私钥（64 位十六进制，权限 600）：签名、开封；留空则为数据目录下 keys/production.key · our SM2 secret key in the exchange with the card bureau (64 hex digits, mode 600): it signs, and opens what comes; empty: keys/production.key in the data folder"
        ),
    ] = ""
    bureau_public_key_file: Annotated[
        str,
        Meta(
            description="卡商的 SM2 公钥（130 位十六进制）：加封、验签；留空则为数据目录下 keys/bureau.pub · the card bureau's SM2 public key (130 hex digits): it seals what goes, and verifies what comes; empty: keys/bureau.pub in the data folder"
        ),
    ] = ""
    status_list_key_file: Annotated[
        str,
        Meta(
            description="状态名单的签名私钥文件（64 位十六进制，权限 600）；留空则为数据目录下 keys/status-list.key，仅内置数据库会自动生成 · file with the key that signs the status list (64 hex digits, mode 600); empty: keys/status-list.key in the data folder, made by itself only beside the embedded database"
        ),
    ] = ""
    division_code: Annotated[
        str,
        Meta(
            pattern="^[0-9]{6}$",
            description="发卡地行政区划代码，六位；前四位进入每张卡的密钥分散 · division that issues the cards, six digits; the first four go into every card's keys",
        ),
    ] = "310000"
    card_keys_file: Annotated[
        str,
        Meta(
            description="卡片密钥库；留空则为数据目录下 keys/card-keys.json · store of the card keys; empty: keys/card-keys.json in the data folder"
        ),
    ] = ""
    card_keys_officer_one_file: Annotated[
        str,
        Meta(
            description="第一位密钥管理员的口令（或密码机口令前半）所在文件，权限 600；留空则为数据目录下 keys/officer-1.secret · file with the first key officer's passphrase, or first part of the module's PIN, mode 600; empty: keys/officer-1.secret in the data folder"
        ),
    ] = ""
    card_keys_officer_two_file: Annotated[
        str,
        Meta(
            description="第二位密钥管理员的口令（或密码机口令后半）所在文件，权限 600；留空则为数据目录下 keys/officer-2.secret · file with the second key officer's passphrase, or second part of the module's PIN, mode 600; empty: keys/officer-2.secret in the data folder"
        ),
    ] = ""
    pkcs11_module: Annotated[
        str,
        Meta(
            description="密码机的 PKCS#11 库文件；密钥库由密码机封存时需要 · PKCS#11 library of the cryptographic module; needed where the store is sealed by one"
        ),
    ] = ""
    audit_checkpoints: Annotated[
        str,
        Meta(
            description="审计检查点文件；留空则为数据目录下 audit/checkpoints.jsonl，宜放在数据库管理员无权改写处 · file of audit checkpoints, best where no database administrator can write; empty: audit/checkpoints.jsonl in the data folder"
        ),
    ] = ""

    def path(self, setting: str, below_data: str) -> Path:
        """Give a path setting, or its default below the data folder."""
        return Path(getattr(self, setting) or Path(self.data_dir) / below_data)

    def secret(self, setting: str) -> str:
        """Give the secret in the file that a setting names; SettingsRefused."""
        file = getattr(self, setting)
        try:
            secret = Path(file).read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            raise SettingsRefused(f"{PREFIX}{setting.upper()}={file}: {error}") from error
        if not secret:
            raise SettingsRefused(f"{PREFIX}{setting.upper()}={file}: the file is empty")
        return secret

    @property
    def master_key_path(self) -> Path:
        """Where the master key is."""
        return self.path("master_key_file", "keys/master.key")

    @property
    def production_key_path(self) -> Path:
        """Where our secret key in the exchange with the card bureau is."""
        return self.path("production_key_file", "keys/production.key")

    @property
    def bureau_public_key_path(self) -> Path:
        """Where the card bureau's public key is."""
        return self.path("bureau_public_key_file", "keys/bureau.pub")

    @property
    def iso_schemas_path(self) -> Path | None:
        """Where ISO's own schemas are, if the city has them."""
        return Path(self.iso_schemas_dir) if self.iso_schemas_dir else None

    @property
    def status_list_key_path(self) -> Path:
        """Where the key is that signs the status list."""
        return self.path("status_list_key_file", "keys/status-list.key")

    @property
    def bureau_path(self) -> Path:
        """The exchange folder of the card bureau."""
        return self.path("bureau_dir", "bureau")

    @property
    def card_keys_path(self) -> Path:
        """The store of the card keys."""
        return self.path("card_keys_file", "keys/card-keys.json")

    @property
    def city_digits(self) -> str:
        """The city as a card's diversification factor has it: the first four digits of the division."""
        return self.division_code[:4]

    @property
    def reader_origin(self) -> str:
        """The origin of the reader service on a counter's machine; SettingsRefused unless it is this machine's own."""
        at = urlsplit(self.reader_url)
        origin = f"{at.scheme}://{at.netloc}"
        if (
            at.scheme not in ("http", "https")
            or not _is_here(at.hostname or "")
            or self.reader_url.rstrip("/") != origin
        ):
            raise SettingsRefused(
                f"{PREFIX}READER_URL={self.reader_url}: http://127.0.0.1:<port>, nothing behind it"
            )
        return origin

    @property
    def checkpoints_path(self) -> Path:
        """The file of audit checkpoints."""
        return self.path("audit_checkpoints", "audit/checkpoints.jsonl")


def safe_address(address: str) -> bool:
    """Tell whether nobody on the way can change what is sent there: https, or this machine."""
    at = urlsplit(address)
    return at.scheme == "https" or (at.scheme == "http" and _is_here(at.hostname or ""))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


# Set for the tests and the sandbox, never read by the product: an operator finds all names together, in one shell.
NOT_SETTINGS = {"SHEBAOKA_CONFIG", "SHEBAOKA_TEST_PG", "SHEBAOKA_CITUS_URL", "SHEBAOKA_SANDBOX_TOKEN"}


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Give the settings, or SettingsRefused naming the one that is wrong and where it stands."""
    where, values = _from_file(environment.get(FILE_VARIABLE, ""))
    for name, text in environment.items():
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            field = name.removeprefix(PREFIX).lower()
            values[field] = text
            where[field] = name
    return _convert(values, where)


def _from_file(file: str) -> tuple[dict[str, str], dict[str, Any]]:
    if not file:
        return {}, {}
    try:
        values = tomllib.loads(Path(file).read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise SettingsRefused(f"{FILE_VARIABLE}={file}: {error}") from error
    return dict.fromkeys(values, file), values


def _convert(values: dict[str, Any], where: dict[str, str]) -> Settings:
    unknown = sorted(set(values) - set(Settings.__struct_fields__))
    if unknown:
        raise SettingsRefused(f"{where[unknown[0]]}: no setting is called {unknown[0]}")
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        field = str(error).rpartition("$.")[2].rstrip("`")
        raise SettingsRefused(f"{where.get(field, field)}: {error}") from error
