-- Ids are UUIDv7 text, times are milliseconds since 1970-01-01 UTC, documents are JSON text.

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    metadata TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_sign_in_at BIGINT
);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    refreshed_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    hash TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE recoveries (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    code_hash TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE datasets (
    id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL,
    filename TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    format TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    column_count BIGINT NOT NULL,
    preview TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX datasets_owner ON datasets (owner_id, id);

CREATE TABLE models (
    id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL,
    filename TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    format TEXT NOT NULL,
    library TEXT NOT NULL,
    library_version TEXT,
    task TEXT,
    runnable BIGINT NOT NULL,
    details TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX models_owner ON models (owner_id, id);

CREATE TABLE analyses (
    id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL,
    job_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    verdict TEXT,
    task TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    dataset_id TEXT NOT NULL,
    dataset_filename TEXT NOT NULL,
    model_id TEXT NOT NULL,
    model_filename TEXT NOT NULL,
    reference_id TEXT,
    request TEXT NOT NULL,
    issues BIGINT NOT NULL,
    watches BIGINT NOT NULL,
    inconclusives BIGINT NOT NULL,
    passes BIGINT NOT NULL,
    result_key TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX analyses_owner ON analyses (owner_id, id);

-- The truth about work. Every write of a worker names the lease token, so a worker that lost its lease cannot commit.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    analysis_id TEXT NOT NULL UNIQUE REFERENCES analyses (id) ON DELETE CASCADE,
    owner_id TEXT NOT NULL,
    state TEXT NOT NULL,
    priority BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    lease_token TEXT,
    lease_until BIGINT,
    cancel_requested BIGINT NOT NULL,
    message_id TEXT,
    sent_at BIGINT,
    event_seq BIGINT NOT NULL,
    snapshot TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX jobs_open ON jobs (state, lease_until);

CREATE TABLE events (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    snapshot TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (job_id, seq)
);

-- Finished stages of a running audit; the finished audit is one file.
CREATE TABLE stage_records (
    analysis_id TEXT NOT NULL REFERENCES analyses (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    record TEXT NOT NULL,
    findings TEXT NOT NULL,
    PRIMARY KEY (analysis_id, position)
);
