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
            /// `ServiceReview`, or another word for products.
            #[serde(rename = "type")]
            kind: Option<String>,
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

/// A part of an invitation, which is an email of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Service,
    Product,
}

impl InvitationTemplate {
    /// Whether emails of this part can use it. UNK: the type of a template for products, so it is any other than that
    /// for the service. Older responses have no type.
    pub(crate) fn is_for(&self, part: Part) -> bool {
        self.kind.as_deref().is_none_or(|kind| (kind == "ServiceReview") == (part == Part::Service))
    }
}

/// Whether emails of this part have a template if a request names none. The account has one default for each type.
pub(crate) fn has_default_template(templates: &[InvitationTemplate], part: Part) -> bool {
    templates.iter().any(|template| template.is_default_template == Some(true) && template.is_for(part))
}

/// UNK: in which order Trustpilot chooses a template. Whether one fits a locale is certain for the same locale, or for the
/// same language or no language with a default template.
pub(crate) fn has_template_for(templates: &[InvitationTemplate], part: Part, locale: &str) -> bool {
    let language = |locale: &str| locale.split('-').next().unwrap_or_default().to_ascii_lowercase();
    templates.iter().filter(|template| template.is_for(part)).any(|template| {
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

    fn template(locale: Option<&str>, is_default: bool, kind: Option<&str>) -> InvitationTemplate {
        InvitationTemplate {
            id: "1".to_owned(),
            locale: locale.map(str::to_owned),
            is_default_template: Some(is_default),
            kind: kind.map(str::to_owned),
        }
    }

    #[test]
    fn template_fits_by_locale_language_or_default() {
        let templates = [template(Some("de-DE"), true, None), template(Some("fr-FR"), false, None)];
        for (locale, fits) in
            [("de-DE", true), ("DE-de", true), ("de-CH", true), ("fr-FR", true), ("fr-BE", false)]
        {
            assert_eq!(has_template_for(&templates, Part::Service, locale), fits, "{locale}");
        }
        assert!(has_template_for(&[template(None, true, None)], Part::Product, "sv-SE"));
        assert!(!has_template_for(&[template(None, false, None)], Part::Product, "sv-SE"));
    }

    #[test]
    fn default_template_is_one_of_its_type() {
        let service = template(Some("de-DE"), true, Some("ServiceReview"));
        let product = template(Some("de-DE"), true, Some("ProductReview"));
        for (templates, part, expected) in [
            (vec![service.clone()], Part::Service, true),
            (vec![service.clone()], Part::Product, false),
            (vec![product.clone()], Part::Service, false),
            (vec![service, product], Part::Product, true),
            (vec![template(None, true, None)], Part::Product, true),
            (vec![], Part::Service, false),
        ] {
            assert_eq!(has_default_template(&templates, part), expected, "{templates:?} {part:?}");
            assert_eq!(has_template_for(&templates, part, "de-DE"), expected, "{templates:?} {part:?}");
        }
    }
}
