//! Parses any `Retry-After`: no wait is longer than an hour, and well-formed ones are kept.
#![no_main]

use std::time::{Duration, SystemTime};

use libfuzzer_sys::fuzz_target;
use review_http::{ApiResponse, AttemptOutcome, BodyStatus, HttpResponse, Verdict, parse_retry_after};

const HOUR: Duration = Duration::from_secs(3600);

fuzz_target!(|input: (u32, &str)| {
    let (seconds, text) = input;
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.into());
    let wait = parse_retry_after(text, now);
    assert!(wait.is_none_or(|wait| wait <= HOUR));
    assert_eq!(wait, parse_retry_after(&format!("  {text}\t"), now), "surrounding whitespace is ignored");

    let mut headers = http::HeaderMap::new();
    if let Ok(value) = http::HeaderValue::from_str(text) {
        headers.insert(http::header::RETRY_AFTER, value);
    }
    let status = http::StatusCode::TOO_MANY_REQUESTS;
    let parts = HttpResponse { status, headers, body: Default::default(), body_status: BodyStatus::Complete };
    let response = ApiResponse::new("send_invite", parts);
    let outcome = AttemptOutcome::from_response(&response, &Verdict::NotFromVendor);
    assert!(matches!(outcome, AttemptOutcome::Throttled(wait) if wait.is_none_or(|wait| wait <= HOUR)));

    // Both forms of a wait.
    let meant = Duration::from_secs(u64::from(seconds % 10_000));
    assert_eq!(parse_retry_after(&meant.as_secs().to_string(), now), Some(meant.min(HOUR)));
    assert_eq!(parse_retry_after(&httpdate::fmt_http_date(now + meant), now), Some(meant.min(HOUR)));
    assert_eq!(parse_retry_after(&httpdate::fmt_http_date(now), now + meant), Some(Duration::ZERO));
});
