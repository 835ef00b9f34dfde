//! The ledger: where it is, and how it is opened.

use std::borrow::Cow;
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use review_outbox::Outbox;
use sha2::{Digest as _, Sha256};

use crate::failure::{Failure, Result};
use crate::settings::{ConfigArgs, absolute};
use crate::values::{self, Private};

/// The ledger of a command that reads or changes one.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct LedgerArgs {
    /// Ledger file, or the URL of an outbox (sqlite://… or postgres://…); default: that of the configuration
    #[arg(long, value_name = "PATH|URL", value_parser = values::ledger)]
    pub(crate) ledger: Option<Private>,
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
        if !exists(&target) {
            return Ok(None);
        }
        let outbox = Outbox::open_existing(&url(&target)).await?;
        outbox.ok_or_else(|| not_a_ledger(&target)).map(Some)
    }

    /// Opens the outbox of a worker, and creates its tables in a database that exists.
    pub(crate) async fn open_for_work(&self, config: &ConfigArgs) -> Result<Outbox> {
        let target = self.target(config)?;
        match exists(&target) {
            true => open(&target).await,
            false => self.open(config).await,
        }
    }

    fn target(&self, config: &ConfigArgs) -> Result<String> {
        match &self.ledger {
            Some(target) => Ok(target.to_string()),
            None => Ok(default_path(config)?.to_string_lossy().into_owned()),
        }
    }
}

/// Opens a ledger, and creates it if it does not exist: readable by its owner only.
async fn open(target: &str) -> Result<Outbox> {
    let folder = Path::new(target).parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|_| !target.contains("://")) {
        create_folder(folder).map_err(|error| {
            let message =
                format!("the folder of the ledger, {}, cannot be created: {error}", folder.display());
            Failure::new(message, "choose another place with --ledger PATH")
        })?;
    }
    Ok(Outbox::open(&url(target)).await?)
}

/// Opens the ledger of `send`. The tables of a ledger do not belong in the database file of another program.
pub(crate) async fn open_for_sending(target: &str) -> Result<Outbox> {
    let is_filled = file(target).is_some_and(|path| fs::metadata(path).is_ok_and(|file| file.len() > 0));
    match is_filled {
        true => Outbox::open_existing(&url(target)).await?.ok_or_else(|| not_a_ledger(target)),
        false => open(target).await,
    }
}

fn not_a_ledger(target: &str) -> Failure {
    let message = format!("{} is not a ledger or an outbox; it was not changed", shown(target));
    Failure::new(
        message,
        "check the path or URL that --ledger names; `send` creates a file that does not exist",
    )
}

/// Returns the path of a ledger that is a file, without scheme and parameters.
pub(crate) fn file(target: &str) -> Option<PathBuf> {
    match target.split_once("://") {
        Some(("sqlite", rest)) => {
            let path = rest.split('?').next().unwrap_or_default();
            Some(percent_decode_str(path).decode_utf8_lossy().into_owned().into())
        }
        Some(_) => None,
        None => Some(target.into()),
    }
}

/// Whether there is a file, or it is a database server that only a connection can check.
fn exists(target: &str) -> bool {
    file(target).is_none_or(|path| path.exists())
}

/// Returns the URL of a ledger, of which a path becomes a part.
fn url(target: &str) -> String {
    if target.contains("://") {
        return target.to_owned();
    }
    format!("sqlite://{}", target.replace('%', "%25").replace('?', "%3f").replace('#', "%23"))
}

/// Returns a ledger for output: the URL of a database without its password and its parameters.
pub(crate) fn shown(target: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = target.split_once("://").filter(|(scheme, _)| *scheme != "sqlite") else {
        return target.into();
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    match rest.rsplit_once('@') {
        Some((login, place)) => {
            let user = login.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{place}").into()
        }
        None => format!("{scheme}://{rest}").into(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ledger_url_is_shown_without_its_password() {
        for (target, expected) in [
            ("sent.db", "sent.db"),
            ("sqlite://sent.db?mode=rw", "sqlite://sent.db?mode=rw"),
            ("postgres://localhost/shop", "postgres://localhost/shop"),
            ("postgres://jan@localhost/shop", "postgres://jan@localhost/shop"),
            ("postgres://jan:s3cret@localhost:5432/shop", "postgres://jan@localhost:5432/shop"),
            ("postgresql://jan:s3@cret@localhost/shop", "postgresql://jan@localhost/shop"),
            ("postgres://localhost/shop?user=jan&password=s3cret", "postgres://localhost/shop"),
        ] {
            assert_eq!(shown(target), expected);
        }
    }

    #[test]
    fn ledger_file_is_found_by_path_and_by_url() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let encoded = format!("sqlite://{}", path.replace(".toml", "%2Etoml"));
        let targets =
            [path.to_owned(), format!("sqlite://{path}"), format!("sqlite://{path}?mode=rw"), encoded];
        for target in targets {
            assert!(exists(&target), "{target}");
        }
        assert!(!exists("postgres.db") && !exists("sqlite://missing.db?mode=rw"));
        assert!(exists("postgres://localhost/shop"), "only a connection can check it");
    }
}
