//! Distribution by weight.

use siphasher::sip::SipHasher24;

use crate::model::email::EmailAddress;
use crate::model::request::InviteRequest;
use crate::provider::{DynProvider, ReviewInviteProvider, into_dyn};

/// Distributes customers among several providers by weight. The same customer always goes to the same one.
///
/// The position of a customer is the SipHash-2-4 of the email address in its
/// [comparison form](EmailAddress::comparison_form), keyed with the [seed](Self::with_seed): the same on every
/// machine and in every version, unlike the hashes of the standard library. Shares follow each other in the
/// order they were added, so a change from 80/20 to 70/30 moves one customer in ten. The weights `8` and `2`
/// are the same as `80` and `20`.
///
/// ```
/// use review_core::provider::DynProvider;
/// use review_core::wrappers::WeightedSplit;
///
/// fn mostly_one(trustpilot: DynProvider, etrusted: DynProvider) -> WeightedSplit {
///     WeightedSplit::new().add(80, trustpilot).add(20, etrusted)
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct WeightedSplit {
    seed: u64,
    shares: Vec<(u32, DynProvider)>,
}

impl WeightedSplit {
    /// Creates a split without providers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a provider with its weight. With a weight of 0 it gets no invitations, but lookups, erasures and
    /// checks still go there: for a vendor the shop has left.
    #[must_use]
    pub fn add(mut self, weight: u32, provider: impl ReviewInviteProvider) -> Self {
        self.shares.push((weight, into_dyn(provider)));
        self
    }

    /// Sets the seed. Splits with different seeds are independent. Default: 0. A change moves customers.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    fn total(&self) -> u64 {
        self.shares.iter().map(|(weight, _)| u64::from(*weight)).sum()
    }

    fn share(&self, email: &EmailAddress) -> Option<&DynProvider> {
        let hash = SipHasher24::new_with_keys(self.seed, 0).hash(email.comparison_form().as_bytes());
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

/// The target of a route: a provider, or a [`WeightedSplit`]. Both convert into it; there is no need to name
/// it.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Target(Kind);

#[derive(Clone, Debug)]
enum Kind {
    One(DynProvider),
    Split(WeightedSplit),
}

impl Target {
    /// Returns what is wrong with it.
    pub(super) fn problem(&self) -> Option<&'static str> {
        match &self.0 {
            Kind::Split(split) if split.shares.is_empty() => {
                Some("must have at least one provider; add one with `add`")
            }
            Kind::Split(split) if split.total() == 0 => Some("must have a weight above 0, got only zeros"),
            _ => None,
        }
    }

    /// Returns the provider of a request; there is one unless there is a [`problem`](Self::problem).
    pub(super) fn provider_for(&self, request: &InviteRequest) -> Option<&DynProvider> {
        match &self.0 {
            Kind::One(provider) => Some(provider),
            Kind::Split(split) => split.share(request.customer().email()),
        }
    }

    pub(super) fn providers(&self) -> Vec<DynProvider> {
        match &self.0 {
            Kind::One(provider) => vec![provider.clone()],
            Kind::Split(split) => split.shares.iter().map(|(_, provider)| provider.clone()).collect(),
        }
    }
}

impl<P: ReviewInviteProvider> From<P> for Target {
    fn from(provider: P) -> Self {
        Self(Kind::One(into_dyn(provider)))
    }
}

impl From<WeightedSplit> for Target {
    fn from(split: WeightedSplit) -> Self {
        Self(Kind::Split(split))
    }
}
