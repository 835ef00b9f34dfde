//! Swapping by a feature: one source, a package for each vendor, built with its vendor alone and run against the sandbox.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::{Command, Output};

use review_invites::registry::PROVIDER_ENV;
use review_invites_tests::vendors::etrusted::ETRUSTED;
use review_invites_tests::{TestVendor, VENDORS};
use review_sandbox::Sandbox;

/// A step of cargo on the package for one vendor. What it needs is here already, or this test would not run.
fn cargo(step: &str, vendor: &TestVendor) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args([step, "--quiet", "--offline", "--package", &format!("swap-{vendor}")]);
    // Its features alone, whatever this test was built with.
    command.env_remove("RUSTFLAGS").current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn text(output: Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn same_source_sends_through_the_vendor_of_its_feature() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let mut run = cargo("run", vendor);
        // It contains one vendor, so no variable is needed.
        run.envs(sandbox.env_vars()).env_remove(PROVIDER_ENV);
        // Not on the thread of the runtime, on which the sandbox responds.
        let output = tokio::task::spawn_blocking(move || run.output().unwrap()).await.unwrap();
        assert_eq!(text(output), format!("{vendor}/{vendor}: accepted\n"));
        let emails = sandbox.emails_for("1001");
        assert_eq!(emails.len(), 1);
        assert!(emails.iter().all(|email| email.vendor == vendor.simulated));
    }
}

#[test]
fn other_vendor_is_not_compiled_in() {
    for vendor in VENDORS {
        let mut tree = cargo("tree", vendor);
        let tree = text(tree.args(["--edges", "normal", "--prefix", "none"]).output().unwrap());
        for other in VENDORS {
            assert_eq!(tree.contains(&format!("review-{other} ")), other.name == vendor.name, "{tree}");
        }
    }
}

#[tokio::test]
async fn other_vendor_is_rejected_with_its_feature() {
    let mut run = cargo("run", &ETRUSTED);
    let output = run.env(PROVIDER_ENV, "trustpilot").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("trustpilot is not compiled in; enable the feature trustpilot of review-invites"),
        "{stderr}"
    );
    assert!(!output.status.success());
}
