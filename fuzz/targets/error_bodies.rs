//! Any response of a vendor to an invitation is classified by the rules, and no value of the customer or of the
//! account appears in the error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use review_core::{ErrorKind, RetryAdvice, SendState};
use review_invites_fuzz::{
    Answer, PERSONAL, Route, SECRETS, ScriptedVendor, TOKENS, assert_hidden, request, send,
};

fuzz_target!(|input: &[u8]| {
    let answer = Answer::read(input);
    let (route, status) = (answer.route, answer.status());
    let is_documented_503 = route == Route::Events && status == 503 && answer.has_text("/Message");
    let vendor = ScriptedVendor::answering(answer.response);
    let result = send(route, &vendor, &request().unwrap());
    let sent = vendor.sent().len();
    assert!((1..=4).contains(&sent), "{sent} requests for one invitation");

    let error = match result {
        Ok(_) => {
            assert!(status.is_success(), "HTTP {status} was taken for an acceptance");
            assert_eq!(sent, 1, "an acceptance was sent again");
            return;
        }
        Err(error) => error,
    };
    // A 401 with `Retry-After` pauses the account, so this call fetches no new token.
    let is_paused = status.as_u16() == 401 && error.kind() == ErrorKind::RateLimited;
    assert_eq!(error.http_status(), (!is_paused).then_some(status.as_u16()), "{error}");
    // 407 is a response of the shop's own proxy, whatever its body is.
    let is_from_proxy = status.as_u16() == 407;
    assert!(
        is_from_proxy || is_paused || error.send_state() != SendState::NotSent,
        "the vendor answered {status}: {error}"
    );
    let in_doubt = error.kind() == ErrorKind::OutcomeUnknown;
    // A 2xx may be a rejection in the vendor's own body; one in another form is unknown.
    // The status of a gateway is not a rejection. Only eTrusted's own 503 for events is documented as one.
    let unknown = matches!(status.as_u16(), 408 | 500..=599) && !is_documented_503;
    assert!(in_doubt || !unknown, "HTTP {status} may have been an acceptance: {error}");
    if in_doubt {
        assert_eq!((error.send_state(), error.retry_advice()), (SendState::Unknown, RetryAdvice::Reconcile));
        assert_eq!(sent, 1, "an invitation in doubt was sent again: {status}");
    }
    assert!(error.message().chars().count() < 600, "{}", error.message());
    let quotable = PERSONAL.into_iter().chain(SECRETS).chain(TOKENS).filter(|value| vendor.knows(value));
    assert_hidden(&error, quotable);
});
