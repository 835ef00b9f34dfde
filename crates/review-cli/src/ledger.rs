//! The ledger: where it is, and how it is opened.

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use review_outbox::Outbox;
use sha2::{Digest as _, Sha256};

use crate::failure::{Failure, Result};
use crate::settings::{ConfigArgs, absolute};

/// The ledger of a command that reads or changes one.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct LedgerArgs {
    /// Ledger file, or the URL of an outbox (sqlite://… or postgres://…); default: that of the configuration
    #[arg(long, value_name = "PATH|URL")]
    pub(crate) ledger: Option<String>,
}

impl LedgerArgs {
    /// Opens the ledger. It must exist, because an empty one would look like success.
    pub(crate) async fn open(&self, config: &ConfigArgs) -> Result<Outbox> {
        match self.open_existing(config).await? {
            Some(outbox) => Ok(outbox),
            None => {
                let help = "name the ledger with --ledger, or send something first: review-invites send FILE";
                Err(Failure::new(format!("there is no ledger at {}", self.target(config)?), help))
            }
        }
    }

    /// Opens the ledger if it exists.
    pub(crate) async fn open_existing(&self, config: &ConfigArgs) -> Result<Option<Outbox>> {
        let target = self.target(config)?;
        let path = target.strip_prefix("sqlite://").unwrap_or(&target);
        if !target.starts_with("postgres") && !Path::new(path).exists() {
            return Ok(None);
        }
        open(&target).await.map(Some)
    }

    fn target(&self, config: &ConfigArgs) -> Result<String> {
        match &self.ledger {
            Some(target) => Ok(target.clone()),
            None => Ok(default_path(config)?.to_string_lossy().into_owned()),
        }
    }
}

/// Opens a ledger, and creates it if it does not exist: readable by its owner only.
pub(crate) async fn open(target: &str) -> Result<Outbox> {
    if target.contains("://") {
        return Ok(Outbox::open(target).await?);
    }
    if let Some(folder) = Path::new(target).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_folder(folder).map_err(|error| {
            let message =
                format!("the folder of the ledger, {}, cannot be created: {error}", folder.display());
            Failure::new(message, "choose another place with --ledger PATH")
        })?;
    }
    // The path is a part of a URL.
    let path = target.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Ok(Outbox::open(&format!("sqlite://{path}")).await?)
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Returns the path of the ledger of `send`.
pub(crate) fn path_for_sending(named: Option<&str>, config: &ConfigArgs) -> Result<String> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    if !io::stdin().is_terminal() && !io::stderr().is_terminal() {
        let help = "add --ledger PATH, so that a second run sends only what is left, or --no-ledger to keep no \
                    record";
        return Err(Failure::new("without a terminal, send needs --ledger or --no-ledger", help));
    }
    Ok(default_path(config)?.to_string_lossy().into_owned())
}

/// One ledger per configuration: named after the file's path, or `environment`.
fn default_path(config: &ConfigArgs) -> Result<PathBuf> {
    let name = match config.file() {
        Some(file) => {
            let path = absolute(&file);
            let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
            let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            format!("{stem}-{hash}.db")
        }
        None => "environment.db".to_owned(),
    };
    let folder = state_folder().ok_or_else(|| {
        let message = "the folder for ledgers is unknown: neither XDG_STATE_HOME nor HOME is set";
        Failure::new(message, "name the ledger with --ledger PATH")
    })?;
    Ok(folder.join("review-invites").join(name))
}

fn state_folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("XDG_STATE_HOME")
        .or_else(|| variable("HOME").map(|home| home.join(".local").join("state")))
        .or_else(|| variable("LOCALAPPDATA"))
}
