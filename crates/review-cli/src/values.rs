//! Values of options that several commands parse.

use std::time::Duration;

use chrono::{DateTime, Utc};
use review_invites::SendAt;
use review_invites::model::DelayFrom;
use review_orders::ConsentSource;

/// Parses a duration such as `30d`, `12h` or `90m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text.trim())
        .map_err(|_| "must be a duration such as 180d, 12h or 90s".to_owned())
}

/// An argument that may contain an email address or a password. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Private(String);

impl From<String> for Private {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::ops::Deref for Private {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Private {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Parses the path or URL of a ledger. One in memory would forget at once what was sent.
pub(crate) fn ledger(text: &str) -> Result<Private, String> {
    let path = text.strip_prefix("sqlite:").unwrap_or(text).trim_start_matches('/');
    match path.trim().is_empty() || path.starts_with(":memory:") || text.contains("mode=memory") {
        true => Err("must be the path of a file, or a URL such as postgres://localhost/shop".to_owned()),
        false => Ok(Private(text.to_owned())),
    }
}

/// A duration, or `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MaxAge(pub(crate) Option<Duration>);

impl std::str::FromStr for MaxAge {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(None));
        }
        let age = duration(text).map_err(|_| "must be a duration such as 180d, or none".to_owned())?;
        Ok(Self(Some(age)))
    }
}

/// Where the consent of the customers comes from.
pub(crate) fn consent(text: &str) -> Result<ConsentSource, String> {
    match text {
        "from-order" => return Ok(ConsentSource::FromOrder),
        "own-field" => return Ok(ConsentSource::OwnField),
        _ => {}
    }
    match text.split_once('=') {
        Some(("granted", source)) if !source.trim().is_empty() => {
            Ok(ConsentSource::Granted { source: source.trim().to_owned() })
        }
        _ => Err("must be from-order, own-field, or granted=TEXT with how your customers consented, \
                  for example 'granted=checkbox at the checkout'"
            .to_owned()),
    }
}

/// When invitations are sent: `account-default`, `now`, a time, or a delay with its start.
pub(crate) fn send_at(text: &str) -> Result<SendAt, String> {
    let text = text.trim();
    match text {
        "account-default" => return Ok(SendAt::AccountDefault),
        "now" => return Ok(SendAt::Now),
        _ => {}
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(SendAt::At(at.to_utc()));
    }
    let (delay, from) = match text.split_once(':') {
        Some((delay, from)) => (delay, Some(from)),
        None => (text, None),
    };
    let invalid = || {
        "must be account-default, now, a time such as 2026-03-01T12:00:00Z, or a delay: 7d from now, or \
         7d:placed, 7d:paid, 7d:shipped, 7d:delivered, 7d:estimated-delivery"
            .to_owned()
    };
    let delay = duration(delay).map_err(|_| invalid())?;
    let from = match from {
        None => {
            let at = chrono::TimeDelta::from_std(delay)
                .ok()
                .and_then(|delay| Utc::now().checked_add_signed(delay));
            return at.map(SendAt::At).ok_or_else(invalid);
        }
        Some("placed") => DelayFrom::Placed,
        Some("paid") => DelayFrom::Paid,
        Some("shipped") => DelayFrom::Shipped,
        Some("delivered") => DelayFrom::Delivered,
        Some("estimated-delivery") => DelayFrom::EstimatedDelivery,
        Some(_) => return Err(invalid()),
    };
    Ok(SendAt::After(delay, from))
}

/// An invitation kind, with `-` or `_` between its words.
pub(crate) fn kind(text: &str) -> Result<review_invites::InviteKind, String> {
    let kind = text.replace('-', "_").parse();
    kind.map_err(|_| "must be service, product, service-and-product or account-default".to_owned())
}

/// Returns an order reference for output. Some shops use the customer's address.
pub(crate) fn shown_reference(reference: &str) -> String {
    if reference.contains('@') {
        return "[redacted]".to_owned();
    }
    reference.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn send_at_accepts_each_form() {
        let week = Duration::from_secs(7 * 86_400);
        assert_eq!(send_at("now"), Ok(SendAt::Now));
        assert_eq!(send_at("account-default"), Ok(SendAt::AccountDefault));
        assert_eq!(send_at("7d:shipped"), Ok(SendAt::After(week, DelayFrom::Shipped)));
        assert_eq!(send_at("7d:estimated-delivery"), Ok(SendAt::After(week, DelayFrom::EstimatedDelivery)));
        let at = "2026-03-01T12:00:00Z".parse().map(SendAt::At);
        assert_eq!(send_at("2026-03-01T13:00:00+01:00").ok(), at.ok());
        assert!(matches!(send_at("7d"), Ok(SendAt::At(_))));
        for text in ["", "soon", "7d:birth", "shipped", "7"] {
            assert!(send_at(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ledger_in_memory_is_rejected() {
        for text in ["", " ", ":memory:", "sqlite::memory:", "sqlite://:memory:", "sqlite://x?mode=memory"] {
            assert!(ledger(text).is_err(), "{text}");
        }
        assert!(ledger("sent.db").is_ok() && ledger("/var/sent.db").is_ok());
        assert!(ledger("postgres://localhost/shop").is_ok());
    }

    #[test]
    fn consent_requires_a_text() {
        assert_eq!(consent("from-order"), Ok(ConsentSource::FromOrder));
        assert_eq!(consent("own-field"), Ok(ConsentSource::OwnField));
        let granted = ConsentSource::Granted { source: "a checkbox".to_owned() };
        assert_eq!(consent("granted=a checkbox"), Ok(granted));
        for text in ["granted", "granted=", "granted= ", "yes"] {
            assert!(consent(text).is_err(), "{text}");
        }
    }

    #[test]
    fn max_age_accepts_none() {
        assert_eq!("none".parse(), Ok(MaxAge(None)));
        assert_eq!("2d".parse(), Ok(MaxAge(Some(Duration::from_secs(172_800)))));
        assert!("two days".parse::<MaxAge>().is_err());
    }

    #[test]
    fn reference_that_looks_like_an_address_is_redacted() {
        assert_eq!(shown_reference("jane@example.com"), "[redacted]");
        assert_eq!(shown_reference("10\x1b[31m01"), "10\u{fffd}[31m01");
    }
}
