//! Templates of mails and questionnaires. What the vendor answers is hardly documented.

use review_http::lenient::or_default;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::Raw;

/// A template. All that is established is that it has an id; the rest is read where it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Template {
    /// `tpl-inv-…` for a mail, `tpl-qst-…` for a questionnaire; older ones `ivt-…` and `qrt-…`.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The type; its values are not documented.
    pub kind: Option<String>,
    /// All of it.
    pub raw: Raw,
}

#[derive(Deserialize)]
struct Known {
    id: String,
    #[serde(default, deserialize_with = "or_default")]
    name: Option<String>,
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    kind: Option<String>,
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let value = Value::deserialize(deserializer)?;
        // serde's own text may quote the value that does not fit.
        let no_template = |_| D::Error::custom("no template");
        let raw = Raw::deserialize(&value).map_err(no_template)?;
        let Known { id, name, kind } = Known::deserialize(&value).map_err(no_template)?;
        Ok(Self { id, name, kind, raw })
    }
}

/// A list of templates. "200 TemplateList", says the documentation, and does not show it: an array is
/// read, and so is an object in which one is found.
pub(crate) struct Templates(pub(crate) Vec<Template>);

fn rows(list: Value) -> Option<Vec<Value>> {
    match list {
        Value::Array(rows) => Some(rows),
        Value::Object(members) => members.into_iter().find_map(|(_, member)| match member {
            Value::Array(rows) => Some(rows),
            _ => None,
        }),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for Templates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rows = rows(Value::deserialize(deserializer)?);
        let rows = rows.ok_or_else(|| serde::de::Error::custom("no list of templates"))?;
        Ok(Self(rows.into_iter().filter_map(|row| serde_json::from_value(row).ok()).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_found_in_every_likely_shape() {
        let row = r#"{"id":"tpl-inv-1","type":"INVITE","name":7,"sender":"canary"}"#;
        for list in [
            format!("[{row}, 7]"),
            format!(r#"{{"totalElements":1,"items":[{row}]}}"#),
            format!(r#"{{"templates":[{row}]}}"#),
        ] {
            let Templates(read) = serde_json::from_str(&list).unwrap();
            assert_eq!((read.len(), read[0].id.as_str(), &read[0].name), (1, "tpl-inv-1", &None), "{list}");
            assert_eq!(read[0].kind.as_deref(), Some("INVITE"));
            assert!(read[0].raw.as_json().contains("canary") && !format!("{read:?}").contains("canary"));
        }
        assert!(serde_json::from_str::<Templates>("{}").is_err());
    }
}
