//! Swapping by a feature: one source, two packages, each built with its vendor alone and run against the sandbox.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::{Command, Output};

use review_invites::PROVIDER_VARIABLE;
use review_invites_tests::VENDORS;
use review_sandbox::Sandbox;

/// A step of cargo on the package for one vendor. What it needs is here already, or this test would not run.
fn cargo(step: &str, vendor: &str) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args([step, "--quiet", "--offline", "--package", &format!("swap-{vendor}")]);
    // Its features alone, whatever this test was built with.
    command.env_remove("RUSTFLAGS").current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn text(output: Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn the_same_source_invites_through_the_vendor_of_its_feature() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let mut run = cargo("run", vendor);
        // There is one vendor in it, so nobody has to name it.
        run.envs(sandbox.env_vars()).env_remove(PROVIDER_VARIABLE);
        // Off the runtime's thread, on which the sandbox answers.
        let output = tokio::task::spawn_blocking(move || run.output().unwrap()).await.unwrap();
        assert_eq!(text(output), format!("{vendor}/{vendor}: Accepted\n"));
        let mails = sandbox.emails_for("1001");
        assert_eq!(mails.len(), 1);
        assert!(mails.iter().all(|mail| format!("{:?}", mail.vendor).eq_ignore_ascii_case(vendor)));
    }
}

#[test]
fn the_other_vendor_is_not_in_it() {
    for vendor in VENDORS {
        let mut tree = cargo("tree", vendor);
        let tree = text(tree.args(["--edges", "normal", "--prefix", "none"]).output().unwrap());
        for other in VENDORS {
            assert_eq!(tree.contains(&format!("review-{other} ")), other == vendor, "{tree}");
        }
    }
}

/// A vendor that is left out is named together with its feature.
#[tokio::test]
async fn the_other_vendor_is_told_with_its_feature() {
    let mut run = cargo("run", "etrusted");
    let output = run.env(PROVIDER_VARIABLE, "trustpilot").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("switch on the feature trustpilot of review-invites"), "{said}");
    assert!(!output.status.success());
}
