//! Validated base URLs, and ids that cannot change the path.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use review_core::config::{ConfigValue, RawValue, ValueType};
use review_core::{Error, ErrorKind, FieldError};
use url::{Host, Url};

/// The URL of an API: `https`, or `http` on loopback. It can have a path prefix, but no user, query or
/// fragment.
///
/// ```
/// use review_http::BaseUrl;
///
/// let base = BaseUrl::new("https://api.etrusted.com/prefix")?;
/// assert_eq!(base.join(&["events", "evt-1"])?.as_str(), "https://api.etrusted.com/prefix/events/evt-1");
/// assert_eq!(base.join(&["events", ""])?.as_str(), "https://api.etrusted.com/prefix/events/");
/// assert!(BaseUrl::new("http://api.etrusted.com").is_err());
/// # Ok::<(), review_core::Error>(())
/// ```
#[derive(Clone)]
pub struct BaseUrl {
    url: Url,
    /// The last one: most requests of an instance are invitations.
    joined: Arc<Mutex<Option<Joined>>>,
}

/// A path and its URL.
struct Joined {
    segments: Vec<String>,
    url: Url,
}

impl PartialEq for BaseUrl {
    fn eq(&self, other: &Self) -> bool {
        self.url == other.url
    }
}

impl Eq for BaseUrl {}

impl BaseUrl {
    /// Parses a URL.
    ///
    /// # Errors
    /// A [`FieldError`] for `url`. It does not repeat the value, which may contain a password.
    pub fn new(value: &str) -> Result<Self, FieldError> {
        let invalid = |problem: &str| {
            FieldError::new("url", format!("must be a URL like https://api.example.com: {problem}"))
        };
        let url = Url::parse(value.trim()).map_err(|cause| invalid(&cause.to_string()))?;
        let is_loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return Err(invalid("it has no host")),
        };
        match url.scheme() {
            "https" => {}
            "http" if is_loopback => {}
            "http" => return Err(invalid("http is accepted on loopback only, because it is not encrypted")),
            _ => return Err(invalid("the scheme must be https, or http on loopback")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("remove user and password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("remove query and fragment"));
        }
        Ok(Self { url, joined: Arc::default() })
    }

    /// Returns a URL below this one. An empty last segment makes a trailing slash, which some vendors
    /// require.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if another segment is empty, or one is `.` or `..` or would change the
    /// path in another way. Ids are validated when they are created (see [`ResourceId`]); this is a second check.
    pub fn join(&self, segments: &[&str]) -> Result<Url, Error> {
        let mut joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = joined.as_ref().filter(|last| last.segments == segments) {
            return Ok(last.url.clone());
        }
        let url = self.join_new(segments)?;
        let segments = segments.iter().map(|&segment| segment.to_owned()).collect();
        *joined = Some(Joined { segments, url: url.clone() });
        Ok(url)
    }

    fn join_new(&self, segments: &[&str]) -> Result<Url, Error> {
        let invalid = || {
            Error::new(ErrorKind::InvalidRequest, "a segment of the URL path is empty or changes the path")
        };
        let count =
            |url: &Url| url.path_segments().map_or(0, |path| path.filter(|part| !part.is_empty()).count());
        let named = match segments {
            [named @ .., ""] => named,
            named => named,
        };
        let mut url = self.url.clone();
        url.path_segments_mut().map_err(|()| invalid())?.pop_if_empty().extend(segments);
        let is_same_server = url.host() == self.url.host() && url.port() == self.url.port();
        let is_complete = !named.is_empty() && count(&url) == count(&self.url) + named.len();
        if is_same_server && is_complete { Ok(url) } else { Err(invalid()) }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.url)
    }
}

/// An id created by a vendor, safe in a path: 1 to 128 letters, digits, `_` and `-`.
///
/// ```
/// use review_http::ResourceId;
///
/// assert!(ResourceId::new("507f191e810c19729de860ea").is_ok());
/// assert!(ResourceId::new("../../other/account").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId(String);

impl ResourceId {
    /// Validates an id.
    ///
    /// # Errors
    /// A [`FieldError`] for `id`.
    pub fn new(value: &str) -> Result<Self, FieldError> {
        let value = value.trim();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if (1..=128).contains(&value.len()) && value.bytes().all(allowed) {
            return Ok(Self(value.to_owned()));
        }
        let length = value.chars().count();
        let message = format!(
            "must be 1 to 128 letters, digits, _ or -; got {length} characters, or others than these"
        );
        Err(FieldError::new("id", message))
    }

    /// Creates a placeholder for an id that is not known before a lookup: `{description}`. Previews show it; a
    /// [`Step`](crate::vendor::Step) with it cannot be sent.
    #[must_use]
    pub fn placeholder(description: &str) -> Self {
        Self(format!("{{{description}}}"))
    }

    /// Returns the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ConfigValue for BaseUrl {
    const TYPE: ValueType = ValueType::Url;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        Self::new(raw.text()?).map_err(|error| error.message().to_owned())
    }
}

impl ConfigValue for ResourceId {
    const TYPE: ValueType = ValueType::Text;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        Self::new(raw.text()?).map_err(|error| error.message().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_keep_secrets_are_taken() {
        for good in [
            "https://api.example.com",
            "https://api.example.com/a/b/",
            "http://127.0.0.1:8080/x",
            "http://[::1]:1",
            "http://localhost",
        ] {
            assert!(BaseUrl::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "api.example.com",
            "http://api.example.com",
            "ftp://api.example.com",
            "https://canary:pw@api.example.com",
            "https://api.example.com/?canary=1",
            "https://api.example.com/#canary",
            "mailto:x",
            "http://127.0.0.1.example.com",
        ] {
            let error = BaseUrl::new(bad).unwrap_err();
            assert_eq!(error.field(), "url");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }

    #[test]
    fn a_path_prefix_stays() {
        for base in ["https://h.example/p", "https://h.example/p/"] {
            let base = BaseUrl::new(base).unwrap();
            assert_eq!(base.join(&["a", "b c"]).unwrap().as_str(), "https://h.example/p/a/b%20c");
        }
    }

    #[test]
    fn no_segment_leads_elsewhere() {
        let base = BaseUrl::new("https://h.example/p").unwrap();
        for bad in [".", ".."] {
            assert!(base.join(&["a", bad]).is_err(), "{bad:?}");
        }
        for bad in [&["", "a"][..], &["a", "", ""], &["."], &[""], &[]] {
            assert!(base.join(bad).is_err(), "{bad:?}");
        }
        for odd in ["//evil.example", "%2e%2e", "\\evil", "a/../../b", "a\r\nb", "?q", "#f"] {
            if let Ok(url) = base.join(&[odd]) {
                assert!(url.as_str().starts_with("https://h.example/p/"), "{url}");
                assert_eq!((url.path_segments().unwrap().count(), url.query()), (2, None), "{url}");
            }
        }
    }

    #[test]
    fn ids_are_of_few_characters() {
        assert_eq!(ResourceId::new(" evt-1_A ").unwrap().as_str(), "evt-1_A");
        for bad in ["", "a/b", "..", "a b", "é", "a\nb", &"x".repeat(129)] {
            assert!(ResourceId::new(bad).is_err(), "{bad:?}");
        }
    }
}
