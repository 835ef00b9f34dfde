//! Reading order files in a separate thread, so that a slow pipe stops no signal and no response.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use review_orders::{OrderParser, OrderRecord};
use tokio::sync::mpsc;

use super::examples;
use crate::failure::{Failure, Result};

/// Records that may wait between the thread and the senders.
const QUEUE: usize = 64;

/// One order file.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// A text of this program, or standard input that is read several times.
    Text(Arc<str>, Arc<[u8]>),
}

impl Source {
    /// Returns the name in output, and for the detection of the system.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stdin => "-".to_owned(),
            Self::Text(name, _) => name.to_string(),
        }
    }

    /// Returns the path of a file.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Stdin | Self::Text(..) => None,
        }
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::File(path) => Box::new(File::open(path)?),
            Self::Stdin => Box::new(io::stdin()),
            Self::Text(_, text) => Box::new(Cursor::new(Arc::clone(text))),
        })
    }

    /// Returns the size in bytes, if it is known.
    fn size(&self) -> Option<u64> {
        match self {
            Self::File(path) => {
                std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|data| data.len())
            }
            Self::Stdin => None,
            Self::Text(_, text) => u64::try_from(text.len()).ok(),
        }
    }
}

/// Checks that every file can be read, before anything is sent.
pub(crate) fn sources(files: &[PathBuf]) -> Result<Vec<Source>> {
    if files.is_empty() {
        return Ok(examples::files().map(|(name, text)| Source::Text(name, text)).into());
    }
    let mut problems = Vec::new();
    let mut sources = Vec::new();
    for path in files {
        if path == Path::new("-") {
            if sources.iter().any(|source| matches!(source, Source::Stdin)) {
                problems.push("-: standard input can be read only once".to_owned());
            }
            sources.push(Source::Stdin);
            continue;
        }
        // A named pipe is opened once only: its writer fails if the first reader goes.
        let data = std::fs::metadata(path).and_then(|data| match data.is_file() {
            true => File::open(path).map(|_| data),
            false => Ok(data),
        });
        match data {
            Ok(data) if data.is_dir() => problems.push(format!("{}: is a folder", path.display())),
            Ok(_) => sources.push(Source::File(path.clone())),
            Err(error) => problems.push(format!("{}: {error}", path.display())),
        }
    }
    if problems.is_empty() {
        return Ok(sources);
    }
    let message = format!("some files cannot be read, so nothing was sent:\n  {}", problems.join("\n  "));
    Err(Failure::new(
        message,
        "name files that exist; a pattern such as exports/*.json names those of a folder",
    ))
}

/// Reads standard input and pipes into memory, for input that is read several times.
pub(crate) fn buffered(sources: Vec<Source>) -> Result<Vec<Source>> {
    let buffer = |source: Source| {
        if source.size().is_some() {
            return Ok(source);
        }
        let name = source.name();
        let mut bytes = Vec::new();
        source.open().and_then(|mut reader| reader.read_to_end(&mut bytes)).map_err(|error| {
            Failure::new(format!("{name} cannot be read: {error}"), "write it to a file first")
        })?;
        Ok(Source::Text(name.into(), bytes.into()))
    };
    sources.into_iter().map(buffer).collect()
}

/// What the thread reads.
pub(crate) enum Item {
    /// A record.
    Record(Box<OrderRecord>),
    /// Reading this file ended with an error.
    Failed { file: Arc<str>, error: io::Error },
}

/// The thread's end of the input.
pub(crate) struct Input {
    pub(crate) items: mpsc::Receiver<Item>,
    /// Bytes read so far.
    pub(crate) read: Arc<AtomicU64>,
    /// The size of all files, if it is known.
    pub(crate) size: Option<u64>,
    /// Whether the rest can be read without waiting for another process.
    pub(crate) is_finite: bool,
}

/// Starts the thread. It ends when the receiver is dropped.
pub(crate) fn read(sources: &[Source], parser: &OrderParser) -> Input {
    let (sender, items) = mpsc::channel(QUEUE);
    let count = Arc::new(AtomicU64::new(0));
    let input = Input {
        items,
        read: Arc::clone(&count),
        size: sources.iter().map(Source::size).sum(),
        is_finite: sources.iter().all(|source| source.size().is_some()),
    };
    let (sources, parser) = (sources.to_vec(), parser.clone());
    std::thread::spawn(move || {
        for source in sources {
            if read_source(&source, &parser, &count, &sender).is_none() {
                return;
            }
        }
    });
    input
}

/// Returns `None` if the receiver is gone.
fn read_source(
    source: &Source,
    parser: &OrderParser,
    count: &Arc<AtomicU64>,
    sender: &mpsc::Sender<Item>,
) -> Option<()> {
    let file: Arc<str> = source.name().into();
    let failed = |error| Item::Failed { file: Arc::clone(&file), error };
    let reader = match source.open() {
        Ok(reader) => Counted { reader, count: Arc::clone(count) },
        Err(error) => return sender.blocking_send(failed(error)).ok(),
    };
    for record in parser.clone().with_file_name(&*file).parse(reader) {
        let item = match record {
            Ok(record) => Item::Record(Box::new(record)),
            Err(error) => failed(error),
        };
        sender.blocking_send(item).ok()?;
    }
    Some(())
}

/// Counts the bytes that were read, for the progress bar.
struct Counted<R> {
    reader: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.reader.read(buffer)?;
        self.count.fetch_add(u64::try_from(bytes).unwrap_or(0), Ordering::Relaxed);
        Ok(bytes)
    }
}
