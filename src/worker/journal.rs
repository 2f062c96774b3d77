//! The journal: deliveries whose 250 is not recorded yet.
//!
//! Without it a process that dies would forget that these mails are out, and they would go out twice. While the store
//! answers they are only written, which outlives the process; while it is away they are synced to the disk, too. One file
//! per process, locked while it lives; a worker that starts adopts the files whose owners are gone. What is recorded may
//! stand in it for a while: the store knows it when it comes again.

use std::{
    borrow::Cow,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Attempt, TaskId, Verdict},
    store::Settlement,
};

const SUFFIX: &str = "journal";
/// Bytes from which on a journal is written anew, without what is recorded.
const LONG: usize = 1 << 20;

/// This process's journal, and those it adopted.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    adopted: Vec<(PathBuf, File)>,
    left: Vec<Settlement>,
    /// Bytes written to the file.
    len: usize,
    /// All of them are synced.
    is_synced: bool,
    is_failing: bool,
}

#[derive(Serialize, Deserialize)]
struct Line<'a> {
    id: TaskId,
    token: u64,
    attempt: Option<Cow<'a, Attempt>>,
}

impl Journal {
    /// Opens a journal in `folder`, made (0700) when absent.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let mut adopted = Vec::new();
        let mut left = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_none_or(|suffix| suffix != SUFFIX) {
                continue;
            }
            let file = match File::open(&path) {
                Ok(file) => file,
                // Its owner has just ended, with nothing in it.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            if file.try_lock().is_ok() {
                left.extend(read(&file)?);
                adopted.push((path, file));
            }
        }
        let (path, file) = create(folder, &[])?;
        Ok(Self { path, file, adopted, left, len: 0, is_synced: true, is_failing: false })
    }

    /// Whether earlier processes left deliveries behind.
    pub(super) fn has_left(&self) -> bool {
        !self.left.is_empty()
    }

    /// The deliveries that earlier processes left behind; once.
    pub(super) fn left_behind(&mut self) -> Vec<Settlement> {
        std::mem::take(&mut self.left)
    }

    /// Keeps deliveries past the end of this process.
    pub(super) fn note<'a>(&mut self, deliveries: impl Iterator<Item = &'a Settlement>) {
        let mut lines = lines(deliveries);
        if lines.is_empty() {
            return;
        }
        if self.is_failing {
            // What failed may have left half a line.
            lines.insert(0, b'\n');
        }
        self.len += lines.len();
        self.is_synced = false;
        let written = self.file.write_all(&lines);
        self.tell(&written);
        self.is_failing = written.is_err();
    }

    /// Keeps what was noted past the end of this machine.
    pub(super) fn sync(&mut self) {
        if !self.is_synced {
            let synced = self.file.sync_data();
            self.tell(&synced);
            self.is_synced = synced.is_ok();
        }
    }

    /// Tells of a failure, once until deliveries can be noted again.
    fn tell(&self, outcome: &io::Result<()>) {
        if let Err(error) = outcome
            && !self.is_failing
        {
            tracing::error!(error.message = %error, "deliveries cannot be kept in the journal; a crash now may double them");
        }
    }

    /// Forgets everything but these deliveries: the rest is recorded.
    pub(super) fn clear<'a>(&mut self, waiting: impl Iterator<Item = &'a Settlement>) {
        let mut waiting = waiting.peekable();
        let is_all = waiting.peek().is_none();
        if !is_all && self.len < LONG {
            return;
        }
        for (path, _) in self.adopted.drain(..) {
            let _ = fs::remove_file(path);
        }
        if is_all {
            if self.len > 0 && self.file.set_len(0).is_ok() {
                self.len = 0;
            }
            return;
        }
        // Into a new file, and only then without the old one. When that fails it is tried again after the next settlement.
        let lines = lines(waiting);
        let folder = self.path.parent().unwrap_or(Path::new(""));
        if let Ok((path, file)) = create(folder, &lines) {
            let _ = fs::remove_file(&self.path);
            (self.path, self.file, self.len, self.is_synced) = (path, file, lines.len(), false);
        }
    }
}

/// Makes a file with this content. It is locked before it has the name that others look for: they would adopt it.
fn create(folder: &Path, content: &[u8]) -> io::Result<(PathBuf, File)> {
    let path = folder.join(format!("{}.{SUFFIX}", uuid::Uuid::new_v4()));
    let unnamed = path.with_extension("new");
    let mut file = OpenOptions::new().create_new(true).append(true).mode(0o600).open(&unnamed)?;
    let made = file
        .try_lock()
        .map_err(io::Error::from)
        .and_then(|()| file.write_all(content))
        .and_then(|()| fs::rename(&unnamed, &path));
    if made.is_err() {
        let _ = fs::remove_file(&unnamed);
    }
    made?;
    // A name is kept past the end of the machine by its folder, where folders can be synced.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok((path, file))
}

/// A line for each.
fn lines<'a>(deliveries: impl Iterator<Item = &'a Settlement>) -> Vec<u8> {
    let mut lines = Vec::new();
    for Settlement { id, token, attempt, .. } in deliveries {
        let line = Line { id: *id, token: *token, attempt: attempt.as_ref().map(Cow::Borrowed) };
        serde_json::to_writer(&mut lines, &line).expect("a line has only plain fields");
        lines.push(b'\n');
    }
    lines
}

impl Drop for Journal {
    fn drop(&mut self) {
        if self.len == 0 {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Reads what is whole; a line cut off by a crash was never relied on.
fn read(mut file: &File) -> io::Result<Vec<Settlement>> {
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    let lines = text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Line>(line).ok());
    Ok(lines
        .map(|Line { id, token, attempt }| Settlement {
            id,
            token,
            verdict: Verdict::Succeeded,
            attempt: attempt.map(Cow::into_owned),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::domain::Timestamp;

    fn delivery(token: u64) -> Settlement {
        let id = TaskId::posted_at(Timestamp::from_millis(1));
        Settlement { id, token, verdict: Verdict::Succeeded, attempt: None }
    }

    #[test]
    fn what_is_kept_is_found_by_the_next_process_until_it_is_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let deliveries = [delivery(1), delivery(2)];
        let mut journal = Journal::open(folder.path()).unwrap();
        journal.note(deliveries.iter());
        drop(journal);

        let mut next = Journal::open(folder.path()).unwrap();
        assert_eq!(next.left_behind(), deliveries);
        next.clear(std::iter::empty());
        drop(next);

        assert!(Journal::open(folder.path()).unwrap().left_behind().is_empty());
    }

    #[test]
    fn only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("data/journal")).unwrap();

        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let parents = ["data", "data/journal"].map(|name| mode(&folder.path().join(name)));
        assert_eq!((parents, mode(&journal.path)), ([0o700; 2], 0o600));
    }

    #[test]
    fn a_long_journal_is_written_anew_with_what_waits() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path()).unwrap();
        let waiting = delivery(1);
        journal.note([waiting.clone()].iter());
        journal.clear([&waiting].into_iter());
        while journal.len < LONG {
            journal.note(std::iter::repeat_n(&delivery(2), 100));
        }

        journal.clear([&waiting].into_iter());

        assert!(journal.len < 1000, "{}", journal.len);
        journal.note([delivery(3)].iter());
        drop(journal);
        let left = Journal::open(folder.path()).unwrap().left_behind();
        assert_eq!(left.iter().map(|delivery| delivery.token).collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn a_living_process_keeps_its_journal_to_itself() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path()).unwrap();
        journal.note([delivery(1)].iter());

        assert!(Journal::open(folder.path()).unwrap().left_behind().is_empty());
    }

    #[test]
    fn a_line_cut_off_by_a_crash_harms_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path()).unwrap();
        journal.note([delivery(1)].iter());
        // Within a letter.
        journal.file.write_all(b"{\"id\":\"\xc3").unwrap();
        drop(journal);

        assert_eq!(Journal::open(folder.path()).unwrap().left_behind().len(), 1);
    }
}
