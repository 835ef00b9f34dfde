//! Whatever stands in `Retry-After`: no wait is longer than an hour, and those that are well-formed are kept.
#![no_main]

use std::time::{Duration, SystemTime};

use libfuzzer_sys::fuzz_target;
use review_http::{BodyEnd, HttpResponse, Outcome, retry_after};

const HOUR: Duration = Duration::from_secs(3600);

fuzz_target!(|input: (u32, &str)| {
    let (seconds, text) = input;
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.into());
    let wait = retry_after(text, now);
    assert!(wait.is_none_or(|wait| wait <= HOUR));
    assert_eq!(wait, retry_after(&format!("  {text}\t"), now), "white space around it says nothing");

    let mut headers = http::HeaderMap::new();
    if let Ok(value) = http::HeaderValue::from_str(text) {
        headers.insert(http::header::RETRY_AFTER, value);
    }
    for (status, or_unknown) in [(429, false), (503, true)] {
        let status = http::StatusCode::from_u16(status).unwrap();
        let headers = headers.clone();
        let body_end = BodyEnd::Complete;
        match Outcome::of(&Ok(HttpResponse { status, headers, body: Default::default(), body_end })) {
            Outcome::Throttled(wait) => assert!(wait.is_none_or(|wait| wait <= HOUR)),
            outcome => assert!(or_unknown && outcome == Outcome::Unknown, "{outcome:?}"),
        }
    }

    // Both forms of what a vendor may mean.
    let meant = Duration::from_secs(u64::from(seconds % 10_000));
    assert_eq!(retry_after(&meant.as_secs().to_string(), now), Some(meant.min(HOUR)));
    assert_eq!(retry_after(&httpdate::fmt_http_date(now + meant), now), Some(meant.min(HOUR)));
    assert_eq!(retry_after(&httpdate::fmt_http_date(now), now + meant), Some(Duration::ZERO));
});
