//! A JSON value that borrows its texts and keeps doubled members.
//!
//! `serde_json::Value` keeps the last of two members with the same name, so that a consent could be
//! overwritten unseen.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

// A tag of eight bytes, where one would do, moves as a word. The enum is not larger for it.
#[derive(Clone, Debug, PartialEq)]
#[repr(u64)]
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    /// A number with a fraction or an exponent, or one above 64 bits.
    Float(f64),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Vec<Member<'a>>),
}

/// One member of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: Json<'a>,
}

impl<'a> Json<'a> {
    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// Describes the type for an error, without any of the value.
    pub(crate) fn shape(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(_) => "true or false".to_owned(),
            Self::Unsigned(_) | Self::Signed(_) => "a number".to_owned(),
            Self::Float(_) => "a number with a fraction or an exponent".to_owned(),
            Self::Text(text) => format!("a text of {} characters", text.chars().count()),
            Self::List(_) => "a list".to_owned(),
            Self::Object(_) => "an object".to_owned(),
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the first member with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => {
                members.iter().find(|member| member.is(name)).map(|member| &member.value)
            }
            _ => None,
        }
    }
}

impl<'a> Member<'a> {
    pub(crate) fn new(name: impl Into<Cow<'a, str>>, value: Json<'a>) -> Self {
        Self { name: name.into(), value }
    }

    /// Compares the name. The first bytes differ in most names of the same length.
    #[inline]
    pub(crate) fn is(&self, name: &str) -> bool {
        let (own, name) = (self.name.as_bytes(), name.as_bytes());
        own.len() == name.len() && own.first() == name.first() && own == name
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;

        impl<'de> Visitor<'de> for Value {
            type Value = Json<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_unit<E>(self) -> Result<Json<'de>, E> {
                Ok(Json::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
                Ok(Json::Bool(value))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
                Ok(Json::Unsigned(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
                Ok(Json::Signed(value))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
                Ok(Json::Float(value))
            }

            fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<'de>, E> {
                Ok(Json::Text(Cow::Borrowed(value)))
            }

            fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
                Ok(Json::Text(Cow::Owned(value.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Json<'de>, A::Error> {
                let mut list = Vec::new();
                while let Some(element) = elements.next_element()? {
                    list.push(element);
                }
                Ok(Json::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json<'de>, A::Error> {
                let mut list = Vec::new();
                while let Some(Name(name)) = members.next_key::<Name<'de>>()? {
                    if is_unread(&name) {
                        members.next_value::<IgnoredAny>()?;
                    } else {
                        let value = members.next_value()?;
                        // Orders have tens of members, so the list grows faster than by doubling.
                        if list.len() == list.capacity() {
                            list.reserve(3 * list.len());
                        }
                        list.push(Member { name, value });
                    }
                }
                Ok(Json::Object(list))
            }
        }

        deserializer.deserialize_any(Value)
    }
}

/// Returns whether a member is left out of the value. Shopify repeats each price as an object of two currencies,
/// `total_price_set`, and has details of taxes, discounts, addresses and the browser: half of the values of an
/// order, of which none is read or shows the system.
// Inlined, it makes the loop over the members of an object slower.
#[inline(never)]
fn is_unread(name: &str) -> bool {
    match name {
        "address1"
        | "address2"
        | "admin_graphql_api_id"
        | "browser_ip"
        | "cart_token"
        | "checkout_id"
        | "checkout_token"
        | "city"
        | "client_details"
        | "currency"
        | "current_subtotal_price"
        | "current_total_price"
        | "discount_allocations"
        | "discount_applications"
        | "estimated_taxes"
        | "grams"
        | "landing_site"
        | "latitude"
        | "longitude"
        | "order_status_url"
        | "presentment_currency"
        | "price"
        | "product_id"
        | "province"
        | "referring_site"
        | "subtotal_price"
        | "tax_lines"
        | "taxable"
        | "taxes_included"
        | "token"
        | "total_discounts"
        | "total_line_items_price"
        | "total_price"
        | "total_tax"
        | "total_weight"
        | "variant_id"
        | "zip" => true,
        _ => name.ends_with("_set") || name.ends_with("Set"),
    }
}

struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member name")
            }

            fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(value)))
            }

            fn visit_str<E>(self, value: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(value.to_owned())))
            }
        }

        deserializer.deserialize_str(Text)
    }
}
