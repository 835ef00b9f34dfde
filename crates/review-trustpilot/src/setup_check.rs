//! Checks the business unit, its templates and the configured locales.

use chrono::Utc;
use review_core::model::Locale;
use review_core::provider::{LocaleSupport, SetupReport, Severity};
use review_core::{Error, ErrorKind, Result};
use review_http::ResourceId;
use review_http::vendor::{Api, SetupCheck};

use crate::client::TrustpilotClient;
use crate::config::{BusinessUnitRef, Grant, Trustpilot};
use crate::wire::request::locale_name;
use crate::wire::setup::{InvitationTemplate, Part, has_default_template, has_template_for};

pub(crate) async fn check_setup(api: &Api<Trustpilot>) -> Result<SetupReport> {
    let client = TrustpilotClient(api.clone());
    let (mut check, trustpilot) = (SetupCheck::default(), api.vendor());
    check_user(&mut check, trustpilot);
    if let Some(unit) = check_business_unit(&mut check, &client).await {
        let templates = client.templates(&unit).await;
        if let Some(templates) = check.record("the templates", templates, judge) {
            let ids = templates.iter().map(|template| template.id.clone()).collect();
            trustpilot.known_templates.replace(ids, Utc::now());
            check_templates(&mut check, trustpilot, &templates);
        }
    }
    if let Some(locales) = check.record("the locales", client.locales().await, judge) {
        for name in locale_names(trustpilot).filter(|name| !locales.contains(name)) {
            let help = "write to these customers in a locale of GET /v1/resources/metadata/locales";
            check.add(Severity::Warning, format!("Trustpilot does not know the locale {name}"), help);
        }
    }
    for locale in trustpilot.locales.iter().filter(|locale| resolve(locale).is_none()) {
        let message = format!("the locale {locale} has no country, and none is known for it");
        check.add(Severity::Warning, message, "add a country, such as de-DE");
    }
    // A report without findings states that nothing could be read.
    check.add(Severity::Info, "no other problem was found in what was read", "");
    check.into_report()
}

/// What an error of a request means. Anything else is unknown.
fn judge(error: &Error) -> Option<(Severity, &'static str)> {
    let help = match error.kind() {
        ErrorKind::Unauthorized => {
            "check api_key, api_secret and the login one by one, that api_url is the host of the token endpoint, and \
             that the plan includes the API"
        }
        ErrorKind::Forbidden => {
            "check that the key belongs to the business unit, that the plan includes the API, that the application is \
             enabled, and that the user has the role Admin or Manager"
        }
        ErrorKind::InvalidConfig if error.http_status().is_some() => "check business_unit_id or domain",
        // For example a token file that cannot be written.
        ErrorKind::InvalidConfig => "correct the configuration",
        _ => return None,
    };
    Some((Severity::Error, help))
}

fn check_user(check: &mut SetupCheck, trustpilot: &Trustpilot) {
    let Grant::ClientCredentials { business_user_id } = &trustpilot.grant else { return };
    let (severity, message, help) = match (business_user_id, &trustpilot.business_unit) {
        (None, _) => (
            Severity::Error,
            "without business_user_id, client credentials can invite and erase no customer",
            "set business_user_id to the id of a user with the role Admin or Manager, or set a login",
        ),
        (Some(user), BusinessUnitRef::Id(unit)) if user == unit => (
            Severity::Error,
            "the id of the business user is that of the business unit",
            "set business_user_id to the id on the user's profile page",
        ),
        (Some(_), _) => (
            Severity::Info,
            "with client credentials, only an invitation shows whether the business user is accepted",
            "make sure that business_user_id is a user with the role Admin or Manager",
        ),
    };
    check.add(severity, message, help);
}

async fn check_business_unit(check: &mut SetupCheck, client: &TrustpilotClient) -> Option<ResourceId> {
    let found = check.record("the business unit", client.business_unit().await, judge);
    // An id that is configured serves for the next check even if this one failed.
    match &client.0.vendor().business_unit {
        BusinessUnitRef::Id(id) => Some(id.clone()),
        BusinessUnitRef::Domain(_) => found.and_then(|unit| ResourceId::new(&unit.id).ok()),
    }
}

fn check_templates(check: &mut SetupCheck, trustpilot: &Trustpilot, templates: &[InvitationTemplate]) {
    for id in trustpilot.templates.ids().filter(|id| templates.iter().all(|found| found.id != *id)) {
        let message = format!(
            "the account has no template {id}, which the setting templates names; an invitation with it would be \
             accepted and never sent"
        );
        let help = "correct the setting templates, by the ids of GET …/templates or the business application";
        check.add(Severity::Error, message, help);
    }
    // An account without templates for products does not send such emails.
    let products = templates.iter().any(|template| template.is_for(Part::Product)).then_some(Part::Product);
    for part in [Part::Service].into_iter().chain(products) {
        let name = if part == Part::Service { "service" } else { "product" };
        if !has_default_template(templates, part) {
            let message = format!("no template for {name} reviews is marked as the default");
            let help = "choose one in the invitation settings, or set a template in every request";
            check.add(Severity::Warning, message, help);
        }
        // Older responses have templates without a locale, about which nothing can be stated.
        let mut of_part = templates.iter().filter(|template| template.is_for(part));
        if of_part.all(|template| template.locale.is_none()) {
            continue;
        }
        for locale in locale_names(trustpilot).filter(|name| !has_template_for(templates, part, name)) {
            let message = format!("there is no template for {name} reviews in {locale}");
            let help = "create one in the business application, or leave the locale out of the settings";
            check.add(Severity::Warning, message, help);
        }
    }
}

fn locale_names(trustpilot: &Trustpilot) -> impl Iterator<Item = String> {
    trustpilot.locales.iter().filter_map(resolve)
}

/// Returns the name under which invitations are sent.
fn resolve(locale: &Locale) -> Option<String> {
    locale_name(&LocaleSupport::LanguageAndCountry.resolve(locale, None).0?)
}
