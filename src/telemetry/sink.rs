//! Where log lines go: standard output and a file that is rotated by size.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tracing_subscriber::fmt::MakeWriter;

/// Size at which the file is rotated.
const FILE_MAX: u64 = 10 * 1024 * 1024;
/// How many files there are, the current one included.
const FILES: usize = 3;
/// Queued lines beyond which a caller that logs must wait.
const QUEUE: usize = 4096;
/// How long it waits, once, for a reader of standard output that takes nothing: a paused terminal, a full pipe. After that
/// lines are lost until it reads again, for mail is worth more than its log. Also how long the end waits for it.
const STALL_MAX: Duration = Duration::from_secs(2);
/// How often it looks whether it may go on.
const LOOK_INTERVAL: Duration = Duration::from_millis(1);
/// Bytes gathered into one write.
const CHUNK: usize = 64 * 1024;

enum Order {
    Line(Vec<u8>),
    Stop,
}

/// The writer handed to `tracing`; each `write` is one line.
#[derive(Debug, Clone)]
pub(super) struct Sink {
    orders: SyncSender<Order>,
    reader: Arc<Reader>,
}

/// What is known of the reader of standard output.
#[derive(Debug, Default)]
struct Reader {
    is_stalled: AtomicBool,
    /// Lines lost since it last read.
    lost: AtomicU64,
}

/// Writes what is on its way when dropped.
#[derive(Debug)]
pub struct SinkGuard {
    sink: Sink,
    thread: Option<JoinHandle<()>>,
}

impl Sink {
    pub(super) fn start(file: Option<&Path>) -> io::Result<(Self, SinkGuard)> {
        Self::start_on(io::stdout(), file)
    }

    fn start_on(out: impl Write + Send + 'static, file: Option<&Path>) -> io::Result<(Self, SinkGuard)> {
        let file = file.map(RotatingFile::open).transpose()?;
        let (orders, queue) = sync_channel(QUEUE);
        let reader = Arc::new(Reader::default());
        let drain = Drain { queue, reader: Arc::clone(&reader), out, file };
        let thread = std::thread::Builder::new().name("logs".to_owned()).spawn(move || drain.run())?;
        let sink = Self { orders, reader };
        Ok((sink.clone(), SinkGuard { sink, thread: Some(thread) }))
    }

    /// Hands on an order; false when there is no room for it, and was none for a while.
    fn send(&self, mut order: Order) -> bool {
        let mut began = None;
        loop {
            match self.orders.try_send(order) {
                // The thread ends only after the guard; a line that comes later has nowhere to go.
                Ok(()) | Err(TrySendError::Disconnected(_)) => return true,
                Err(TrySendError::Full(back)) => order = back,
            }
            if self.reader.is_stalled.load(Ordering::Relaxed) {
                return false;
            }
            if began.get_or_insert_with(Instant::now).elapsed() >= STALL_MAX {
                self.reader.is_stalled.store(true, Ordering::Relaxed);
                return false;
            }
            std::thread::sleep(LOOK_INTERVAL);
        }
    }
}

impl Write for Sink {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if !self.send(Order::Line(line.to_vec())) {
            self.reader.lost.fetch_add(1, Ordering::Relaxed);
        }
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
        let Some(thread) = self.thread.take() else { return };
        let began = Instant::now();
        if self.sink.send(Order::Stop) {
            while !thread.is_finished() && began.elapsed() < STALL_MAX {
                std::thread::sleep(LOOK_INTERVAL);
            }
        }
        if thread.is_finished() {
            let _ = thread.join();
        }
    }
}

/// The thread that writes.
struct Drain<W> {
    queue: Receiver<Order>,
    reader: Arc<Reader>,
    out: W,
    file: Option<RotatingFile>,
}

impl<W: Write> Drain<W> {
    fn run(mut self) {
        let mut chunk = Vec::with_capacity(CHUNK);
        while let Ok(first) = self.queue.recv() {
            let mut next = Some(first);
            let mut stop = false;
            while let Some(order) = next.take() {
                match order {
                    Order::Line(line) => chunk.extend_from_slice(&line),
                    Order::Stop => stop = true,
                }
                if chunk.len() < CHUNK && !stop {
                    next = self.queue.try_recv().ok();
                }
            }
            let is_caught_up = chunk.len() < CHUNK;
            // A closed pipe or a full disk must not stop the mail; there is nowhere left to say it.
            if let Some(file) = &mut self.file {
                let _ = file.write_all(&chunk);
            }
            let _ = self.out.write_all(&chunk).and_then(|()| self.out.flush());
            chunk.clear();
            if stop {
                return;
            }
            // Not before: behind a slow reader, too, nobody waits again.
            if is_caught_up {
                let lost = self.reader.lost.swap(0, Ordering::Relaxed);
                if lost > 0 {
                    // Still stalled, so that this thread does not wait for itself.
                    tracing::warn!(gomail.lines = lost, "lines of the log were lost: nobody read standard output");
                }
                self.reader.is_stalled.store(false, Ordering::Relaxed);
            }
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

    /// Standard output that is read only once it is let go.
    struct Paused(Arc<std::sync::Mutex<()>>, std::sync::mpsc::Sender<Vec<u8>>);

    impl Write for Paused {
        fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
            drop(self.0.lock().unwrap());
            // Nobody looks at what comes after the test.
            let _ = self.1.send(chunk.to_vec());
            Ok(chunk.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn who_does_not_read_the_log_stops_nobody() {
        let pause = Arc::new(std::sync::Mutex::new(()));
        let (wrote, read) = std::sync::mpsc::channel();
        let (mut sink, guard) = Sink::start_on(Paused(Arc::clone(&pause), wrote), None).unwrap();
        let paused = pause.lock().unwrap();

        (0..5 * QUEUE).for_each(|n| sink.write_all(format!("line {n}\n").as_bytes()).unwrap());

        assert!(sink.reader.lost.load(Ordering::Relaxed) > 0, "and what nobody reads is lost");
        drop(paused);
        while sink.reader.is_stalled.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        sink.write_all(b"the last\n").unwrap();
        drop(guard);
        let text = String::from_utf8(read.try_iter().flatten().collect()).unwrap();
        assert!(text.starts_with("line 0\nline 1\n") && text.ends_with("\nthe last\n"), "{}", text.len());
    }

    #[test]
    fn a_log_that_nobody_reads_does_not_keep_the_process() {
        let pause = Arc::new(std::sync::Mutex::new(()));
        let (wrote, _read) = std::sync::mpsc::channel();
        let (mut sink, guard) = Sink::start_on(Paused(Arc::clone(&pause), wrote), None).unwrap();
        let _paused = pause.lock().unwrap();
        writeln!(sink, "a line").unwrap();

        drop(guard);
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
