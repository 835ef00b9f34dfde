//! Everything that is a provider keeps the contract: each vendor in all its modes, over real sockets, and each wrapper.

mod wrappers;

use review_invites_tests::harness::AtSandbox;
use review_invites_tests::vendors::etrusted::{EtrustedDirect, EtrustedEvents};
use review_invites_tests::vendors::kiyoh::KiyohInvites;
use review_invites_tests::vendors::trustpilot::TrustpilotEmails;
use review_invites_tests::vendors::webwinkelkeur::WebwinkelkeurInvitations;

review_testkit::conformance_suite! {
    name: trustpilot,
    harness: AtSandbox<TrustpilotEmails>,
}

review_testkit::conformance_suite! {
    name: etrusted_events,
    harness: AtSandbox<EtrustedEvents>,
}

review_testkit::conformance_suite! {
    name: etrusted_direct,
    harness: AtSandbox<EtrustedDirect>,
}

review_testkit::conformance_suite! {
    name: kiyoh,
    harness: AtSandbox<KiyohInvites>,
}

review_testkit::conformance_suite! {
    name: webwinkelkeur,
    harness: AtSandbox<WebwinkelkeurInvitations>,
}
