//! Shared helpers: the command as a process, and the sandbox in the process of the test.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic, and none uses all of it"
)]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use review_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;

/// A folder of one test, removed at its end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_default()
    }

    /// Whether any file of the folder contains the text.
    pub fn contains(&self, text: &str) -> bool {
        let files = std::fs::read_dir(&self.0).unwrap();
        files.into_iter().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a command printed.
#[derive(Debug)]
pub struct Printed {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Printed {
    /// The lines of standard output as JSON.
    pub fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The number of lines with this outcome.
    pub fn count(&self, outcome: &str) -> usize {
        let word = |line: &&str| line.split_whitespace().any(|word| word == outcome);
        // The lines after the counts are the summary.
        self.out.lines().take_while(|line| !line.contains(" results: ")).filter(word).count()
    }
}

/// The command in a clean environment.
pub fn command(folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_review-invites"));
    command.env_clear().env("HOME", folder.path("home")).current_dir(&folder.0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// The command with an account of the sandbox.
pub fn command_for(folder: &Folder, sandbox: &Sandbox, vendor: &str) -> Command {
    let mut command = command(folder);
    command.envs(sandbox.env_vars()).env("REVIEW_PROVIDER", vendor);
    command
}

pub async fn run(mut command: Command, args: &[&str]) -> Printed {
    let output = command.args(args).output().await.unwrap();
    Printed {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A Shopify order that is eligible.
pub fn order(number: u32) -> Value {
    let placed = Utc::now() - TimeDelta::days(10);
    json!({
        "id": number,
        "name": format!("#{number}"),
        "order_number": number,
        "email": format!("customer{number}@example.com"),
        "created_at": placed.to_rfc3339(),
        "financial_status": "paid",
        "fulfillment_status": "fulfilled",
        "test": false,
        "buyer_accepts_marketing": true,
        "customer": { "first_name": "Wilhelmina", "last_name": "Quakenbush" },
        "line_items": [{ "sku": "TEA-100", "name": "Green tea" }],
    })
}

/// Orders as JSON Lines.
pub fn orders(numbers: impl IntoIterator<Item = u32>) -> String {
    numbers.into_iter().map(|number| format!("{}\n", order(number))).collect()
}

/// Waits until something is true, for at most a minute.
pub async fn wait_until(mut condition: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the condition did not become true within a minute");
}

/// Opens the sandbox's page, whose address is in this line.
pub async fn open_page(line: &str) -> String {
    let (_, rest) = line.split_once("http://").unwrap();
    let (host, _) = rest.split_once('/').unwrap();
    let mut socket = TcpStream::connect(host).await.unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut page = String::new();
    socket.read_to_string(&mut page).await.unwrap();
    page
}
