"""Refusals of this room."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class RulesRefused(Problem):
    """A file of rules cannot be loaded; nothing of the folder was."""

    slug = "rules-refused"
    status = 422
    title_zh = "规则文件无法载入"
    title_en = "The rule files cannot be loaded"
    remedy_zh = "请按提示修改所指文件的所指规则后重新载入；本次没有载入任何规则"
    remedy_en = "Correct the rule in the file that is named and load again; nothing was loaded this time"


class ProgrammeIncomplete(Problem):
    """The database holds no rules, or not all rule sets."""

    slug = "programme-incomplete"
    status = 503
    title_zh = "换发规则尚未载入或不完整"
    title_en = "The programme's rules are not loaded, or not all of them"
    remedy_zh = "请由运维载入规则：shebaoka programme load"
    remedy_en = "An operator loads them: shebaoka programme load"


class NoRuleApplies(Problem):
    """The day lies before the programme's first rule."""

    slug = "no-rule-applies"
    status = 422
    title_zh = "该日期早于规则的起始日期"
    title_en = "The day lies before the first day of the rules"
    remedy_zh = "请改用规则起始日期之后的日期；如需更早日期，请先载入当时有效的规则"
    remedy_en = "Ask for a day from the first day of the rules on, or load the rules that were valid earlier"
