//! The description of a setting.

use std::marker::PhantomData;

use super::value::{ConfigValue, RawValue, ValueType};

/// Whether a setting must be present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Presence {
    /// It must be set.
    Required,
    /// It may be absent.
    Optional,
    /// It may be absent, and then has this value.
    Default(&'static str),
    /// It must be set unless this other key is.
    RequiredUnless(&'static str),
    /// It must be set unless one of these other keys is.
    RequiredUnlessAny(&'static [&'static str]),
}

/// One row of the table of settings, without its Rust type.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct KeyInfo {
    /// The key in a file, in `snake_case`. The environment variable is the vendor's prefix and the key in
    /// upper case.
    pub name: &'static str,
    /// What the setting is.
    pub description: &'static str,
    /// Whether it must be present.
    pub presence: Presence,
    /// Whether the value is a secret. Files contain references to secrets only.
    pub secret: bool,
    /// Another key that must be set if this one is.
    pub requires: Option<&'static str>,
    /// Another key that must not be set if this one is.
    pub conflicts_with: Option<&'static str>,
    /// Other names that users try, for suggestions. They are not accepted as keys.
    pub aliases: &'static [&'static str],
    /// The type of the value.
    pub value_type: ValueType,
    pub(super) check: fn(&RawValue) -> Result<(), String>,
}

/// The description of a setting of type `T`.
#[derive(Debug)]
pub struct ConfigKey<T> {
    pub(super) info: KeyInfo,
    value: PhantomData<fn() -> T>,
}

fn check<T: ConfigValue>(raw: &RawValue) -> Result<(), String> {
    T::from_raw(raw).map(drop)
}

impl<T: ConfigValue> ConfigKey<T> {
    const fn new(name: &'static str, description: &'static str, presence: Presence) -> Self {
        let info = KeyInfo {
            name,
            description,
            presence,
            secret: false,
            requires: None,
            conflicts_with: None,
            aliases: &[],
            value_type: T::TYPE,
            check: check::<T>,
        };
        Self { info, value: PhantomData }
    }

    /// Describes a setting that must be present.
    #[must_use]
    pub const fn required(name: &'static str, description: &'static str) -> Self {
        Self::new(name, description, Presence::Required)
    }

    /// Describes a setting that may be absent.
    #[must_use]
    pub const fn optional(name: &'static str, description: &'static str) -> Self {
        Self::new(name, description, Presence::Optional)
    }

    /// Describes a setting with a default.
    #[must_use]
    pub const fn with_default(name: &'static str, description: &'static str, value: &'static str) -> Self {
        Self::new(name, description, Presence::Default(value))
    }

    /// Describes a setting that must be present unless the key `other` is.
    #[must_use]
    pub const fn required_unless(name: &'static str, other: &'static str, description: &'static str) -> Self {
        Self::new(name, description, Presence::RequiredUnless(other))
    }

    /// Describes a setting that must be present unless one of the keys `others` is.
    #[must_use]
    pub const fn required_unless_any(
        name: &'static str,
        others: &'static [&'static str],
        description: &'static str,
    ) -> Self {
        Self::new(name, description, Presence::RequiredUnlessAny(others))
    }

    /// Marks the value as a secret.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.info.secret = true;
        self
    }

    /// Requires the key `other` if this one is set.
    #[must_use]
    pub const fn requires(mut self, other: &'static str) -> Self {
        self.info.requires = Some(other);
        self
    }

    /// Forbids the key `other` if this one is set.
    #[must_use]
    pub const fn conflicts_with(mut self, other: &'static str) -> Self {
        self.info.conflicts_with = Some(other);
        self
    }

    /// Suggests this key where one of these names is used.
    #[must_use]
    pub const fn aliases(mut self, names: &'static [&'static str]) -> Self {
        self.info.aliases = names;
        self
    }

    /// Returns the row of the table.
    #[must_use]
    pub const fn info(&self) -> KeyInfo {
        self.info
    }
}

/// Declares keys and the table of them together, so that neither can lack one.
///
/// ```
/// use review_core::config::{ConfigKey, Secret};
///
/// review_core::config_keys! {
///     /// The settings of an account.
///     pub CONFIG_KEYS {
///         API_KEY: Secret = ConfigKey::required("api_key", "the key of the account").secret();
///         DOMAIN: String = ConfigKey::optional("domain", "the shop's domain, such as shop.example");
///     }
/// }
/// assert_eq!(CONFIG_KEYS[0].name, "api_key");
/// ```
#[macro_export]
macro_rules! config_keys {
    ($(#[$doc:meta])* $visibility:vis $table:ident { $($name:ident: $type:ty = $key:expr;)* }) => {
        $(const $name: $crate::config::ConfigKey<$type> = $key;)*
        $(#[$doc])*
        $visibility const $table: &[$crate::config::KeyInfo] = &[$($name.info()),*];
    };
}
