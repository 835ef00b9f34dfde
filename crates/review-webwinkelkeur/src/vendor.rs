//! The capabilities of a web shop, and the requests of an invitation. No I/O.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::Method;
use review_core::config::Secret;
use review_core::model::{CustomerName, InviteRequest, Locale, PhoneNumber, whole_days_until};
use review_core::provider::{
    Capabilities, InviteLookup, InviteRef, LocaleSupport, Operation, Requirement, Scheduling,
    SendIdempotency, SetupReport,
};
use review_core::reviews::DynReader;
use review_core::{InviteKind, Result};
use review_http::vendor::{Account, Api, HttpProvider, HttpVendor, Plan, Step};
use review_http::{ApiResponse, Classification};
use serde_json::json;

use crate::config::Webwinkelkeur;
use crate::operations::CREATE_INVITATION;
use crate::wire::order_data::order_data;
use crate::{classify, lookup, setup_check};

/// Members of the body that a preview shows: none of them contains personal data.
const SHOWN: &[&str] = &["order", "language", "delay", "order_data"];

/// The languages with a code of two letters (ISO 639-1). DIS: of two plugins of the vendor, one sends two letters and
/// one sends three. The documentation has two letters.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da \
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io \
    is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my \
    na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq \
    sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

impl HttpVendor for Webwinkelkeur {
    type Account = ();
    const NAME: &'static str = crate::VENDOR;
    const VOCABULARY: &'static [&'static str] = classify::VOCABULARY;

    fn capabilities(&self) -> Capabilities {
        Capabilities::new()
            .add_kind(InviteKind::Service)
            .add_kind(InviteKind::ServiceAndProduct)
            .with_scheduling(Scheduling::WholeDay)
            .with_locales(LocaleSupport::list(LANGUAGES.split(' ')))
            .with_idempotency(SendIdempotency::EmailAndOrderReference)
            .add_requirement(Requirement::ProductUrl)
            .add_operation(Operation::FindInvite)
            .add_operation(Operation::CheckSetup)
    }

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.id, &self.code]
    }

    fn account(&self) -> Account<()> {
        Account::Known(())
    }

    fn plan(&self, request: &InviteRequest, (): &(), now: DateTime<Utc>) -> Result<Plan> {
        let customer = request.customer();
        let phone = customer.phone().filter(|_| self.phone_numbers);
        // DIS: the vendor's client raises 0 to 1; the documentation has 0 for "as soon as possible". UNK: what no delay
        // means: a setting of the account, or 0.
        let send_at = request.send_at().resolve(request.order(), now)?;
        let delay = send_at.map(|at| whole_days_until(at, now));
        let body = json!({
            "email": customer.email().as_str(),
            // Always sent: UNK: how an invitation without it is recognised as a duplicate.
            "order": request.order().reference().as_str(),
            "language": customer.locale().map(Locale::language),
            "delay": delay,
            "customer_name": customer.name().map(CustomerName::full),
            "phone_numbers": phone.map(|phone| [PhoneNumber::as_str(phone)]),
            "order_data": order_data(request),
        });
        let path = ["1.0", "invitations.json"];
        let step = Step::at_most_once(CREATE_INVITATION, Method::POST, &self.api_url, &path);
        let plan = Plan::new(self.authorized(step).json(body, SHOWN));
        Ok(plan.scheduled_in_days(delay.unwrap_or_default(), now))
    }

    fn classify(response: &ApiResponse) -> Classification {
        classify::classify(response)
    }

    fn reader(provider: &HttpProvider<Self>) -> Option<DynReader> {
        Some(Arc::new(provider.clone()))
    }

    async fn find_invite(&self, api: &Api<Self>, invite: &InviteRef) -> Result<InviteLookup> {
        lookup::find_invite(self, api, invite).await
    }

    async fn check_setup(&self, api: &Api<Self>) -> Result<SetupReport> {
        setup_check::check_setup(api).await
    }
}

impl Webwinkelkeur {
    /// The vendor accepts its credentials in the query only.
    pub(crate) fn authorized(&self, step: Step) -> Step {
        step.secret_query("id", &self.id).secret_query("code", &self.code)
    }

    /// Creates a request that reads.
    pub(crate) fn read(&self, operation: &'static str, path: &[&str]) -> Step {
        self.authorized(Step::idempotent(operation, Method::GET, &self.api_url, path))
    }
}
