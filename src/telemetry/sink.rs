//! Where log lines go: standard output and a file that is rotated by size.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::JoinHandle,
};

use tracing_subscriber::fmt::MakeWriter;

/// Size at which the file is rotated.
const FILE_MAX: u64 = 10 * 1024 * 1024;
/// How many files there are, the current one included.
const FILES: usize = 3;
/// Queued lines beyond which a caller that logs must wait.
const QUEUE: usize = 4096;
/// Bytes gathered into one write.
const CHUNK: usize = 64 * 1024;

enum Order {
    Line(Vec<u8>),
    Stop,
}

/// The writer handed to `tracing`; each `write` is one line.
#[derive(Debug, Clone)]
pub(super) struct Sink(SyncSender<Order>);

/// Writes what is on its way when dropped.
#[derive(Debug)]
pub struct SinkGuard {
    sender: SyncSender<Order>,
    thread: Option<JoinHandle<()>>,
}

impl Sink {
    pub(super) fn start(file: Option<&Path>) -> io::Result<(Self, SinkGuard)> {
        let file = file.map(RotatingFile::open).transpose()?;
        let (sender, receiver) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new().name("logs".to_owned()).spawn(move || drain(&receiver, file))?;
        Ok((Self(sender.clone()), SinkGuard { sender, thread: Some(thread) }))
    }
}

impl Write for Sink {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // The thread ends only after the guard; a line that comes later has nowhere to go.
        let _ = self.0.send(Order::Line(line.to_vec()));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Drop for SinkGuard {
    fn drop(&mut self) {
        let _ = self.sender.send(Order::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn drain(orders: &Receiver<Order>, mut file: Option<RotatingFile>) {
    let mut chunk = Vec::with_capacity(CHUNK);
    while let Ok(first) = orders.recv() {
        let mut next = Some(first);
        let mut stop = false;
        while let Some(order) = next.take() {
            match order {
                Order::Line(line) => chunk.extend_from_slice(&line),
                Order::Stop => stop = true,
            }
            if chunk.len() < CHUNK && !stop {
                next = orders.try_recv().ok();
            }
        }
        // A closed pipe or a full disk must not stop the mail; there is nowhere left to say it.
        let _ = io::stdout().lock().write_all(&chunk);
        if let Some(file) = &mut file {
            let _ = file.write_all(&chunk);
        }
        chunk.clear();
        if stop {
            return;
        }
    }
}

struct RotatingFile {
    path: PathBuf,
    file: File,
}

impl RotatingFile {
    fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { path: path.to_owned(), file })
    }

    fn write_all(&mut self, chunk: &[u8]) -> io::Result<()> {
        let size = self.follow()?;
        if size > 0 && size + chunk.len() as u64 > FILE_MAX {
            self.rotate()?;
        }
        self.file.write_all(chunk)
    }

    /// Makes sure that ours is the file of that name, and answers its size: roles that run in one folder share it, and
    /// another one may have rotated it.
    fn follow(&mut self) -> io::Result<u64> {
        let ours = self.file.metadata()?;
        if fs::metadata(&self.path).is_ok_and(|named| (named.dev(), named.ino()) == (ours.dev(), ours.ino())) {
            return Ok(ours.len());
        }
        *self = Self::open(&self.path)?;
        Ok(self.file.metadata()?.len())
    }

    /// `app.log` → `app.log.1` → `app.log.2`; the oldest is overwritten.
    fn rotate(&mut self) -> io::Result<()> {
        let numbered = |n: usize| {
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".{n}"));
            PathBuf::from(name)
        };
        for n in (1..FILES - 1).rev() {
            if numbered(n).exists() {
                fs::rename(numbered(n), numbered(n + 1))?;
            }
        }
        fs::rename(&self.path, numbered(1))?;
        *self = Self::open(&self.path)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_rotated_by_size_and_three_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.log");
        let mut file = RotatingFile::open(&path).unwrap();
        let chunk = vec![b'x'; usize::try_from(FILE_MAX).unwrap() / 2 + 1];

        for _ in 0..6 {
            file.write_all(&chunk).unwrap();
        }

        let mut names: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["app.log", "app.log.1", "app.log.2"]);
        assert!(fs::metadata(&path).unwrap().len() <= FILE_MAX);
    }

    #[test]
    fn two_roles_share_one_file_whoever_rotates_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.log");
        let (mut one, mut other) = (RotatingFile::open(&path).unwrap(), RotatingFile::open(&path).unwrap());
        let chunk = vec![b'x'; usize::try_from(FILE_MAX).unwrap() / 2 + 1];

        for _ in 0..6 {
            one.write_all(&chunk).unwrap();
        }
        other.write_all(b"a line").unwrap();
        one.write_all(b" and another").unwrap();

        assert!(fs::read_to_string(&path).unwrap().ends_with("a line and another"));
    }

    #[test]
    fn dropping_the_guard_writes_everything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.log");
        let (mut sink, guard) = Sink::start(Some(&path)).unwrap();

        for n in 0..1000 {
            writeln!(sink, "line {n}").unwrap();
        }
        drop(guard);

        assert!(fs::read_to_string(&path).unwrap().ends_with("line 999\n"));
    }
}
