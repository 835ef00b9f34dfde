//! Processes that are killed.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::support::vendor::Control;

/// A process of this binary; killed when dropped.
pub(crate) struct Process(Child);

impl Process {
    fn spawn(arguments: &[&str], stdout: Stdio) -> Self {
        let binary = std::env::current_exe().unwrap();
        Self(Command::new(binary).args(arguments).stdout(stdout).stderr(Stdio::null()).spawn().unwrap())
    }

    /// A worker. `wait`: milliseconds that its provider waits before each send.
    pub(crate) fn worker(url: &str, port: u16, wait: u64) -> Self {
        Self::spawn(&["worker", url, &port.to_string(), &wait.to_string()], Stdio::null())
    }

    /// A backend that creates orders from a number on, and aborts.
    pub(crate) fn orders(url: &str, first: usize, seed: usize) -> Self {
        Self::spawn(&["orders", url, &first.to_string(), &seed.to_string()], Stdio::null())
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// Sends a signal by name.
    pub(crate) fn signal(&mut self, name: &str) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    pub(crate) fn wait(&mut self) {
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The vendor in a process of its own.
pub(crate) struct Vendor {
    pub(crate) port: u16,
    pub(crate) control: Control,
    _process: Process,
}

impl Vendor {
    pub(crate) fn start(delay: u32) -> Self {
        let mut process = Process::spawn(&["vendor", &delay.to_string()], Stdio::piped());
        let mut line = String::new();
        BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap();
        Self { port, control: Control::connect(port), _process: process }
    }
}
