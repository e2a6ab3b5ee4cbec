-- How a model is read: a part of its file, and files with transformers before it. JSON.
ALTER TABLE models ADD COLUMN reading TEXT NOT NULL DEFAULT '{}';
