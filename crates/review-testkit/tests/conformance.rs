//! The fake keeps the contract of a provider.

use review_testkit::FakeHarness;

review_testkit::conformance_suite! {
    harness: FakeHarness,
}
