//! What eTrusted's endpoints add to the inbox.

use serde_json::Value;

use super::channel::Channel;
use super::review_request::{ReviewRequest, name};
use crate::host::Vendor;
use crate::inbox::draft::{Delivery, Draft};
use crate::inbox::entry::InboxProduct;
use crate::json_schema::text;

/// An email, or a questionnaire link, which eTrusted does not send.
pub(super) fn request(request: &ReviewRequest, channel_name: &str, setup: Vec<(String, String)>) -> Draft {
    let body = request.body.read();
    let (template, result) = match &request.invite {
        Some(invite) => (&invite.template, Delivery::Email(invite.scheduled)),
        None => (&request.questionnaire_template, Delivery::Link),
    };
    Draft {
        kind: Some(request.kind),
        shop: request.channel.clone(),
        shop_name: Some(channel_name.to_owned()),
        locale: Some(request.locale.clone()),
        template: Some(template.clone()),
        review_link: Some(request.link()),
        setup,
        ..draft(&body, result)
    }
}

/// An event that was accepted and leads to no email.
pub(super) fn no_email(
    event: &Value,
    channel: Option<&Channel>,
    setup: Vec<(String, String)>,
    reason: &str,
) -> Draft {
    let shop = text(event, "/channel/id").unwrap_or_default();
    Draft {
        shop: channel.map_or(shop, |channel| channel.id).to_owned(),
        shop_name: channel.map(|channel| channel.name.clone()),
        locale: text(event, "/defaultLocale").map(str::to_owned),
        setup,
        ..draft(event, Delivery::NoEmail(reason.to_owned()))
    }
}

/// What all bodies have in common.
fn draft(body: &Value, result: Delivery) -> Draft {
    let string = |pointer| text(body, pointer).unwrap_or_default().to_owned();
    let products = body.get("products").and_then(Value::as_array).into_iter().flatten();
    Draft {
        vendor: Vendor::Etrusted,
        kind: None,
        recipient: string("/customer/email"),
        name: name(body),
        shop: String::new(),
        shop_name: None,
        reference: string("/transaction/reference"),
        products: products.map(product).collect(),
        locale: None,
        template: None,
        review_link: None,
        setup: Vec::new(),
        result,
    }
}

fn product(product: &Value) -> InboxProduct {
    let string = |pointer| text(product, pointer).unwrap_or_default().to_owned();
    InboxProduct {
        sku: string("/sku"),
        name: string("/name"),
        url: string("/url"),
        image_url: text(product, "/imageUrl").map(str::to_owned),
    }
}
