//! Checks the credentials and shows the web shop.

use review_core::provider::{Finding, SetupReport, Severity};
use review_core::{Error, ErrorKind, Result};
use review_http::vendor::Api;

use crate::client::WebwinkelkeurClient;
use crate::config::Webwinkelkeur;
use crate::wire::web_shop::WebShop;

pub(crate) async fn check_setup(api: &Api<Webwinkelkeur>) -> Result<SetupReport> {
    let findings = match WebwinkelkeurClient(api.clone()).web_shop().await {
        Ok(shop) => vec![read(&shop), delay()],
        Err(error) => vec![not_read(&error)],
    };
    Ok(SetupReport::new(findings))
}

fn read(shop: &WebShop) -> Finding {
    let name = shop.name.as_deref().unwrap_or("(no name)");
    let main = |is_main| if is_main { " (main)" } else { "" };
    let languages = shop.languages.iter().map(|language| format!("{}{}", language.iso, main(language.main)));
    let languages = languages.collect::<Vec<_>>().join(", ");
    let message = format!("the credentials are those of the web shop {name}, in the languages: {languages}");
    Finding::new(Severity::Info, message, "")
}

/// What no request shows.
fn delay() -> Finding {
    let message = "the delay of invitations without a time cannot be read";
    Finding::new(Severity::Info, message, "check the invitation settings in the dashboard, or choose a time")
}

/// A web shop that could not be read may or may not be right, unless the vendor rejects the settings.
fn not_read(error: &Error) -> Finding {
    let (severity, help) = match error.kind() {
        ErrorKind::Unauthorized | ErrorKind::Forbidden => {
            (Severity::Error, "check id and code in the dashboard, and that api_url is that of your brand")
        }
        ErrorKind::InvalidConfig => (Severity::Error, "check api_url and the other settings"),
        _ => (Severity::Unknown, "check api_url, and run the check again later"),
    };
    Finding::new(severity, format!("the web shop could not be read: {error}"), help)
}
