//! Opening `gomail.db`: its folder and modes, what kind of file it is, and its schema.

use std::{
    fs::{DirBuilder, OpenOptions},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, TransactionBehavior, config::DbConfig};

use super::Found;
use crate::store::StoreError;

/// The schema this binary knows, kept in `PRAGMA user_version`.
pub(super) const SCHEMA: i64 = 3;
/// `gmal`: marks the file as ours, `PRAGMA application_id`.
const APPLICATION: i64 = 0x676d_616c;
/// How long a transaction waits for another process's.
const BUSY: Duration = Duration::from_secs(5);
/// How long the checkpointer waits for a writer or reader: what it does not get to now, it does the next time.
const CHECKPOINT_BUSY: Duration = Duration::from_millis(50);
/// Bytes the log is cut to after it was longer; more than it usually grows to.
const LOG_LIMIT: i64 = 80 << 20;
/// Cached statements: more than there are.
const STATEMENTS: usize = 160;

/// Makes the folder (0700) and the file (0600) unless they are there. SQLite gives its log the file's mode.
pub(super) fn create(file: &Path) -> Result<(), StoreError> {
    let refuse = |error: std::io::Error| StoreError::Unfit(format!("{} cannot be made: {error}", file.display()));
    if let Some(folder) = file.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(refuse)?;
    }
    // Never opened when it is there: closing it again would drop the locks that this process's other connections hold
    // on it (POSIX locks belong to the process, not to the handle).
    match OpenOptions::new().create_new(true).append(true).mode(0o600).open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(refuse(error)),
        _ => Ok(()),
    }
}

/// The one connection that writes; brings the schema up to date.
pub(super) fn writer(file: &Path) -> Result<Connection, StoreError> {
    let mut conn = connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE, 4 << 20)?;
    prepare(&mut conn).map_err(|error| unfit(file, error))?;
    Ok(conn)
}

/// The connection that folds the log into the file.
pub(super) fn checkpointer(file: &Path) -> Result<Connection, StoreError> {
    let conn = connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE, 1 << 20)?;
    conn.busy_timeout(CHECKPOINT_BUSY)?;
    conn.pragma_update(None, "synchronous", "NORMAL")?;
    conn.pragma_update(None, "journal_size_limit", LOG_LIMIT)?;
    Ok(conn)
}

/// A connection that reads.
pub(super) fn reader(file: &Path) -> Result<Connection, StoreError> {
    connect(file, OpenFlags::SQLITE_OPEN_READ_ONLY, 2 << 20)
}

fn connect(file: &Path, mode: OpenFlags, cache_bytes: i64) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(file, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // Plans do not depend on bound values. Without this, SQLite compiles a statement that meets a partial index anew
    // each time it is bound, which cost a third of the writer's time.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // A negative size is in KiB. Small, since SQLite goes through the whole cache at a commit that gave pages another order:
    // with 16 MiB that was a seventh of the writer's time.
    conn.pragma_update(None, "cache_size", -(cache_bytes / 1024))?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(conn)
}

fn prepare(conn: &mut Connection) -> Result<(), StoreError> {
    check_ours(conn)?;
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Unfit(format!("its journal mode stays {mode}; it must be on a local file system")));
    }
    // The syncer syncs before anyone hears of a durable commit.
    conn.pragma_update(None, "synchronous", "NORMAL")?;
    // The checkpointer does that.
    conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    conn.pragma_update(None, "journal_size_limit", LOG_LIMIT)?;
    migrate(conn)
}

/// What kind of file this is. Looks, and leaves its content as it is.
pub(super) fn look(file: &Path) -> Result<Found, StoreError> {
    Ok(match check_ours(&reader(file)?).map_err(|error| unfit(file, error))? {
        0 => Found::Nothing,
        SCHEMA.. => Found::Current,
        _ => Found::Old,
    })
}

/// Refuses, before anything is written, what another program or a newer gomail wrote.
fn check_ours(conn: &Connection) -> Result<i64, StoreError> {
    let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let application: i64 = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    if version > SCHEMA && application == APPLICATION {
        return Err(StoreError::Unfit(format!(
            "gomail.db was written by a newer gomail (schema {version}, this binary knows {SCHEMA}); \
             update gomail, or restore a backup"
        )));
    }
    if application != APPLICATION && (tables > 0 || version != 0) {
        return Err(StoreError::Unfit("gomail.db belongs to another program".to_owned()));
    }
    Ok(version)
}

/// Brings the schema up to date, in one transaction: of two processes that start at once, one does it.
fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match check_ours(&tx)? {
        0 => tx.execute_batch(include_str!("schema.sql"))?,
        1 => tx.execute_batch(concat!(include_str!("schema_2.sql"), include_str!("schema_3.sql")))?,
        2 => tx.execute_batch(include_str!("schema_3.sql"))?,
        _ => return Ok(()),
    }
    tx.pragma_update(None, "application_id", APPLICATION)?;
    tx.pragma_update(None, "user_version", SCHEMA)?;
    Ok(tx.commit()?)
}

/// What keeps a start from succeeding needs a person, unless it is only another process's lock.
fn unfit(file: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Unfit(text) => StoreError::Unfit(format!("{}: {text}", file.display())),
        StoreError::Fault(text) => StoreError::Fault(format!("{}: {text}", file.display())),
        other @ (StoreError::Unavailable(_) | StoreError::Cursor) => other,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::store::sqlite::sql::Sql as _;

    fn refusal(file: &Path) -> String {
        match writer(file) {
            Err(StoreError::Unfit(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_newer_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gomail.db");
        create(&file).unwrap();
        writer(&file).unwrap().pragma_update(None, "user_version", SCHEMA + 1).unwrap();

        let text = refusal(&file);

        assert!(text.contains("newer gomail (schema 4, this binary knows 3)"), "{text}");
    }

    /// Makes a file of schema 3 one of schema 2.
    const TO_SCHEMA_2: &str = "
        ALTER TABLE outbox ADD COLUMN ord INTEGER;
        CREATE INDEX outbox_ord ON outbox (ord);
        CREATE INDEX outbox_age ON outbox (created);
        INSERT INTO outbox (id, owner, task, recipient, subject, created, raw, ord)
        VALUES (1, 1, 't', 'a@example.com', 'S', 5, x'00', 1);
        PRAGMA user_version = 2;";

    fn made(conn: &Connection) -> Vec<Option<String>> {
        let sql = "SELECT sql FROM sqlite_master WHERE name NOT IN ('task', 'outbox') ORDER BY name";
        conn.all(sql, [], |row| Ok(row.get::<_, Option<String>>(0)?)).unwrap()
    }

    fn fresh() -> Vec<Option<String>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gomail.db");
        create(&file).unwrap();
        made(&writer(&file).unwrap())
    }

    #[test]
    fn a_file_of_schema_2_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gomail.db");
        create(&file).unwrap();
        writer(&file).unwrap().execute_batch(TO_SCHEMA_2).unwrap();

        let conn = writer(&file).unwrap();

        assert_eq!((check_ours(&conn).unwrap(), made(&conn)), (SCHEMA, fresh()));
        assert_eq!(conn.all("SELECT task FROM outbox", [], |row| Ok(row.get::<_, String>(0)?)).unwrap(), ["t"]);
    }

    /// Files of schema 1 hold these: of each table only what a newer schema touches.
    #[test]
    fn a_file_of_schema_1_is_taken_over() {
        const BEFORE: &str = "
            DROP INDEX task_owner; DROP INDEX task_changes; ALTER TABLE task DROP COLUMN hidden; DROP TABLE spent;
            CREATE INDEX task_owner ON task (owner, ord) WHERE run IS NULL OR token > 0;
            INSERT INTO task (ord, owner, kind, lane, state, at, created, due, recipient, retries, uuid, run, seq, token)
            VALUES (1, 1, 0, 1, 1, 5, 5, 5, 'waiting@example.com', 3, x'01', NULL, NULL, 0),
                (2, 1, 0, 1, 2, 5, 5, 5, 'running@example.com', 3, x'02', NULL, NULL, 1),
                (3, 1, 0, 1, 3, 5, 5, 5, 'retrying@example.com', 3, x'03', NULL, NULL, 1),
                (4, 1, 0, 1, 4, 5, 5, 5, 'ended@example.com', 3, x'04', NULL, NULL, 1),
                (5, 1, 4, 2, 1, 5, 5, 5, 'never.leased@example.com', 5, NULL, 1, 1, 0),
                (6, 1, 4, 2, 1, 5, 5, 5, 'given.back@example.com', 5, NULL, 1, 2, 1);
            PRAGMA user_version = 1";
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gomail.db");
        create(&file).unwrap();
        writer(&file).unwrap().execute_batch(&[TO_SCHEMA_2, BEFORE].concat()).unwrap();

        let conn = writer(&file).unwrap();

        assert_eq!(check_ours(&conn).unwrap(), SCHEMA);
        let listed = "SELECT ord FROM task INDEXED BY task_owner WHERE owner = 1 AND hidden IS NULL ORDER BY ord";
        assert_eq!(conn.all(listed, [], |row| Ok(row.get::<_, i64>(0)?)).unwrap(), [1, 2, 3, 4, 6]);
        assert_eq!(made(&conn), fresh());
    }

    #[test]
    fn what_is_no_file_of_ours_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gomail.db");
        std::fs::write(&file, "hello, I am a text of more than a hundred bytes. ".repeat(40)).unwrap();
        assert!(refusal(&file).contains("no SQLite database"));

        std::fs::remove_file(&file).unwrap();
        Connection::open(&file).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
        assert!(refusal(&file).contains("another program"));
    }

    #[test]
    fn only_the_owner_may_read_the_data() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data/gomail.db");
        create(&file).unwrap();
        let conn = writer(&file).unwrap();
        conn.execute_batch("CREATE TABLE later (x)").unwrap();

        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(file.parent().unwrap()), 0o700);
        assert_eq!((mode(&file), mode(&file.with_extension("db-wal"))), (0o600, 0o600));
    }
}
