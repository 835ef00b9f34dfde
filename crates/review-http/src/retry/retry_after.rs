//! The header `Retry-After`.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// The longest wait that is believed: one hour. A server that names a year is mistaken.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(60 * 60);

/// Parses a value of `Retry-After`: seconds or a date (RFC 9110), and seconds with a fraction, which
/// servers send too. A date before `now` is no wait. `None` for anything else.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use review_http::parse_retry_after;
///
/// let now = SystemTime::UNIX_EPOCH;
/// assert_eq!(parse_retry_after("120", now), Some(Duration::from_secs(120)));
/// assert_eq!(parse_retry_after("Thu, 01 Jan 1970 00:00:30 GMT", now), Some(Duration::from_secs(30)));
/// assert_eq!(parse_retry_after("soon", now), None);
/// ```
#[must_use]
pub fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let wait = if is_number(whole) && is_number(fraction) {
        // A number too large for a duration is a long time.
        value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).unwrap_or(MAX_WAIT)
    } else {
        httpdate::parse_http_date(value).ok()?.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(MAX_WAIT))
}

/// Returns the wait that a response requests. Dates are relative to the `Date` of the response, because the clocks
/// of two machines differ. If there are several values, the longest wait applies.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let date = headers.get(header::DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let now = date.unwrap_or_else(SystemTime::now);
    let values = headers.get_all(header::RETRY_AFTER).into_iter();
    values.filter_map(|value| parse_retry_after(value.to_str().ok()?, now)).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_parsed_and_capped() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        for (value, expected) in [
            ("0", Some(0.0)),
            (" 120 ", Some(120.0)),
            ("2.5", Some(2.5)),
            ("999999999999999999999999", Some(3600.0)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60.0)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0.0)),
            ("Sat, 06 Nov 2094 08:00:00 GMT", Some(3600.0)),
            ("", None),
            ("-1", None),
            ("1.", None),
            (".5", None),
            ("1e9", None),
            ("soon", None),
        ] {
            assert_eq!(parse_retry_after(value, now), expected.map(Duration::from_secs_f64), "{value:?}");
        }
    }

    #[test]
    fn dates_count_from_the_response_and_the_longest_wait_applies() {
        let mut headers = HeaderMap::new();
        assert_eq!(retry_after(&headers), None);
        headers.insert(header::DATE, "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
        headers.append(header::RETRY_AFTER, "7".parse().unwrap());
        headers.append(header::RETRY_AFTER, "Sun, 06 Nov 1994 08:50:07 GMT".parse().unwrap());
        headers.append(header::RETRY_AFTER, "soon".parse().unwrap());
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(30)));
    }
}
