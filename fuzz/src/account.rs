//! Accounts at both vendors, and an invitation sent by each way.

use std::sync::Arc;

use review_core::{Error, InviteReceipt, InviteRequest, ReviewInviteProvider, TemplateId};
use review_etrusted::{ChannelRef, EtrustedConfig, EtrustedProvider, EventTypeName};
use review_http::{DynTransport, ResourceId};
use review_trustpilot::{BusinessUnitRef, Grant, TrustpilotConfig, TrustpilotProvider};

use crate::ScriptedVendor;

/// What must not show of the accounts.
pub const SECRETS: [&str; 4] =
    ["canary-client-key", "canary-client-secret", "canarylogin@example.com", "canary-password"];

/// The ways an invitation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Trustpilot,
    /// eTrusted, by an event.
    Events,
    /// eTrusted, by ordering the mail.
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
                TrustpilotProvider::with_transport(trustpilot()?, transport).send_invite(request).await
            }
            Route::Events | Route::Direct => {
                EtrustedProvider::with_transport(etrusted(route)?, transport).send_invite(request).await
            }
        }
    })
}

fn trustpilot() -> Result<TrustpilotConfig, Error> {
    let [key, secret, username, password] = SECRETS;
    let grant = Grant::Password { username: username.into(), password: password.into() };
    let unit = BusinessUnitRef::Id(ResourceId::new("507f191e810c19729de860ea")?);
    TrustpilotConfig::new(key.into(), secret.into(), grant, unit)
}

fn etrusted(route: Route) -> Result<EtrustedConfig, Error> {
    let [id, secret, ..] = SECRETS;
    let channel = ChannelRef::id("chl-7e52920a-2722-4881-9908-ecec98c716e4")?;
    let config = EtrustedConfig::new(id.into(), secret.into(), channel, EventTypeName::new("shipped")?)?;
    if route != Route::Direct {
        return Ok(config);
    }
    let template = |name: &str| TemplateId::new(name);
    Ok(config.with_direct_invites(
        template("tpl-inv-7e52920a-2722-4881-9908-ecec98c716e4")?,
        template("tpl-qst-7e52920a-2722-4881-9908-ecec98c716e4")?,
    ))
}
