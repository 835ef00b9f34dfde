//! The address of a request as the client parsed it.

use http::Extensions;
use url::{Position, Url};

/// The address of a request, in its extensions, so that the transport over reqwest need not print and parse it again.
#[derive(Clone)]
pub(crate) struct RequestUrl(pub(crate) Url);

impl RequestUrl {
    /// Takes the address, unless a transport in between has changed the request's.
    #[cfg_attr(not(feature = "reqwest"), expect(dead_code, reason = "for the transport over reqwest"))]
    pub(crate) fn take(extensions: &mut Extensions, uri: &http::Uri) -> Option<Url> {
        let Self(url) = extensions.remove()?;
        let is_same = uri.scheme_str() == Some(url.scheme())
            && uri.authority().map(http::uri::Authority::as_str)
                == Some(&url[Position::BeforeHost..Position::AfterPort])
            && uri.path_and_query().map(http::uri::PathAndQuery::as_str)
                == Some(&url[Position::BeforePath..Position::AfterQuery]);
        is_same.then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_changed_on_the_way_is_not_the_clients() {
        for (uri, is_same) in [
            ("http://127.0.0.1:8080/a%20b?c=1", true),
            ("http://127.0.0.1:8081/a%20b?c=1", false),
            ("https://127.0.0.1:8080/a%20b?c=1", false),
            ("http://127.0.0.1:8080/a%20b", false),
            ("http://127.0.0.1:8080/b?c=1", false),
            ("/a%20b?c=1", false),
        ] {
            let mut extensions = Extensions::new();
            extensions.insert(RequestUrl("http://127.0.0.1:8080/a%20b?c=1".parse().unwrap()));
            let url = RequestUrl::take(&mut extensions, &uri.parse().unwrap());
            assert_eq!(url.is_some(), is_same, "{uri}");
        }
        assert!(RequestUrl::take(&mut Extensions::new(), &"/".parse().unwrap()).is_none());
    }
}
