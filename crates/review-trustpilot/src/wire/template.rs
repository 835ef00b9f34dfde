//! Templates of invitations.

answer! {
    /// A template of an invitation. Older sources have no locale and no type.
    InvitationTemplate {
        required {
            /// The id that stands in an invitation.
            id: String,
        }
        lenient {
            /// What it is called in the business application.
            name: Option<String>,
            /// Whether it is one of Trustpilot's own. Documented with the standard template of a
            /// language, so there may be several.
            is_default_template: Option<bool>,
            /// `ll-CC`.
            locale: Option<String>,
            /// Its values are not established.
            #[serde(rename = "type")]
            kind: Option<String>,
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TemplateList {
    #[serde(default, deserialize_with = "review_http::lenient::or_default")]
    pub(crate) templates: Vec<InvitationTemplate>,
}

/// The template for a customer of this locale (`ll-CC`): the default of the locale, else a default of the
/// same language, else any of the locale, else a default without a locale. `None` where nothing fits: a
/// mail in a language the customer does not read is no invitation.
///
/// The order is ours; Trustpilot documents none.
#[must_use]
pub fn default_template<'a>(
    templates: &'a [InvitationTemplate],
    locale: &str,
) -> Option<&'a InvitationTemplate> {
    let language = |locale: &str| locale.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let wanted = language(locale);
    let of = |template: &InvitationTemplate| template.locale.clone().filter(|found| !found.is_empty());
    let same =
        |template: &InvitationTemplate| of(template).is_some_and(|found| found.eq_ignore_ascii_case(locale));
    let related =
        |template: &InvitationTemplate| of(template).is_some_and(|found| language(&found) == wanted);
    let default = |template: &InvitationTemplate| template.is_default_template == Some(true);
    let first = |fits: &dyn Fn(&InvitationTemplate) -> bool| templates.iter().find(|template| fits(template));
    first(&|template| default(template) && same(template))
        .or_else(|| first(&|template| default(template) && related(template)))
        .or_else(|| first(&same))
        .or_else(|| first(&|template| default(template) && of(template).is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(id: &str, locale: Option<&str>, default: bool) -> InvitationTemplate {
        InvitationTemplate {
            id: id.to_owned(),
            locale: locale.map(str::to_owned),
            is_default_template: Some(default),
            ..InvitationTemplate::default()
        }
    }

    #[test]
    fn the_nearest_template_is_picked() {
        let all = [
            template("own-de", Some("de-DE"), false),
            template("plain", None, true),
            template("at", Some("de-AT"), true),
            template("de", Some("de-DE"), true),
            template("own-fr", Some("fr-FR"), false),
        ];
        let picked = |locale: &str| default_template(&all, locale).map(|template| template.id.as_str());
        assert_eq!(picked("de-DE"), Some("de"));
        assert_eq!(picked("DE-de"), Some("de"));
        assert_eq!(picked("de-CH"), Some("at"));
        assert_eq!(picked("fr-FR"), Some("own-fr"));
        assert_eq!(picked("sv-SE"), Some("plain"));
        assert_eq!(default_template(&all[..1], "sv-SE"), None);
        assert_eq!(default_template(&[], "de-DE"), None);
    }
}
