//! Looks up invitations.

use review_core::Result;
use review_core::model::OrderReference;
use review_core::provider::{InviteLookup, InviteRef, InviteStatus};
use review_http::vendor::{Api, Step};

use crate::config::Webwinkelkeur;
use crate::operations::LIST_INVITATIONS;
use crate::wire::invitation::{Invitation, Invitations};

/// The largest page.
const PAGE_SIZE: usize = 100;
/// The maximum number of pages that a lookup reads. The list has no filter and begins with the newest, and a lookup
/// follows soon after an invitation whose outcome is unknown.
const MAX_PAGES: usize = 50;

/// DIS: the documentation of invitations names the page size `order`, like the order's number; the vendor's client sends
/// `limit`. The size of a page is therefore read from the page itself.
pub(crate) fn page(step: Step, offset: usize) -> Step {
    step.query("offset", offset.to_string()).query("limit", PAGE_SIZE.to_string())
}

/// Reads the list until the order occurs. DIS: whether a response has the total; an empty page ends the list. An
/// invitation that is added meanwhile moves others to a later page, so none is left out.
///
/// UNK: whether "already sent" covers an invitation that is queued and not sent yet. Therefore a lookup comes before a second
/// request, also at this vendor.
///
/// The pages contain other customers' addresses. They are never parsed, and each page is dropped before the next.
pub(crate) async fn find_invite(
    webwinkelkeur: &Webwinkelkeur,
    api: &Api<Webwinkelkeur>,
    invite: &InviteRef,
) -> Result<InviteLookup> {
    let wanted = &invite.key.reference;
    let list = webwinkelkeur.read(LIST_INVITATIONS, &["1.0", "invitations.json"]);
    let mut offset = 0;
    for _ in 0..MAX_PAGES {
        let Invitations { invitations } = api.send_json(&page(list.clone(), offset)).await?;
        if invitations.is_empty() {
            return Ok(InviteLookup::NotFound);
        }
        offset += invitations.len();
        if let Some(found) = invitations.into_iter().find(|listed| is_of(listed, wanted)) {
            let status = InviteStatus::new().with_scheduled_at(found.datetimes.scheduled);
            return Ok(InviteLookup::Found(status.with_sent_at(found.datetimes.sent)));
        }
    }
    Ok(InviteLookup::inconclusive(format!(
        "the {offset} newest invitations contain none of this order; look up the order in the dashboard"
    )))
}

/// Compared like any two references. The list does not show whether an invitation included products.
fn is_of(listed: &Invitation, wanted: &OrderReference) -> bool {
    listed.order.as_deref().and_then(|order| OrderReference::new(order).ok()).as_ref() == Some(wanted)
}
