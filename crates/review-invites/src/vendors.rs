//! The vendors there are, by name: those of this project, and those that were added.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::faults::{did_you_mean, one_of};
use crate::registry::ProviderFactory;
#[cfg(any(feature = "etrusted", feature = "trustpilot"))]
use crate::registry::{Instance, InstanceSettings};

/// A factory that is shared.
pub(crate) type DynFactory = Arc<dyn ProviderFactory>;

/// The vendors of this project. Each is behind a feature of its name.
fn built_in() -> [(&'static str, Option<DynFactory>); 2] {
    [
        #[cfg(feature = "etrusted")]
        ("etrusted", Some(Arc::new(Etrusted))),
        #[cfg(not(feature = "etrusted"))]
        ("etrusted", None),
        #[cfg(feature = "trustpilot")]
        ("trustpilot", Some(Arc::new(Trustpilot))),
        #[cfg(not(feature = "trustpilot"))]
        ("trustpilot", None),
    ]
}

/// A factory whose settings are read by the vendor's own crate.
#[cfg(any(feature = "etrusted", feature = "trustpilot"))]
macro_rules! vendor {
    ($factory:ident, $vendor:ident::{$config:ident, $provider:ident}) => {
        #[derive(Debug)]
        struct $factory;

        impl ProviderFactory for $factory {
            fn settings(&self) -> &[review_http::ConfigKey] {
                $vendor::SETTINGS
            }

            fn make(&self, instance: &InstanceSettings) -> review_core::Result<Instance> {
                let config = $vendor::$config::from_vars(|name| instance.get(name))?
                    .with_instance(instance.info().instance())
                    .with_http(instance.http().clone());
                let provider = Arc::new($vendor::$provider::with_transport(config, instance.transport()?));
                Ok(Instance::new(provider.clone()).with_reader(provider))
            }
        }
    };
}
#[cfg(feature = "etrusted")]
vendor!(Etrusted, review_etrusted::{EtrustedConfig, EtrustedProvider});
#[cfg(feature = "trustpilot")]
vendor!(Trustpilot, review_trustpilot::{TrustpilotConfig, TrustpilotProvider});

/// Vendors by name. One without a factory is known and not compiled in.
#[derive(Clone, Debug)]
pub(crate) struct Vendors(BTreeMap<String, Option<DynFactory>>);

impl Default for Vendors {
    fn default() -> Self {
        Self(built_in().into_iter().map(|(name, factory)| (name.to_owned(), factory)).collect())
    }
}

impl Vendors {
    /// Adds a vendor, unless there is one of this name.
    pub(crate) fn add(&mut self, name: &str, factory: DynFactory) -> Result<(), &'static str> {
        if self.0.contains_key(name) {
            return Err("expected a name that no vendor has yet, found one that is taken; choose another");
        }
        self.0.insert(name.to_owned(), Some(factory));
        Ok(())
    }

    /// Those whose instances can be made.
    pub(crate) fn usable(&self) -> impl Iterator<Item = (&str, &DynFactory)> {
        self.0.iter().filter_map(|(name, factory)| Some((name.as_str(), factory.as_ref()?)))
    }

    /// A vendor by its name, or what is wrong with the name.
    pub(crate) fn find(&self, name: &str) -> Result<(&str, &DynFactory), String> {
        let name = name.trim().to_lowercase();
        match self.0.get_key_value(&name) {
            Some((name, Some(factory))) => Ok((name, factory)),
            Some((name, None)) => {
                Err(format!("{name} is not compiled in; switch on the feature {name} of review-invites"))
            }
            None => {
                let known = || self.0.keys().map(String::as_str);
                let found = if name.is_empty() { "nothing" } else { "another name" };
                Err(format!("expected {}, found {found}{}", one_of(known()), did_you_mean(&name, known())))
            }
        }
    }

    /// The only one that can be used.
    pub(crate) fn only(&self) -> Result<(&str, &DynFactory), String> {
        let usable: Vec<_> = self.usable().collect();
        match usable.as_slice() {
            [only] => Ok(*only),
            [] => Err("no vendor is compiled in; switch on the feature etrusted or trustpilot".to_owned()),
            several => {
                Err(format!("expected {}, found nothing", one_of(several.iter().map(|(name, _)| *name))))
            }
        }
    }
}

/// The vendors of this project that are compiled in, by name.
///
/// ```
/// assert_eq!(review_invites::compiled_in().contains(&"trustpilot"), cfg!(feature = "trustpilot"));
/// ```
#[must_use]
pub fn compiled_in() -> Vec<&'static str> {
    built_in().into_iter().filter_map(|(name, factory)| factory.map(|_| name)).collect()
}
