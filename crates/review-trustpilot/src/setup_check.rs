//! Checks the business unit, its templates and the configured locales.

use review_core::model::Locale;
use review_core::provider::{Finding, LocaleSupport, SetupReport, Severity};
use review_core::{Error, ErrorKind, Result, SendState};
use review_http::ResourceId;
use review_http::vendor::Api;

use crate::client::TrustpilotClient;
use crate::config::{BusinessUnitRef, Grant, Trustpilot};
use crate::vendor::locale_name;
use crate::wire::setup::has_template_for;

pub(crate) async fn check_setup(api: &Api<Trustpilot>) -> Result<SetupReport> {
    let client = TrustpilotClient(api.clone());
    let mut check =
        SetupCheck { client: &client, findings: Vec::new(), has_responded: false, transport_error: None };
    check.check_user();
    if let Some(unit) = check.check_business_unit().await {
        check.check_templates(&unit).await;
    }
    check.check_locales().await;
    // A report without findings states that nothing could be read.
    if check.findings.is_empty() {
        check.report(
            Severity::Info,
            "business unit, templates and locales were read; no problem was found",
            "",
        );
    }
    match check.transport_error {
        Some(error) if !check.has_responded => Err(error),
        _ => Ok(SetupReport::new(check.findings)),
    }
}

struct SetupCheck<'a> {
    client: &'a TrustpilotClient,
    findings: Vec<Finding>,
    has_responded: bool,
    transport_error: Option<Error>,
}

impl SetupCheck<'_> {
    fn report(&mut self, severity: Severity, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Finding::new(severity, message, help));
    }

    /// Returns the value, or records why it could not be read.
    fn record<T>(&mut self, what: &str, result: Result<T>) -> Option<T> {
        let error = match result {
            Ok(value) => {
                self.has_responded = true;
                return Some(value);
            }
            Err(error) => error,
        };
        let is_token = error.send_state() == SendState::NotSent && error.http_status().is_some();
        let status = error.http_status();
        let is_permanent =
            status.is_some_and(|status| status < 500) && error.kind() != ErrorKind::RateLimited;
        let (severity, help) = match error.kind() {
            ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::InvalidConfig if is_token => (
                Severity::Error,
                "check api_key, api_secret and the login one by one, and that api_url is the host of the token \
                 endpoint",
            ),
            ErrorKind::Unauthorized => {
                (Severity::Error, "check api_key and the login, and that the plan includes the API")
            }
            ErrorKind::Forbidden => (
                Severity::Error,
                "check that the key belongs to the business unit, that the plan includes the API, that the application \
                 is enabled, and that the user has the role Admin or Manager",
            ),
            ErrorKind::InvalidConfig if status.is_some() => {
                (Severity::Error, "check business_unit_id or domain")
            }
            // For example a token file that cannot be written.
            ErrorKind::InvalidConfig => (Severity::Error, "correct the configuration"),
            _ if is_permanent => (Severity::Unknown, "check ids and base URLs"),
            _ => (Severity::Unknown, "run the check again later"),
        };
        let is_answer = severity == Severity::Error || is_permanent;
        self.has_responded |= is_answer;
        let reason = if is_token { "no access token" } else { "failed" };
        self.report(severity, format!("{what}: {reason}: {error}"), help);
        if !is_answer {
            self.transport_error.get_or_insert(error);
        }
        None
    }

    fn check_user(&mut self) {
        let trustpilot = self.client.0.vendor();
        let Grant::ClientCredentials { business_user_id } = &trustpilot.grant else { return };
        if matches!(&trustpilot.business_unit, BusinessUnitRef::Id(unit) if unit == business_user_id) {
            self.report(
                Severity::Error,
                "the id of the business user is that of the business unit",
                "set business_user_id to the id on the user's profile page",
            );
        } else {
            self.report(
                Severity::Info,
                "with client credentials, only an invitation shows whether the business user is accepted",
                "make sure that business_user_id is a user with the role Admin or Manager",
            );
        }
    }

    async fn check_business_unit(&mut self) -> Option<ResourceId> {
        let found = self.client.business_unit().await;
        let found = self.record("the business unit", found).and_then(|unit| ResourceId::new(&unit.id).ok());
        // An id that is configured serves for the next check even if this one failed.
        match &self.client.0.vendor().business_unit {
            BusinessUnitRef::Id(id) => Some(id.clone()),
            BusinessUnitRef::Domain(_) => found,
        }
    }

    async fn check_templates(&mut self, unit: &ResourceId) {
        let templates = self.client.templates(unit).await;
        let Some(templates) = self.record("the templates", templates) else { return };
        if !templates.iter().any(|template| template.is_default_template == Some(true)) {
            self.report(
                Severity::Warning,
                "no template is marked as the default",
                "choose one in the invitation settings, or set a template in every request",
            );
        }
        // Older responses have templates without a locale, about which nothing can be stated.
        if templates.iter().all(|template| template.locale.is_none()) {
            return;
        }
        for locale in self.locale_names() {
            if !has_template_for(&templates, &locale) {
                self.report(
                    Severity::Warning,
                    format!("there is no template for {locale}"),
                    "create one in the business application, or leave the locale out of the settings",
                );
            }
        }
    }

    async fn check_locales(&mut self) {
        let locales = self.client.locales().await;
        let Some(locales) = self.record("the locales", locales) else { return };
        for name in self.locale_names() {
            if !locales.contains(&name) {
                self.report(
                    Severity::Warning,
                    format!("Trustpilot does not know the locale {name}"),
                    "write to these customers in a locale of GET /v1/resources/metadata/locales",
                );
            }
        }
        for locale in &self.client.0.vendor().locales {
            if resolve(locale).is_none() {
                let message = format!("the locale {locale} has no country, and none is known for it");
                self.findings.push(Finding::new(Severity::Warning, message, "add a country, such as de-DE"));
            }
        }
    }

    fn locale_names(&self) -> Vec<String> {
        self.client.0.vendor().locales.iter().filter_map(resolve).collect()
    }
}

/// Returns the name under which invitations are sent.
fn resolve(locale: &Locale) -> Option<String> {
    locale_name(&LocaleSupport::LanguageAndCountry.resolve(locale, None).0?)
}
