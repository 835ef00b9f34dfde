//! The shop systems: recognising their records, and reading them.

pub(crate) mod columns;
pub(crate) mod csv_plan;
pub(crate) mod foreign;
pub(crate) mod generic;
#[cfg(feature = "magento")]
pub(crate) mod magento;
#[cfg(feature = "shopify")]
pub(crate) mod shopify;
#[cfg(feature = "shopify")]
pub(crate) mod shopify_graphql;
#[cfg(feature = "shopify")]
pub(crate) mod shopify_refunds;
#[cfg(feature = "shopware")]
pub(crate) mod shopware;
#[cfg(feature = "woocommerce")]
pub(crate) mod woocommerce;

use crate::eligibility;
use crate::extracted_order::ExtractedOrder;
use crate::fields::Fields;
use crate::json::Json;
use crate::policy::Policy;
use crate::reason::IneligibleReason;
use crate::record::Ineligible;
use crate::system::ShopSystem;

/// Members that only the orders of a system have. `date_created_gmt` and `meta_data` are not among them,
/// because products and coupons of WooCommerce have these too.
const MARKERS: [(ShopSystem, &[&str]); 5] = [
    (
        ShopSystem::Shopify,
        &[
            "financial_status",
            "fulfillment_status",
            "fulfillments",
            "buyer_accepts_marketing",
            "contact_email",
            "payment_gateway_names",
            "note_attributes",
            "cancel_reason",
            "displayFinancialStatus",
            "displayFulfillmentStatus",
            "customerAcceptsMarketing",
        ],
    ),
    (
        ShopSystem::WooCommerce,
        &[
            "billing",
            "order_key",
            "date_paid",
            "date_paid_gmt",
            "date_completed",
            "date_completed_gmt",
            "payment_details",
            "view_order_url",
            "total_line_items_quantity",
        ],
    ),
    (
        ShopSystem::Magento,
        &["increment_id", "base_grand_total", "customer_is_guest", "protect_code", "total_qty_ordered"],
    ),
    (
        ShopSystem::Shopware,
        &["orderCustomer", "orderDateTime", "stateMachineState", "deepLinkCode", "salesChannelId"],
    ),
    (ShopSystem::Generic, &["order_reference"]),
];

/// Returns whether only orders have this member, so that the object is not an envelope.
pub(crate) fn is_order_key(key: &[u8]) -> bool {
    MARKERS.iter().any(|(_, markers)| markers.iter().any(|marker| marker.as_bytes() == key))
        || foreign::is_marker(key)
}

/// The result of one record, before it has a place in the input.
pub(crate) struct Evaluated {
    pub(crate) system: Option<ShopSystem>,
    pub(crate) order_reference: Option<String>,
    pub(crate) result: Result<crate::eligible_order::EligibleOrder, Ineligible>,
}

impl Evaluated {
    pub(crate) fn rejected(system: Option<ShopSystem>, reason: IneligibleReason) -> Self {
        Self { system, order_reference: None, result: Err(Ineligible::new(reason, [])) }
    }
}

/// Evaluates a record. `path` is its path in the document; `hint` is the system of the record before.
pub(crate) fn evaluate(
    record: &Json<'_>,
    path: &str,
    named: Option<ShopSystem>,
    hint: Option<ShopSystem>,
    policy: &Policy,
) -> Evaluated {
    let Json::Object(members) = record else {
        let problem = format!("expected an order, which is an object; found {}", record.shape());
        let path = if path.is_empty() { "$" } else { path }.to_owned();
        return Evaluated::rejected(named, IneligibleReason::Malformed { path, problem });
    };
    let order = Fields::new(members, path);
    let detected = match named {
        Some(system) => match foreign::recognise(&order) {
            Some(reason) if score(&order, system) == 0 => Err(reason),
            _ => Ok(system),
        },
        None => detect(&order, hint),
    };
    match detected {
        Ok(system) => read(system, &order, policy),
        Err(reason) => Evaluated::rejected(named, reason),
    }
}

fn score(order: &Fields<'_>, system: ShopSystem) -> usize {
    found(order, system).count()
}

/// Returns the markers of a system that the order has.
fn found(order: &Fields<'_>, system: ShopSystem) -> impl Iterator<Item = &'static str> {
    let markers = MARKERS.iter().find(|(other, _)| *other == system).map(|(_, markers)| *markers);
    markers.unwrap_or_default().iter().copied().filter(|marker| order.has(marker))
}

/// Recognises the system by most of its members, so that a missing one, or one that a plugin added, does
/// not matter.
fn detect(order: &Fields<'_>, hint: Option<ShopSystem>) -> Result<ShopSystem, IneligibleReason> {
    // The records of one file are of one system.
    if let Some(system) = hint.filter(|system| found(order, *system).nth(2).is_some()) {
        return Ok(system);
    }
    let mut counts = MARKERS.map(|(system, _)| (score(order, system), system));
    counts.sort_by_key(|(found, _)| std::cmp::Reverse(*found));
    let [(first, system), (second, _), ..] = counts;
    if first < 2
        && let Some(reason) = foreign::recognise(order)
    {
        return Err(reason);
    }
    match first {
        0 => Err(order.malformed_record(unknown())),
        _ if first == second => Err(order.malformed_record(
            "expected the members of one shop system, found those of several; name the system by \
             `OrderParser::with_system`"
                .to_owned(),
        )),
        _ => Ok(system),
    }
}

impl Fields<'_> {
    fn malformed_record(&self, problem: String) -> IneligibleReason {
        let path = Some(self.at("")).filter(|path| !path.is_empty()).unwrap_or("$".to_owned());
        IneligibleReason::Malformed { path, problem }
    }
}

/// Lists what would have been recognised. The members found may be personal data.
fn unknown() -> String {
    let systems: Vec<_> = MARKERS.iter().map(|(system, _)| system.to_string()).collect();
    format!("expected an order of {}; found none of their members", systems.join(", "))
}

/// Reads and judges an order of a known system.
pub(crate) fn read(system: ShopSystem, order: &Fields<'_>, policy: &Policy) -> Evaluated {
    let (feature, enabled) = system.feature();
    if !enabled {
        let what = format!("an order of {system}");
        let help = format!("enable the feature `{feature}` of review-orders");
        return Evaluated::rejected(Some(system), IneligibleReason::Unsupported { what, help });
    }
    let mut extracted = match system {
        #[cfg(feature = "shopify")]
        ShopSystem::Shopify => {
            if let Some(rest) = shopify_graphql::to_rest(order) {
                let order = Fields::new(&rest, order.at(""));
                return judge(system, &mut shopify::extract(&order, policy), policy);
            }
            shopify::extract(order, policy)
        }
        #[cfg(feature = "woocommerce")]
        ShopSystem::WooCommerce => woocommerce::extract(order, policy),
        #[cfg(feature = "magento")]
        ShopSystem::Magento => magento::extract(order, policy),
        #[cfg(feature = "shopware")]
        ShopSystem::Shopware => shopware::extract(order, policy),
        _ => generic::extract(order, policy),
    };
    judge(system, &mut extracted, policy)
}

fn judge(system: ShopSystem, extracted: &mut ExtractedOrder<'_>, policy: &Policy) -> Evaluated {
    let order_reference = extracted.reference.shown();
    Evaluated { system: Some(system), order_reference, result: eligibility::decide(extracted, policy) }
}
