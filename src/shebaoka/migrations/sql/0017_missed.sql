-- When a notice whose two weeks are over was looked at: whoever had not applied was told where to go. Windows that closed before this
-- migration count as looked at: nobody is told years later.
ALTER TABLE pupil_notice ADD COLUMN looked_on date;

UPDATE pupil_notice SET looked_on = apply_by WHERE apply_by < current_date;

CREATE INDEX pupil_notice_to_look_at ON pupil_notice (apply_by) WHERE looked_on IS NULL;
