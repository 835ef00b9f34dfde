//! The mapping from template roles to the vendor's templates.

use std::collections::BTreeMap;

use review_core::config::{ConfigValue, RawValue, ValueType};
use review_core::model::TemplateId;

/// Which of the vendor's templates the roles of requests mean at one instance. A request names a role such as
/// `vip`, so that the same code works with every vendor. Any other text is used as the vendor's id.
///
/// ```
/// use review_core::config::{ConfigValue, RawValue};
/// use review_core::model::TemplateId;
/// use review_http::vendor::TemplateRoles;
///
/// let roles = TemplateRoles::from_raw(&RawValue::from("vip=507f191e, default=507f191f")).unwrap();
/// assert_eq!(roles.resolve(&TemplateId::new("vip")?), "507f191e");
/// assert_eq!(roles.resolve(&TemplateId::new("507f1920")?), "507f1920");
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateRoles(BTreeMap<String, TemplateId>);

impl TemplateRoles {
    /// Adds a role.
    #[must_use]
    pub fn add(mut self, role: impl Into<String>, template: TemplateId) -> Self {
        self.0.insert(role.into(), template);
        self
    }

    /// Returns the vendor's ids of all templates.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(TemplateId::as_str)
    }

    /// Returns the vendor's id of the template that a request names.
    #[must_use]
    pub fn resolve<'a>(&'a self, requested: &'a TemplateId) -> &'a str {
        self.0.get(requested.as_str()).unwrap_or(requested).as_str()
    }
}

impl ConfigValue for TemplateRoles {
    const TYPE: ValueType = ValueType::List;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        let pairs = Vec::<String>::from_raw(raw)?;
        let parse = |pair: &String| {
            let (role, id) = pair.split_once('=')?;
            let role = Some(role.trim()).filter(|role| !role.is_empty())?;
            Some((role.to_owned(), TemplateId::new(id).ok()?))
        };
        let roles: Option<BTreeMap<_, _>> = pairs.iter().map(parse).collect();
        let expected = "must be pairs of a role and the vendor's id of a template: role=id";
        let roles = roles.ok_or_else(|| expected.to_owned())?;
        if roles.len() == pairs.len() { Ok(Self(roles)) } else { Err("contains a role twice".to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_that_are_incomplete_or_doubled_are_rejected() {
        for text in ["vip", "=id", "vip=", "vip=1,vip=2"] {
            assert!(TemplateRoles::from_raw(&RawValue::from(text)).is_err(), "{text}");
        }
        let roles = TemplateRoles::default().add("vip", TemplateId::new("1").unwrap());
        assert_eq!(TemplateRoles::from_raw(&RawValue::from("vip = 1")), Ok(roles));
    }
}
