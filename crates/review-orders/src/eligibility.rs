//! The rules that are the same for every shop system: from an extracted order to an eligible one, or to the
//! reasons why it is ineligible.

use std::borrow::Cow;
use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use review_core::model::{EmailAddress, Gtin, ProductName, Sku};

use crate::clean;
use crate::core_types::check;
use crate::eligible_order::{EligibleOrder, OrderName, OrderProduct, OrderWarning};
use crate::extracted_order::{ExtractedOrder, Line};
use crate::policy::Policy;
use crate::reason::IneligibleReason;
use crate::record::Ineligible;

/// Domains that can never receive email (RFC 2606, RFC 6761, RFC 6762, RFC 7686), and the one that
/// ICANN reserves for private networks.
const RESERVED: [&str; 7] = ["invalid", "test", "example", "localhost", "local", "internal", "onion"];

/// WordPress and Shopify put these in place of erased values.
const ERASED_NAMES: [&str; 3] = ["[deleted]", "[redacted]", "deleted"];
const ERASED_DOMAIN: &str = "site.invalid";

/// Decides whether an order is eligible, and lists every reason why it is not.
pub(crate) fn decide(order: &mut ExtractedOrder<'_>, policy: &Policy) -> Result<EligibleOrder, Ineligible> {
    let mut reasons = std::mem::take(&mut order.reasons);
    let email = keep(email(order, policy, &mut reasons), &mut reasons);
    let reference = keep(std::mem::take(&mut order.reference).checked(), &mut reasons);
    reasons.extend(nothing_kept(&order.lines));
    reasons.extend(too_old(order, policy));

    let mut reasons = reasons.into_iter();
    let (email, order_reference, consent) = match (reasons.next(), email, reference, order.consent.take()) {
        (None, Some(email), Some(reference), Some(consent)) => (email, reference, consent),
        // A missing part has left its reason.
        (first, ..) => return Err(Ineligible::new(first.unwrap_or(IneligibleReason::NoReference), reasons)),
    };
    let products = products(&order.lines, &mut order.warnings);
    Ok(EligibleOrder {
        email,
        order_reference,
        consent,
        name: order.name.take(),
        phone: order.phone.take(),
        locale: order.locale.take(),
        country: order.country.take(),
        customer_reference: order.customer_reference.take().and_then(|key| check(&key).ok()),
        placed_at: order.placed_at,
        paid_at: order.paid_at,
        shipped_at: order.shipped_at,
        delivered_at: order.delivered_at,
        products,
        warnings: std::mem::take(&mut order.warnings),
    })
}

fn keep<T>(part: Result<T, IneligibleReason>, reasons: &mut Vec<IneligibleReason>) -> Option<T> {
    part.map_err(|reason| reasons.push(reason)).ok()
}

/// Returns the first valid address. Those in front of it may be missing, or remains such as a hash.
fn email(
    order: &mut ExtractedOrder<'_>,
    policy: &Policy,
    reasons: &mut Vec<IneligibleReason>,
) -> Result<EmailAddress, IneligibleReason> {
    let mut problems = Vec::new();
    let mut found: Option<(_, EmailAddress)> = None;
    for (place, raw) in order.email_places.iter().zip(&order.emails) {
        let Some(raw) = raw else {
            problems.push(format!("{place} is missing or empty"));
            continue;
        };
        let text = clean::trim_invisible(raw);
        let invisible = match text.is_ascii() {
            true => None,
            false => text.chars().position(clean::is_invisible),
        };
        match check(text) {
            _ if invisible.is_some() => {
                let position = invisible.unwrap_or_default() + 1;
                problems.push(format!(
                    "{place} has an invisible character at position {position}; type the address again"
                ));
            }
            Ok(address) => {
                if text.len() < raw.len() {
                    let problem =
                        "expected an address, found invisible characters around it; removed".to_owned();
                    order.warnings.push(OrderWarning { path: (*place).to_owned(), problem });
                }
                found = Some((place, address));
                break;
            }
            Err(problem) => problems.push(format!("{place}: {problem}")),
        }
    }
    let erased_name = order.name.as_ref().is_some_and(is_erased_name);
    if let Some(mark) = order.erased.take().or(erased_name.then(|| "the name is a placeholder".to_owned()))
        && !policy.erased_customers
    {
        reasons.push(IneligibleReason::ErasedCustomer(mark));
    }
    let Some((place, address)) = found else {
        return Err(IneligibleReason::NoUsableEmail(problems.join(", ")));
    };
    let (_, domain) = address.as_str().rsplit_once('@').unwrap_or_default();
    // Addresses are in lower case, with few exceptions.
    let domain = match domain.bytes().any(|byte| !byte.is_ascii() || byte.is_ascii_uppercase()) {
        true => Cow::Owned(domain.to_lowercase()),
        false => Cow::Borrowed(domain),
    };
    let is_known = reasons.iter().any(|reason| matches!(reason, IneligibleReason::ErasedCustomer(_)));
    if domain == ERASED_DOMAIN && !policy.erased_customers && !is_known {
        let mark = format!("{place} is the placeholder of an erased customer");
        reasons.push(IneligibleReason::ErasedCustomer(mark));
    }
    let (_, top_level) = domain.rsplit_once('.').unwrap_or_default();
    if RESERVED.contains(&top_level) && !policy.reserved_domains {
        let details = format!("{place} is at `.{top_level}`, which can never receive email");
        reasons.push(IneligibleReason::ReservedDomain(details));
    }
    if let Some(relay) = policy.relay_of(&domain) {
        let details = format!("{place} is a relay of `{relay}`, which forbids such emails");
        reasons.push(IneligibleReason::MarketplaceRelay(details));
    }
    Ok(address)
}

fn is_erased_name(name: &OrderName) -> bool {
    let (first, last) = match name {
        OrderName::First(name) | OrderName::Last(name) | OrderName::Full(name) => (name, name),
        OrderName::FirstAndLast(first, last) => (first, last),
    };
    let (first, last) = (first.as_str(), last.as_str());
    let is_mark = |text: &str| ERASED_NAMES.iter().any(|mark| text.eq_ignore_ascii_case(mark));
    is_mark(first) && is_mark(last) || first.eq_ignore_ascii_case("[deleted] [deleted]")
}

fn nothing_kept(lines: &[Line<'_>]) -> Option<IneligibleReason> {
    let nothing = !lines.is_empty() && lines.iter().all(|line| line.kept <= 0.0);
    let details = || format!("all {} lines were removed, returned or refunded", lines.len());
    nothing.then(|| IneligibleReason::NothingKept(details()))
}

fn too_old(order: &ExtractedOrder<'_>, policy: &Policy) -> Option<IneligibleReason> {
    let max_age = TimeDelta::from_std(policy.max_age?).unwrap_or(TimeDelta::MAX);
    let dates = [order.delivered_at, order.shipped_at, order.paid_at, order.placed_at];
    let Some(latest) = dates.into_iter().flatten().max() else {
        let details = "expected a date, since the age is limited; found none".to_owned();
        return Some(IneligibleReason::TooOld(details));
    };
    let age = policy.now.unwrap_or_else(now).signed_duration_since(latest);
    let details = || format!("{} days, expected at most {}", age.num_days(), max_age.num_days());
    (age > max_age).then(|| IneligibleReason::TooOld(details()))
}

fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Returns the products that the customer kept, each once. The parts of a bundle are left out if the
/// bundle itself is in the list.
fn products(lines: &[Line<'_>], warnings: &mut Vec<OrderWarning>) -> Vec<OrderProduct> {
    let kept = || lines.iter().filter(|line| line.kept > 0.0 && line.is_product);
    let has_parts = lines.iter().any(|line| line.parent.is_some());
    let bundles: HashSet<_> =
        if has_parts { kept().filter_map(|line| line.id.as_deref()).collect() } else { HashSet::new() };
    let mut seen = HashSet::new();
    let mut products: Vec<OrderProduct> = Vec::with_capacity(kept().count());
    for line in kept() {
        if line.parent.as_deref().is_some_and(|parent| bundles.contains(parent)) {
            continue;
        }
        products
            .extend(product(line, warnings).filter(|product| lines.len() < 2 || seen.insert(key(product))));
    }
    products
}

/// Returns what distinguishes a product from others of the same order.
fn key(product: &OrderProduct) -> String {
    let keys = [product.sku.as_ref().map(Sku::as_str), product.gtin.as_ref().map(Gtin::as_str)];
    keys.into_iter().flatten().next().unwrap_or(product.name.as_str()).to_owned()
}

fn product(line: &Line<'_>, warnings: &mut Vec<OrderWarning>) -> Option<OrderProduct> {
    let mut warn = |member: &str, problem: String| {
        warnings.push(OrderWarning { path: line.path.at(member), problem });
    };
    let Some(name) = line.name.as_deref().and_then(clean::product) else {
        if line.sku.is_some() {
            warn("name", "expected a product name, found none; the product is left out".to_owned());
        }
        return None;
    };
    if name.changed {
        warn("name", "expected plain text in one line, of at most 500 characters; cleaned".to_owned());
    }
    let name = match check::<ProductName>(&name.text) {
        Ok(name) => name,
        Err(problem) => {
            warn("name", format!("{problem}; the product is left out"));
            return None;
        }
    };
    let plain = |text: &str| match clean::product(text) {
        Some(cleaned) => check::<ProductName>(&cleaned.text),
        None => Err("expected a text, found only markup or whitespace".to_owned()),
    };
    Some(OrderProduct {
        name,
        sku: optional(&line.sku, check, |problem| warn("sku", problem)),
        gtin: optional(&line.gtin, check, |problem| warn("gtin", problem)),
        mpn: optional(&line.mpn, plain, |problem| warn("mpn", problem)),
        brand: optional(&line.brand, plain, |problem| warn("brand", problem)),
        url: optional(&line.url, check, |problem| warn("url", problem)),
        image_url: optional(&line.image_url, check, |problem| warn("image_url", problem)),
    })
}

/// Validates an optional value. An invalid one is left out with a warning.
fn optional<T>(
    text: &Option<Cow<'_, str>>,
    check: impl FnOnce(&str) -> Result<T, String>,
    warn: impl FnOnce(String),
) -> Option<T> {
    check(text.as_deref()?).map_err(|problem| warn(format!("{problem}; left out"))).ok()
}
