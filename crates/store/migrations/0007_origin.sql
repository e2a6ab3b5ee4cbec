-- What started a job: the request's id and its trace, as JSON. Logs and traces of a worker continue those of the server.
ALTER TABLE jobs ADD COLUMN origin TEXT NOT NULL DEFAULT '{}';
-- The waiting jobs of each owner in the order in which they are taken: a job is found without reading all that wait.
CREATE INDEX jobs_next ON jobs (owner_id, (created_at - 600000 * priority), id) WHERE state = 'queued';
