//! Checks the token, the location and the catalogue.

use review_core::provider::{Finding, SetupReport, Severity};
use review_core::{Error, ErrorKind, Result};
use review_http::vendor::Api;

use crate::client::KiyohClient;
use crate::config::Kiyoh;
use crate::wire::catalogue::CatalogueProduct;
use crate::wire::statistics::Statistics;

pub(crate) async fn check_setup(api: &Api<Kiyoh>) -> Result<SetupReport> {
    let client = KiyohClient(api.clone());
    let mut findings = vec![match client.statistics().await {
        Ok(statistics) => location(&statistics),
        Err(error) => failure("the location", error)?,
    }];
    if api.vendor().products_from_catalogue {
        findings.push(match client.products().await {
            Ok(products) => catalogue(&products),
            Err(error) => failure("the catalogue", error)?,
        });
    }
    Ok(SetupReport::new(findings))
}

/// DIS: a plugin expects a response without a name if the token does not cover the location. UNK: what Kiyoh does with an
/// invitation for a location that is not active. INF: it sends nothing.
fn location(found: &Statistics) -> Finding {
    match (&found.location_name, found.location_active) {
        (None, _) => Finding::new(
            Severity::Error,
            "the token has no access to the location",
            "check location_id and brand",
        ),
        (Some(_), Some(false)) => Finding::new(
            Severity::Error,
            "the location is not active",
            "activate the location in the dashboard",
        ),
        (Some(_), None) => Finding::new(
            Severity::Unknown,
            "the location was read; the response does not state whether it is active",
            "check in the dashboard that the location is active",
        ),
        (Some(_), Some(true)) => {
            Finding::new(Severity::Info, "the location was read and is active; no problem was found", "")
        }
    }
}

fn catalogue(products: &[CatalogueProduct]) -> Finding {
    match products.iter().filter(|product| product.active).count() {
        0 => Finding::new(
            Severity::Warning,
            "the catalogue has no active product, so no invitation can contain one",
            "upload the products, or set products_from_catalogue to false",
        ),
        count => Finding::new(Severity::Info, format!("the catalogue has {count} active products"), ""),
    }
}

/// Returns what a failed request shows about the account, or the error if it shows nothing.
fn failure(what: &str, error: Error) -> Result<Finding> {
    let help = "check api_token, location_id and brand, and that the plan includes the API";
    let status = error.http_status();
    let severity = match error.kind() {
        ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::InvalidConfig => Severity::Error,
        // A response of another host, such as a captive portal, shows that something is wrong, and not what.
        _ if status.is_some_and(|status| status < 500) && error.kind() != ErrorKind::RateLimited => {
            Severity::Unknown
        }
        _ => return Err(error),
    };
    let message = format!("{what} could not be read: {error}");
    Ok(Finding::new(
        severity,
        message,
        if severity == Severity::Error { help } else { "check brand and api_url" },
    ))
}
