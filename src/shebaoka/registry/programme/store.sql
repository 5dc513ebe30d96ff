-- name: all_rules
-- Every rule; the programme holds them in memory.
SELECT rule_set, rule_id, valid_from, valid_to, rank, applies::text, decides::text, reason_zh, reason_en, source
FROM programme_rule
ORDER BY rule_set, rank, rule_id, valid_from;

-- name: rules_digest
-- What all rules come to: one value instead of every rule, for whoever has them in memory. The same columns as in all_rules.
SELECT sha256(convert_to(string_agg(
    ROW(rule_set, rule_id, valid_from, valid_to, rank, applies, decides, reason_zh, reason_en, source)::text,
    E'\n' ORDER BY rule_set, rule_id, valid_from
), 'UTF8'))
FROM programme_rule;

-- name: lock_rules
-- One loading at a time; reading goes on.
SELECT pg_advisory_xact_lock(741003);

-- name: put_rules
-- New rules, and rules that have changed.
INSERT INTO programme_rule (rule_set, rule_id, valid_from, valid_to, rank, applies, decides, reason_zh, reason_en, source)
SELECT rule_set, rule_id, valid_from, valid_to, rank, applies, decides, reason_zh, reason_en, source
FROM unnest(:rule_sets::text[], :rule_ids::text[], :valid_froms::date[], :valid_tos::date[], :ranks::smallint[],
            :applies::jsonb[], :decides::jsonb[], :reasons_zh::text[], :reasons_en::text[], :sources::text[])
     AS new(rule_set, rule_id, valid_from, valid_to, rank, applies, decides, reason_zh, reason_en, source)
ON CONFLICT (rule_set, rule_id, valid_from) DO UPDATE
SET valid_to = excluded.valid_to, rank = excluded.rank, applies = excluded.applies, decides = excluded.decides,
    reason_zh = excluded.reason_zh, reason_en = excluded.reason_en, source = excluded.source;

-- name: drop_rules
-- Rules that the files no longer name.
DELETE FROM programme_rule
USING unnest(:rule_sets::text[], :rule_ids::text[], :valid_froms::date[]) AS gone(rule_set, rule_id, valid_from)
WHERE (programme_rule.rule_set, programme_rule.rule_id, programme_rule.valid_from)
    = (gone.rule_set, gone.rule_id, gone.valid_from);
