//! A vendor in a process of its own: it counts every request that arrived, by order reference.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Serves until the process ends: `SEND <reference>` is counted and, after the delay, responded to with `OK`;
/// `COUNT` returns the number of requests; `DUMP` returns the counts by reference.
pub fn serve(delay: Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    let counts = Arc::new(Mutex::new(BTreeMap::<String, u32>::new()));
    for stream in listener.incoming().flatten() {
        let counts = Arc::clone(&counts);
        std::thread::spawn(move || connection(stream, &counts, delay));
    }
}

fn connection(stream: TcpStream, counts: &Mutex<BTreeMap<String, u32>>, delay: Duration) {
    let _ = stream.set_nodelay(true);
    let mut writer = stream.try_clone().unwrap();
    let mut lines = BufReader::new(stream).lines();
    while let Some(Ok(line)) = lines.next() {
        let response = match line.split_once(' ') {
            Some(("SEND", reference)) => {
                *counts.lock().unwrap().entry(reference.to_owned()).or_default() += 1;
                std::thread::sleep(delay);
                "OK\n".to_owned()
            }
            _ if line == "COUNT" => format!("{}\n", counts.lock().unwrap().values().sum::<u32>()),
            _ => {
                let counts = counts.lock().unwrap();
                let lines = counts.iter().map(|(reference, count)| format!("{reference}={count}"));
                lines.collect::<Vec<_>>().join(" ") + "\n"
            }
        };
        if writer.write_all(response.as_bytes()).is_err() {
            return;
        }
    }
}

/// A connection of the test to the vendor.
pub struct Control(BufReader<TcpStream>);

impl Control {
    pub fn connect(port: u16) -> Self {
        Self(BufReader::new(TcpStream::connect(("127.0.0.1", port)).unwrap()))
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

    pub fn dump(&mut self) -> BTreeMap<String, u32> {
        let dump = self.ask("DUMP\n");
        let pairs = dump.split_whitespace().filter_map(|pair| pair.split_once('='));
        pairs.map(|(reference, count)| (reference.to_owned(), count.parse().unwrap())).collect()
    }
}
