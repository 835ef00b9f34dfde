//! The transports of a registry.

use std::sync::{Arc, Mutex, PoisonError};

use review_core::Result;
use review_http::{DynTransport, TransportOptions, default_transport};

/// One transport for all instances with the same options: building one reads the platform's certificates, which takes
/// milliseconds, and instances of one vendor can share connections.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedTransports(Arc<Mutex<Vec<(TransportOptions, DynTransport)>>>);

impl SharedTransports {
    /// # Errors
    /// Those of [`default_transport`].
    pub(super) fn get(&self, options: &TransportOptions) -> Result<DynTransport> {
        let mut built = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, transport)) = built.iter().find(|(known, _)| known == options) {
            return Ok(transport.clone());
        }
        let transport = default_transport(options.clone())?;
        built.push((options.clone(), transport.clone()));
        Ok(transport)
    }
}

#[cfg(all(test, feature = "rustls"))]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_instances_with_the_same_options_share_one() {
        let (transports, options) = (SharedTransports::default(), TransportOptions::default());
        let first = transports.get(&options).unwrap();
        let other = transports.get(&options.clone().with_connect_timeout(Duration::from_secs(1))).unwrap();
        assert!(Arc::ptr_eq(&first, &transports.clone().get(&options).unwrap()));
        assert!(!Arc::ptr_eq(&first, &other));
    }
}
