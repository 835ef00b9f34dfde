//! The HTTP settings of an instance: the keys of `[instances.<name>.http]`.

use std::io::Read as _;
use std::time::Duration;

use review_core::config::{
    ConfigErrors, ConfigKey, ConfigReader, ConfigValue, FromConfig, KeyInfo, RawValue, ValueType,
};
use review_http::{ClientOptions, ProxyOption, RateLimits, RetryPolicy, TransportOptions};

review_core::config_keys! {
    /// The keys of `[instances.<name>.http]`.
    pub HTTP_KEYS {
        MAX_ATTEMPTS: u32 = ConfigKey::optional("max_attempts", "the number of attempts of one call, 1 or more")
            .aliases(&["retries", "max_retries", "attempts"]);
        INITIAL_BACKOFF: Duration = ConfigKey::optional("initial_backoff_seconds", "the wait before the first retry");
        MAX_BACKOFF: Duration = ConfigKey::optional("max_backoff_seconds", "the longest wait before a retry");
        ATTEMPT_TIMEOUT: Duration = ConfigKey::optional("attempt_timeout_seconds", "the timeout of one attempt")
            .aliases(&["request_timeout"]);
        TOTAL_TIMEOUT: Duration = ConfigKey::optional("total_timeout_seconds", "the timeout of a whole call")
            .aliases(&["timeout", "timeout_seconds", "deadline"]);
        RETRY_BUDGET: u32 = ConfigKey::optional("retry_budget", "the number of retries the instance may have in reserve");
        CONNECT_TIMEOUT: Duration =
            ConfigKey::optional("connect_timeout_seconds", "the timeout of a connection, less than that of an attempt");
        IDLE_TIMEOUT: Duration =
            ConfigKey::optional("idle_timeout_seconds", "how long an unused connection is kept; 0: not at all");
        RATE_LIMITS: Vec<String> = ConfigKey::optional(
            "rate_limits",
            "requests per seconds, such as [\"833/300\"], instead of the limits the vendor publishes; [\"none\"]: no limit"
        ).aliases(&["limits", "rate_limit"]);
        PROXY: ProxyOption = ConfigKey::optional(
            "proxy",
            "`environment` (HTTPS_PROXY, ALL_PROXY, NO_PROXY) or the URL of a proxy; a URL with a password by reference"
        ).aliases(&["https_proxy", "proxy_url"]);
        ROOT_CERTIFICATES: Certificates = ConfigKey::optional(
            "root_certificates_file",
            "a file of certificates (PEM) that are trusted in addition to the system's"
        ).aliases(&["ca_file", "root_certificates", "ca_certificates"]);
    }
}

/// The content of a file of certificates.
struct Certificates(Vec<u8>);

impl ConfigValue for Certificates {
    const TYPE: ValueType = ValueType::Text;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        const MAX_BYTES: u64 = 1024 * 1024;
        let mut pem = Vec::new();
        let file = std::fs::File::open(raw.text()?);
        file.and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut pem))
            .map_err(|error| format!("cannot be read: {}", error.kind()))?;
        if pem.len() as u64 > MAX_BYTES {
            return Err(format!("must be a file of at most {MAX_BYTES} bytes"));
        }
        const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
        if !pem.windows(BEGIN.len()).any(|window| window == BEGIN) {
            return Err("must be a file in PEM with at least one certificate".to_owned());
        }
        Ok(Self(pem))
    }
}

/// The options of a client, from settings.
pub(crate) struct HttpSettings(pub(crate) ClientOptions);

impl FromConfig for HttpSettings {
    const KEYS: &'static [KeyInfo] = HTTP_KEYS;

    fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
        let mut errors = ConfigErrors::new();
        let (mut retry, mut transport) = (RetryPolicy::default(), TransportOptions::default());
        retry.max_attempts = config.find(&MAX_ATTEMPTS)?.unwrap_or(retry.max_attempts);
        if retry.max_attempts == 0 {
            errors.push(config.error(&MAX_ATTEMPTS, "must be 1 or more, got 0"));
        }
        retry.initial_backoff = config.find(&INITIAL_BACKOFF)?.unwrap_or(retry.initial_backoff);
        retry.max_backoff = config.find(&MAX_BACKOFF)?.unwrap_or(retry.max_backoff);
        retry.attempt_timeout = config.find(&ATTEMPT_TIMEOUT)?.unwrap_or(retry.attempt_timeout);
        retry.total_timeout = config.find(&TOTAL_TIMEOUT)?.unwrap_or(retry.total_timeout);
        retry.retry_budget = config.find(&RETRY_BUDGET)?.unwrap_or(retry.retry_budget);
        transport.connect_timeout = config.find(&CONNECT_TIMEOUT)?.unwrap_or(transport.connect_timeout);
        transport.idle_timeout = config.find(&IDLE_TIMEOUT)?.unwrap_or(transport.idle_timeout);
        transport.proxy = config.find(&PROXY)?.unwrap_or_default();
        transport.root_certificates.extend(config.find(&ROOT_CERTIFICATES)?.map(|Certificates(pem)| pem));
        for (key, timeout) in [
            (&ATTEMPT_TIMEOUT, retry.attempt_timeout),
            (&TOTAL_TIMEOUT, retry.total_timeout),
            (&CONNECT_TIMEOUT, transport.connect_timeout),
        ] {
            if timeout.is_zero() {
                errors.push(config.error(key, "must be more than 0 seconds"));
            }
        }
        if transport.connect_timeout >= retry.attempt_timeout {
            let message = format!(
                "must be less than attempt_timeout_seconds ({} s), got {} s: a failed connection would count as an \
                 unknown outcome",
                retry.attempt_timeout.as_secs_f64(),
                transport.connect_timeout.as_secs_f64(),
            );
            errors.push(config.error(&CONNECT_TIMEOUT, message));
        }
        let mut options = ClientOptions::default().with_retry(retry).with_transport(transport);
        if let Some(limits) = config.find(&RATE_LIMITS)? {
            match parse_limits(&limits) {
                Ok(limits) => options = options.with_rate_limits(limits),
                Err(message) => errors.push(config.error(&RATE_LIMITS, message)),
            }
        }
        if errors.is_empty() { Ok(Self(options)) } else { Err(errors) }
    }
}

fn parse_limits(limits: &[String]) -> Result<RateLimits, &'static str> {
    const EXPECTED: &str =
        "must be a list of requests/seconds, both 1 or more, such as [\"833/300\"], or [\"none\"]";
    match limits {
        [] => return Err(EXPECTED),
        [none] if none == "none" => return Ok(RateLimits::unlimited()),
        _ => {}
    }
    limits.iter().try_fold(RateLimits::unlimited(), |limits, limit| {
        let (requests, seconds) = limit.split_once('/').ok_or(EXPECTED)?;
        let number = |text: &str| text.trim().parse().ok().filter(|number| *number > 0).ok_or(EXPECTED);
        let (requests, seconds): (u32, u32) = (number(requests)?, number(seconds)?);
        Ok(limits.with_limit(requests, Duration::from_secs(seconds.into())))
    })
}

#[cfg(test)]
mod tests {
    use review_core::config::Entries;

    use super::*;

    fn errors(entries: &Entries) -> Vec<String> {
        let result = ConfigReader::read::<HttpSettings>(entries).map(|_| ());
        result.err().map(ConfigErrors::into_vec).unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn rate_limits_are_requests_per_seconds() {
        let limits =
            |texts: &[&str]| parse_limits(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        let expected = RateLimits::unlimited()
            .with_limit(833, Duration::from_secs(300))
            .with_limit(10_000, Duration::from_secs(3600));
        assert_eq!(limits(&["833/300", "10000 / 3600"]), Ok(expected));
        assert_eq!(limits(&["none"]), Ok(RateLimits::unlimited()));
        for bad in [&[][..], &["833"], &["0/5"], &["5/0"], &["none", "1/1"], &["-1/5"]] {
            assert!(limits(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn certificates_are_read_from_a_file() {
        let directory = std::env::temp_dir();
        let path = |name: &str| directory.join(format!("review-invites-{}-{name}.pem", std::process::id()));
        let read = |path: &std::path::Path| {
            Certificates::from_raw(&path.to_str().unwrap().into()).map(|Certificates(pem)| pem)
        };
        assert!(read(&path("missing")).unwrap_err().contains("cannot be read: entity not found"));
        for (name, content, expected) in [
            ("text", b"canary".to_vec(), "in PEM with at least one certificate"),
            ("large", vec![b'x'; 1024 * 1024 + 1], "at most 1048576 bytes"),
        ] {
            std::fs::write(path(name), content).unwrap();
            let error = read(&path(name)).unwrap_err();
            std::fs::remove_file(path(name)).unwrap();
            assert!(error.contains(expected) && !error.contains("canary"), "{error}");
        }
        let pem = b"-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
        std::fs::write(path("good"), pem).unwrap();
        let found = read(&path("good"));
        std::fs::remove_file(path("good")).unwrap();
        assert_eq!(found.unwrap(), pem);
    }

    #[test]
    fn timeouts_must_fit_each_other() {
        assert!(errors(&Entries::from_code([("total_timeout_seconds", 60_i64)])).is_empty());
        let entries = Entries::from_code([("attempt_timeout_seconds", 4_i64), ("max_attempts", 0)]);
        let errors = errors(&entries);
        assert!(errors[0].starts_with("max_attempts: must be 1 or more"), "{errors:?}");
        assert!(errors[1].starts_with("connect_timeout_seconds: must be less than"), "{errors:?}");
    }
}
