//! The sandbox in a process of its own: it counts every invitation that it accepted, by order reference.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use review_sandbox::{FaultRule, Sandbox};

/// What the sandbox accepted about one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The emails that the vendor would send.
    pub emails: usize,
    /// When the last request arrived, in milliseconds since 1970.
    pub at: i64,
}

/// Serves until the process ends. Prints the variables of the sandbox and the port of the control connection. Every
/// response to an invitation is late by `delay` milliseconds, at least 1.
///
/// Control: `COUNT` returns the number of accepted requests; `DUMP` returns what was accepted by reference.
pub fn serve(delay: u32) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let slow = |path: &str| {
        let fault = format!("slow-{}", delay.max(1)).parse().unwrap();
        FaultRule::new(fault).with_method("POST").with_path_contains(path)
    };
    let sandbox = Sandbox::builder().max_recorded_requests(0).max_inbox_entries(20_000);
    let sandbox = sandbox.fault(slow("/events")).fault(slow("/email-invitations"));
    let sandbox = runtime.block_on(sandbox.start()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    for (name, value) in sandbox.env_vars() {
        println!("{name}={value}");
    }
    println!("CONTROL={}", listener.local_addr().unwrap().port());
    for stream in listener.incoming().flatten() {
        let mut writer = stream.try_clone().unwrap();
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let response = if line == "COUNT" { count(&sandbox).to_string() } else { dump(&sandbox) };
            if writer.write_all(format!("{response}\n").as_bytes()).is_err() {
                break;
            }
        }
    }
}

fn count(sandbox: &Sandbox) -> u64 {
    sandbox.fault_counts().values().map(|count| count.injected).sum()
}

fn dump(sandbox: &Sandbox) -> String {
    let entries = sandbox.inbox().into_iter();
    let times: BTreeMap<String, i64> =
        entries.map(|entry| (entry.reference, entry.received_at.timestamp_millis())).collect();
    let accepted = sandbox.email_counts().into_iter().map(|((_, reference), emails)| {
        let at = times[&reference];
        format!("{reference}={emails}@{at}")
    });
    accepted.collect::<Vec<_>>().join(" ")
}

/// A connection of the test to the sandbox.
pub struct Control(BufReader<TcpStream>);

impl Control {
    pub fn connect(port: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    fn ask(&mut self, command: &str) -> String {
        self.0.get_mut().write_all(command.as_bytes()).unwrap();
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    pub fn count(&mut self) -> usize {
        self.ask("COUNT\n").parse().unwrap()
    }

    pub fn dump(&mut self) -> BTreeMap<String, Accepted> {
        let dump = self.ask("DUMP\n");
        let accepted = |pair: &str| {
            let (reference, rest) = pair.split_once('=')?;
            let (emails, at) = rest.split_once('@')?;
            Some((reference.to_owned(), Accepted { emails: emails.parse().ok()?, at: at.parse().ok()? }))
        };
        dump.split_whitespace().map(|pair| accepted(pair).unwrap()).collect()
    }
}

/// How long the client of a worker may wait for its own rate limit: longer than the queue of any test.
const LONG: Duration = Duration::from_secs(86_400);

/// The configuration of the instance `acme` of a vendor at the sandbox, whose variables are in the environment.
/// `limit`: the client's own rate limit.
pub fn configuration(vendor: &str, limit: &str) -> String {
    let keys: &[&str] = match vendor {
        "etrusted" => &["client_id", "client_secret", "channel_id", "event_type", "api_url", "login_url"],
        _ => &["api_key", "api_secret", "business_user_id", "business_unit_id", "api_url", "invitations_url"],
    };
    let prefix = vendor.to_uppercase();
    let settings =
        keys.iter().map(|key| format!("{key} = {{ env = \"{prefix}_{}\" }}\n", key.to_uppercase()));
    format!(
        "shop = \"shop\"\n[instances.acme]\nvendor = \"{vendor}\"\n{}[instances.acme.http]\n\
         rate_limits = [\"{limit}\"]\ntotal_timeout_seconds = {}\n",
        settings.collect::<String>(),
        LONG.as_secs()
    )
}
