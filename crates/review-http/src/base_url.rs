//! Where requests go: checked base URLs, and ids that cannot change the way.

use std::fmt;

use review_core::{Error, ErrorKind, FieldError};
use url::{Host, Url};

/// The address of an API: `https`, or `http` on loopback; with a path prefix if need be; without user,
/// query and fragment.
///
/// ```
/// use review_http::BaseUrl;
///
/// let base = BaseUrl::new("https://api.etrusted.com/prefix")?;
/// assert_eq!(base.join(&["events", "evt-1"])?.as_str(), "https://api.etrusted.com/prefix/events/evt-1");
/// assert!(BaseUrl::new("http://api.etrusted.com").is_err());
/// # Ok::<(), review_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Checks an address.
    ///
    /// # Errors
    /// A [`FieldError`] for `url` that says what is wrong. It does not repeat the address, which may
    /// hold a password.
    pub fn new(value: &str) -> Result<Self, FieldError> {
        let wrong = |problem: &str| {
            FieldError::new("url", format!("expected an address like https://api.example.com; {problem}"))
        };
        let url = Url::parse(value.trim()).map_err(|cause| wrong(&format!("this is none: {cause}")))?;
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return Err(wrong("this has no host")),
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => {
                return Err(wrong(
                    "plain http is taken on loopback only, since tokens and addresses go over it",
                ));
            }
            _ => return Err(wrong("this is neither https nor http")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("leave user and password out of it"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("leave query and fragment out of it"));
        }
        Ok(Self(url))
    }

    /// The address of something below this one.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if a segment is empty, `.` or `..`, or would change the way in
    /// another manner. Ids are checked when they are made (see [`ResourceId`]), so this is the second lock.
    pub fn join(&self, segments: &[&str]) -> Result<Url, Error> {
        let wrong =
            || Error::new(ErrorKind::InvalidRequest, "a part of the address is empty or leads elsewhere");
        let mut url = self.0.clone();
        let before =
            self.0.path_segments().map_or(0, |path| path.filter(|segment| !segment.is_empty()).count());
        {
            let mut path = url.path_segments_mut().map_err(|()| wrong())?;
            path.pop_if_empty().extend(segments);
        }
        let after = url.path_segments().map_or(0, |path| path.filter(|segment| !segment.is_empty()).count());
        let same_place = url.host() == self.0.host() && url.port() == self.0.port();
        if same_place && after == before + segments.len() { Ok(url) } else { Err(wrong()) }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.0)
    }
}

/// An id that a vendor made, as it stands in a path: 1 to 128 letters, digits, `_` and `-`.
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
    /// Checks an id.
    ///
    /// # Errors
    /// A [`FieldError`] for `id`.
    pub fn new(value: &str) -> Result<Self, FieldError> {
        let value = value.trim();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if (1..=128).contains(&value.len()) && value.bytes().all(allowed) {
            return Ok(Self(value.to_owned()));
        }
        let found = if value.is_empty() {
            "nothing".to_owned()
        } else {
            format!("{} characters", value.chars().count())
        };
        Err(FieldError::new(
            "id",
            format!(
                "expected an id of the vendor (1 to 128 letters, digits, _ and -), found {found} that do not fit"
            ),
        ))
    }

    /// The id.
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
        for bad in ["", ".", ".."] {
            assert!(base.join(&["a", bad]).is_err(), "{bad:?}");
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
