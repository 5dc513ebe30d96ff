-- The programme's figures as they were last counted: small enough to be read at any moment, however large the city.
CREATE TABLE figure_count (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    counted_at timestamptz NOT NULL,
    day date NOT NULL
);
COMMENT ON TABLE figure_count IS 'local: when the figures were last counted, and of which day they are';

CREATE TABLE figure_day (
    dimension text NOT NULL CHECK (dimension IN ('city', 'district', 'bank', 'channel', 'group')),
    value text NOT NULL,
    measure text NOT NULL CHECK (measure IN (
        'applied', 'made', 'delivered', 'opened', 'ended_unopened', 'old_issued', 'old_void')),
    day date NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    PRIMARY KEY (dimension, value, measure, day)
);
COMMENT ON TABLE figure_day IS 'local: what happened on each day, by one dimension at a time';

CREATE TABLE figure_backlog (
    dimension text NOT NULL CHECK (dimension IN ('city', 'district', 'bank', 'channel', 'group')),
    value text NOT NULL,
    status text NOT NULL,
    age_days integer NOT NULL,
    overdue boolean NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    PRIMARY KEY (dimension, value, status, age_days, overdue)
);
COMMENT ON TABLE figure_backlog IS 'local: applications whose card is not made yet, by age since they were made';

CREATE TABLE figure_population (
    district_code text NOT NULL,
    group_code text NOT NULL,
    complete_by date,
    people bigint NOT NULL,
    made bigint NOT NULL,
    opened bigint NOT NULL,
    on_old bigint NOT NULL,
    on_old_only bigint NOT NULL,
    UNIQUE NULLS NOT DISTINCT (district_code, group_code, complete_by)
);
COMMENT ON TABLE figure_population IS 'local: who may have a card, and how far they are';
