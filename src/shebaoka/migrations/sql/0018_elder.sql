-- The elder version (large print) goes with the person, not with the device.
ALTER TABLE message_preference ADD COLUMN elder boolean;
COMMENT ON COLUMN message_preference.elder IS 'whether pages are shown in the elder version; NULL: the person has not said';
