"""Accounts, institutions' clients, who is logged in, one's own account, and the audit log."""

from shebaoka.faces.web.pages.admin import accounts, audit, clients, me, sessions
from shebaoka.faces.web.visiting import Menu

MENU = (
    Menu("/staff/accounts", "账号", "Accounts", "staff.manage"),
    Menu("/staff/clients", "机构客户端", "Clients", "client.manage"),
    Menu("/staff/sessions", "登录情况", "Sessions", "staff.manage"),
    Menu("/staff/audit", "审计", "Audit", "audit.read"),
)
HANDLERS = (*accounts.HANDLERS, *clients.HANDLERS, *sessions.HANDLERS, *me.HANDLERS, *audit.HANDLERS)
