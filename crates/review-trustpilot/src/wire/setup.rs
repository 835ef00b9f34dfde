//! Business units, templates and locales.

response_type! {
    /// A business unit.
    pub(crate) BusinessUnit {
        required {
            /// The id.
            id: String,
        }
    }
}

response_type! {
    /// The templates of a business unit.
    pub(crate) TemplateList {
        lenient {
            /// The templates.
            templates: Vec<InvitationTemplate>,
        }
    }
}

response_type! {
    /// A template of the invitation email.
    pub(crate) InvitationTemplate {
        required {
            /// The id.
            id: String,
        }
        lenient {
            /// Whether it is used if a request names none.
            is_default_template: Option<bool>,
            /// `de-DE`.
            locale: Option<String>,
        }
    }
}

response_type! {
    /// The locales that Trustpilot knows.
    pub(crate) Locales {
        lenient {
            /// The locales.
            locales: Vec<TrustpilotLocale>,
        }
    }
}

impl Locales {
    pub(crate) fn contains(&self, locale: &str) -> bool {
        self.locales.iter().any(|known| known.locale.eq_ignore_ascii_case(locale))
    }
}

response_type! {
    /// A locale.
    pub(crate) TrustpilotLocale {
        required {
            /// `de-DE`.
            locale: String,
        }
    }
}

/// UNK: in which order Trustpilot chooses a template. Whether one fits a locale is certain for the same locale, or for the
/// same language or no language with a default template.
pub(crate) fn has_template_for(templates: &[InvitationTemplate], locale: &str) -> bool {
    let language = |locale: &str| locale.split('-').next().unwrap_or_default().to_ascii_lowercase();
    templates.iter().any(|template| {
        let is_default = template.is_default_template == Some(true);
        match template.locale.as_deref().filter(|found| !found.is_empty()) {
            Some(found) => {
                found.eq_ignore_ascii_case(locale) || (is_default && language(found) == language(locale))
            }
            None => is_default,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(locale: Option<&str>, is_default: bool) -> InvitationTemplate {
        InvitationTemplate {
            id: "1".to_owned(),
            locale: locale.map(str::to_owned),
            is_default_template: Some(is_default),
        }
    }

    #[test]
    fn template_fits_by_locale_language_or_default() {
        let templates = [template(Some("de-DE"), true), template(Some("fr-FR"), false)];
        for (locale, fits) in
            [("de-DE", true), ("DE-de", true), ("de-CH", true), ("fr-FR", true), ("fr-BE", false)]
        {
            assert_eq!(has_template_for(&templates, locale), fits, "{locale}");
        }
        assert!(has_template_for(&[template(None, true)], "sv-SE"));
        assert!(!has_template_for(&[template(None, false)], "sv-SE"));
    }
}
