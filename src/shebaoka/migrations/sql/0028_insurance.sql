-- Medical insurance: who is insured in what since when, what counts in a medical year, credits and contributions.
CREATE TABLE insurance_spell (
    person_id bigint NOT NULL,
    begins_on date NOT NULL,
    scheme text NOT NULL CHECK (scheme IN ('employee', 'resident', 'none')),
    status text NOT NULL CHECK (status IN ('active', 'retired', 'none')),
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, begins_on),
    CONSTRAINT insurance_spell_status CHECK ((scheme = 'employee') = (status <> 'none'))
);
COMMENT ON TABLE insurance_spell IS 'person-owned: in which scheme somebody is insured, and how, from a day on; the next spell ends it';

CREATE TABLE insured_life (
    person_id bigint PRIMARY KEY,
    worked_since date,
    retired_on date,
    severely_disabled boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE insured_life IS 'person-owned: what else the rates go by; a day that is not known is empty';
COMMENT ON COLUMN insured_life.retired_on IS 'the first day as a retiree';

CREATE TABLE medical_year_sum (
    person_id bigint NOT NULL,
    scheme text NOT NULL CHECK (scheme IN ('employee', 'resident')),
    year smallint NOT NULL,
    deductible_fen bigint NOT NULL DEFAULT 0,
    pooled_fen bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (person_id, scheme, year),
    CONSTRAINT medical_year_sum_not_below_zero CHECK (deductible_fen >= 0 AND pooled_fen >= 0)
);
COMMENT ON TABLE medical_year_sum IS 'person-owned: what somebody has paid of the yearly deductible, and which costs count against the cap';
COMMENT ON COLUMN medical_year_sum.year IS 'named after the calendar year in which the medical year begins';

CREATE TABLE account_year (
    person_id bigint NOT NULL,
    year smallint NOT NULL,
    carried_fen bigint NOT NULL CHECK (carried_fen >= 0),
    credit_fen bigint NOT NULL CHECK (credit_fen >= 0),
    rule_id text,
    opened_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, year),
    CHECK (rule_id IS NOT NULL OR credit_fen = 0)
);
COMMENT ON TABLE account_year IS 'person-owned: a personal account entered a medical year: what went over to the historic part, and its credit';

CREATE TABLE contribution (
    person_id bigint NOT NULL,
    contribution_id bigint NOT NULL,
    scheme text NOT NULL CHECK (scheme IN ('employee', 'resident')),
    period date NOT NULL CHECK (extract(day FROM period) = 1),
    base_fen bigint NOT NULL CHECK (base_fen >= 0),
    own_fen bigint NOT NULL CHECK (own_fen >= 0),
    employer_fen bigint NOT NULL CHECK (employer_fen >= 0),
    paid_on date NOT NULL,
    entry_id bigint NOT NULL,
    taken_back_by bigint,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, contribution_id),
    CHECK (own_fen + employer_fen > 0)
);
COMMENT ON TABLE contribution IS 'person-owned: what was paid in, for a month (employees) or a calendar year (residents)';
COMMENT ON COLUMN contribution.period IS 'the first day of the month or year that it is for';
COMMENT ON COLUMN contribution.taken_back_by IS 'the entry of the ledger that took it back';
CREATE UNIQUE INDEX contribution_once ON contribution (person_id, scheme, period) WHERE taken_back_by IS NULL;

CREATE TABLE insurance_step (
    step text PRIMARY KEY,
    done_at timestamptz NOT NULL
);
COMMENT ON TABLE insurance_step IS 'local: up to when the register was followed (follow), and which medical years were opened for everybody (year 2019)';
