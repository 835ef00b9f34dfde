//! What Trustpilot's endpoints add to the inbox.

use super::invitations_log::{Invitation, Item};
use crate::account;
use crate::host::Vendor;
use crate::inbox::draft::{Delivery, Draft};
use crate::inbox::entry::InboxProduct;

/// An invitation with the link to its review page; `None` for an email that does not go out.
pub(super) fn draft(invitation: &Invitation, link: Option<String>, result: Delivery) -> Draft {
    Draft {
        vendor: Vendor::Trustpilot,
        kind: Some(invitation.kind),
        recipient: invitation.email.clone(),
        name: Some(invitation.name.clone()),
        shop: account::BUSINESS_UNIT_ID.to_owned(),
        shop_name: Some(account::BUSINESS_UNIT_NAME.to_owned()),
        reference: invitation.reference.clone().unwrap_or_default(),
        products: invitation.items.iter().map(product).collect(),
        locale: invitation.locale.clone(),
        template: None,
        review_link: link,
        setup: Vec::new(),
        result,
    }
}

fn product(item: &Item) -> InboxProduct {
    InboxProduct {
        sku: item.sku.clone(),
        name: item.name.clone(),
        url: item.url.clone(),
        image_url: item.image.clone(),
    }
}
