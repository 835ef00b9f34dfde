//! Routes between instances.

use std::collections::BTreeMap;
use std::sync::Arc;

use review_core::{CountryCode, DynProvider, Locale, Result, Route, Router, ShopKey, Split};

use super::assembly::no_such_instance;
use crate::config::{RouteConfig, TargetConfig};
use crate::faults::{Faults, below};

/// The label of the router in receipts and errors that are its own.
const LABEL: &str = "routes";

/// The keys of a route that say what it takes.
const CONDITIONS: [&str; 3] = ["locale", "country", "shop"];

/// Routes that were read.
pub(super) struct Routes<'a> {
    /// With their conditions.
    some: Vec<(Route, &'a TargetConfig)>,
    /// Where all go that none of them takes.
    rest: Option<&'a TargetConfig>,
}

impl<'a> Routes<'a> {
    pub(super) fn read(routes: &'a [RouteConfig], labels: &[&str], faults: &mut Faults) -> Self {
        let mut read = Self { some: Vec::new(), rest: None };
        for (index, config) in routes.iter().enumerate() {
            let path = format!("routes[{index}]");
            check_target(&path, &config.target, labels, faults);
            if read.rest.is_some() {
                let problem = "never reached, since a route before it has no conditions; put that one last";
                faults.add(path, problem);
                continue;
            }
            match conditions(&path, config, faults).into_iter().reduce(Route::and) {
                Some(route) => read.some.push((route, &config.target)),
                // One with a condition that is wrong was meant to have conditions.
                None if CONDITIONS.iter().any(|key| faults.within(&below(&path, key))) => {}
                None => read.rest = Some(&config.target),
            }
        }
        read
    }

    /// Whether no request is left for a default.
    pub(super) fn take_everything(&self) -> bool {
        self.rest.is_some()
    }

    /// The provider of all routes; the default alone where there is none.
    pub(super) fn build(
        self,
        default: Option<DynProvider>,
        instance: impl Fn(&str) -> Option<DynProvider>,
    ) -> Result<Option<DynProvider>> {
        if self.some.is_empty() && self.rest.is_none() {
            return Ok(default);
        }
        let mut router = Router::builder(LABEL);
        for (route, target) in self.some {
            router = match target {
                TargetConfig::To(label) => match instance(label) {
                    Some(provider) => router.route(route, provider),
                    None => router,
                },
                TargetConfig::Split(shares) => router.route(route, split(shares, &instance)),
            };
        }
        router = match (self.rest, default) {
            (Some(TargetConfig::Split(shares)), _) => router.otherwise(split(shares, &instance)),
            (Some(TargetConfig::To(label)), default) => match instance(label).or(default) {
                Some(provider) => router.otherwise(provider),
                None => router,
            },
            (None, Some(default)) => router.otherwise(default),
            (None, None) => router,
        };
        Ok(Some(Arc::new(router.build()?)))
    }
}

fn split(shares: &BTreeMap<String, u32>, instance: impl Fn(&str) -> Option<DynProvider>) -> Split {
    shares.iter().fold(Split::new(), |split, (label, weight)| match instance(label) {
        Some(provider) => split.to(*weight, provider),
        None => split,
    })
}

fn conditions(path: &str, config: &RouteConfig, faults: &mut Faults) -> Vec<Route> {
    let [locale, country, shop] = CONDITIONS.map(|key| below(path, key));
    let locale = config.locale.as_ref().and_then(|text| faults.keep(&locale, Locale::new(text)));
    let country = config.country.as_ref().and_then(|text| faults.keep(&country, CountryCode::new(text)));
    let shop = config.shop.as_ref().and_then(|text| faults.keep(&shop, ShopKey::new(text)));
    let all = [locale.map(Route::locale), country.map(Route::country), shop.map(Route::shop)];
    all.into_iter().flatten().collect()
}

fn check_target(path: &str, target: &TargetConfig, labels: &[&str], faults: &mut Faults) {
    if faults.has(path) || faults.within(&format!("{path}.to")) {
        return;
    }
    let split = format!("{path}.split");
    match target {
        TargetConfig::To(label) if labels.contains(&label.as_str()) => {}
        TargetConfig::To(label) => faults.add(format!("{path}.to"), no_such_instance(label, labels)),
        TargetConfig::Split(shares) => {
            for label in shares.keys().filter(|label| !labels.contains(&label.as_str())) {
                faults.add(format!("{split}.{label}"), no_such_instance(label, labels));
            }
            if shares.values().all(|weight| *weight == 0) && !faults.within(&split) {
                let problem = "expected at least one weight above 0, found none";
                faults.add(split, problem);
            }
        }
    }
}
