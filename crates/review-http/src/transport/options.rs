//! The connection options of this crate's transport.

use std::fmt;
use std::time::Duration;

use review_core::config::{ConfigValue, RawValue, ValueType};
use url::Url;

/// The connection options of this crate's transport.
///
/// ```
/// use std::time::Duration;
///
/// use review_http::{ProxyOption, TransportOptions, default_transport};
///
/// let options = TransportOptions::default()
///     .with_connect_timeout(Duration::from_secs(2))
///     .with_proxy(ProxyOption::Environment);
/// # #[cfg(feature = "rustls")]
/// let transport = default_transport(options)?;
/// # Ok::<(), review_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransportOptions {
    /// The timeout for establishing a connection. Default 5 s. It must be shorter than the timeout of an
    /// attempt: only then does a connection that is never established count as "not sent".
    pub connect_timeout: Duration,
    /// The time that an idle connection is kept. Default 5 s; zero keeps none. If the server closes a kept
    /// connection first, the next request ends in a false "outcome unknown". Servers commonly close after
    /// 60 s or more.
    pub idle_timeout: Duration,
    /// The proxy. Default: none, and the environment is ignored.
    pub proxy: ProxyOption,
    /// Certificates (PEM, one or more) that are trusted in addition to the system's, for example the CA of a
    /// company whose proxy inspects TLS.
    pub root_certificates: Vec<Vec<u8>>,
}

/// The proxy for `https`.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyOption {
    /// No proxy.
    #[default]
    None,
    /// `HTTPS_PROXY` or `ALL_PROXY` (also in lower case), with the exceptions of `NO_PROXY`.
    Environment,
    /// The proxy at this URL, which may contain user and password.
    Url(String),
}

/// `environment`, or a URL. A URL that contains a password must come from a reference.
impl ConfigValue for ProxyOption {
    const TYPE: ValueType = ValueType::Text;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        let text = raw.text()?;
        if text.eq_ignore_ascii_case("environment") {
            return Ok(Self::Environment);
        }
        match Url::parse(text) {
            Ok(url) if url.password().is_some() && matches!(raw, RawValue::Text(_)) => {
                let expected = "must be a reference: { env = \"NAME\" } or { file = \"/path\" }";
                Err(format!("contains a password and {expected}"))
            }
            Ok(url) if ["http", "https"].contains(&url.scheme()) && url.has_host() => {
                Ok(Self::Url(text.to_owned()))
            }
            _ => Err("must be `environment` or a URL such as http://proxy.example:3128".to_owned()),
        }
    }
}

/// The URL may contain a password.
impl fmt::Debug for ProxyOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Environment => "Environment",
            Self::Url(_) => "Url([redacted])",
        })
    }
}

impl fmt::Debug for TransportOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportOptions")
            .field("connect_timeout", &self.connect_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("proxy", &self.proxy)
            .field("root_certificates", &self.root_certificates.len())
            .finish()
    }
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(5),
            proxy: ProxyOption::None,
            root_certificates: Vec::new(),
        }
    }
}

impl TransportOptions {
    /// Sets the timeout for establishing a connection.
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets how long an unused connection is kept; zero keeps none.
    #[must_use]
    pub fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Sets the proxy.
    #[must_use]
    pub fn with_proxy(mut self, proxy: ProxyOption) -> Self {
        self.proxy = proxy;
        self
    }

    /// Trusts the certificates of this PEM text in addition to the system's.
    #[must_use]
    pub fn add_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use review_core::config::Secret;

    use super::*;

    #[test]
    fn proxy_is_the_environment_or_a_url() {
        let proxy = |text: &str| ProxyOption::from_raw(&text.into());
        assert_eq!(proxy("environment"), Ok(ProxyOption::Environment));
        let url = "http://proxy.example:3128";
        assert_eq!(proxy(url), Ok(ProxyOption::Url(url.to_owned())));
        for bad in ["proxy.example", "socks5://proxy.example", "http://", "http://user:canary@proxy.example"]
        {
            let error = proxy(bad).unwrap_err();
            assert!(!error.contains("canary"), "{error}");
        }
        let secret = RawValue::Secret(Secret::new("http://user:canary@proxy.example"));
        assert!(ProxyOption::from_raw(&secret).is_ok(), "a password by reference");
    }
}
