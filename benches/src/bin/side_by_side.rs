//! `side-by-side [ROUNDS [INVITATIONS]]`: CPU and wall time of an invitation, by each client, in one run.
//!
//! Every measurement is a process of its own on core 0; the server is another on core 1 (with `taskset`, where there is
//! one). Clients are measured one after the other in each round, and ratios are those of one round, so that a slow moment
//! of the machine concerns both sides. Printed are medians.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use review_invites_benches::run;
use review_invites_benches::vendor::Vendor;

const CLIENTS: [&str; 7] =
    ["hyper", "hyper-pooled", "reqwest", "ours", "ours-prebuilt", "ours-send-all", "ours+subscriber"];
/// Concurrency and milliseconds until the response.
const LOADS: [(usize, u32); 6] = [(1, 0), (16, 0), (64, 0), (256, 0), (1, 50), (64, 50)];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["client", client, vendor, tasks, count, address] => {
            let vendor = Vendor::named(vendor).expect("a vendor's short name");
            let number = |text: &str| text.parse::<u32>().expect("a number");
            measure(client, vendor, number(tasks) as usize, number(count), address);
        }
        ["cold", client, vendor, address] => {
            cold(client, Vendor::named(vendor).expect("a vendor's short name"), address)
        }
        rest => {
            let number = |index: usize, default: u32| {
                rest.get(index).map_or(default, |text| text.parse().expect("a number"))
            };
            compare(number(0, 5), number(1, 4000));
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Nanoseconds of the main thread of a process on a CPU. There is one thread that works in each process.
fn cpu_of(process: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/schedstat")).expect("Linux");
    text.split(' ').next().and_then(|first| first.parse().ok()).expect("a number")
}

/// Prints CPU nanoseconds and wall nanoseconds of an invitation, and the peak memory in KiB.
fn measure(client: &str, vendor: Vendor, tasks: usize, count: u32, address: &str) {
    let client = match client.strip_suffix("+subscriber") {
        Some(client) => {
            tracing_subscriber::fmt().with_writer(std::io::sink).init();
            client
        }
        None => client,
    };
    let runtime = runtime();
    let client = runtime.block_on(run::client(client, vendor, address, tasks));
    // Connections, and the token.
    runtime.block_on(run::send(&client, vendor, tasks as u32 * 2));
    let (cpu, began) = (cpu_of("self"), Instant::now());
    runtime.block_on(run::send(&client, vendor, count));
    let wall = began.elapsed().as_nanos() / u128::from(count);
    let cpu = (cpu_of("self") - cpu) / u64::from(count);
    println!("{cpu} {wall} {}", peak_memory());
}

fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Prints the nanoseconds from the start of the program to the first accepted invitation.
fn cold(client: &str, vendor: Vendor, address: &str) {
    let (cpu, began) = (cpu_of("self"), Instant::now());
    let runtime = runtime();
    runtime.block_on(async {
        let client = run::client(client, vendor, address, 1).await;
        run::send(&client, vendor, 1).await;
    });
    println!("{} {} {}", cpu_of("self") - cpu, began.elapsed().as_nanos(), peak_memory());
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(delay: u32) -> Self {
        let program = std::env::current_exe().expect("a path").with_file_name("loopback");
        let mut child = on_core(1, &program.to_string_lossy())
            .arg(delay.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("build the program `loopback` as well");
        let mut address = String::new();
        let output = child.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut address).expect("the address");
        Self { child, address: address.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn on_core(core: u32, program: &str) -> Command {
    let is_there = Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_ok();
    if !is_there {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string(), program]);
    command
}

/// CPU and wall nanoseconds, KiB, and the share of the time that the server was busy.
type Measured = [f64; 4];

fn child(arguments: &[&str], server: &Server) -> Measured {
    let program = std::env::current_exe().expect("a path");
    let server_id = server.child.id().to_string();
    let (busy, began) = (cpu_of(&server_id), Instant::now());
    let output = on_core(0, &program.to_string_lossy())
        .args(arguments)
        .arg(&server.address)
        .stderr(Stdio::inherit())
        .output()
        .expect("this program");
    let busy = (cpu_of(&server_id) - busy) as f64 / began.elapsed().as_nanos() as f64;
    let text = String::from_utf8(output.stdout).expect("text");
    let numbers: Vec<f64> = text.split_whitespace().map(|text| text.parse().expect("a number")).collect();
    let [cpu, wall, memory] = numbers.as_slice() else { panic!("{arguments:?} failed") };
    [*cpu, *wall, *memory, busy]
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn compare(rounds: u32, count: u32) {
    println!("CPU and wall time in microseconds, ratios to reqwest with serde; medians of {rounds} rounds.");
    for (tasks, delay) in LOADS {
        let server = Server::start(delay);
        for vendor in Vendor::ALL {
            // A slow server bounds the time of a run.
            let count = match (tasks, delay) {
                (1, 0) => count / 4,
                (_, 0) => count,
                (tasks, _) => 30 * tasks as u32,
            };
            let (count, tasks) = (count.to_string(), tasks.to_string());
            let run = |client: &str| child(&["client", client, vendor.name(), &tasks, &count], &server);
            println!("\n{}, {tasks} in flight, response after {delay} ms", vendor.name());
            table(&CLIENTS, rounds, run);
        }
    }
    let server = Server::start(0);
    for vendor in Vendor::ALL {
        println!("\n{}, from the start of the program to the first invitation", vendor.name());
        table(&["reqwest", "ours"], rounds * 3, |client| child(&["cold", client, vendor.name()], &server));
    }
}

fn table(clients: &[&'static str], rounds: u32, run: impl Fn(&str) -> Measured) {
    let mut measured: BTreeMap<&str, Vec<Measured>> = BTreeMap::new();
    for _ in 0..rounds {
        for client in clients {
            measured.entry(client).or_default().push(run(client));
        }
    }
    let plain = measured.get("reqwest").cloned().unwrap_or_default();
    println!("{:18}{:>9}{:>7}{:>10}{:>7}{:>8}{:>7}", "", "CPU", "ratio", "wall", "ratio", "MB", "server");
    for client in clients {
        let own = measured.get(client).cloned().unwrap_or_default();
        let of = |index: usize| median(own.iter().map(|values| values[index]).collect());
        let ratio = |index: usize| {
            median(own.iter().zip(&plain).map(|(own, plain)| own[index] / plain[index]).collect())
        };
        println!(
            "{client:18}{:>9.1}{:>7.2}{:>10.1}{:>7.2}{:>8.1}{:>6.0}%",
            of(0) / 1000.0,
            ratio(0),
            of(1) / 1000.0,
            ratio(1),
            of(2) / 1024.0,
            of(3) * 100.0
        );
    }
}
