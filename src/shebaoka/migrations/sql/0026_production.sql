-- Production files sealed for the bureau (SM2, SM4), what stands on each chip, batches with counts, hashes and custody.
ALTER TABLE production_batch DROP CONSTRAINT production_batch_status_check;
ALTER TABLE production_batch ADD CONSTRAINT production_batch_status_check CHECK (status IN (
    'open', 'closed', 'written', 'handed', 'taken', 'held', 'answered', 'called_off'));
ALTER TABLE production_batch ADD COLUMN sent integer CHECK (sent > 0);
ALTER TABLE production_batch ADD COLUMN handed_at timestamptz;
COMMENT ON COLUMN production_batch.cards IS 'cards that were ordered in it';
COMMENT ON COLUMN production_batch.sent IS 'cards in its file: those that can be made';
COMMENT ON COLUMN production_batch.file_digest IS 'SM3 of the sealed file, as it lies there';

ALTER TABLE production_order ADD COLUMN chip_digest bytea;
COMMENT ON COLUMN production_order.chip_digest IS 'keyed digest of all that is to stand on the chip; what was read back is held against it';

ALTER TABLE return_file ADD COLUMN spoiled integer NOT NULL DEFAULT 0 CHECK (spoiled >= 0);
ALTER TABLE return_file ADD COLUMN key_uses integer NOT NULL DEFAULT 0 CHECK (key_uses >= 0);
COMMENT ON COLUMN return_file.spoiled IS 'blanks that the cards of this file cost beside those that they became';
COMMENT ON COLUMN return_file.key_uses IS 'for how many blanks the bureau has derived keys, by its own word';
CREATE INDEX return_file_batch ON return_file (batch_id);

ALTER TABLE return_difference DROP CONSTRAINT return_difference_kind_check;
ALTER TABLE return_difference ADD CONSTRAINT return_difference_kind_check CHECK (kind IN (
    'not_ordered', 'repeated', 'late', 'content_differs', 'chip_differs', 'file_refused', 'receipt_differs',
    'statement_differs'));

CREATE TABLE batch_custody (
    batch_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    step text NOT NULL CHECK (step IN (
        'written', 'handed', 'taken', 'returned', 'accepted', 'held', 'released', 'called_off')),
    at timestamptz NOT NULL,
    said_at timestamptz,
    actor text NOT NULL,
    file_name text NOT NULL,
    cards integer NOT NULL CHECK (cards >= 0),
    digest bytea NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (batch_id, entry_id)
);
COMMENT ON TABLE batch_custody IS 'local: who had how many cards of a batch in which file, at each hand-over';
COMMENT ON COLUMN batch_custody.said_at IS 'when it happened by the bureau''s word';
COMMENT ON COLUMN batch_custody.digest IS 'SM3 of the sealed file, as it lay there';
CREATE FUNCTION batch_custody_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the custody of a batch is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER batch_custody_append_only BEFORE UPDATE OR DELETE ON batch_custody
    FOR EACH ROW EXECUTE FUNCTION batch_custody_guard();

-- What was written in the format before is nothing that a bureau of the present one can answer: a person looks (docs/partners.md).
UPDATE production_batch SET status = 'held', sent = nullif(cards, 0), handed_at = written_at WHERE status = 'written';
INSERT INTO batch_custody (batch_id, entry_id, step, at, actor, file_name, cards, digest, note)
SELECT batch_id, 0, 'held', now(), 'system:migration', coalesce(file_name, ''), cards, coalesce(file_digest, ''),
       '文件为停用的旧格式；确认卡商未制卡后撤回本批次 · its file is of the format before; call it off once the bureau has made none of it'
FROM production_batch WHERE status = 'held';
