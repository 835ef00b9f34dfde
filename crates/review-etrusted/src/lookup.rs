//! Looks up the channel and invitations.

use std::time::Duration;

use http::Method;
use review_core::provider::{InviteLookup, InviteRef, InviteStatus};
use review_core::{Error, FieldError, InviteKind, Result};
use review_http::vendor::{Api, Step};
use review_http::{ApiResponse, ResourceId};

use crate::config::{Channel, ChannelRef, Etrusted, USER_DEFINED};
use crate::operations::{LIST_CHANNELS, LIST_INVITES};
use crate::wire::channel::ChannelDetails;
use crate::wire::invite::Invite;
use crate::wire::page::{Page, Rows};

/// Items of a page. UNK: the maximum; it is documented for reviews only (1,000). A response can be 1 MiB, and reviews have been seen at some KiB each.
pub(crate) const PAGE_SIZE: &str = "100";
/// The maximum number of pages that a lookup reads: a search for one order finds few.
const MAX_PAGES: usize = 10;

/// The types of reviews that invites ask for. INF: documented for reviews, inferred for invites.
pub(crate) const SERVICE_REVIEW: &str = "SERVICE_REVIEW";
pub(crate) const PRODUCT_REVIEW: &str = "PRODUCT_REVIEW";

/// What an order without invites means. An event that was accepted leaves no trace in the list until eTrusted's rules
/// have created an invite, and without a setting none is ever created.
const NOT_LISTED_YET: &str = "no invite of this order is listed; one appears only after eTrusted's rules have created \
                              it, so a recent event may not show yet, and one without an active invite setting never \
                              will: run check_setup";

/// The time after which a lookup that finds nothing needs a person. UNK: how long eTrusted's rules take to create an
/// invite.
const LISTED_AFTER: Duration = Duration::from_secs(3_600);

pub(crate) fn list_channels(etrusted: &Etrusted) -> Step {
    Step::idempotent(LIST_CHANNELS, Method::GET, &etrusted.api_url, &["channels"]).made_of_settings()
}

pub(crate) fn read_channel(wanted: &ChannelRef, response: &ApiResponse) -> Result<Channel> {
    let Rows(channels) = response.json::<Rows<ChannelDetails>>()?;
    let ChannelRef::Name(name) = wanted else { return Err(channel_error("must be a name to be looked up")) };
    let channel = channel_by_name(name, &channels).map_err(channel_error)?;
    let id = ResourceId::new(&channel.id).map_err(|error| channel_error(error.message()))?;
    Ok(Channel::etrusted(id.as_str()))
}

/// Returns the one channel of this name, or what is wrong with the name.
pub(crate) fn channel_by_name<'a>(
    name: &str,
    channels: &'a [ChannelDetails],
) -> Result<&'a ChannelDetails, String> {
    let mut matching = channels.iter().filter(|channel| channel.name.as_deref() == Some(name));
    match (matching.next(), matching.next()) {
        (Some(channel), None) => Ok(channel),
        (None, _) => Err(format!("no channel has the name {name}; the account has {}", channels.len())),
        (Some(_), Some(_)) => Err(format!("more than one channel has the name {name}; use the id, chl-…")),
    }
}

/// The error of a channel setting.
fn channel_error(message: impl Into<String>) -> Error {
    Error::invalid_config([FieldError::new("channel", message.into())])
}

/// Returns the id that eTrusted created for the channel.
pub(crate) async fn channel_id(api: &Api<Etrusted>) -> Result<ResourceId> {
    let channel = api.account().await?;
    if channel.kind == USER_DEFINED {
        let message = "must be the id that eTrusted created (chl-…) or the channel's name: reviews cannot be \
                       found by an id of the shop's own";
        return Err(api.named(channel_error(message)));
    }
    ResourceId::new(&channel.id).map_err(|error| api.named(channel_error(error.message())))
}

/// The list of a channel's invites.
pub(crate) fn list_invites(etrusted: &Etrusted, channel: &Channel) -> Step {
    let list = |path: &[&str]| Step::idempotent(LIST_INVITES, Method::GET, &etrusted.api_url, path);
    match channel.kind {
        USER_DEFINED => list(&["channels", "user-defined", "invites"]).header("channel-id", &channel.id),
        _ => list(&["channels", &channel.id, "invites"]),
    }
}

/// Searches the channel's invites for the order reference. Never for an email address: it would be in a URL.
pub(crate) async fn find_invite(
    etrusted: &Etrusted,
    api: &Api<Etrusted>,
    invite: &InviteRef,
) -> Result<InviteLookup> {
    let reference = invite.key.reference.as_str();
    let channel = api.account().await?;
    let list = list_invites(etrusted, &channel).query("count", PAGE_SIZE).query("query", reference);
    let mut matches = InviteMatches::default();
    let mut after: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let page: Page<Invite> = api.send_json(&list.clone().optional_query("after", after)).await?;
        let same = |invite: &Invite| invite.transaction.reference.as_deref() == Some(reference);
        page.items.into_iter().filter(same).for_each(|invite| matches.add(invite));
        after = page.after;
        if after.is_none() {
            return Ok(matches.into_lookup(invite.key.kind));
        }
    }
    Ok(match matches.into_lookup(invite.key.kind) {
        InviteLookup::Inconclusive { .. } => InviteLookup::inconclusive(format!(
            "the first {MAX_PAGES} pages that the search finds contain no invite of this order and kind"
        )),
        found => found,
    })
}

/// The invites of one order, as far as they were listed.
#[derive(Default)]
struct InviteMatches {
    service: Option<Invite>,
    product: Option<Invite>,
    /// One of an unknown type counts for either.
    other: Option<Invite>,
    cancelled: bool,
}

impl InviteMatches {
    fn add(&mut self, invite: Invite) {
        if invite.is_cancelled() {
            self.cancelled = true;
            return;
        }
        let place = match invite.review_type.as_deref() {
            Some(SERVICE_REVIEW) => &mut self.service,
            Some(PRODUCT_REVIEW) => &mut self.product,
            _ => &mut self.other,
        };
        // One that was sent states more than one that is scheduled.
        if place.as_ref().is_none_or(|kept| kept.sent_at.is_none()) {
            *place = Some(invite);
        }
    }

    /// For an invitation to both, both halves must exist: one of them may have been lost.
    fn into_lookup(self, kind: InviteKind) -> InviteLookup {
        let Self { service, product, other, cancelled } = self;
        let found = match kind {
            InviteKind::Service => service.or(other),
            InviteKind::Product => product.or(other),
            InviteKind::ServiceAndProduct => match (service, product) {
                (Some(invite), Some(_)) => Some(invite),
                (None, None) => other,
                (service, _) => {
                    let half = if service.is_some() { "service" } else { "product" };
                    return InviteLookup::inconclusive(format!("only the {half} half of it is listed"));
                }
            },
            _ => service.or(product).or(other),
        };
        match found {
            Some(invite) => {
                let status = InviteStatus::new().with_vendor_id(invite.id).with_sent_at(invite.sent_at);
                InviteLookup::Found(status.with_scheduled_at(invite.scheduled_at))
            }
            // INF: in the Control Centre; the API cannot cancel.
            None if cancelled => InviteLookup::inconclusive(
                "an invite of this order was cancelled at eTrusted; it will not be sent",
            ),
            None => InviteLookup::Inconclusive {
                reason: NOT_LISTED_YET.to_owned(),
                retry_after: Some(LISTED_AFTER),
            },
        }
    }
}
