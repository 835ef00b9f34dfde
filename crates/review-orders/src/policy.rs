//! Who is invited: the decisions of the operator.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// Relay domains of marketplaces. Their terms forbid emails to buyers outside the marketplace. A final
/// `.*` stands for any country.
///
/// Source: the addresses that orders imported from Amazon, eBay and Walmart carry.
pub const DEFAULT_RELAY_DOMAINS: [&str; 3] = ["marketplace.amazon.*", "members.ebay.*", "relay.walmart.com"];

/// The default name of the shop's consent field.
pub const DEFAULT_CONSENT_FIELD: &str = "review_invitation_consent";

/// Where the consent to be asked for a review comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConsentSource {
    /// From the record: from the shop's own consent field or, if it is missing, from a marketing opt-in of Shopify
    /// that nothing contradicts. The [crate] documentation lists the members. An order without any is not eligible.
    #[default]
    FromOrder,
    /// Only from the shop's own consent field. A marketing opt-in does not count.
    OwnField,
    /// The operator confirms that all customers of the input agreed. Customers who declined in the
    /// shop's own consent field are still not eligible.
    Granted {
        /// How they agreed. Becomes the text of the consent. Not personal; it may be logged.
        source: String,
    },
}

/// The settings that decide which orders are eligible. The defaults are the strict choice, except that a marketing
/// opt-in of Shopify counts as a consent (see [`ConsentSource`]).
///
/// ```
/// use review_orders::Policy;
///
/// let policy = Policy::default().with_partial_refunds(true).with_shipped_statuses(["shipped", "delivered"]);
/// assert!(policy.partial_refunds && !policy.renewals);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// The source of the consent. Default: [`ConsentSource::FromOrder`].
    pub consent: ConsentSource,
    /// The name of the shop's own consent field: a note attribute of Shopify, a key of `meta_data` of
    /// WooCommerce, a custom field of Shopware, an extension attribute of Magento, a CSV column. Case,
    /// `_`, `-` and blanks make no difference. It decides before any marketing marker.
    /// Default: [`DEFAULT_CONSENT_FIELD`].
    pub consent_field: String,
    /// Whether test orders are eligible. Default: no.
    pub test_orders: bool,
    /// Whether partially refunded orders are eligible, with the products that the customer kept.
    /// Default: no.
    pub partial_refunds: bool,
    /// Whether renewals of subscriptions are eligible. Default: no, since the same customer would be
    /// asked at each renewal.
    pub renewals: bool,
    /// Status words that count as shipped, in addition to those of the system itself, such as
    /// `shipped` and `delivered` of a shipping plugin. Case makes no difference. Default: none.
    pub shipped_statuses: Vec<String>,
    /// Payment methods whose orders count as paid once they are completed, even without a payment
    /// date, such as `cod` (cash on delivery). `*` means every method. Default: none.
    pub paid_when_completed: Vec<String>,
    /// The maximum age of an order, counted from the latest of delivered, shipped, paid and placed.
    /// Default: no limit.
    pub max_age: Option<Duration>,
    /// Whether addresses at domains that can never receive email are eligible: `.invalid`, `.test`,
    /// `.example`, `.localhost` (RFC 2606, RFC 6761), `.local`, `.internal`, `.onion`. Default: no.
    pub reserved_domains: bool,
    /// Whether customers whose data was erased are eligible. Default: no.
    pub erased_customers: bool,
    /// Domains of marketplace relay addresses, which are not eligible, in lower case. Default:
    /// [`DEFAULT_RELAY_DOMAINS`].
    pub relay_domains: Vec<String>,
    /// The time from which ages are counted. Default: the clock.
    pub now: Option<DateTime<Utc>>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            consent: ConsentSource::FromOrder,
            consent_field: DEFAULT_CONSENT_FIELD.to_owned(),
            test_orders: false,
            partial_refunds: false,
            renewals: false,
            shipped_statuses: Vec::new(),
            paid_when_completed: Vec::new(),
            max_age: None,
            reserved_domains: false,
            erased_customers: false,
            relay_domains: DEFAULT_RELAY_DOMAINS.map(str::to_owned).to_vec(),
            now: None,
        }
    }
}

impl Policy {
    /// Sets [`Policy::consent`].
    #[must_use]
    pub fn with_consent(mut self, source: ConsentSource) -> Self {
        self.consent = source;
        self
    }

    /// Sets [`Policy::consent_field`].
    #[must_use]
    pub fn with_consent_field(mut self, name: impl Into<String>) -> Self {
        self.consent_field = name.into();
        self
    }

    /// Sets [`Policy::test_orders`].
    #[must_use]
    pub fn with_test_orders(mut self, eligible: bool) -> Self {
        self.test_orders = eligible;
        self
    }

    /// Sets [`Policy::partial_refunds`].
    #[must_use]
    pub fn with_partial_refunds(mut self, eligible: bool) -> Self {
        self.partial_refunds = eligible;
        self
    }

    /// Sets [`Policy::renewals`].
    #[must_use]
    pub fn with_renewals(mut self, eligible: bool) -> Self {
        self.renewals = eligible;
        self
    }

    /// Sets [`Policy::shipped_statuses`].
    #[must_use]
    pub fn with_shipped_statuses(mut self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.shipped_statuses = words.into_iter().map(Into::into).collect();
        self
    }

    /// Sets [`Policy::paid_when_completed`].
    #[must_use]
    pub fn with_paid_when_completed(mut self, methods: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.paid_when_completed = methods.into_iter().map(Into::into).collect();
        self
    }

    /// Sets [`Policy::max_age`].
    #[must_use]
    pub fn with_max_age(mut self, age: impl Into<Option<Duration>>) -> Self {
        self.max_age = age.into();
        self
    }

    /// Sets [`Policy::reserved_domains`].
    #[must_use]
    pub fn with_reserved_domains(mut self, eligible: bool) -> Self {
        self.reserved_domains = eligible;
        self
    }

    /// Sets [`Policy::erased_customers`].
    #[must_use]
    pub fn with_erased_customers(mut self, eligible: bool) -> Self {
        self.erased_customers = eligible;
        self
    }

    /// Sets [`Policy::relay_domains`]. Case makes no difference.
    #[must_use]
    pub fn with_relay_domains(mut self, domains: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.relay_domains = domains.into_iter().map(|domain| domain.into().to_lowercase()).collect();
        self
    }

    /// Sets [`Policy::now`].
    #[must_use]
    pub fn with_now(mut self, now: DateTime<Utc>) -> Self {
        self.now = Some(now);
        self
    }

    /// Returns whether a status word was added as one that counts as shipped.
    pub(crate) fn counts_as_shipped(&self, word: &str) -> bool {
        self.shipped_statuses.iter().any(|status| status.trim().eq_ignore_ascii_case(word.trim()))
    }

    /// Returns whether a completed order of this payment method counts as paid.
    pub(crate) fn counts_as_paid(&self, method: &str) -> bool {
        let matches = |setting: &String| setting == "*" || setting.trim().eq_ignore_ascii_case(method.trim());
        self.paid_when_completed.iter().any(matches)
    }

    /// Returns the setting that a domain belongs to. The domain is in lower case.
    pub(crate) fn relay_of<'d>(&self, domain: &'d str) -> Option<&str> {
        let is_below = |domain: &str, parent: &str| {
            domain == parent || domain.strip_suffix(parent).is_some_and(|host| host.ends_with('.'))
        };
        let without_label = |domain: &'d str| domain.rsplit_once('.').map(|(host, _)| host);
        // A country has one or two labels: `de`, `co.uk`.
        let host = without_label(domain);
        let hosts = [host, host.and_then(without_label)];
        let belongs = |setting: &&String| {
            let setting = setting.trim();
            match setting.strip_suffix(".*") {
                Some(parent) => hosts.iter().flatten().any(|host| is_below(host, parent)),
                None => is_below(domain, setting),
            }
        };
        self.relay_domains.iter().find(belongs).map(String::as_str)
    }
}
