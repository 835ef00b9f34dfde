//! A PostgreSQL server for tests: on loopback, in a new directory, removed when the test process ends.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;

/// Starts the server, restarts it on request, and stops it when its standard input ends: also if the test
/// process is killed.
const SCRIPT: &str = r#"
set -e
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$BIN/initdb" -D "$dir/data" -U postgres -A trust --no-sync -E UTF8 --locale=C >/dev/null 2>&1
start() {
  "$BIN/postgres" -D "$dir/data" -p "$PORT" -k "$dir" -c listen_addresses=127.0.0.1 -c max_connections=200 \
    >"$dir/log" 2>&1 </dev/null &
  pid=$!
  for _ in $(seq 300); do
    "$BIN/pg_isready" -q -h 127.0.0.1 -p "$PORT" && return 0
    kill -0 "$pid" 2>/dev/null || { cat "$dir/log" >&2; return 1; }
    sleep 0.1
  done
  return 1
}
stop() { kill -INT "$pid"; wait "$pid" || true; }
start
echo ready
while read -r command; do
  case "$command" in
    stop) stop; echo stopped ;;
    start) start; echo ready ;;
  esac
done
stop
"#;

pub struct Server {
    port: u16,
    control: Mutex<(ChildStdin, BufReader<std::process::ChildStdout>)>,
    _child: Child,
}

impl Server {
    /// Starts a server. `None` if PostgreSQL is not installed, which is reported.
    pub fn start() -> Option<Self> {
        let Some(bin) = binaries() else {
            skipped("PostgreSQL tests of review-outbox: no PostgreSQL found; install the package postgresql");
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // The server refuses to run as root.
        let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"));
        let mut command = if root { Command::new("setpriv") } else { Command::new("sh") };
        if root {
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "sh"]);
        }
        command.args(["-c", SCRIPT]).env("BIN", bin).env("PORT", port.to_string()).current_dir("/");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let control = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let server = Self { port, control: Mutex::new(control), _child: child };
        server.expect("ready");
        Some(server)
    }

    fn expect(&self, word: &str) {
        let mut line = String::new();
        self.control.lock().unwrap().1.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), word, "the PostgreSQL server did not do what it was asked");
    }

    fn command(&self, command: &str, response: &str) {
        writeln!(self.control.lock().unwrap().0, "{command}").unwrap();
        self.expect(response);
    }

    pub fn stop(&self) {
        self.command("stop", "stopped");
    }

    pub fn restart(&self) {
        self.command("start", "ready");
    }

    /// Creates a database and returns its URL.
    pub async fn create_database(&self) -> String {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let url = |name: &str| format!("postgres://postgres@127.0.0.1:{}/{name}", self.port);
        let mut connection =
            <sqlx::PgConnection as sqlx::Connection>::connect(&url("postgres")).await.unwrap();
        let name = format!("outbox_{number}");
        let sql = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        url(&name)
    }
}

fn binaries() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates: Vec<PathBuf> = installed.map(|entry| entry.path().join("bin")).collect();
    candidates.sort();
    candidates.reverse();
    candidates.extend(std::env::split_paths(&path));
    candidates.into_iter().find(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
}

/// Reports a skipped test where it is seen: past the capture of the test harness, and in the file that the
/// build collects.
pub fn skipped(what: &str) {
    let line = format!("SKIPPED: {what}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
    if let Some(path) = std::env::var_os("SKIPPED") {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
    }
}
