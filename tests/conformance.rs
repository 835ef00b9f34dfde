//! Everything that is a provider keeps the contract: both vendors on all their ways, over real sockets.

use review_invites_tests::harness::{AtSandbox, EtrustedDirect, EtrustedEvents, Trustpilot};

review_testkit::conformance_suite! {
    name: trustpilot,
    harness: AtSandbox<Trustpilot>,
}

review_testkit::conformance_suite! {
    name: etrusted_events,
    harness: AtSandbox<EtrustedEvents>,
}

review_testkit::conformance_suite! {
    name: etrusted_direct,
    harness: AtSandbox<EtrustedDirect>,
}
