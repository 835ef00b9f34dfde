//! Help, completions, wrong use and configuration.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use common::{Folder, command, run};

const COMMANDS: [&[&str]; 19] = [
    &[],
    &["send"],
    &["check"],
    &["setup"],
    &["reconcile"],
    &["erase"],
    &["reviews"],
    &["outbox"],
    &["outbox", "work"],
    &["outbox", "status"],
    &["outbox", "list"],
    &["outbox", "cancel"],
    &["outbox", "retry"],
    &["outbox", "resolve"],
    &["outbox", "purge"],
    &["sandbox"],
    &["config", "check"],
    &["config", "schema"],
    &["completions"],
];

#[tokio::test]
async fn help_equals_the_snapshot_and_has_examples() {
    let folder = Folder::new();
    let mut all = String::new();
    for words in COMMANDS {
        let args: Vec<&str> = words.iter().copied().chain(["--help"]).collect();
        let printed = run(command(&folder), &args).await;
        assert_eq!(printed.code, 0, "{words:?}");
        assert!(printed.out.contains("Example"), "{words:?} has no example");
        all.push_str(&format!("$ review-invites {}\n{}\n", args.join(" "), printed.out));
    }
    let all = all.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/help.txt");
    if std::env::var_os("UPDATE_HELP").is_some() {
        std::fs::write(path, &all).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap();
    assert!(all == expected, "the help changed: run this test with UPDATE_HELP=1, and review tests/help.txt");
}

#[tokio::test]
async fn help_states_the_exit_codes() {
    let printed = run(command(&Folder::new()), &["--help"]).await;
    for line in [
        "0  nothing failed",
        "1  some order",
        "2  wrong use",
        "3  some outcome is unknown",
        "2 before 3 before 1",
    ] {
        assert!(printed.out.contains(line), "{line}");
    }
}

#[tokio::test]
async fn completions_exist_for_every_shell() {
    let folder = Folder::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let printed = run(command(&folder), &["completions", shell]).await;
        assert_eq!(printed.code, 0);
        for word in ["reconcile", "no-ledger", "schema"] {
            assert!(printed.out.contains(word), "{shell} has no {word}");
        }
    }
}

#[tokio::test]
async fn unknown_flags_are_rejected_everywhere() {
    let folder = Folder::new();
    for words in COMMANDS {
        let args: Vec<&str> = words.iter().copied().chain(["--no-such-flag"]).collect();
        let printed = run(command(&folder), &args).await;
        assert_eq!(printed.code, 2, "{words:?}: {printed:?}");
        assert!(printed.err.contains("--no-such-flag") && printed.out.is_empty(), "{words:?}: {printed:?}");
    }
}

#[tokio::test]
async fn command_without_an_account_lists_what_is_missing() {
    let folder = Folder::new();
    folder.write("orders.jsonl", &common::orders([1]));
    folder.write("sent.db", "");
    let commands: [&[&str]; 8] = [
        &["send", "--no-ledger", "orders.jsonl"],
        &["send", "--dry-run", "orders.jsonl"],
        &["check"],
        &["setup"],
        &["reconcile", "--ledger", "sent.db"],
        &["erase", "--yes", "jane@example.com"],
        &["reviews"],
        &["config", "check"],
    ];
    for args in commands {
        let printed = run(command(&folder), args).await;
        assert_eq!(printed.code, 2, "{args:?}: {printed:?}");
        for text in
            ["REVIEW_PROVIDER", "TRUSTPILOT_API_KEY: is missing", "ETRUSTED_CLIENT_ID: is missing", "help: "]
        {
            assert!(printed.err.contains(text), "{args:?} does not print {text}: {}", printed.err);
        }
        assert!(printed.out.is_empty() && !printed.err.contains("jane"), "{args:?}: {printed:?}");
    }
}

#[tokio::test]
async fn configuration_file_is_checked_completely() {
    let folder = Folder::new();
    let config =
        "[instances.shop]\nvendor = \"trustpilot\"\napi_key = \"literal\"\nbusines_user_id = \"1\"\n";
    folder.write("reviews.toml", config);
    let printed = run(command(&folder), &["config", "check", "--config", "reviews.toml"]).await;
    assert_eq!(printed.code, 2);
    for text in ["instances.shop.api_key", "instances.shop.busines_user_id", "instances.shop.api_secret"] {
        assert!(printed.err.contains(text), "{text}: {}", printed.err);
    }
    assert!(!printed.err.contains("literal"), "a secret is never shown: {}", printed.err);
}

#[tokio::test]
async fn schema_is_that_of_every_vendor() {
    let printed = run(command(&Folder::new()), &["config", "schema"]).await;
    let schema: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    for vendor in review_invites::available_vendors() {
        assert!(schema.to_string().contains(vendor), "{vendor}");
    }
}

#[tokio::test]
async fn wrong_values_name_what_is_expected() {
    let folder = Folder::new();
    folder.write("orders.jsonl", &common::orders([1]));
    for (flag, value, expected) in [
        ("--consent", "yes", "granted=TEXT"),
        ("--kind", "parcel", "service-and-product"),
        ("--send-at", "soon", "7d:shipped"),
        ("--max-age", "old", "180d, or none"),
        ("--from", "paper", "shopify"),
        ("--concurrency", "0", "1..=256"),
    ] {
        let printed = run(command(&folder), &["send", "--sandbox", flag, value, "orders.jsonl"]).await;
        assert_eq!(printed.code, 2, "{flag}");
        assert!(printed.err.contains(expected), "{flag}: {}", printed.err);
    }
}

#[tokio::test]
async fn sandbox_and_a_configuration_exclude_each_other() {
    let folder = Folder::new();
    for args in
        [["--config", "reviews.toml", "send", "--sandbox"], ["send", "--sandbox", "--config", "reviews.toml"]]
    {
        let printed = run(command(&folder), &args).await;
        assert_eq!(printed.code, 2, "{printed:?}");
        assert!(printed.err.contains("--sandbox") && printed.err.contains("--config"), "{printed:?}");
    }
}

#[tokio::test]
async fn file_that_does_not_exist_stops_before_anything_is_sent() {
    let folder = Folder::new();
    folder.write("orders.jsonl", &common::orders([1]));
    let printed = run(command(&folder), &["send", "--sandbox", "orders.jsonl", "missing.csv", "."]).await;
    assert_eq!((printed.code, printed.out.as_str()), (2, ""), "{printed:?}");
    assert!(
        printed.err.contains("missing.csv: ") && printed.err.contains(".: is a folder"),
        "{}",
        printed.err
    );
}
