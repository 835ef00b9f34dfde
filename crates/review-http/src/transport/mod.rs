//! Carries a request to the vendor, and states what is known if there is no response.

mod contract;
mod options;
mod request_tracker;
mod request_url;
#[cfg(feature = "reqwest")]
mod reqwest;
#[cfg(feature = "reqwest")]
mod tls;

#[cfg(feature = "reqwest")]
use std::sync::Arc;

use review_core::Error;

pub use self::contract::{
    BodyStatus, DynTransport, HttpResponse, HttpTransport, TransportError, TransportErrorKind,
};
pub use self::options::{ProxyOption, TransportOptions};
pub use self::request_tracker::RequestTracker;
pub(crate) use self::request_url::RequestUrl;
#[cfg(feature = "reqwest")]
pub use self::reqwest::ReqwestTransport;

/// Creates the transport this crate was built with.
///
/// # Errors
/// [`ErrorKind::InvalidConfig`](review_core::ErrorKind::InvalidConfig) if it was built with none, or if the
/// platform's certificates or the process's crypto provider are missing.
pub fn default_transport(options: TransportOptions) -> Result<DynTransport, Error> {
    #[cfg(feature = "reqwest")]
    return ReqwestTransport::new(options).map(|transport| Arc::new(transport) as DynTransport);
    #[cfg(not(feature = "reqwest"))]
    {
        drop(options);
        Err(Error::new(
            review_core::ErrorKind::InvalidConfig,
            "no HTTP transport is compiled in; enable one of the features rustls, native-tls and \
             rustls-no-provider, or pass your own transport",
        ))
    }
}
