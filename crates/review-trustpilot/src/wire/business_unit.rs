//! Business units: the profiles of shops.

answer! {
    /// A shop's profile. Every member but the id is optional, since the newest documentation shows no
    /// answer for this call.
    BusinessUnit {
        required {
            /// The id, 24 hexadecimal digits in all samples.
            id: String,
        }
        lenient {
            /// The name as shown.
            display_name: Option<String>,
            /// The domains under which it is known.
            name: Option<BusinessUnitNames>,
            /// The shop's own site.
            website_url: Option<String>,
            /// Two letters.
            country: Option<String>,
            /// How many reviews there are.
            number_of_reviews: Option<BusinessUnitReviews>,
            /// `active` in the sample.
            status: Option<String>,
            /// What the reviews come to.
            score: Option<BusinessUnitScore>,
            /// Whether Trustpilot takes the shop for a bad fit.
            bad_fit: Option<bool>,
        }
    }
}

answer! {
    /// The domains under which a business unit is known.
    BusinessUnitNames {
        lenient {
            /// The one it is listed under.
            identifying: Option<String>,
            /// Others that lead to it.
            referring: Vec<String>,
        }
    }
}

answer! {
    /// How many reviews a business unit has.
    BusinessUnitReviews {
        lenient {
            /// All.
            total: Option<u64>,
            /// Those the score is made of.
            used_for_trust_score_calculation: Option<u64>,
            /// With one star.
            one_star: Option<u64>,
            /// With two stars.
            two_stars: Option<u64>,
            /// With three stars.
            three_stars: Option<u64>,
            /// With four stars.
            four_stars: Option<u64>,
            /// With five stars.
            five_stars: Option<u64>,
        }
    }
}

answer! {
    /// What the reviews of a business unit come to.
    BusinessUnitScore {
        lenient {
            /// 1.0 to 5.0, in tenths.
            trust_score: Option<f64>,
            /// 1.0 to 5.0, in halves.
            stars: Option<f64>,
        }
    }
}

answer! {
    /// Where a business unit is shown and reviewed.
    WebLinks {
        lenient {
            /// The public profile.
            profile_url: Option<String>,
            /// Where anybody writes a review; it is bound to no order.
            evaluate_url: Option<String>,
            /// The same, to be shown inside another page.
            evaluate_embed_url: Option<String>,
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BusinessUnitList {
    #[serde(default, deserialize_with = "review_http::lenient::or_default")]
    pub(crate) business_units: Vec<BusinessUnit>,
}
