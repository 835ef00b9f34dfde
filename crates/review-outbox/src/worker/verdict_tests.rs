use review_core::provider::ProviderInfo;

use super::*;

fn verdict(result: &Result<InviteReceipt, Error>, tracker: SendState, attempts: i64) -> Verdict {
    let backoff = Backoff::default();
    judge(result, Circumstances { tracker, attempts, now: 1_000_000, backoff: &backoff })
}

fn of_state(state: InviteState) -> Completion {
    let receipt = InviteReceipt::new(ProviderInfo::new("acme", "a"), state);
    verdict(&Ok(receipt), SendState::Responded, 0).completion
}

fn of_error(error: Error) -> (State, Option<Millis>, Signal) {
    let tracker = error.send_state();
    let verdict = verdict(&Err(error), tracker, 0);
    (verdict.completion.state, verdict.completion.run_at, verdict.signal)
}

#[test]
fn done_states_are_accepted_and_others_are_not() {
    assert_eq!(of_state(InviteState::Accepted).state, State::Accepted);
    assert_eq!(of_state(InviteState::AlreadyInvited).outcome, Some("already_invited"));
    assert_eq!(of_state(InviteState::AlreadyInvited).state, State::Accepted);
    let retry_at = chrono::DateTime::from_timestamp_millis(5_000_000);
    let skipped = of_state(InviteState::Skipped { reason: "invited recently".into(), retry_at });
    assert_eq!((skipped.state, skipped.run_at, skipped.finished), (State::Skipped, Some(5_000_000), false));
    let skipped = of_state(InviteState::Skipped { reason: "invited recently".into(), retry_at: None });
    assert_eq!((skipped.run_at, skipped.finished), (Some(NEVER), true));
    let dry = of_state(InviteState::DryRun);
    assert_eq!((dry.state, dry.finished), (State::Pending, false));
}

#[test]
fn retry_advice_decides_the_state() {
    let hold = of_error(Error::new(ErrorKind::Unauthorized, "x"));
    assert_eq!(hold, (State::Held, None, Signal::Account { class: "unauthorized" }));
    let after = of_error(Error::new(ErrorKind::Transient, "x"));
    assert_eq!(after, (State::Pending, Some(1_030_000), Signal::NotSent));
    let never = of_error(Error::new(ErrorKind::InvalidRequest, "x"));
    assert_eq!(never, (State::Dead, None, Signal::NoResult));
    let unknown = of_error(Error::new(ErrorKind::OutcomeUnknown, "x"));
    assert_eq!(unknown, (State::Unknown, Some(1_000_000), Signal::Unknown));
    let blocked = of_error(Error::new(ErrorKind::Blocked, "x"));
    assert_eq!(blocked, (State::Cancelled, None, Signal::NoResult));
    let off = of_error(Error::new(ErrorKind::Blocked, "x").with_scope(ErrorScope::Account));
    assert_eq!(off.0, State::Held);
}

#[test]
fn rate_limit_pauses_the_instance_and_costs_no_attempt() {
    let wait = Duration::from_secs(90);
    let error = Error::new(ErrorKind::RateLimited, "x").with_retry_advice(RetryAdvice::After(wait));
    let verdict = verdict(&Err(error), SendState::Responded, 19);
    assert_eq!(verdict.signal, Signal::Pause(wait));
    assert_eq!((verdict.completion.state, verdict.completion.failed_attempts), (State::Pending, 0));
}

#[test]
fn tracker_overrules_an_error_that_claims_nothing_was_sent() {
    let verdict = verdict(&Err(Error::new(ErrorKind::Transient, "x")), SendState::Unknown, 0);
    assert_eq!(verdict.completion.state, State::Unknown);
}

#[test]
fn last_attempt_makes_the_row_dead() {
    let transient = || Err(Error::new(ErrorKind::Transient, "x"));
    assert_eq!(verdict(&transient(), SendState::NotSent, 18).completion.state, State::Pending);
    let last = verdict(&transient(), SendState::NotSent, 19).completion;
    assert_eq!((last.state, last.finished, last.run_at), (State::Dead, true, None));
}
