//! Tokens that several clients or processes share.
//!
//! A refresh token may be valid for one use. A process therefore locks the store before it uses one, and
//! unlocks it after the new token is stored. A process that waited uses the stored token.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use review_core::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::token::Token;
use review_core::config::Secret;

/// The interval between attempts to lock a store.
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// The start of every stored token.
const START: &str = "{\"access_token\"";

/// The maximum size of a token file. A larger one is another program's.
const MAX_FILE: u64 = 64 * 1024;

/// A stored token, with the time it was obtained by the system clock, the only one that processes share.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoredToken {
    /// The token. Its lifetime counts from `obtained_at`.
    pub token: Token,
    /// When it was obtained.
    pub obtained_at: SystemTime,
}

#[derive(Serialize, Deserialize)]
struct Text {
    access_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Unix seconds.
    obtained_at: u64,
    /// Seconds.
    life: u64,
}

impl StoredToken {
    /// Creates a token that was obtained now, to the second.
    #[must_use]
    pub fn new(token: Token) -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { token, obtained_at: SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_secs()) }
    }

    /// Returns how long the token remains valid. `None` if it has expired, or was obtained in the future.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        let age = SystemTime::now().duration_since(self.obtained_at).ok()?;
        self.token.expires_in.checked_sub(age).filter(|remaining| !remaining.is_zero())
    }

    /// Returns the token as JSON, for a custom store. It is as secret as the token.
    #[must_use]
    pub fn to_json(&self) -> Secret {
        let text = Text {
            access_token: self.token.access_token.expose().to_owned(),
            refresh_token: self.token.refresh_token.as_ref().map(|token| token.expose().to_owned()),
            obtained_at: self.obtained_at.duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs()),
            life: self.token.expires_in.as_secs(),
        };
        Secret::new(serde_json::to_string(&text).unwrap_or_default())
    }

    /// Parses the result of [`to_json`](Self::to_json). `None` if it is something else.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        let text: Text = serde_json::from_str(text).ok()?;
        let obtained_at = UNIX_EPOCH.checked_add(Duration::from_secs(text.obtained_at))?;
        let token = Token::new(text.access_token.into(), Some(Duration::from_secs(text.life))).ok()?;
        Some(Self { token: token.with_refresh_token(text.refresh_token.map(Secret::from)), obtained_at })
    }
}

/// Keeps the token of one account. Accounts must not share a store: they would use each other's tokens.
#[async_trait]
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// Waits until the store is unlocked, and locks it until the guard is dropped.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if the store is not accessible.
    async fn lock(&self) -> Result<Box<dyn TokenStoreGuard>, Error>;
}

/// A locked store.
#[async_trait]
pub trait TokenStoreGuard: Send {
    /// Returns the stored token.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if it cannot be read.
    async fn load(&mut self) -> Result<Option<StoredToken>, Error>;

    /// Replaces the stored token, completely or, after an error, not at all.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if it cannot be written.
    async fn save(&mut self, token: &StoredToken) -> Result<(), Error>;
}

/// Keeps a token in memory, for clients of one process.
///
/// ```
/// use std::time::Duration;
///
/// use review_http::{MemoryTokenStore, StoredToken, Token, TokenStore};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), review_core::Error> {
/// let store = MemoryTokenStore::new();
/// let mut guard = store.lock().await?;
/// if guard.load().await?.is_none() {
///     let token = Token::new("an-access-token".into(), Some(Duration::from_secs(3600)))?;
///     guard.save(&StoredToken::new(token)).await?;
/// }
/// assert!(guard.load().await?.is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryTokenStore(Arc<Mutex<Option<StoredToken>>>);

impl MemoryTokenStore {
    /// Creates an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl TokenStore for MemoryTokenStore {
    async fn lock(&self) -> Result<Box<dyn TokenStoreGuard>, Error> {
        Ok(Box::new(InMemory(Arc::clone(&self.0).lock_owned().await)))
    }
}

struct InMemory(OwnedMutexGuard<Option<StoredToken>>);

#[async_trait]
impl TokenStoreGuard for InMemory {
    async fn load(&mut self) -> Result<Option<StoredToken>, Error> {
        Ok(self.0.clone())
    }

    async fn save(&mut self, token: &StoredToken) -> Result<(), Error> {
        *self.0 = Some(token.clone());
        Ok(())
    }
}

/// Keeps a token in a file, for processes of one machine. The file is replaced in one step, and only its owner
/// can read it (mode 0600; on Windows the directory's rules apply). The lock is held on a second file with
/// the ending `.lock`, and ends with the process.
///
/// Do not use it on network file systems, whose locks are unreliable.
///
/// ```
/// use review_http::FileTokenStore;
///
/// let store = FileTokenStore::new("/var/lib/shop/trustpilot-token");
/// # let _ = store;
/// ```
#[derive(Clone, Debug)]
pub struct FileTokenStore(PathBuf);

impl FileTokenStore {
    /// Creates a store in this file. Its directory must exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    fn sibling(&self, ending: &str) -> PathBuf {
        let mut name = self.0.clone().into_os_string();
        name.push(ending);
        name.into()
    }
}

#[async_trait]
impl TokenStore for FileTokenStore {
    async fn lock(&self) -> Result<Box<dyn TokenStoreGuard>, Error> {
        let path = self.sibling(".lock");
        let lock = blocking(move || private().create(true).truncate(false).open(path)).await?;
        loop {
            // By its whole name: the standard library has a method of this name in newer versions.
            match fs4::FileExt::try_lock(&lock) {
                Ok(()) => return Ok(Box::new(InFile { store: self.clone(), _lock: lock })),
                Err(fs4::TryLockError::WouldBlock) => tokio::time::sleep(BETWEEN_TRIES).await,
                Err(fs4::TryLockError::Error(cause)) => return Err(unusable(cause)),
            }
        }
    }
}

struct InFile {
    store: FileTokenStore,
    _lock: File,
}

#[async_trait]
impl TokenStoreGuard for InFile {
    async fn load(&mut self) -> Result<Option<StoredToken>, Error> {
        let path = self.store.0.clone();
        let text = blocking(move || match read_private(&path) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            read => read,
        })
        .await?;
        // Some file systems leave zeros after a crash.
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        if text.is_empty() {
            return Ok(None);
        }
        match StoredToken::from_json(text) {
            Some(token) => Ok(Some(token)),
            // A crash or a full disk cut it off. The source can log in again.
            None if text.starts_with(START) || START.starts_with(text) => {
                tracing::warn!("the token file is incomplete; a new token is fetched");
                Ok(None)
            }
            // It may be another program's file, so it is not overwritten.
            None => {
                let message = "the token file contains no token; delete it or choose another path";
                Err(Error::new(ErrorKind::InvalidConfig, message))
            }
        }
    }

    async fn save(&mut self, token: &StoredToken) -> Result<(), Error> {
        let (path, new, text) = (self.store.0.clone(), self.store.sibling(".new"), token.to_json());
        blocking(move || replace(&path, &new, text.expose())).await
    }
}

/// Reads a file that only its owner can read from now on.
fn read_private(path: &Path) -> io::Result<String> {
    let file = File::open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            tracing::warn!("other users could read the token file; its permissions are now 0600");
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    let mut text = String::new();
    let length = file.take(MAX_FILE + 1).read_to_string(&mut text)?;
    if u64::try_from(length).is_ok_and(|length| length > MAX_FILE) {
        return Err(io::Error::other("the file is larger than 64 KiB"));
    }
    Ok(text)
}

/// Replaces a file in one step.
fn replace(path: &Path, new: &Path, text: &str) -> io::Result<()> {
    // A process that died can leave one behind. The store is locked, so no other process writes it.
    match fs::remove_file(new) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
        _ => {}
    }
    let mut file = private().create_new(true).open(new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    drop(file);
    fs::rename(new, path)?;
    // Otherwise a power failure could bring the old file back, whose refresh token is used up.
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Files that only their owner can read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let stopped = |cause| io::Error::other(cause);
    let done = tokio::task::spawn_blocking(work).await.map_err(stopped).and_then(|done| done);
    done.map_err(unusable)
}

fn unusable(cause: io::Error) -> Error {
    Error::new(
        ErrorKind::InvalidConfig,
        "cannot access the token file; check that the directory exists and is writable",
    )
    .with_source(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(access: &str) -> StoredToken {
        let token = Token::new(access.into(), Some(Duration::from_secs(100))).unwrap();
        StoredToken::new(token.with_refresh_token(Some("canary-refresh".into())))
    }

    /// A folder of this test's own.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("review-http-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[tokio::test]
    async fn both_stores_give_back_what_was_stored() {
        let folder = Folder::new("both");
        let stores: [Arc<dyn TokenStore>; 2] =
            [Arc::new(MemoryTokenStore::new()), Arc::new(FileTokenStore::new(folder.0.join("token")))];
        for store in stores {
            assert!(store.lock().await.unwrap().load().await.unwrap().is_none());
            for access in ["canary-1", "canary-2"] {
                store.lock().await.unwrap().save(&token(access)).await.unwrap();
                let found = store.lock().await.unwrap().load().await.unwrap().unwrap();
                assert_eq!(found.token.access_token.expose(), access);
                assert_eq!(found.token.refresh_token.as_ref().unwrap().expose(), "canary-refresh");
                assert!(found.remaining().unwrap() > Duration::from_secs(90));
                assert!(!format!("{found:?} {store:?}").contains("canary"));
            }
        }
    }

    #[tokio::test]
    async fn one_at_a_time_holds_a_store() {
        let folder = Folder::new("lock");
        let path = folder.0.join("token");
        let (first, second) = (FileTokenStore::new(&path), FileTokenStore::new(&path));
        let mut held = first.lock().await.unwrap();
        let waiting = tokio::spawn(async move { second.lock().await.unwrap().load().await.unwrap() });
        tokio::time::sleep(BETWEEN_TRIES * 3).await;
        assert!(!waiting.is_finished());
        held.save(&token("first")).await.unwrap();
        drop(held);
        assert_eq!(waiting.await.unwrap().unwrap().token.access_token.expose(), "first");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn files_are_readable_by_their_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = Folder::new("mode");
        FileTokenStore::new(folder.0.join("token")).lock().await.unwrap().save(&token("x")).await.unwrap();
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder.0).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            names.push(entry.file_name().into_string().unwrap());
        }
        names.sort();
        assert_eq!(names, ["token", "token.lock"]);
    }

    #[tokio::test]
    async fn a_file_of_another_kind_is_left_alone() {
        let folder = Folder::new("other");
        let path = folder.0.join("token");
        fs::write(&path, "canary: not ours").unwrap();
        let error = FileTokenStore::new(&path).lock().await.unwrap().load().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        assert!(!format!("{error} {error:?}").contains("canary"));
        let nowhere = FileTokenStore::new(folder.0.join("missing").join("token"));
        assert_eq!(nowhere.lock().await.err().map(|error| error.kind()), Some(ErrorKind::InvalidConfig));
    }

    #[tokio::test]
    async fn half_a_token_counts_as_none_and_a_large_file_is_rejected() {
        let folder = Folder::new("half");
        let path = folder.0.join("token");
        let text = token("canary-1").to_json();
        let mut guard = FileTokenStore::new(&path).lock().await.unwrap();
        let half = text.expose().get(..40).unwrap();
        for incomplete in [half, "{\"acc", "{", "\0\0\0\0", &format!("{half}\0\0")] {
            fs::write(&path, incomplete).unwrap();
            assert!(guard.load().await.unwrap().is_none(), "{incomplete:?}");
        }
        for other in ["[", "{\"token\":\"x\"}", "key = 1"] {
            fs::write(&path, other).unwrap();
            assert_eq!(guard.load().await.unwrap_err().kind(), ErrorKind::InvalidConfig, "{other}");
        }
        fs::write(&path, format!("{}{}", text.expose(), " ".repeat(70_000))).unwrap();
        assert_eq!(guard.load().await.unwrap_err().kind(), ErrorKind::InvalidConfig);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn files_that_others_can_read_are_protected_when_read() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = Folder::new("open");
        let path = folder.0.join("token");
        fs::write(&path, token("x").to_json().expose()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(FileTokenStore::new(&path).lock().await.unwrap().load().await.unwrap().is_some());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_token_that_is_over_or_not_yet_had_is_not_used() {
        let mut stored = token("x");
        stored.obtained_at = SystemTime::now() - Duration::from_secs(101);
        assert!(stored.remaining().is_none());
        stored.obtained_at = SystemTime::now() + Duration::from_secs(1000);
        assert!(stored.remaining().is_none());
    }
}
