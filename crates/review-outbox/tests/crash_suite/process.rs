//! Processes that are killed.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::support::sandbox::Control;

/// A process of this binary; killed when dropped.
pub(crate) struct Process(Child);

impl Process {
    fn spawn(arguments: &[&str], variables: &[(String, String)], stdout: Stdio) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(arguments).envs(variables.iter().cloned()).stdout(stdout).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }

    /// A backend that creates orders from a number on, and aborts.
    pub(crate) fn orders(url: &str, first: usize, seed: usize) -> Self {
        Self::spawn(&["orders", url, &first.to_string(), &seed.to_string()], &[], Stdio::null())
    }

    /// The id, with which the name of its claims begins.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
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

/// The vendors' APIs in a process of their own.
pub(crate) struct Vendor {
    pub(crate) control: Control,
    variables: Vec<(String, String)>,
    _process: Process,
}

impl Vendor {
    /// Starts a sandbox that responds to invitations after `delay` milliseconds.
    pub(crate) fn start(delay: u32) -> Self {
        let mut process = Process::spawn(&["sandbox", &delay.to_string()], &[], Stdio::piped());
        let mut variables = Vec::new();
        for line in BufReader::new(process.0.stdout.take().unwrap()).lines().map_while(Result::ok) {
            let (name, value) = line.split_once('=').unwrap();
            if name == "CONTROL" {
                return Self { control: Control::connect(value), variables, _process: process };
            }
            variables.push((name.to_owned(), value.to_owned()));
        }
        panic!("the sandbox did not start");
    }

    /// Starts a worker that sends through eTrusted, without a rate limit of its own.
    pub(crate) fn worker(&self, url: &str) -> Process {
        self.worker_of("etrusted", "none", url)
    }

    /// Starts a worker that sends through a vendor with a rate limit of its own.
    pub(crate) fn worker_of(&self, vendor: &str, limit: &str, url: &str) -> Process {
        Process::spawn(&["worker", url, vendor, limit], &self.variables, Stdio::null())
    }
}
