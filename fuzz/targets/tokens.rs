//! Any response of a token endpoint, and any text in a token store: a token is used as it was issued or not
//! at all, and nothing is sent without one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use review_core::SendState;
use review_http::StoredToken;
use review_invites_fuzz::{Answer, SECRETS, ScriptedVendor, assert_hidden, request, send};
use serde_json::Value;

/// The token in the seeds.
const TOKEN: &str = "canary-given-token";

fuzz_target!(|input: &[u8]| {
    answered(input);
    if let Ok(text) = std::str::from_utf8(input) {
        stored(text);
    }
});

fn answered(input: &[u8]) {
    let answer = Answer::read(input);
    let (route, status, body) = (answer.route, answer.status(), answer.response.body.clone());
    let vendor = ScriptedVendor::giving(answer.response);
    let result = send(route, &vendor, &request().unwrap());

    // A member that is ignored may hold anything, which a parser of the whole document would reject.
    let given = serde_json::from_str::<Value>(&String::from_utf8_lossy(&body)).ok();
    let given = given.as_ref().and_then(|body| body.get("access_token")).and_then(Value::as_str);
    for request in vendor.sent() {
        let log_in = request.headers().get(http::header::AUTHORIZATION).expect("a request without a token");
        assert!(log_in.is_sensitive() && status.is_success());
        assert_eq!(log_in.to_str().ok().and_then(|log_in| log_in.strip_prefix("Bearer ")), given);
    }
    let Err(error) = result else {
        assert!(vendor.sent().len() == 1 && status.is_success());
        return;
    };
    assert!(vendor.sent().is_empty(), "the invitation was accepted: {error}");
    assert_eq!(error.send_state(), SendState::NotSent, "nothing was sent: {error}");
    // A refusal may hold any text; an answer that should be a token is never quoted.
    let token = status.is_success().then_some(TOKEN);
    assert_hidden(&error, SECRETS.into_iter().chain(token));
}

fn stored(text: &str) {
    let Some(stored) = StoredToken::from_json(text) else { return };
    let token = &stored.token;
    assert!(token.access_token.expose().bytes().all(|byte| byte.is_ascii_graphic()));
    let shown = format!("{stored:?} {stored:#?}");
    assert!(!shown.contains(TOKEN), "{shown}");
    let again = StoredToken::from_json(stored.to_json().expose()).expect("what was written is read");
    assert_eq!((again.obtained_at, again.token.expires_in), (stored.obtained_at, token.expires_in));
    assert_eq!(again.token.access_token.expose(), token.access_token.expose());
    let refresh =
        |stored: &StoredToken| stored.token.refresh_token.as_ref().map(|token| token.expose().to_owned());
    assert_eq!(refresh(&again), refresh(&stored));
    if let Some(remaining) = stored.remaining() {
        assert!(!remaining.is_zero() && remaining <= token.expires_in);
    }
}
