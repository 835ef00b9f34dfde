//! From the words of the contract to Trustpilot's and back. No I/O; the time is an argument.

mod invitation;
mod link;
mod review;

use review_core::{
    CountryCode, Error, ErrorKind, FieldError, InviteRequest, Locale, OnUnsupported, Product, Warning,
};

pub(crate) use self::invitation::{Mapped, email_invitation};
pub(crate) use self::link::{LinkCalls, link};
pub(crate) use self::review::{product_review, service_review};
use crate::options::TrustpilotOptions;
use crate::wire::InvitedProduct;

/// Characters that break invitation links, says an older support article about reference numbers. A
/// broken link is a lost invitation, so they are refused until somebody has seen them work.
const BREAK_LINKS: [char; 6] = ['#', '*', '+', '"', '%', '&'];

fn inline_product(product: &Product) -> InvitedProduct {
    InvitedProduct {
        sku: product.sku().as_str().to_owned(),
        name: product.name().as_str().to_owned(),
        product_url: product.url().map(ToString::to_string),
        image_url: product.image_url().map(ToString::to_string),
        brand: product.brand().map(ToString::to_string),
        mpn: product.mpn().map(ToString::to_string),
        gtin: product.gtin().map(ToString::to_string),
        product_category_google_id: product.category().map(ToString::to_string),
    }
}

fn locale(request: &InviteRequest, warnings: &mut Vec<Warning>) -> Option<String> {
    let wanted = request.customer().locale()?;
    let name = locale_name(wanted, request.customer().country());
    if name.is_none() {
        warnings.push(Warning::new("customer.locale", left_out(wanted)));
    }
    name
}

/// `ll-CC`. What Trustpilot does with a locale it does not know is not established, and the list of
/// those it knows is only had live, so any is sent.
pub(crate) fn locale_name(locale: &Locale, country: Option<&CountryCode>) -> Option<String> {
    let whole = locale.with_country(country)?;
    // The known list has Norwegian by the name of its written form.
    let language = if whole.language() == "no" { "nb" } else { whole.language() };
    Some(format!("{language}-{}", whole.region()?))
}

fn left_out(locale: &Locale) -> String {
    format!("left out: {locale} names no country, and none is known for it; the account's setting decides")
}

fn check_reference(request: &InviteRequest, wrong: &mut Vec<FieldError>) {
    if let Some(found) = request.order().reference().as_str().chars().find(|c| BREAK_LINKS.contains(c)) {
        let problem = format!(
            "expected none of # * + \" % &, which break Trustpilot's invitation links; found {found}"
        );
        wrong.push(FieldError::new("order.reference", problem));
    }
}

/// Letters, digits, `_`, `-` and `.`; and only the service part has tags.
fn check_tags(
    request: &InviteRequest,
    wrong: &mut Vec<FieldError>,
    warnings: &mut Vec<Warning>,
) -> Result<(), Error> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    for (index, tag) in request.tags().iter().enumerate() {
        if !tag.as_str().chars().all(allowed) {
            let problem = "expected letters a to z, digits, _, - and . only; Trustpilot takes no others, spaces included";
            wrong.push(FieldError::new(format!("tags[{index}]"), problem));
        }
    }
    if request.tags().is_empty() || request.kind().asks_for_service() {
        return Ok(());
    }
    let problem = "Trustpilot puts tags on service reviews only";
    if request.on_unsupported() == OnUnsupported::Refuse {
        return Err(Error::new(ErrorKind::Unsupported, "").with_fields([FieldError::new("tags", problem)]));
    }
    warnings.push(Warning::new("tags", format!("left out: {problem}")));
    Ok(())
}

/// The extras speak of the template and the time of a mail, and a link is none.
fn check_options(request: &InviteRequest, problem: &str, warnings: &mut Vec<Warning>) -> Result<(), Error> {
    let Some(options) = request.options::<TrustpilotOptions>() else { return Ok(()) };
    let used = [
        options.product_template.is_some().then_some("options.product_template"),
        options.product_send_at.is_some().then_some("options.product_send_at"),
    ];
    let used = used.into_iter().flatten();
    if request.on_unsupported() == OnUnsupported::Degrade {
        warnings.extend(used.map(|field| Warning::new(field, format!("left out: {problem}"))));
        return Ok(());
    }
    let fields: Vec<_> = used.map(|field| FieldError::new(field, problem)).collect();
    if fields.is_empty() { Ok(()) } else { Err(Error::new(ErrorKind::Unsupported, "").with_fields(fields)) }
}
