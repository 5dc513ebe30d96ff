-- Figures of settlement as they were last counted, day by day; a day that is over never changes, so it is counted once more and then kept.
CREATE TABLE figure_settlement (
    dimension text NOT NULL CHECK (dimension IN ('city', 'kind', 'institution', 'district')),
    value text NOT NULL,
    day date NOT NULL,
    settlements bigint NOT NULL DEFAULT 0,
    reversals bigint NOT NULL DEFAULT 0,
    timeouts bigint NOT NULL DEFAULT 0,
    total_fen bigint NOT NULL DEFAULT 0,
    pooled_fen bigint NOT NULL DEFAULT 0,
    supplementary_fen bigint NOT NULL DEFAULT 0,
    account_fen bigint NOT NULL DEFAULT 0,
    cash_fen bigint NOT NULL DEFAULT 0,
    reversed_fen bigint NOT NULL DEFAULT 0,
    reversed_fund_fen bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (dimension, value, day),
    CONSTRAINT figure_settlement_adds_up CHECK (total_fen = pooled_fen + supplementary_fen + account_fen + cash_fen)
);
COMMENT ON TABLE figure_settlement IS 'local: what was settled and taken back on each day, by one dimension at a time; timeouts: confirmations barred before they came';
CREATE INDEX figure_settlement_by_day ON figure_settlement (day);

CREATE TABLE figure_difference (
    dimension text NOT NULL CHECK (dimension IN ('city', 'institution', 'district')),
    value text NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    oldest_day date NOT NULL,
    PRIMARY KEY (dimension, value)
);
COMMENT ON TABLE figure_difference IS 'local: differences of reconciliation that are open, and from which day the oldest is';

-- Few of many messages: whoever counts time-outs reads these alone.
CREATE INDEX settlement_message_withdrawn ON settlement_message_directory (taken_at) WHERE kind = 'withdrawn';
