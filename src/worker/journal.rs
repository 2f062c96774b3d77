//! The journal: deliveries whose 250 could not be recorded yet, synced to this machine's disk.
//!
//! Without it a process that dies while the store is away would forget that a mail is out, and it would go out twice.
//! One file per process, locked while it lives; a worker that starts adopts the files whose owners are gone.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Attempt, TaskId, Verdict},
    store::Settlement,
};

const SUFFIX: &str = "journal";

/// This process's journal, and those it adopted.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    adopted: Vec<(PathBuf, File)>,
    left: Vec<Settlement>,
    is_empty: bool,
}

#[derive(Serialize, Deserialize)]
struct Line {
    id: TaskId,
    token: u64,
    attempt: Option<Attempt>,
}

impl Journal {
    /// Opens a journal in `folder`, made when absent.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut adopted = Vec::new();
        let mut left = Vec::new();
        // While the store stays away, each start keeps again what it adopted.
        let mut known = HashSet::new();
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
                left.extend(read(&file)?.into_iter().filter(|delivery| known.insert((delivery.id, delivery.token))));
                adopted.push((path, file));
            }
        }
        // Locked before it has the name that others look for: they would adopt it.
        let path = folder.join(format!("{}.{SUFFIX}", uuid::Uuid::new_v4()));
        let unnamed = path.with_extension("new");
        let file = OpenOptions::new().create_new(true).append(true).open(&unnamed)?;
        file.try_lock().map_err(io::Error::from)?;
        fs::rename(&unnamed, &path)?;
        Ok(Self { path, file, adopted, left, is_empty: true })
    }

    /// Whether earlier processes left deliveries behind.
    pub(super) fn has_left(&self) -> bool {
        !self.left.is_empty()
    }

    /// The deliveries that earlier processes left behind; once.
    pub(super) fn left_behind(&mut self) -> Vec<Settlement> {
        std::mem::take(&mut self.left)
    }

    /// Keeps deliveries, synced.
    pub(super) fn keep<'a>(&mut self, deliveries: impl Iterator<Item = &'a Settlement>) {
        let mut lines = Vec::new();
        for Settlement { id, token, attempt, .. } in deliveries {
            let line = Line { id: *id, token: *token, attempt: attempt.clone() };
            serde_json::to_writer(&mut lines, &line).expect("a line has only plain fields");
            lines.push(b'\n');
        }
        if lines.is_empty() {
            return;
        }
        self.is_empty = false;
        if let Err(error) = self.file.write_all(&lines).and_then(|()| self.file.sync_data()) {
            tracing::error!(error.message = %error, "deliveries cannot be kept in the journal; a crash now may double them");
        }
    }

    /// Forgets everything: it is recorded.
    pub(super) fn clear(&mut self) {
        for (path, _) in self.adopted.drain(..) {
            let _ = fs::remove_file(path);
        }
        if !self.is_empty {
            self.is_empty = self.file.set_len(0).and_then(|()| self.file.sync_data()).is_ok();
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if self.is_empty {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Reads what is whole; a line cut off by a crash was never relied on.
fn read(mut file: &File) -> io::Result<Vec<Settlement>> {
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
    Ok(lines
        .map(|Line { id, token, attempt }| Settlement { id, token, verdict: Verdict::Succeeded, attempt })
        .collect())
}

#[cfg(test)]
mod tests {
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
        journal.keep(deliveries.iter());
        drop(journal);

        let mut next = Journal::open(folder.path()).unwrap();
        assert_eq!(next.left_behind(), deliveries);
        next.clear();
        drop(next);

        assert!(Journal::open(folder.path()).unwrap().left_behind().is_empty());
    }

    #[test]
    fn what_two_journals_hold_is_recorded_once() {
        let folder = tempfile::tempdir().unwrap();
        let deliveries = [delivery(1), delivery(2)];
        for kept in [&deliveries[..], &deliveries[1..]] {
            Journal::open(folder.path()).unwrap().keep(kept.iter());
        }

        assert_eq!(Journal::open(folder.path()).unwrap().left_behind().len(), 2);
    }

    #[test]
    fn a_living_process_keeps_its_journal_to_itself() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path()).unwrap();
        journal.keep([delivery(1)].iter());

        assert!(Journal::open(folder.path()).unwrap().left_behind().is_empty());
    }

    #[test]
    fn a_line_cut_off_by_a_crash_harms_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path()).unwrap();
        journal.keep([delivery(1)].iter());
        journal.file.write_all(b"{\"id\":\"").unwrap();
        drop(journal);

        assert_eq!(Journal::open(folder.path()).unwrap().left_behind().len(), 1);
    }
}
