"""Accounts, institutions' clients, who is logged in, and one's own account."""

from shebaoka.faces.web.pages.admin import accounts, clients, me, sessions
from shebaoka.faces.web.visiting import Menu

MENU = (
    Menu("/staff/accounts", "账号", "Accounts", "staff.manage"),
    Menu("/staff/clients", "机构客户端", "Clients", "client.manage"),
    Menu("/staff/sessions", "登录情况", "Sessions", "staff.manage"),
)
HANDLERS = (*accounts.HANDLERS, *clients.HANDLERS, *sessions.HANDLERS, *me.HANDLERS)
