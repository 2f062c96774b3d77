-- gomail.db, schema 3. Times are milliseconds since 1970; states, types, lanes, frequencies and reasons are the places
-- of their values in the domain's lists (codec.rs). Accounts appear as small numbers (owner), to keep rows short.

-- clock_offset (ms of the test clock), secret.
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

-- Gauges, totals and sequences by number (tx.rs), changed in the transaction of what they count.
CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE outcome (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;

-- Every account that ever owned something; it stays when the account is deregistered.
CREATE TABLE owner (id INTEGER PRIMARY KEY, account TEXT NOT NULL UNIQUE);
CREATE TABLE account (id TEXT PRIMARY KEY, jti TEXT NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;

-- ord is the order of acceptance and never used twice.
-- at: while queued the due time, while scheduled or retrying the next attempt, while running the lease's end, then the end.
-- due: what the age counts from. mark: when DATA was about to begin. settled: the token of the last settlement.
-- A posted task has a uuid, name and tags; the mail of a run has run and seq instead.
-- hidden: 1 for the mail of a run until its first lease or its end. Its own column, so that a lease leaves the index
-- task_owner alone.
CREATE TABLE task (
    ord INTEGER PRIMARY KEY,
    owner INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    state INTEGER NOT NULL,
    at INTEGER NOT NULL,
    created INTEGER NOT NULL,
    due INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    retries INTEGER NOT NULL,
    uuid BLOB,
    run INTEGER,
    seq INTEGER,
    token INTEGER NOT NULL DEFAULT 0,
    settled INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    reclaims INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    duplicate INTEGER NOT NULL DEFAULT 0,
    mark INTEGER,
    expires INTEGER,
    reason INTEGER,
    name TEXT,
    tags TEXT,
    hidden INTEGER
);
CREATE UNIQUE INDEX task_uuid ON task (uuid) WHERE uuid IS NOT NULL;
CREATE UNIQUE INDEX task_issue ON task (run, seq) WHERE run IS NOT NULL;
CREATE INDEX task_waiting ON task (state, lane, at) WHERE state < 4;
CREATE INDEX task_ended ON task (state, at) WHERE state >= 4;
CREATE INDEX task_undelivered ON task (run, seq) WHERE state > 4 AND run IS NOT NULL;
-- What its owner sees listed: newsletter mails from their first lease (or end) on.
CREATE INDEX task_owner ON task (owner, ord) WHERE hidden IS NULL;
-- Queued subscription changes.
CREATE INDEX task_changes ON task (at) WHERE state = 1 AND kind IN (2, 3);

-- What a posted task asks for, as JSON; apart, so that the queue's rows stay small. Gone soon after an
-- end that is final: spent lists, in arrays, the tasks whose work is to go (sweep.rs).
CREATE TABLE work (ord INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE spent (id INTEGER PRIMARY KEY, ords TEXT NOT NULL);

CREATE TABLE attempt (
    ord INTEGER NOT NULL,
    n INTEGER NOT NULL,
    started INTEGER NOT NULL,
    finished INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    stage INTEGER,
    relay TEXT,
    tls TEXT,
    code INTEGER,
    enhanced TEXT,
    message TEXT,
    PRIMARY KEY (ord, n)
) WITHOUT ROWID;

CREATE TABLE idempotency (
    owner INTEGER NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    answers TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_age ON idempotency (created);

-- The newest code of each (account, recipient, purpose), and the wrong tries, which outlive a resend.
CREATE TABLE code (
    owner INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    purpose TEXT NOT NULL,
    task BLOB NOT NULL,
    length INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used INTEGER NOT NULL,
    wrong INTEGER NOT NULL,
    first_wrong INTEGER,
    PRIMARY KEY (owner, recipient, purpose)
) WITHOUT ROWID;
CREATE INDEX code_age ON code (expires);
-- Codes of the last hour, for the limit per recipient.
CREATE TABLE code_sent (
    owner INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    at INTEGER NOT NULL,
    ord INTEGER NOT NULL,
    PRIMARY KEY (owner, recipient, at, ord)
) WITHOUT ROWID;
CREATE INDEX code_sent_age ON code_sent (at);

CREATE TABLE suppression (
    owner INTEGER NOT NULL,
    email TEXT NOT NULL,
    reason TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (owner, email)
) WITHOUT ROWID;

CREATE TABLE content (
    id INTEGER PRIMARY KEY,
    owner INTEGER NOT NULL,
    name TEXT NOT NULL,
    subject TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    content TEXT NOT NULL
);
CREATE UNIQUE INDEX content_name ON content (owner, name);

CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    owner INTEGER NOT NULL,
    content TEXT NOT NULL,
    frequency INTEGER NOT NULL,
    last_period INTEGER,
    since INTEGER NOT NULL,
    subscribers INTEGER NOT NULL
);
CREATE UNIQUE INDEX series_name ON series (owner, content, frequency);

-- An ended subscription keeps its row, without series and seq: ord must outlive it, or a change accepted earlier would
-- undo it.
CREATE TABLE subscription (
    id INTEGER PRIMARY KEY,
    owner INTEGER NOT NULL,
    content TEXT NOT NULL,
    rkey TEXT NOT NULL,
    recipient TEXT NOT NULL,
    series INTEGER,
    seq INTEGER,
    ord INTEGER NOT NULL,
    accepted INTEGER NOT NULL
);
CREATE UNIQUE INDEX subscription_key ON subscription (owner, content, rkey);
CREATE UNIQUE INDEX subscription_seq ON subscription (series, seq) WHERE series IS NOT NULL;

-- content: empty once its last task is pruned.
-- upper: the subscription sequence when the run was made. cursor: the last one dealt with.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    owner INTEGER NOT NULL,
    series INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    frequency INTEGER NOT NULL,
    period INTEGER NOT NULL,
    created INTEGER NOT NULL,
    upper INTEGER NOT NULL,
    cursor INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    succeeded INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0,
    uncertain INTEGER NOT NULL DEFAULT 0,
    subject TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX run_owner ON run (owner, id);
CREATE INDEX run_open ON run (id) WHERE done = 0;

-- The newest are kept (prune.rs), their tasks' age does not matter.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    owner INTEGER NOT NULL,
    task TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    created INTEGER NOT NULL,
    raw BLOB NOT NULL
);
CREATE UNIQUE INDEX outbox_task ON outbox (task);
CREATE INDEX outbox_owner ON outbox (owner, id);
