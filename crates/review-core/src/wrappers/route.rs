//! The conditions of a route.

use std::fmt;
use std::sync::Arc;

use crate::model::locale::{CountryCode, Locale};
use crate::model::order::ShopId;
use crate::model::request::InviteRequest;

/// The requests that a [`Router`](crate::wrappers::Router) sends to a target: those that meet every condition.
///
/// ```
/// use review_core::model::{CountryCode, Locale};
/// use review_core::wrappers::Route;
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
    Shop(ShopId),
    When(String, Arc<dyn Fn(&InviteRequest) -> bool + Send + Sync>),
}

impl Route {
    /// Matches customers with this locale, or a more specific one: `de` matches `de-AT`. A customer without a
    /// locale does not match.
    #[must_use]
    pub fn locale(locale: Locale) -> Self {
        Self(vec![Condition::Locale(locale)])
    }

    /// Matches customers in this country. A customer without a country does not match.
    #[must_use]
    pub fn country(country: CountryCode) -> Self {
        Self(vec![Condition::Country(country)])
    }

    /// Matches orders of this shop. An order without a shop does not match.
    #[must_use]
    pub fn shop(shop: ShopId) -> Self {
        Self(vec![Condition::Shop(shop)])
    }

    /// Matches requests for which this returns `true`. The name is part of errors and of `Debug`.
    ///
    /// The result for one order should stay the same: otherwise it can go to two vendors.
    pub fn when(
        name: impl Into<String>,
        matches: impl Fn(&InviteRequest) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self(vec![Condition::When(name.into(), Arc::new(matches))])
    }

    /// Matches requests that meet the conditions of both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(super) fn matches(&self, request: &InviteRequest) -> bool {
        self.0.iter().all(|condition| match condition {
            Condition::Locale(wanted) => {
                request.customer().locale().is_some_and(|locale| wanted.matches(locale))
            }
            Condition::Country(wanted) => request.customer().country() == Some(wanted),
            Condition::Shop(wanted) => request.order().shop() == Some(wanted),
            Condition::When(_, matches) => matches(request),
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
