//! The rows of one CSV order into an object in the shape of its system, so that one set of rules reads both.

use crate::json::{Json, Member};
use crate::system::ShopSystem;
use crate::table::Row;

/// A column of a file.
pub(crate) struct Resolved {
    /// The member that it becomes, and the object that contains this member.
    pub(crate) member: &'static str,
    pub(crate) outer: Option<&'static str>,
    /// Whether all different values of an order are kept, so that a contradiction is found.
    pub(crate) all: bool,
    pub(crate) columns: Vec<usize>,
}

/// The positions of the columns of one file.
pub(crate) struct Plan {
    pub(crate) system: ShopSystem,
    pub(crate) key: Vec<usize>,
    /// The columns of the address, if rows with another one are another order.
    pub(crate) email: Vec<usize>,
    pub(crate) order: Vec<Resolved>,
    pub(crate) list: &'static str,
    pub(crate) line: Vec<Resolved>,
    pub(crate) consent_field: String,
    pub(crate) consent: Vec<usize>,
    pub(crate) notes: Vec<usize>,
    pub(crate) line_status: Vec<usize>,
    pub(crate) packed: Vec<usize>,
    pub(crate) numbered: Vec<usize>,
}

impl Plan {
    /// Returns whether two rows are of one order. The case of an address makes no difference.
    pub(crate) fn is_same_order(&self, first: &Row, other: &Row) -> bool {
        let key = other.first(&self.key);
        let same_email = || match (first.first(&self.email), other.first(&self.email)) {
            (Some(first), Some(other)) => {
                first.eq_ignore_ascii_case(other) || first.to_lowercase() == other.to_lowercase()
            }
            _ => true,
        };
        key.is_some() && first.first(&self.key) == key && same_email()
    }

    /// Turns the rows of one order into an object.
    pub(crate) fn order<'v>(&'v self, rows: &'v [Row]) -> Vec<Member<'v>> {
        let mut order = Vec::with_capacity(self.order.len() + 2);
        for column in &self.order {
            let mut values = rows.iter().flat_map(|row| row.all(&column.columns));
            let Some(first) = values.next() else { continue };
            column.set(&mut order, first);
            if column.all {
                for other in values.filter(|value| !value.eq_ignore_ascii_case(first)) {
                    column.set(&mut order, other);
                }
            }
        }
        self.add_notes(&mut order, rows);
        if !self.line_status.is_empty() {
            let fulfilled = rows.iter().all(|row| {
                row.first(&self.line_status).is_some_and(|word| word.eq_ignore_ascii_case("fulfilled"))
            });
            let word = if fulfilled { "fulfilled" } else { "partial" };
            order.push(Member::new("fulfillment_status", Json::text(word)));
        }
        let mut lines: Vec<Json<'v>> = rows.iter().filter_map(|row| self.line(row)).collect();
        if self.system == ShopSystem::WooCommerce {
            lines.extend(rows.iter().flat_map(|row| self.packed_lines(row)));
        }
        order.push(Member::new(self.list, Json::List(lines)));
        order
    }

    fn line<'v>(&'v self, row: &'v Row) -> Option<Json<'v>> {
        let members: Vec<_> = self
            .line
            .iter()
            .filter_map(|column| Some(Member::new(column.member, Json::text(row.first(&column.columns)?))))
            .collect();
        // The vendor alone is no line.
        let is_line = members.iter().any(|member| matches!(member.name.as_ref(), "name" | "sku"));
        is_line.then_some(Json::Object(members))
    }

    /// A column with the name of the consent field becomes the member that its system has for it.
    /// `Note Attributes` of Shopify holds one `name: value` per line.
    fn add_notes<'v>(&'v self, order: &mut Vec<Member<'v>>, rows: &'v [Row]) {
        let consents = rows.iter().flat_map(|row| row.all(&self.consent));
        let (list, name) = match self.system {
            ShopSystem::Shopify => ("note_attributes", "name"),
            ShopSystem::WooCommerce => ("meta_data", "key"),
            _ => {
                order.extend(consents.map(|value| Member::new("consent", Json::text(value))));
                return;
            }
        };
        let notes =
            rows.iter().flat_map(|row| row.all(&self.notes)).flat_map(|cell| cell.split(['\r', '\n']));
        let notes = notes.filter_map(|line| line.split_once(':'));
        let elements: Vec<_> = consents
            .map(|value| (self.consent_field.as_str(), value))
            .chain(notes)
            .map(|(field, value)| {
                let field = Member::new(name, Json::text(field.trim()));
                Json::Object(vec![field, Member::new("value", Json::text(value.trim()))])
            })
            .collect();
        if !elements.is_empty() {
            order.push(Member::new(list, Json::List(elements)));
        }
    }

    /// Plugins pack all lines of an order into one cell, `name:Mug|sku:M-1|quantity:1` with `;` between
    /// lines, or into the cells `line_item_1`, `line_item_2` and so on.
    fn packed_lines<'v>(&'v self, row: &'v Row) -> Vec<Json<'v>> {
        let packed = row.first(&self.packed).into_iter().flat_map(|cell| cell.split(';'));
        packed
            .chain(row.all(&self.numbered))
            .filter_map(|line| {
                let members: Vec<_> = line
                    .split('|')
                    .filter_map(|part| part.split_once(':'))
                    .filter_map(|(name, value)| match name.trim() {
                        name @ ("name" | "sku" | "quantity") => {
                            Some(Member::new(name, Json::text(value.trim())))
                        }
                        _ => None,
                    })
                    .collect();
                members.iter().any(|member| member.name == "name").then_some(Json::Object(members))
            })
            .collect()
    }
}

impl Resolved {
    /// Adds the member to an order.
    fn set<'v>(&self, order: &mut Vec<Member<'v>>, value: &'v str) {
        let member = Member::new(self.member, Json::text(value));
        let Some(outer) = self.outer else {
            order.push(member);
            return;
        };
        match order.iter_mut().find(|member| member.is(outer)).map(|member| &mut member.value) {
            Some(Json::Object(members)) => members.push(member),
            _ => order.push(Member::new(outer, Json::Object(vec![member]))),
        }
    }
}
