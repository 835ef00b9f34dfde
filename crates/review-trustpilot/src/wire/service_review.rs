//! Reviews of a shop and its service.

use review_http::Personal;

answer! {
    /// A page of service reviews.
    ServiceReviewPage {
        lenient {
            /// The reviews.
            reviews: Vec<ServiceReview>,
            /// Where the next page begins; of the call for all reviews only.
            next_page_token: Option<String>,
        }
    }
}

answer! {
    /// A review of a shop. The private calls tell more than the public ones, the order number above all.
    ServiceReview {
        required {
            /// The id.
            id: String,
        }
        lenient {
            /// 1 to 5.
            stars: Option<u8>,
            /// The headline.
            title: Option<Personal>,
            /// What the customer wrote.
            text: Option<Personal>,
            /// Two letters.
            language: Option<String>,
            /// The order number of the invitation; private calls only.
            reference_id: Option<String>,
            /// The address that was invited; private calls only.
            referral_email: Option<Personal>,
            /// Who wrote it.
            consumer: Option<ReviewConsumer>,
            /// The shop.
            business_unit: Option<BusinessUnitSummary>,
            /// What the shop answered.
            company_reply: Option<CompanyReply>,
            /// Whether Trustpilot has verified it.
            is_verified: Option<bool>,
            /// How it came about: `Organic`, `InvitationApi`, `InvitationLinkApi` and others.
            source: Option<String>,
            /// How many found it useful.
            number_of_likes: Option<u64>,
            /// `active` in the samples.
            status: Option<String>,
            /// A report about it, if there is one.
            report_data: Option<ReviewReport>,
            /// Trustpilot's labels.
            compliance_labels: Vec<Option<String>>,
            /// Whether it counts.
            counts_towards_trust_score: Option<bool>,
            /// Whether it counts for the branch; private calls only.
            counts_towards_location_trust_score: Option<bool>,
            /// How well it is verified.
            review_verification_level: Option<String>,
            /// The words of the invitation; private calls only.
            tags: Vec<ReviewTag>,
            /// The branch; private calls only.
            location: Option<ReviewLocation>,
            /// The invitation; private calls only.
            invitation: Option<ReviewInvitation>,
            /// Other names the shop had; private calls only.
            business_unit_history: Vec<BusinessUnitChange>,
            /// The search for who wrote it; private calls only.
            find_reviewer: Option<FindReviewer>,
        }
        times {
            /// When it was written.
            created_at,
            /// When it was changed last.
            updated_at,
            /// When the customer made the experience.
            experienced_at,
        }
    }
}

answer! {
    /// Who wrote a service review.
    #[derive(Eq)]
    ReviewConsumer {
        lenient {
            /// Trustpilot's id.
            id: Option<String>,
            /// The name that is shown.
            display_name: Option<Personal>,
            /// The place that is shown.
            display_location: Option<Personal>,
            /// How many reviews they wrote.
            number_of_reviews: Option<u64>,
        }
    }
}

answer! {
    /// The shop of a review.
    #[derive(Eq)]
    BusinessUnitSummary {
        lenient {
            /// The id.
            id: Option<String>,
            /// The domain.
            identifying_name: Option<String>,
            /// The name as shown.
            display_name: Option<String>,
        }
    }
}

answer! {
    /// What the shop answered.
    #[derive(Eq)]
    CompanyReply {
        lenient {
            /// The words.
            text: Option<Personal>,
        }
        times {
            /// When.
            created_at,
            /// When it was changed last.
            updated_at,
        }
    }
}

answer! {
    /// A report about a review.
    #[derive(Eq)]
    ReviewReport {
        lenient {
            /// Who reported it.
            source: Option<String>,
            /// What is said about it.
            public_comment: Option<Personal>,
        }
        times {
            /// When.
            created_at,
        }
    }
}

answer! {
    /// A word on a review.
    #[derive(Eq)]
    ReviewTag {
        lenient {
            /// Its group.
            group: Option<String>,
            /// The word.
            value: Option<String>,
        }
    }
}

answer! {
    /// A branch.
    #[derive(Eq)]
    ReviewLocation {
        lenient {
            /// Trustpilot's id.
            id: Option<String>,
            /// The shop's own code.
            external_id: Option<String>,
            /// Its name.
            name: Option<String>,
            /// Its name in addresses.
            url_formatted_name: Option<String>,
        }
    }
}

answer! {
    /// The invitation a review answers.
    #[derive(Eq)]
    ReviewInvitation {
        lenient {
            /// The shop that invited.
            business_unit_id: Option<String>,
        }
    }
}

answer! {
    /// A name the shop had.
    #[derive(Eq)]
    BusinessUnitChange {
        lenient {
            /// The id.
            business_unit_id: Option<String>,
            /// The domain.
            identifying_name: Option<String>,
            /// The name as shown.
            display_name: Option<String>,
        }
        times {
            /// Until when.
            change_date,
        }
    }
}

answer! {
    /// The search for who wrote a review.
    #[derive(Eq)]
    FindReviewer {
        lenient {
            /// Whether the shop may ask.
            is_eligible: Option<bool>,
            /// What was asked.
            requests: Vec<FindReviewerRequest>,
        }
    }
}

answer! {
    /// A question to who wrote a review.
    #[derive(Eq)]
    FindReviewerRequest {
        lenient {
            /// Its id.
            id: Option<String>,
            /// `Pending` in the sample.
            status: Option<String>,
            /// What the shop wrote.
            business_user_message: Option<Personal>,
            /// What the customer answered.
            consumer_response: Option<ConsumerResponse>,
        }
        times {
            /// When it was asked.
            created,
        }
    }
}

answer! {
    /// What a customer told of themselves.
    #[derive(Eq)]
    ConsumerResponse {
        lenient {
            /// An order number.
            reference_id: Option<Personal>,
            /// A name.
            name: Option<Personal>,
            /// A telephone number.
            phone_number: Option<Personal>,
            /// An address.
            address: Option<Personal>,
            /// Some words.
            message: Option<Personal>,
            /// An e-mail address.
            email: Option<Personal>,
        }
        times {
            /// When.
            submitted_at,
        }
    }
}
