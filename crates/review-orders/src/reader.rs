//! The reader: documents and envelopes into records.

use serde_json::Value;

use crate::documents::documents;
use crate::draft::Draft;
use crate::value::{Fields, type_problem};
use crate::{ConsentRule, NotInvited, Reason, Record, ShopSystem, shopify, woocommerce};

/// Members that hold the order or the orders, in the answers and exports of shop systems.
const ENVELOPES: [&str; 5] = ["order", "orders", "data", "items", "results"];

/// Members of an order of any system. An object that has one of them and `items` is an order of a
/// system we do not know, and its items are products rather than orders.
const OWN_KEYS: [&str; 6] = ["id", "entity_id", "increment_id", "number", "order_number", "orderNumber"];

/// Reads orders as shop systems emit them, by the strictest rules unless told otherwise.
///
/// See the [crate](crate) for what is read from where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct OrderReader {
    settings: Settings,
}

/// What the operator decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) consent: ConsentRule,
    pub(crate) consent_field: String,
    pub(crate) partial_refunds: bool,
}

impl Default for OrderReader {
    fn default() -> Self {
        Self::new()
    }
}

impl OrderReader {
    /// A reader that invites by the record's own marker of consent only, and nobody who got money
    /// back.
    pub fn new() -> Self {
        Self {
            settings: Settings {
                consent: ConsentRule::FromOrder,
                consent_field: "review_invitation_consent".to_owned(),
                partial_refunds: false,
            },
        }
    }

    /// Sets where consent comes from. Default: [`ConsentRule::FromOrder`].
    pub fn with_consent(mut self, rule: ConsentRule) -> Self {
        self.settings.consent = rule;
        self
    }

    /// Sets whether the customer of a partly refunded order is invited. Default: no.
    pub fn with_partial_refunds(mut self, allow: bool) -> Self {
        self.settings.partial_refunds = allow;
        self
    }

    /// Sets the name of the shop's own consent field: a note attribute at Shopify, a key of
    /// `meta_data` at WooCommerce. Its answer counts more than any marketing marker, both ways.
    /// Default: `review_invitation_consent`.
    pub fn with_consent_field(mut self, name: impl Into<String>) -> Self {
        self.settings.consent_field = name.into().trim().to_owned();
        self
    }

    /// Reads all orders of an input: one order, a list, an envelope such as `{"orders": […]}`, or
    /// several of these one after the other (NDJSON), in UTF-8 with or without a byte order mark.
    ///
    /// Every element becomes one record, whatever is wrong with it or with its neighbours.
    #[must_use]
    pub fn read(&self, json: &[u8]) -> Vec<Record> {
        let mut records = Records(Vec::new());
        for document in documents(json) {
            match document {
                Ok(Value::Array(list)) => self.read_list(&list, "", &mut records),
                Ok(value) => self.read_element(&value, "", &mut records),
                Err(problem) => records.malformed("", None, problem),
            }
        }
        records.0
    }

    fn read_list(&self, list: &[Value], path: &str, records: &mut Records) {
        for (index, element) in list.iter().enumerate() {
            self.read_element(element, &format!("{path}[{index}]"), records);
        }
    }

    fn read_element(&self, element: &Value, path: &str, records: &mut Records) {
        let Value::Object(members) = element else {
            return records.malformed(path, None, type_problem(element, "an order, which is an object"));
        };
        let fields = Fields::new(members, path);
        match ShopSystem::detect(&fields) {
            Ok(system) => {
                let draft = self.draft(system, &fields);
                let reference = draft.reference.shown();
                records.push(reference, Some(system), draft.outcome());
            }
            Err((system, problem)) => {
                let inner = envelope(&fields);
                if inner.is_empty() {
                    records.malformed(path, system, problem);
                }
                for name in inner {
                    let value = members.get(name).unwrap_or(&Value::Null);
                    let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                    match value {
                        Value::Array(list) => self.read_list(list, &path, records),
                        other => self.read_element(other, &path, records),
                    }
                }
            }
        }
    }

    fn draft(&self, system: ShopSystem, order: &Fields<'_>) -> Draft {
        match system {
            ShopSystem::Shopify => shopify::draft(order, &self.settings),
            ShopSystem::WooCommerce => woocommerce::draft(order, &self.settings),
        }
    }
}

/// The envelope members of an object that is not an order itself: all of them, so that nothing is
/// lost.
fn envelope(record: &Fields<'_>) -> Vec<&'static str> {
    let is_an_order = OWN_KEYS.iter().any(|key| record.has(key));
    let holds_orders =
        |name: &&str| record.has(name) && !(is_an_order && matches!(*name, "items" | "results"));
    let all: Vec<_> = ENVELOPES.into_iter().filter(holds_orders).collect();
    // {"order": {…}, "data": null}: null beside an order is no lost order.
    let full = |name: &&str| matches!(record.value(name), Ok(Some(_)));
    let filled: Vec<_> = all.iter().copied().filter(full).collect();
    if filled.is_empty() { all } else { filled }
}

/// The records so far; each knows its place.
struct Records(Vec<Record>);

impl Records {
    fn push(
        &mut self,
        reference: Option<String>,
        system: Option<ShopSystem>,
        outcome: Result<crate::Invitee, NotInvited>,
    ) {
        let position = self.0.len();
        self.0.push(Record { position, reference, system, outcome });
    }

    fn malformed(&mut self, path: &str, system: Option<ShopSystem>, problem: String) {
        let at = if path.is_empty() { "$" } else { path }.to_owned();
        let reason = Reason::Malformed { at, problem };
        self.push(None, system, Err(NotInvited::new(reason, [])));
    }
}
