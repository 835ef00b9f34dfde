//! Which vendor, by its name.

use std::env;

use review_core::{DynProvider, DynReader, Error, FieldError, Result};

/// The variable that names the vendor.
pub const PROVIDER_VARIABLE: &str = "REVIEW_PROVIDER";

/// Settings by name.
type LookUp<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A vendor this project knows. Its feature has its name.
struct Vendor {
    name: &'static str,
    /// `None` where the feature is off.
    made: Option<Made>,
}

/// What is made of a vendor's settings.
#[derive(Clone, Copy)]
struct Made {
    provider: fn(LookUp<'_>) -> Result<DynProvider>,
    reader: fn(LookUp<'_>) -> Result<DynReader>,
}

const VENDORS: [Vendor; 2] = [
    Vendor {
        name: "etrusted",
        #[cfg(feature = "etrusted")]
        made: Some(Made { provider: |vars| Ok(etrusted(vars)?), reader: |vars| Ok(etrusted(vars)?) }),
        #[cfg(not(feature = "etrusted"))]
        made: None,
    },
    Vendor {
        name: "trustpilot",
        #[cfg(feature = "trustpilot")]
        made: Some(Made { provider: |vars| Ok(trustpilot(vars)?), reader: |vars| Ok(trustpilot(vars)?) }),
        #[cfg(not(feature = "trustpilot"))]
        made: None,
    },
];

#[cfg(feature = "etrusted")]
fn etrusted(vars: LookUp<'_>) -> Result<std::sync::Arc<review_etrusted::EtrustedProvider>> {
    let config = review_etrusted::EtrustedConfig::from_vars(vars)?;
    review_etrusted::EtrustedProvider::new(config).map(std::sync::Arc::new)
}

#[cfg(feature = "trustpilot")]
fn trustpilot(vars: LookUp<'_>) -> Result<std::sync::Arc<review_trustpilot::TrustpilotProvider>> {
    let config = review_trustpilot::TrustpilotConfig::from_vars(vars)?;
    review_trustpilot::TrustpilotProvider::new(config).map(std::sync::Arc::new)
}

/// The vendors that are compiled in, by name.
#[must_use]
pub fn compiled_in() -> Vec<&'static str> {
    VENDORS.iter().filter(|vendor| vendor.made.is_some()).map(|vendor| vendor.name).collect()
}

/// Makes a provider from the environment: `REVIEW_PROVIDER` names the vendor (it may be missing where
/// only one is compiled in), and the vendor's own variables hold its settings. They are listed at
/// `EtrustedConfig::from_vars` and `TrustpilotConfig::from_vars`.
///
/// # Errors
/// [`ErrorKind::Config`](review_core::ErrorKind::Config) with every variable that is missing or wrong. A
/// vendor that is known but not compiled in is named together with its feature.
pub fn from_env() -> Result<DynProvider> {
    from_vars(|name| env::var(name).ok())
}

/// As [`from_env`], from any source of settings by name: a secret store, a test.
///
/// # Errors
/// Those of [`from_env`].
pub fn from_vars(look_up: impl Fn(&str) -> Option<String>) -> Result<DynProvider> {
    (chosen(&look_up)?.provider)(&look_up)
}

/// Makes a reader of reviews from the environment, by the same variables as [`from_env`].
///
/// # Errors
/// Those of [`from_env`].
pub fn reader_from_env() -> Result<DynReader> {
    reader_from_vars(|name| env::var(name).ok())
}

/// As [`reader_from_env`], from any source of settings by name.
///
/// # Errors
/// Those of [`from_env`].
pub fn reader_from_vars(look_up: impl Fn(&str) -> Option<String>) -> Result<DynReader> {
    (chosen(&look_up)?.reader)(&look_up)
}

fn chosen(look_up: LookUp<'_>) -> Result<Made> {
    let named =
        look_up(PROVIDER_VARIABLE).map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty());
    by_name(named.as_deref())
        .map_err(|problem| Error::config(vec![FieldError::new(PROVIDER_VARIABLE, problem)]))
}

fn by_name(named: Option<&str>) -> Result<Made, String> {
    let available = compiled_in();
    let name = match (named, available.as_slice()) {
        (Some(name), _) => name,
        (None, [only]) => only,
        (None, []) => {
            return Err("no vendor is compiled in; switch on the feature etrusted or trustpilot".to_owned());
        }
        (None, _) => return Err(format!("expected one of {}, found nothing", available.join(", "))),
    };
    match VENDORS.iter().find(|vendor| vendor.name == name) {
        Some(Vendor { made: Some(made), .. }) => Ok(*made),
        Some(Vendor { name, made: None }) => {
            Err(format!("{name} is not compiled in; switch on the feature {name} of review-invites"))
        }
        None => {
            let known: Vec<_> = VENDORS.iter().map(|vendor| vendor.name).collect();
            Err(format!("expected one of {}, found another name", known.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(provider: Option<&str>) -> String {
        let error =
            from_vars(|name| provider.filter(|_| name == PROVIDER_VARIABLE).map(str::to_owned)).unwrap_err();
        error.to_string()
    }

    #[test]
    fn an_unknown_name_is_told_with_those_that_are_known() {
        assert!(problem(Some("yelp")).contains("REVIEW_PROVIDER: expected one of etrusted, trustpilot"));
    }

    #[test]
    fn every_known_vendor_is_made_or_named_with_its_feature() {
        for vendor in &VENDORS {
            let problem = problem(Some(&vendor.name.to_uppercase()));
            if vendor.made.is_some() {
                assert!(problem.contains(&format!("{}_", vendor.name.to_uppercase())), "{problem}");
            } else {
                assert!(problem.contains(&format!("switch on the feature {}", vendor.name)), "{problem}");
            }
        }
    }

    #[test]
    fn the_name_may_be_missing_where_there_is_no_choice() {
        let problem = problem(None);
        match compiled_in().as_slice() {
            [] => assert!(problem.contains("no vendor is compiled in")),
            [only] => assert!(problem.contains(&format!("{}_", only.to_uppercase())), "{problem}"),
            _ => assert!(
                problem.contains("REVIEW_PROVIDER: expected one of etrusted, trustpilot"),
                "{problem}"
            ),
        }
    }
}
