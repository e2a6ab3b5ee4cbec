-- Audits that several processes share. Rows live while the job runs.

-- A process that works on a job, the job's own worker among them (with the token of its lease). Members of one job are of
-- one build of the program: only these have the same numbers.
CREATE TABLE members (
    token TEXT PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    worker TEXT NOT NULL,
    build TEXT NOT NULL,
    lease_until BIGINT NOT NULL
);
CREATE INDEX members_job ON members (job_id);

-- What members take from each other: a stage (part '' of the stage), or a block of a part of a stage. Its bytes are there once it
-- is done; who has it lost it when its membership has run out.
CREATE TABLE blocks (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    stage TEXT NOT NULL,
    part TEXT NOT NULL,
    block BIGINT NOT NULL,
    weight BIGINT NOT NULL,
    token TEXT,
    bytes BYTEA,
    PRIMARY KEY (job_id, stage, part, block)
);
