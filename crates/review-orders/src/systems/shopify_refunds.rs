//! What the customer of a Shopify order kept: lines after edits, returns and refunds.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::extracted_order::Line;
use crate::fields::Fields;
use crate::policy::Policy;
use crate::reason::IneligibleReason;

/// A customer who sent everything back has nothing to review. A part is a setting.
pub(crate) fn not_refunded(order: &Fields<'_>, policy: &Policy) -> Result<(), IneligibleReason> {
    let refunded = |partial, details: &str| match partial && policy.partial_refunds {
        true => Ok(()),
        false => Err(IneligibleReason::Refunded { partial, details: details.to_owned() }),
    };
    match order.word("financial_status")?.as_deref() {
        Some("refunded") => return refunded(false, "financial_status is `refunded`"),
        Some("partially_refunded") => return refunded(true, "financial_status is `partially_refunded`"),
        _ => {}
    }
    // A column of the CSV export.
    match order.amount("refunded_amount")? {
        Some(amount) if amount > 0.0 => refunded(true, "refunded_amount is above 0"),
        _ => Ok(()),
    }
}

/// Reads the lines as kept. A line that an edit removed stays in the list with `current_quantity` 0;
/// older records have its pieces in `refunds` only.
pub(crate) fn lines<'v>(order: &Fields<'v>) -> Result<Vec<Line<'v>>, IneligibleReason> {
    let refunded = refunded_pieces(order)?;
    let lines = order.objects("line_items")?;
    lines
        .map(|line| {
            let line = line?;
            // Only refunds need it: a line has no parent.
            let id = if refunded.is_empty() { None } else { line.identifier("id").ok().flatten() };
            let ordered = line.amount("quantity")?.unwrap_or(1.0);
            let refunded = id.as_deref().and_then(|id| refunded.get(id)).copied().unwrap_or_default();
            let kept = line.amount("current_quantity")?.unwrap_or(ordered).min(ordered - refunded);
            let name = match line.quiet_text("name") {
                Some(name) => Some(name),
                // Older records have the title and the variant apart.
                None => line.quiet_text("title").map(|title| match line.quiet_text("variant_title") {
                    Some(variant) => format!("{title} - {variant}").into(),
                    None => title,
                }),
            };
            Ok(Line {
                id,
                kept,
                is_product: line.flag("gift_card").ok().flatten() != Some(true),
                name,
                sku: line.quiet_text("sku"),
                gtin: line.quiet_text("variant.barcode"),
                brand: line.quiet_text("vendor"),
                url: line.quiet_text("product.online_store_url"),
                image_url: line.quiet_text("image.url"),
                path: line.path().clone(),
                ..Line::default()
            })
        })
        .collect()
}

fn refunded_pieces<'v>(order: &Fields<'v>) -> Result<HashMap<Cow<'v, str>, f64>, IneligibleReason> {
    let mut pieces = HashMap::new();
    for refund in order.objects("refunds")? {
        for line in refund?.objects("refund_line_items")? {
            let line = line?;
            let id = line.identifier("line_item_id")?.or(line.identifier("line_item.id")?);
            let quantity = line.amount("quantity")?.unwrap_or_default();
            if let Some(id) = id {
                *pieces.entry(id).or_default() += quantity;
            }
        }
    }
    Ok(pieces)
}
