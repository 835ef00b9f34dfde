//! A canary hears what its thread says, whoever came by the same words before. Alone in its file: with a second
//! listener beside it the test would prove nothing.

use review_testkit::Canary;

fn speak() {
    tracing::trace!("spoken");
}

#[test]
fn what_another_thread_said_unheard_is_heard_here() {
    let canary = Canary::default();
    let _log = canary.capture_tracing();
    std::thread::spawn(speak).join().expect("it only speaks");
    assert!(!canary.captured().contains("spoken"));
    speak();
    assert!(canary.captured().contains("spoken"));
}
