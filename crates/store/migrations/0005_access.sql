-- Keys with which programs use the API. Only a hash of a key is stored; `hint` is its beginning.
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX api_keys_owner ON api_keys (owner_id, id);

-- Who did what. When an account is deleted, what names a person, a thing or an address is taken out of its rows.
CREATE TABLE trail (
    id TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    owner_id TEXT,
    actor TEXT NOT NULL,
    key_id TEXT,
    action TEXT NOT NULL,
    subject TEXT,
    address TEXT
);
CREATE INDEX trail_owner ON trail (owner_id, id);
CREATE INDEX trail_age ON trail (created_at);

-- Files whose rows are gone already: they are deleted until it has worked.
CREATE TABLE doomed_files (
    file_key TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);
