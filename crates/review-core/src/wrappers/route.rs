//! Which requests go where.

use std::fmt;
use std::sync::Arc;

use siphasher::sip::SipHasher24;

use crate::{CountryCode, DynProvider, EmailAddress, InviteRequest, Locale, ReviewInviteProvider, ShopKey};

/// Which requests a [`Router`](crate::Router) sends to a target: those that fulfil every condition.
///
/// ```
/// use review_core::{CountryCode, Locale, Route};
///
/// let swiss_german = Route::locale(Locale::new("de")?).and(Route::country(CountryCode::new("CH")?));
/// assert_eq!(swiss_german.to_string(), "locale de, country CH");
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Route(Vec<Condition>);

#[derive(Clone)]
enum Condition {
    Locale(Locale),
    Country(CountryCode),
    Shop(ShopKey),
    When(String, Arc<dyn Fn(&InviteRequest) -> bool + Send + Sync>),
}

impl Route {
    /// Customers with this locale, or a closer description of it: `de` takes in `de-AT`. A customer
    /// without a locale fits none.
    #[must_use]
    pub fn locale(locale: Locale) -> Self {
        Self(vec![Condition::Locale(locale)])
    }

    /// Customers in this country. A customer without a country fits none.
    #[must_use]
    pub fn country(country: CountryCode) -> Self {
        Self(vec![Condition::Country(country)])
    }

    /// Orders of this shop. An order without a shop fits none.
    #[must_use]
    pub fn shop(shop: ShopKey) -> Self {
        Self(vec![Condition::Shop(shop)])
    }

    /// Requests for which this is true. The name stands in errors and in `Debug`.
    ///
    /// The answer for one customer should stay the same: one that changes lets the same order go to
    /// two vendors.
    pub fn when(
        name: impl Into<String>,
        fits: impl Fn(&InviteRequest) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self(vec![Condition::When(name.into(), Arc::new(fits))])
    }

    /// Requests that fulfil the conditions of both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(super) fn takes(&self, request: &InviteRequest) -> bool {
        self.0.iter().all(|condition| match condition {
            Condition::Locale(wanted) => {
                request.customer().locale().is_some_and(|locale| wanted.takes_in(locale))
            }
            Condition::Country(wanted) => request.customer().country() == Some(wanted),
            Condition::Shop(wanted) => request.order().shop() == Some(wanted),
            Condition::When(_, fits) => fits(request),
        })
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, condition) in self.0.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            match condition {
                Condition::Locale(locale) => write!(f, "locale {locale}")?,
                Condition::Country(country) => write!(f, "country {country}")?,
                Condition::Shop(shop) => write!(f, "shop {shop}")?,
                Condition::When(name, _) => write!(f, "when {name}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Route(vec![self.clone()]), f)
    }
}

/// Customers shared out among several providers by weight. The same customer always goes to the same
/// one.
///
/// The place of a customer is the SipHash-2-4 of the e-mail address in lower case, keyed with the
/// [`seed`](Self::seeded): the same on every machine and in every version, unlike the hashes of the
/// standard library. Shares lie side by side in the order they were added, so a change from 80/20 to
/// 70/30 moves one customer in ten and leaves the others where they are. `8` and `2` share as `80`
/// and `20` do.
///
/// ```
/// use review_core::{DynProvider, Split};
///
/// fn mostly_one(trustpilot: DynProvider, etrusted: DynProvider) -> Split {
///     Split::new().to(80, trustpilot).to(20, etrusted)
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Split {
    seed: u64,
    shares: Vec<(u32, DynProvider)>,
}

impl Split {
    /// A split among nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a provider with its weight. A weight of 0 sends nothing there, and still looks up, erases
    /// and checks there: for a vendor the shop has left.
    #[must_use]
    pub fn to(mut self, weight: u32, provider: impl ReviewInviteProvider) -> Self {
        self.shares.push((weight, Arc::new(provider)));
        self
    }

    /// Makes the split independent of those with another seed. Default: 0. A change of the seed moves
    /// customers.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    fn total(&self) -> u64 {
        self.shares.iter().map(|(weight, _)| u64::from(*weight)).sum()
    }

    fn share(&self, email: &EmailAddress) -> Option<&DynProvider> {
        let hash = SipHasher24::new_with_keys(self.seed, 0).hash(email.to_lowercase().as_bytes());
        // The hash as a fraction of its range, times the total.
        let mut place = (u128::from(hash) * u128::from(self.total())) >> u64::BITS;
        self.shares.iter().find_map(|(weight, provider)| {
            let weight = u128::from(*weight);
            if place < weight {
                return Some(provider);
            }
            place -= weight;
            None
        })
    }
}

/// Where requests go: to a provider, or to those of a [`Split`]. Both turn into it by themselves.
#[derive(Clone, Debug)]
pub struct Target(Kind);

#[derive(Clone, Debug)]
enum Kind {
    One(DynProvider),
    Shared(Split),
}

impl Target {
    /// What is wrong with it.
    pub(super) fn problem(&self) -> Option<&'static str> {
        match &self.0 {
            Kind::Shared(split) if split.shares.is_empty() => {
                Some("expected a split among at least one provider, found none; add one with `to`")
            }
            Kind::Shared(split) if split.total() == 0 => {
                Some("expected a split with a weight above 0, found only zeros")
            }
            _ => None,
        }
    }

    /// The provider of a request; there is one unless there is a [`problem`](Self::problem).
    pub(super) fn of(&self, request: &InviteRequest) -> Option<&DynProvider> {
        match &self.0 {
            Kind::One(provider) => Some(provider),
            Kind::Shared(split) => split.share(request.customer().email()),
        }
    }

    pub(super) fn providers(&self) -> Vec<DynProvider> {
        match &self.0 {
            Kind::One(provider) => vec![provider.clone()],
            Kind::Shared(split) => split.shares.iter().map(|(_, provider)| provider.clone()).collect(),
        }
    }
}

impl<P: ReviewInviteProvider> From<P> for Target {
    fn from(provider: P) -> Self {
        Self(Kind::One(Arc::new(provider)))
    }
}

impl From<Split> for Target {
    fn from(split: Split) -> Self {
        Self(Kind::Shared(split))
    }
}
