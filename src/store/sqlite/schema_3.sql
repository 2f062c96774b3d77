-- From schema 2 to 3.

DROP INDEX outbox_ord;
DROP INDEX outbox_age;
ALTER TABLE outbox DROP COLUMN ord;
