//! For the tests that run an example as somebody does at a shell.

use std::process::{Command, Output};

/// The example, without any variable of this process that speaks of a vendor.
pub(crate) fn example(name: &str) -> Command {
    // <target>/<profile>/deps/<this test> → <target>/<profile>/examples/<name>
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.extend(["examples", name]);
    assert!(
        path.with_extension(std::env::consts::EXE_EXTENSION).exists(),
        "build it first: cargo build --examples"
    );
    let mut command = Command::new(path);
    for (name, _) in std::env::vars() {
        if ["TRUSTPILOT_", "ETRUSTED_", "REVIEW_"].iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command
}

/// Off the runtime's thread, on which the sandbox answers.
pub(crate) async fn output(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}
