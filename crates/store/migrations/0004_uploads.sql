-- Files on their way: resumable and signed uploads, and files that go to an object store in parts. The id is also that of
-- the dataset or model which the file becomes; a row goes when that is there, or when nobody went on with it for a while.
CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    way TEXT NOT NULL,
    filename TEXT NOT NULL,
    content_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT,
    multipart_id TEXT,
    created_at BIGINT NOT NULL,
    touched_at BIGINT NOT NULL
);
CREATE INDEX uploads_owner ON uploads (owner_id, id);
CREATE INDEX uploads_touched ON uploads (touched_at);
