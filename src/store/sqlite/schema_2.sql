-- From schema 1 to 2.

CREATE TABLE spent (id INTEGER PRIMARY KEY, ords TEXT NOT NULL);

ALTER TABLE task ADD COLUMN hidden INTEGER;
UPDATE task SET hidden = 1 WHERE run IS NOT NULL AND token = 0;
DROP INDEX task_owner;
CREATE INDEX task_owner ON task (owner, ord) WHERE hidden IS NULL;

-- The newest files of schema 1 have it.
CREATE INDEX IF NOT EXISTS task_changes ON task (at) WHERE state = 1 AND kind IN (2, 3);
