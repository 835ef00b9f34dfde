//! A canary captures the events of its thread even if another thread emitted the same event first. The only test in its
//! file: with a second subscriber in the process the test would prove nothing.

use review_testkit::Canary;

fn emit() {
    tracing::trace!("emitted");
}

#[test]
fn event_first_emitted_by_another_thread_is_captured() {
    let canary = Canary::default();
    let _log = canary.capture_tracing();
    std::thread::spawn(emit).join().expect("the thread does not panic");
    assert!(!canary.captured().contains("emitted"));
    emit();
    assert!(canary.captured().contains("emitted"));
}
