//! Looks for what keeps invitations from going out: the key, the log-in, the business unit, the templates
//! and the locales. It reads, and sends nothing.

use review_core::{Error, ErrorKind, Finding, Locale, Result, Sent, SetupReport, Severity};
use review_http::ResourceId;

use crate::client::TrustpilotClient;
use crate::config::{BusinessUnitRef, Grant};
use crate::map::locale_name;
use crate::wire::{InvitationTemplate, default_template};

/// # Errors
/// Only where nothing could be looked at, since Trustpilot was not reached.
pub(crate) async fn check(client: &TrustpilotClient) -> Result<SetupReport> {
    let mut look = Look { client, findings: Vec::new(), seen: false, unreached: None };
    look.user();
    if let Some(unit) = look.business_unit().await {
        look.templates(&unit).await;
    }
    look.locales().await;
    match look.unreached {
        Some(error) if !look.seen => Err(error),
        _ => Ok(SetupReport::new(look.findings)),
    }
}

struct Look<'a> {
    client: &'a TrustpilotClient,
    findings: Vec<Finding>,
    /// Whether Trustpilot answered anything.
    seen: bool,
    /// What kept the first look from reaching Trustpilot.
    unreached: Option<Error>,
}

impl Look<'_> {
    fn find(&mut self, severity: Severity, seen: impl Into<String>, advice: impl Into<String>) {
        self.findings.push(Finding::new(severity, seen, advice));
    }

    /// What came of a call, if it came to something.
    fn took<T>(&mut self, result: Result<T>) -> Option<T> {
        let error = match result {
            Ok(value) => {
                self.seen = true;
                return Some(value);
            }
            Err(error) => error,
        };
        let what = format!("{} failed", error.operation().unwrap_or("a call"));
        match error.kind() {
            // The status is that of the token call, and says nothing of what was to be looked at.
            ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::Config
                if error.sent() == Sent::No && error.http_status().is_some() =>
            {
                self.seen = true;
                let advice = "check TRUSTPILOT_API_KEY, TRUSTPILOT_API_SECRET and the log-in, one by one, and \
                              that TRUSTPILOT_API_URL is the host that gives tokens";
                self.find(
                    Severity::Error,
                    format!("no access token could be had: {}", facts(&error)),
                    advice,
                );
            }
            ErrorKind::Unauthorized => {
                self.seen = true;
                let advice = "check TRUSTPILOT_API_KEY and the log-in, and that the plan includes the API";
                self.find(
                    Severity::Error,
                    format!("{what}, the credentials are not taken: {}", facts(&error)),
                    advice,
                );
            }
            ErrorKind::Forbidden => {
                self.seen = true;
                let advice = "check that the business unit is the one the key was made for, that the plan \
                              includes the API, that the application is enabled, and that the user has the \
                              role Admin or Manager";
                self.find(
                    Severity::Error,
                    format!("{what}, there is no right to it: {}", facts(&error)),
                    advice,
                );
            }
            ErrorKind::Config if error.http_status().is_some() => {
                self.seen = true;
                let advice = "check TRUSTPILOT_BUSINESS_UNIT_ID or TRUSTPILOT_DOMAIN";
                self.find(
                    Severity::Error,
                    format!("the business unit is not known: {}", facts(&error)),
                    advice,
                );
            }
            // Such as a token file that cannot be written.
            ErrorKind::Config => {
                self.seen = true;
                self.find(Severity::Error, format!("{what}: {}", facts(&error)), "mend the configuration");
            }
            _ if error.http_status().is_some_and(|status| status < 500)
                && error.kind() != ErrorKind::RateLimited =>
            {
                self.seen = true;
                let advice = "check ids and base URLs";
                self.find(Severity::Warning, format!("{what}: {}", facts(&error)), advice);
            }
            _ => {
                let advice = "look again later";
                self.find(
                    Severity::Warning,
                    format!("{what}, so nothing is known of it: {}", facts(&error)),
                    advice,
                );
                self.unreached.get_or_insert(error);
            }
        }
        None
    }

    /// What can be told of the business user without sending: its rights show with an invitation only.
    fn user(&mut self) {
        let config = self.client.config();
        let Grant::ClientCredentials { business_user_id } = &config.grant else { return };
        if matches!(&config.business_unit, BusinessUnitRef::Id(unit) if unit == business_user_id) {
            self.find(
                Severity::Error,
                "the id of the business user is that of the business unit",
                "set TRUSTPILOT_BUSINESS_USER_ID to the id on the user's profile page",
            );
        } else {
            self.find(
                Severity::Info,
                "with client credentials, only an invitation shows whether the business user is taken",
                "make sure that TRUSTPILOT_BUSINESS_USER_ID is a user with the role Admin or Manager",
            );
        }
    }

    async fn business_unit(&mut self) -> Option<ResourceId> {
        let (found, known) = match &self.client.config().business_unit {
            BusinessUnitRef::Domain(domain) => (self.client.find_business_unit(domain).await, None),
            BusinessUnitRef::Id(id) => (self.client.business_unit(id).await, Some(id.clone())),
        };
        // An id that is known serves for the next look even where this one failed.
        let found = self.took(found).and_then(|unit| ResourceId::new(&unit.id).ok());
        known.or(found)
    }

    async fn templates(&mut self, unit: &ResourceId) {
        let templates = self.client.templates(unit).await;
        let Some(templates) = self.took(templates) else { return };
        if !templates.iter().any(is_default) {
            self.find(
                Severity::Warning,
                "no template is marked as the default",
                "choose one in the invitation settings, or name a template with every invitation",
            );
        }
        // Older answers have templates without a locale, of which nothing can be said.
        if templates.iter().all(|template| template.locale.is_none()) {
            return;
        }
        for locale in self.wanted() {
            if default_template(&templates, &locale).is_none() {
                self.find(
                    Severity::Warning,
                    format!("no template is for {locale}"),
                    "make one in the business application, or leave the locale out of the settings",
                );
            }
        }
    }

    async fn locales(&mut self) {
        let locales = self.client.locales(None).await;
        let Some(locales) = self.took(locales) else { return };
        for locale in self.client.config().locales.iter() {
            match locale_name(locale, None) {
                Some(name) if !locales.knows(&name) => self.find(
                    Severity::Warning,
                    format!("Trustpilot does not know the locale {name}"),
                    "write to these customers in a locale of GET /v1/resources/metadata/locales",
                ),
                Some(_) => {}
                None => self.find(
                    Severity::Warning,
                    format!("the locale {locale} names no country, and none is known for it"),
                    "name it with a country, like de-DE",
                ),
            }
        }
    }

    fn wanted(&self) -> Vec<String> {
        let name = |locale: &Locale| locale_name(locale, None);
        self.client.config().locales.iter().filter_map(name).collect()
    }
}

fn is_default(template: &InvitationTemplate) -> bool {
    template.is_default_template == Some(true)
}

/// The status and the message of an error: its provider and operation are known here.
fn facts(error: &Error) -> String {
    let status = error.http_status().map(|status| format!("HTTP {status}"));
    let code = error.vendor_code().map(|code| format!("code {code}"));
    let message = Some(error.message().to_owned()).filter(|message| !message.is_empty());
    [status, code, message].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
