-- The queue for many processes. A wake-up is no longer tied to a job, so nothing about messages is kept.
ALTER TABLE jobs DROP COLUMN message_id;
ALTER TABLE jobs DROP COLUMN sent_at;
-- A waiting job is not taken before this moment: a try that failed passingly waits a while.
ALTER TABLE jobs ADD COLUMN run_at BIGINT NOT NULL DEFAULT 0;
-- 1 when the queue has given the job up, until an operator tries it again or drops it.
ALTER TABLE jobs ADD COLUMN dead BIGINT NOT NULL DEFAULT 0;
-- The process that took it last, and why the last try failed.
ALTER TABLE jobs ADD COLUMN worker TEXT;
ALTER TABLE jobs ADD COLUMN last_error TEXT;
CREATE INDEX jobs_owner ON jobs (state, owner_id);
CREATE INDEX jobs_dead ON jobs (dead, id);
