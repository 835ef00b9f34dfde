//! The available vendors by name: built-in ones, and those that were added.

use std::collections::BTreeMap;
use std::sync::Arc;

use review_core::config::{one_of, suggestion};

use crate::registry::ProviderFactory;

/// A shared factory.
pub(crate) type DynFactory = Arc<dyn ProviderFactory>;

/// Lists the built-in vendors. Each is behind a feature of its name.
macro_rules! built_in {
    ($($name:literal => $factory:expr;)*) => {
        fn built_in() -> Vec<(&'static str, Option<DynFactory>)> {
            vec![$(
                #[cfg(feature = $name)]
                ($name, Some(Arc::new($factory))),
                #[cfg(not(feature = $name))]
                ($name, None),
            )*]
        }
    };
}
built_in! {
    "etrusted" => review_http::vendor::HttpFactory::<review_etrusted::Etrusted>::new();
    "kiyoh" => review_http::vendor::HttpFactory::<review_kiyoh::Kiyoh>::new();
    "trustpilot" => review_http::vendor::HttpFactory::<review_trustpilot::Trustpilot>::new();
    "webwinkelkeur" => review_http::vendor::HttpFactory::<review_webwinkelkeur::Webwinkelkeur>::new();
}

/// Vendors by name. One without a factory is known but not compiled in.
#[derive(Clone, Debug)]
pub(crate) struct Vendors(BTreeMap<String, Option<DynFactory>>);

impl Default for Vendors {
    fn default() -> Self {
        Self(built_in().into_iter().map(|(name, factory)| (name.to_owned(), factory)).collect())
    }
}

impl Vendors {
    /// Adds a vendor, unless the name is taken.
    pub(crate) fn add(&mut self, name: &str, factory: DynFactory) -> Result<(), &'static str> {
        if self.0.contains_key(name) {
            return Err("is the name of another vendor; choose a different one");
        }
        self.0.insert(name.to_owned(), Some(factory));
        Ok(())
    }

    /// Returns the vendors that are compiled in.
    pub(crate) fn usable(&self) -> impl Iterator<Item = (&str, &DynFactory)> {
        self.0.iter().filter_map(|(name, factory)| Some((name.as_str(), factory.as_ref()?)))
    }

    /// Returns a vendor by its name, or what is wrong with the name.
    pub(crate) fn find(&self, name: &str) -> Result<(&str, &DynFactory), String> {
        let name = name.trim().to_lowercase();
        match self.0.get_key_value(&name) {
            Some((name, Some(factory))) => Ok((name, factory)),
            Some((name, None)) => {
                Err(format!("{name} is not compiled in; enable the feature {name} of review-invites"))
            }
            None => {
                let hint = suggestion(&name, self.0.keys().map(|known| (known.as_str(), known.clone())));
                Err(format!("must be {}{hint}", one_of(self.0.keys().map(String::as_str))))
            }
        }
    }

    /// Returns the only vendor that is compiled in.
    pub(crate) fn only(&self) -> Result<(&str, &DynFactory), String> {
        let usable: Vec<_> = self.usable().collect();
        match usable.as_slice() {
            [only] => Ok(*only),
            [] => Err("no vendor is compiled in; enable the feature of one".to_owned()),
            several => Err(format!("must be {}; set it", one_of(several.iter().map(|(name, _)| *name)))),
        }
    }
}

/// Returns the names of the built-in vendors that are compiled in.
///
/// ```
/// assert_eq!(review_invites::available_vendors().contains(&"trustpilot"), cfg!(feature = "trustpilot"));
/// ```
#[must_use]
pub fn available_vendors() -> Vec<&'static str> {
    built_in().into_iter().filter_map(|(name, factory)| factory.map(|_| name)).collect()
}
