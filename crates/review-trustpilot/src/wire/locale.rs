//! The languages Trustpilot knows.

answer! {
    /// The locales Trustpilot knows. The documentation of invitations prints no list; this is it.
    Locales {
        lenient {
            /// All of them.
            locales: Vec<TrustpilotLocale>,
            /// The one that is used where none is told.
            default_locale: Option<TrustpilotLocale>,
        }
    }
}

impl Locales {
    /// Whether a locale, in the form `ll-CC`, is among them.
    #[must_use]
    pub fn knows(&self, locale: &str) -> bool {
        self.locales.iter().any(|known| known.locale.eq_ignore_ascii_case(locale))
    }
}

answer! {
    /// One locale.
    TrustpilotLocale {
        required {
            /// `ll-CC`, such as `da-DK`.
            locale: String,
        }
        lenient {
            /// Two letters.
            language: Option<String>,
            /// Two letters.
            region: Option<String>,
            /// Trustpilot's number of the country.
            country_id: Option<u64>,
            /// What the language calls itself.
            native_name: Option<String>,
            /// What it is called in the language that was asked for.
            translated_name: Option<String>,
            /// The top-level domain.
            tld: Option<String>,
            /// Where consumers go.
            consumer_web_app: Option<String>,
            /// Where businesses go.
            business_web_app: Option<String>,
            /// Whether it stands for its language where no country is told.
            is_default_for_language: Option<bool>,
            /// Whether the business application speaks it.
            is_supported_in_business_web_app: Option<bool>,
        }
    }
}
