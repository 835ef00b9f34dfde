//! Routes between instances.

use std::collections::BTreeMap;
use std::sync::Arc;

use review_core::config::{ConfigErrors, one_of, suggestion};
use review_core::error::{FieldError, Result};
use review_core::model::{CountryCode, Locale, ShopId};
use review_core::provider::DynProvider;
use review_core::wrappers::{Route, Router, WeightedSplit};

use crate::config::{RouteConfig, TargetConfig, join_key};

/// The instance name of the router in its own receipts and errors.
const ROUTER_NAME: &str = "routes";

/// The keys of the conditions of a route.
const CONDITIONS: [&str; 3] = ["locale", "country", "shop"];

/// Routes with valid conditions and targets.
pub(super) struct Routes<'a> {
    conditional: Vec<(Route, &'a TargetConfig)>,
    /// The target of all other requests.
    rest: Option<&'a TargetConfig>,
}

impl<'a> Routes<'a> {
    pub(super) fn read(routes: &'a [RouteConfig], names: &[&str], errors: &mut ConfigErrors) -> Self {
        let mut read = Self { conditional: Vec::new(), rest: None };
        for (index, config) in routes.iter().enumerate() {
            let path = format!("routes[{index}]");
            check_target(&path, &config.target, names, errors);
            if read.rest.is_some() {
                let message =
                    "is never reached, because a route before it has no conditions; put that one last";
                errors.push(FieldError::new(path, message));
                continue;
            }
            match conditions(&path, config, errors).into_iter().reduce(Route::and) {
                Some(route) => read.conditional.push((route, &config.target)),
                // A route with an invalid condition was meant to have conditions.
                None if CONDITIONS.iter().any(|key| errors.contains_below(&join_key(&path, key))) => {}
                None => read.rest = Some(&config.target),
            }
        }
        read
    }

    /// Returns whether no request is left for a default.
    pub(super) fn match_everything(&self) -> bool {
        self.rest.is_some()
    }

    /// Returns the provider of all routes, or the default if there are none.
    pub(super) fn build(
        self,
        default: Option<DynProvider>,
        instance: impl Fn(&str) -> Option<DynProvider>,
    ) -> Result<Option<DynProvider>> {
        if self.conditional.is_empty() && self.rest.is_none() {
            return Ok(default);
        }
        let mut router = Router::builder(ROUTER_NAME);
        for (route, target) in self.conditional {
            router = match target {
                TargetConfig::To(name) => match instance(name) {
                    Some(provider) => router.route(route, provider),
                    None => router,
                },
                TargetConfig::Split(shares) => router.route(route, split(shares, &instance)),
            };
        }
        router = match (self.rest, default) {
            (Some(TargetConfig::Split(shares)), _) => router.default_target(split(shares, &instance)),
            (Some(TargetConfig::To(name)), default) => match instance(name).or(default) {
                Some(provider) => router.default_target(provider),
                None => router,
            },
            (None, Some(default)) => router.default_target(default),
            (None, None) => router,
        };
        Ok(Some(Arc::new(router.build()?)))
    }
}

fn split(shares: &BTreeMap<String, u32>, instance: impl Fn(&str) -> Option<DynProvider>) -> WeightedSplit {
    shares.iter().fold(WeightedSplit::new(), |split, (name, weight)| match instance(name) {
        Some(provider) => split.add(*weight, provider),
        None => split,
    })
}

fn conditions(path: &str, config: &RouteConfig, errors: &mut ConfigErrors) -> Vec<Route> {
    let [locale, country, shop] = CONDITIONS.map(|key| join_key(path, key));
    let locale = config.locale.as_ref().and_then(|text| errors.check(&locale, Locale::new(text)));
    let country = config.country.as_ref().and_then(|text| errors.check(&country, CountryCode::new(text)));
    let shop = config.shop.as_ref().and_then(|text| errors.check(&shop, ShopId::new(text)));
    let all = [locale.map(Route::locale), country.map(Route::country), shop.map(Route::shop)];
    all.into_iter().flatten().collect()
}

fn check_target(path: &str, target: &TargetConfig, names: &[&str], errors: &mut ConfigErrors) {
    if errors.contains(path) || errors.contains_below(&format!("{path}.to")) {
        return;
    }
    let split = format!("{path}.split");
    match target {
        TargetConfig::To(name) if names.contains(&name.as_str()) => {}
        TargetConfig::To(name) => {
            errors.push(FieldError::new(format!("{path}.to"), unknown_instance(name, names)));
        }
        TargetConfig::Split(shares) => {
            for name in shares.keys().filter(|name| !names.contains(&name.as_str())) {
                errors.push(FieldError::new(format!("{split}.{name}"), unknown_instance(name, names)));
            }
            if shares.values().all(|weight| *weight == 0) && !errors.contains_below(&split) {
                errors.push(FieldError::new(split, "must have at least one weight above 0"));
            }
        }
    }
}

pub(super) fn unknown_instance(name: &str, names: &[&str]) -> String {
    let hint = suggestion(name, names.iter().map(|name| (*name, (*name).to_owned())));
    format!("must be {}{hint}", one_of(names.iter().copied()))
}
