-- What a person needs to know before going to an outlet. What one can do there, the dated rules know.
CREATE TABLE outlet (
    institution_id bigint PRIMARY KEY REFERENCES institution,
    address_zh text NOT NULL,
    address_en text NOT NULL,
    phone text NOT NULL,
    week text[] NOT NULL CHECK (cardinality(week) = 7)
);
COMMENT ON TABLE outlet IS 'shared: address, telephone and opening hours of outlets';
COMMENT ON COLUMN outlet.week IS 'Monday to Sunday, each as 09:00-11:30 13:30-16:30; empty: closed';

CREATE TABLE outlet_day (
    institution_id bigint REFERENCES institution,
    on_day date NOT NULL,
    hours text NOT NULL,
    reason_zh text NOT NULL,
    reason_en text NOT NULL,
    UNIQUE NULLS NOT DISTINCT (institution_id, on_day)
);
COMMENT ON TABLE outlet_day IS 'shared: days on which outlets keep other hours';
COMMENT ON COLUMN outlet_day.institution_id IS 'null: all outlets, such as on a public holiday; a day of the outlet itself outweighs it';

-- Noted every few minutes at many outlets: distributed, so that each note locks its own row.
CREATE TABLE outlet_queue (
    institution_id bigint PRIMARY KEY,
    waiting integer NOT NULL CHECK (waiting BETWEEN 0 AND 999),
    noted_at timestamptz NOT NULL,
    noted_by text NOT NULL
);
COMMENT ON TABLE outlet_queue IS 'keyed by institution_id: how many people waited at an outlet when somebody there last looked';
