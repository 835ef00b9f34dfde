//! The fake keeps the contract that it stands in for.

use review_testkit::FakeHarness;

review_testkit::conformance_suite! {
    harness: FakeHarness,
}
