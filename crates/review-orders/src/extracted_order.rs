//! What a shop system's module reads from a record: plain texts, and the reasons against it.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use review_core::model::{CountryCode, Locale, OrderReference, ParseField, PersonName, PhoneNumber};

use crate::clean;
use crate::core_types::check;
use crate::eligible_order::{OrderConsent, OrderName, OrderWarning};
use crate::fields::{Fields, Path};
use crate::reason::IneligibleReason;

/// A record as read. Each part is checked on its own, so that all errors are found.
#[derive(Default)]
pub(crate) struct ExtractedOrder<'v> {
    pub(crate) reference: Reference,
    /// The reasons against the order that the system's own members contain.
    pub(crate) reasons: Vec<IneligibleReason>,
    /// The members that may hold the address, the best first, and what they hold.
    pub(crate) email_places: &'static [&'static str],
    pub(crate) emails: [Option<Cow<'v, str>>; 3],
    pub(crate) consent: Option<OrderConsent>,
    pub(crate) lines: Vec<Line<'v>>,
    pub(crate) name: Option<OrderName>,
    pub(crate) phone: Option<PhoneNumber>,
    pub(crate) locale: Option<Locale>,
    pub(crate) country: Option<CountryCode>,
    pub(crate) customer_reference: Option<Cow<'v, str>>,
    pub(crate) placed_at: Option<DateTime<Utc>>,
    pub(crate) paid_at: Option<DateTime<Utc>>,
    pub(crate) shipped_at: Option<DateTime<Utc>>,
    pub(crate) delivered_at: Option<DateTime<Utc>>,
    /// The system's own mark that the customer's data was erased.
    pub(crate) erased: Option<String>,
    pub(crate) warnings: Vec<OrderWarning>,
}

impl<'v> ExtractedOrder<'v> {
    /// Records a reason if a rule fails.
    pub(crate) fn rule(&mut self, rule: Result<(), IneligibleReason>) {
        self.reasons.extend(rule.err());
    }

    /// Takes a part, or records the reason why it cannot be read.
    pub(crate) fn part<T: Default>(&mut self, part: Result<T, IneligibleReason>) -> T {
        part.unwrap_or_else(|reason| {
            self.reasons.push(reason);
            T::default()
        })
    }

    /// Reads the candidates for the email address, three at most.
    pub(crate) fn read_emails(&mut self, order: &Fields<'v>, places: &'static [&'static str]) {
        debug_assert!(places.len() <= self.emails.len());
        self.email_places = places;
        for (email, place) in self.emails.iter_mut().zip(places) {
            match order.text(place) {
                Ok(text) => *email = text,
                Err(reason) => self.reasons.push(reason),
            }
        }
    }

    /// Reads the name from the first place that has a part of it. Parts of different places are not
    /// mixed, because payer and recipient can be different people.
    pub(crate) fn read_name(&mut self, order: &Fields<'v>, parts: &[(&str, &str)], whole: &[&str]) {
        for (first, last) in parts {
            let first = self.person(order, first);
            let last = self.person(order, last);
            self.name = match (first, last) {
                (Some(first), Some(last)) => Some(OrderName::FirstAndLast(first, last)),
                (Some(first), None) => Some(OrderName::First(first)),
                (None, Some(last)) => Some(OrderName::Last(last)),
                (None, None) => continue,
            };
            return;
        }
        for place in whole {
            if let Some(name) = self.person(order, place) {
                self.name = Some(OrderName::Full(name));
                return;
            }
        }
    }

    fn person(&mut self, order: &Fields<'v>, place: &str) -> Option<PersonName> {
        let raw = order.optional_text(place, &mut self.warnings)?;
        match clean::name(&raw) {
            Ok(Some(cleaned)) => {
                if cleaned.changed {
                    self.warn(
                        order,
                        place,
                        "expected a name in one line, of at most 200 characters; cleaned",
                    );
                }
                check(&cleaned.text)
                    .map_err(|problem| self.warn(order, place, &format!("{problem}; left out")))
                    .ok()
            }
            Ok(None) => None,
            Err(problem) => {
                self.warn(order, place, &format!("{problem}; left out"));
                None
            }
        }
    }

    pub(crate) fn read_phones(&mut self, order: &Fields<'v>, places: &[&str]) {
        self.phone = first_valid(order, places);
    }

    pub(crate) fn read_countries(&mut self, order: &Fields<'v>, places: &[&str]) {
        self.country = first_valid(order, places);
    }

    pub(crate) fn read_locale(&mut self, order: &Fields<'v>, place: &str) {
        if let Some(locale) = order.optional_text(place, &mut self.warnings) {
            self.add_locale(&locale, || order.at(place));
        }
    }

    /// Takes a locale unless there is one already.
    pub(crate) fn add_locale(&mut self, text: &str, path: impl FnOnce() -> String) {
        if self.locale.is_none() {
            match check(text) {
                Ok(locale) => self.locale = Some(locale),
                Err(problem) => {
                    let problem = format!("{problem}; left out");
                    self.warnings.push(OrderWarning { path: path(), problem });
                }
            }
        }
    }

    /// Reads the shop's key of the customer. 0 means a guest.
    pub(crate) fn read_customer_reference(&mut self, order: &Fields<'v>, places: &[&str]) {
        let keys = places.iter().filter_map(|place| order.identifier(place).ok().flatten());
        self.customer_reference = keys.into_iter().find(|key| key != "0");
    }

    /// Reads the first time that can be parsed.
    pub(crate) fn read_time(
        &mut self,
        order: &Fields<'v>,
        places: &[&str],
        parse: fn(&str) -> Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        for place in places {
            let Some(text) = order.optional_text(place, &mut self.warnings) else { continue };
            match parse(&text) {
                Some(time) => return Some(time),
                // The zero date of PHP means that there is none.
                None if text.starts_with("0000") => {}
                None => self.warn(
                    order,
                    place,
                    "expected a date with its time zone, found another text; left out",
                ),
            }
        }
        None
    }

    pub(crate) fn warn(&mut self, order: &Fields<'_>, place: &str, problem: &str) {
        self.warnings.push(OrderWarning { path: order.at(place), problem: problem.to_owned() });
    }
}

/// Returns the first value that is valid.
fn first_valid<T: ParseField>(order: &Fields<'_>, places: &[&str]) -> Option<T> {
    places.iter().find_map(|place| check(&order.quiet_text(place)?).ok())
}

/// One line of an order.
#[derive(Debug, Default)]
pub(crate) struct Line<'v> {
    pub(crate) path: Path<'v>,
    pub(crate) id: Option<Cow<'v, str>>,
    /// The line of the bundle that this line is a part of.
    pub(crate) parent: Option<Cow<'v, str>>,
    /// How many pieces the customer kept.
    pub(crate) kept: f64,
    /// Whether this is a product, and not a gift card, a fee or a discount.
    pub(crate) is_product: bool,
    pub(crate) name: Option<Cow<'v, str>>,
    pub(crate) sku: Option<Cow<'v, str>>,
    pub(crate) gtin: Option<Cow<'v, str>>,
    pub(crate) mpn: Option<Cow<'v, str>>,
    pub(crate) brand: Option<Cow<'v, str>>,
    pub(crate) url: Option<Cow<'v, str>>,
    pub(crate) image_url: Option<Cow<'v, str>>,
}

/// The order number: the usable one, and the error of a better place for it.
#[derive(Default)]
pub(crate) struct Reference {
    usable: Option<OrderReference>,
    wrong: Option<IneligibleReason>,
}

impl Reference {
    /// Reads the first usable candidate. An error in front of it is kept: the same order, exported
    /// correctly, would have another number and be invited twice.
    pub(crate) fn read(order: &Fields<'_>, places: &[&str], id: &str) -> Self {
        let mut wrong = None;
        for place in places {
            match order.identifier(place) {
                Ok(Some(number)) => match check(number.strip_prefix('#').unwrap_or(&number)) {
                    Ok(number) => return Self { usable: Some(number), wrong },
                    Err(problem) => wrong = wrong.or(Some(order.malformed(place, problem))),
                },
                Ok(None) => {}
                Err(reason) => wrong = wrong.or(Some(reason)),
            }
        }
        let usable = order.identifier(id).ok().flatten();
        Self { usable: usable.and_then(|id| check(&id).ok()), wrong }
    }

    /// Returns the number for the record, even if it cannot be relied on.
    pub(crate) fn shown(&self) -> Option<String> {
        self.usable.as_ref().map(|number| number.as_str().to_owned())
    }

    pub(crate) fn checked(self) -> Result<OrderReference, IneligibleReason> {
        match (self.wrong, self.usable) {
            (Some(wrong), _) => Err(wrong),
            (None, usable) => usable.ok_or(IneligibleReason::NoReference),
        }
    }
}
