-- What a language model has written about a finished audit, after it was verified; one text a language.
CREATE TABLE narratives (
    analysis_id TEXT NOT NULL REFERENCES analyses (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (analysis_id, language)
);

-- Questions about a finished audit, with answers and what they rest on.
CREATE TABLE exchanges (
    id TEXT PRIMARY KEY,
    analysis_id TEXT NOT NULL REFERENCES analyses (id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX exchanges_analysis ON exchanges (analysis_id, id);
