//! The cases of the crash suite.

pub(crate) mod process;
pub(crate) mod roles;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use review_outbox::{Outbox, State};

use self::process::{Process, Vendor};
use crate::support::database::{Database, server};
use crate::support::{request, requests};

/// The lease of the workers.
pub(crate) const LEASE: Duration = Duration::from_millis(2_000);
/// The requests that a worker has in flight.
pub(crate) const CONCURRENCY: usize = 32;

struct Size {
    invitations: usize,
    kills: usize,
    transactions: usize,
}

/// Runs every case on every database.
pub(crate) async fn run(full: bool) {
    let size = if full {
        Size { invitations: 10_000, kills: 20, transactions: 1_000 }
    } else {
        Size { invitations: 400, kills: 3, transactions: 20 }
    };
    for database in ["sqlite", "postgres"] {
        if database == "postgres" && server().is_none() {
            continue;
        }
        killed(open(database).await, &size, 1).await;
        killed(open(database).await, &size, 2).await;
        paused(open(database).await).await;
        limited(open(database).await).await;
        terminated(open(database).await).await;
        poisoned(open(database).await).await;
        outage(open(database).await).await;
        transactions(open(database).await, size.transactions).await;
    }
}

async fn open(database: &str) -> Database {
    match database {
        "sqlite" => Database::sqlite(),
        _ => Database::postgres().await.expect("PostgreSQL runs"),
    }
}

/// kill -9 at random moments, and a new worker each time. Workers have no names: a restarted one is a new owner.
async fn killed(database: Database, size: &Size, workers: usize) {
    let begin = Instant::now();
    let outbox = fill(&database, size.invitations).await;
    let mut vendor = Vendor::start(10);
    let mut dead = Vec::new();
    let mut running: Vec<Process> = (0..workers).map(|_| vendor.worker(&database.url)).collect();
    for kill in 1..=size.kills {
        // The moment is random; it is counted in invitations, so that every kill falls into the work.
        let part = size.invitations / (size.kills + 1);
        let moment = part * kill + usize::from(rand_byte()) * part / 512;
        wait_for("the vendor gets requests", || vendor.control.count() >= moment).await;
        std::thread::sleep(Duration::from_micros(u64::from(rand_byte()) * 100));
        let index = kill % workers;
        running[index].kill();
        dead.push(running[index].id());
        running[index] = vendor.worker(&database.url);
    }
    finished(&outbox).await;
    drop(running);
    let unknown = check(&database, &outbox, &mut vendor, size.invitations, &dead).await;
    let seconds = begin.elapsed().as_secs();
    println!(
        "{}: {} kills over {} invitations, {workers} workers, {seconds} s: lost 0, sent twice 0, {unknown}",
        database.name(),
        size.kills,
        size.invitations
    );
}

/// A worker that is paused for three leases while another one works, and continues.
async fn paused(database: Database) {
    let outbox = fill(&database, 300).await;
    let mut vendor = Vendor::start(100);
    let mut first = vendor.worker(&database.url);
    wait_for("the first worker sends", || vendor.control.count() >= 40).await;
    // Between two statements: a process that stops while it holds SQLite's write lock stops every writer.
    first.signal("STOP");
    while database.try_execute("UPDATE outbox SET lease = lease WHERE id = -1").await.is_err() {
        first.signal("CONT");
        tokio::time::sleep(Duration::from_millis(5)).await;
        first.signal("STOP");
    }
    let second = vendor.worker(&database.url);
    std::thread::sleep(LEASE * 3);
    // While it is paused: the second worker took all of its rows over.
    let held =
        format!("SELECT COUNT(*) FROM outbox WHERE lease IS NOT NULL AND owner LIKE '{}-%'", first.id());
    let begin = Instant::now();
    while database.count(&held).await > 0 {
        assert!(begin.elapsed() < Duration::from_secs(120), "rows of the paused worker are stuck");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    first.signal("CONT");
    let owners = [first.id()];
    finished(&outbox).await;
    settle(&database, &outbox, &vendor, [first, second]).await;
    let unknown = check(&database, &outbox, &mut vendor, 300, &owners).await;
    println!("{}: worker paused for 3 leases: sent twice 0, stuck 0, {unknown}", database.name());
}

/// A worker that dies while all its requests wait for the client's own rate limit, Trustpilot's limit lowered to two:
/// its token and one invitation. The others did not leave.
async fn limited(database: Database) {
    let outbox = fill(&database, 40).await;
    let mut vendor = Vendor::start(1);
    let mut worker = vendor.worker_of("trustpilot", "2/3600", &database.url);
    wait_for_rows(&outbox, State::Accepted, 1).await;
    wait_for_rows(&outbox, State::Claimed, CONCURRENCY).await;
    worker.kill();
    let worker = vendor.worker_of("trustpilot", "none", &database.url);
    finished(&outbox).await;
    drop(worker);
    check(&database, &outbox, &mut vendor, 40, &[]).await;
    println!("{}: killed with {CONCURRENCY} requests behind the limiter: unknown 0", database.name());
}

/// SIGTERM while 32 requests are in flight: the vendor responds, so none becomes unknown.
async fn terminated(database: Database) {
    let outbox = fill(&database, 200).await;
    let mut vendor = Vendor::start(300);
    let mut worker = vendor.worker(&database.url);
    wait_for("32 requests are in flight", || vendor.control.count() >= CONCURRENCY).await;
    worker.signal("TERM");
    worker.wait();
    let list = async |state| outbox.list(state, 0, u32::MAX).await.unwrap().len();
    let got = vendor.control.count();
    assert_eq!((list(State::Accepted).await, list(State::Pending).await), (got, 200 - got));
    println!("{}: SIGTERM with {CONCURRENCY} requests in flight: unknown 0", database.name());
}

/// A job that aborts its process, among others.
async fn poisoned(database: Database) {
    let outbox = fill(&database, 20).await;
    database.enqueue([request("abort")]).await;
    let mut vendor = Vendor::start(1);
    let mut restarts = 0;
    let mut worker = vendor.worker(&database.url);
    let begin = Instant::now();
    while outbox.list(State::Dead, 0, 9).await.unwrap().is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(120), "the poison job never ends");
        if worker.has_ended() {
            restarts += 1;
            worker = vendor.worker(&database.url);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    finished(&outbox).await;
    drop(worker);
    assert!(restarts <= 5, "{restarts} restarts for 5 attempts");
    let dead = outbox.list(State::Dead, 0, 9).await.unwrap();
    assert_eq!((dead.len(), dead[0].reference.as_deref(), dead[0].crashes), (1, Some("abort"), 5));
    assert_eq!(vendor.control.dump().len(), 20, "the other jobs are sent");
    println!("{}: poison job: dead after {restarts} crashes, the others sent", database.name());
}

/// The database goes away for ten seconds (SQLite: it is locked) while a worker sends.
async fn outage(database: Database) {
    let outbox = fill(&database, 2_000).await;
    let mut vendor = Vendor::start(10);
    let mut worker = vendor.worker(&database.url);
    wait_for("the worker sends", || vendor.control.count() >= 200).await;
    if database.name() == "sqlite" {
        let mut connection =
            <sqlx::SqliteConnection as sqlx::Connection>::connect(&database.url).await.unwrap();
        let lock = sqlx::Connection::begin_with(&mut connection, "BEGIN IMMEDIATE").await.unwrap();
        tokio::time::sleep(Duration::from_secs(10)).await;
        lock.rollback().await.unwrap();
    } else if let Some(server) = server() {
        server.stop();
        std::thread::sleep(Duration::from_secs(10));
        server.restart();
    }
    finished(&outbox).await;
    assert!(!worker.has_ended(), "the worker survives");
    let owner = worker.id();
    settle(&database, &outbox, &vendor, [worker]).await;
    let unknown = check(&database, &outbox, &mut vendor, 2_000, &[owner]).await;
    println!("{}: database away for 10 s: lost 0, sent twice 0, {unknown}", database.name());
}

/// Processes that abort anywhere between the business write and the commit.
async fn transactions(database: Database, crashes: usize) {
    let outbox = database.outbox().await;
    database.execute("CREATE TABLE orders (number BIGINT PRIMARY KEY)").await;
    let mut first = 0;
    for crash in 0..crashes {
        let mut process = Process::orders(&database.url, first, crash);
        process.wait();
        first += 10;
    }
    let orders = database.count("SELECT COUNT(*) FROM orders").await;
    let both = "SELECT COUNT(*) FROM orders o JOIN outbox b ON b.reference = CAST(o.number AS TEXT)";
    let rows = database.count("SELECT COUNT(*) FROM outbox").await;
    assert_eq!((orders, rows), (database.count(both).await, orders), "an order and its invitation differ");
    assert!(orders > 0 && orders < i64::try_from(crashes).unwrap() * 10, "crashes fall into the work");
    drop(outbox);
    println!("{}: {crashes} crashes in transactions: {orders} orders, {rows} invitations", database.name());
}

async fn fill(database: &Database, invitations: usize) -> Outbox {
    let outbox = database.outbox().await;
    database.enqueue(requests(invitations)).await;
    outbox
}

/// Waits until no row can be sent any more, and no row is in flight.
async fn finished(outbox: &Outbox) {
    let begin = Instant::now();
    loop {
        let mut waiting = 1;
        if let Ok(health) = outbox.health().await {
            waiting = health.instances.values().map(|acme| acme.pending + acme.in_flight + acme.held).sum();
        }
        if waiting == 0 {
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(300), "{waiting} rows are stuck");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Ends the workers cleanly, and lets a new one finish. A worker that was cut off still knows the results of
/// its own requests: a row that nothing was sent from becomes pending again.
async fn settle(
    database: &Database,
    outbox: &Outbox,
    vendor: &Vendor,
    workers: impl IntoIterator<Item = Process>,
) {
    for mut worker in workers {
        worker.signal("TERM");
        worker.wait();
    }
    let _last = vendor.worker(&database.url);
    finished(outbox).await;
}

async fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < Duration::from_secs(120), "timed out: {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn wait_for_rows(outbox: &Outbox, state: State, number: usize) {
    let begin = Instant::now();
    while outbox.list(state, 0, 1_000).await.unwrap().len() < number {
        assert!(begin.elapsed() < Duration::from_secs(120), "timed out: rows in the state {state}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The unknown outcomes of a case.
struct Unknown {
    arrived: usize,
    others: usize,
}

impl std::fmt::Display for Unknown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { arrived, others } = self;
        write!(f, "unknown {} ({arrived} arrived, {others} did not)", arrived + others)
    }
}

/// Compares the rows with what the vendor accepted, row by row: nothing lost, nothing twice, and only requests that
/// were in flight are unknown. `stopped`: the workers that were killed or paused.
async fn check(
    database: &Database,
    outbox: &Outbox,
    vendor: &mut Vendor,
    invitations: usize,
    stopped: &[u32],
) -> Unknown {
    let got = vendor.control.dump();
    let twice: Vec<_> = got.iter().filter(|(_, accepted)| accepted.emails > 1).collect();
    assert!(twice.is_empty(), "sent twice: {twice:?}");
    let list = async |state| outbox.list(state, 0, u32::MAX).await.unwrap();
    // In this order: a statement of a killed worker can still turn an unknown row into an accepted one.
    let mut unknown = list(State::Unknown).await;
    let accepted = list(State::Accepted).await;
    unknown.retain(|entry| accepted.iter().all(|other| other.id != entry.id));
    if accepted.len() + unknown.len() != invitations {
        for state in State::ALL {
            println!("{state}: {:?}", list(*state).await.len());
        }
        panic!("lost rows: {} accepted, {} unknown of {invitations}", accepted.len(), unknown.len());
    }
    for entry in &accepted {
        let reference = entry.reference.as_deref().unwrap();
        assert!(got.contains_key(reference), "{reference} is accepted and was never sent");
    }
    let owners = database.texts("SELECT owner || ' ' || id FROM outbox WHERE state = 'unknown'").await;
    let mut by_owner = BTreeMap::<u32, usize>::new();
    let mut arrived = 0;
    for entry in &unknown {
        let reference = entry.reference.as_deref().unwrap();
        let claim = owners.iter().find(|owner| owner.ends_with(&format!(" {}", entry.id))).unwrap();
        let owner: u32 = claim.split('-').next().unwrap().parse().unwrap();
        assert!(stopped.contains(&owner), "{reference} is unknown, and its worker {owner} was never stopped");
        *by_owner.entry(owner).or_default() += 1;
        if let Some(accepted) = got.get(reference) {
            arrived += 1;
            // Nothing left after the row was given up.
            let unknown_at = format!("SELECT unknown_at FROM outbox WHERE id = {}", entry.id);
            assert!(accepted.at <= database.count(&unknown_at).await, "{reference} left too late");
        }
    }
    // What a worker has in flight at the moment at which it stops.
    assert!(by_owner.values().all(|unknown| *unknown <= CONCURRENCY), "{by_owner:?}");
    Unknown { arrived, others: unknown.len() - arrived }
}

fn rand_byte() -> u8 {
    uuid::Uuid::new_v4().as_bytes()[0]
}
