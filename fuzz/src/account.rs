//! Accounts at both vendors, and an invitation sent by each way.

use std::sync::Arc;

use review_core::provider::ProviderInfo;
use review_core::{Error, InviteReceipt, InviteRequest, ReviewInviteProvider};
use review_etrusted::{
    ApiClient, ChannelRef, Etrusted, EtrustedProvider, EventTypeName, InviteTemplateId,
    QuestionnaireTemplateId,
};
use review_http::{DynTransport, ResourceId, RetryPolicy};
use review_trustpilot::{ApiCredentials, BusinessUnitRef, Grant, Trustpilot, TrustpilotProvider};

use crate::ScriptedVendor;

/// The secrets of the accounts, which must appear in no text.
pub const SECRETS: [&str; 4] =
    ["canary-client-key", "canary-client-secret", "canarylogin@example.com", "canary-password"];

/// The ways to send an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Trustpilot,
    /// eTrusted, by an event.
    Events,
    /// eTrusted, by ordering the email directly.
    Direct,
}

/// Sends an invitation. Waits take no time.
pub fn send(
    route: Route,
    vendor: &Arc<ScriptedVendor>,
    request: &InviteRequest,
) -> Result<InviteReceipt, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let transport = Arc::clone(vendor) as DynTransport;
    runtime.unwrap().block_on(async {
        match route {
            Route::Trustpilot => {
                let info = ProviderInfo::new("trustpilot", "fuzz");
                TrustpilotProvider::with_transport(trustpilot()?, info, RetryPolicy::default(), transport)
                    .send_invite(request)
                    .await
            }
            Route::Events | Route::Direct => {
                let info = ProviderInfo::new("etrusted", "fuzz");
                EtrustedProvider::with_transport(etrusted(route)?, info, RetryPolicy::default(), transport)
                    .send_invite(request)
                    .await
            }
        }
    })
}

fn trustpilot() -> Result<Trustpilot, Error> {
    let [key, secret, username, password] = SECRETS;
    let grant = Grant::Password { username: username.into(), password: password.into() };
    let unit = BusinessUnitRef::Id(ResourceId::new("507f191e810c19729de860ea")?);
    Ok(Trustpilot::new(ApiCredentials { api_key: key.into(), api_secret: secret.into() }, grant, unit)?)
}

fn etrusted(route: Route) -> Result<Etrusted, Error> {
    let [id, secret, ..] = SECRETS;
    let channel = ChannelRef::id("chl-7e52920a-2722-4881-9908-ecec98c716e4")?;
    let config = Etrusted::new(
        ApiClient { client_id: id.into(), client_secret: secret.into() },
        channel,
        EventTypeName::new("shipped")?,
    )?;
    if route != Route::Direct {
        return Ok(config);
    }
    Ok(config.with_direct_invites(
        InviteTemplateId::new("tpl-inv-7e52920a-2722-4881-9908-ecec98c716e4")?,
        QuestionnaireTemplateId::new("tpl-qst-7e52920a-2722-4881-9908-ecec98c716e4")?,
    ))
}
