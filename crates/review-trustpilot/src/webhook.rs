//! The events that Trustpilot's webhooks send when a review is written, changed or deleted.

use review_core::{Error, ErrorKind};
use review_http::Personal;
use review_http::lenient::or_default;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::wire::response_type;
use crate::wire::review::{ProductReview, ReviewTag};

/// One event of a webhook.
///
/// UNK: Trustpilot documents no signature, so anyone who knows the URL of the webhook can post to it. Treat an event as a
/// hint: keep the URL secret, and read the reviews before you act on it.
///
/// No event concerns an invitation.
///
/// ```
/// use review_trustpilot::ReviewEvent;
///
/// let body = br#"{ "events": [{
///     "eventName": "service-review-created",
///     "eventData": { "id": "507f191e810c19729de860ec", "stars": 5, "referenceId": "1001" }
/// }] }"#;
/// for event in ReviewEvent::parse(body)? {
///     if let ReviewEvent::ServiceReviewCreated(review) = event {
///         assert_eq!(review.reference_id.as_deref(), Some("1001"));
///     }
/// }
/// # Ok::<(), review_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ReviewEvent {
    /// `service-review-created`.
    ServiceReviewCreated(ServiceReviewEvent),
    /// `service-review-updated`.
    ServiceReviewUpdated(ServiceReviewEvent),
    /// `service-review-deleted`; only the id is certain.
    ServiceReviewDeleted(ServiceReviewEvent),
    /// `product-review-created`.
    ProductReviewCreated(ProductReview),
    /// INF: `product-review-updated`, by analogy with service reviews.
    ProductReviewUpdated(ProductReview),
    /// INF: `product-review-deleted`, by analogy with service reviews.
    ProductReviewDeleted(ProductReview),
    /// An event of another name, or one without the id of its review.
    Unknown {
        /// Its name; empty if it has none.
        name: String,
    },
}

response_type! {
    /// A service review in an event. Trustpilot leaves out the customer's address; the reference connects it to the
    /// order.
    pub ServiceReviewEvent {
        required {
            /// The id.
            id: String,
        }
        lenient {
            /// 1 to 5.
            stars: Option<u8>,
            /// The headline.
            title: Option<Personal>,
            /// The text of the review.
            text: Option<Personal>,
            /// Two letters.
            language: Option<String>,
            /// The order number of the invitation.
            reference_id: Option<String>,
            /// Whether Trustpilot has verified it.
            is_verified: Option<bool>,
            /// Trustpilot's id of the branch.
            location_id: Option<String>,
            /// The URL of the review.
            link: Option<String>,
            /// The author.
            consumer: Option<EventConsumer>,
            /// The tags of the invitation.
            tags: Vec<ReviewTag>,
        }
        times {
            /// When it was written.
            created_at,
        }
    }
}

response_type! {
    /// The author of a review in an event.
    #[derive(Eq)]
    pub EventConsumer {
        lenient {
            /// Trustpilot's id.
            id: Option<Personal>,
            /// The name that is shown.
            name: Option<Personal>,
            /// The URL of the profile.
            link: Option<Personal>,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default, deserialize_with = "or_default")]
    event_name: String,
    #[serde(default)]
    event_data: Value,
}

#[derive(Deserialize)]
struct Posted {
    events: Vec<Event>,
}

impl ReviewEvent {
    /// Parses the body of a webhook request: all its events, in order.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if it is not a JSON object with a list of events.
    pub fn parse(body: &[u8]) -> Result<Vec<Self>, Error> {
        // serde's own text may quote the value that does not fit.
        let wrong = |_| Error::new(ErrorKind::InvalidRequest, "expected a JSON object with a list of events");
        let posted: Posted = serde_json::from_slice(body).map_err(wrong)?;
        Ok(posted.events.into_iter().map(Self::from_event).collect())
    }

    fn from_event(event: Event) -> Self {
        let Event { event_name: name, event_data: data } = event;
        let read = match name.as_str() {
            "service-review-created" => review(data).map(Self::ServiceReviewCreated),
            "service-review-updated" => review(data).map(Self::ServiceReviewUpdated),
            "service-review-deleted" => review(data).map(Self::ServiceReviewDeleted),
            "product-review-created" => review(data).map(Self::ProductReviewCreated),
            "product-review-updated" => review(data).map(Self::ProductReviewUpdated),
            "product-review-deleted" => review(data).map(Self::ProductReviewDeleted),
            _ => None,
        };
        read.unwrap_or(Self::Unknown { name })
    }
}

fn review<T: DeserializeOwned>(data: Value) -> Option<T> {
    serde_json::from_value(data).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_its_word_and_strange_ones_keep_their_name() {
        let event = |name: &str, data: &str| {
            let body = format!(
                r#"{{"events":[{{"eventName":"{name}","version":"2","eventData":{data}}}],"more":1}}"#
            );
            ReviewEvent::parse(body.as_bytes()).unwrap().remove(0)
        };
        let data = r#"{"id":"r1","locationId":null,"tags":null,"title":"canary","consumer":{"name":"canary","id":"canary-id","link":"https://canary.example"}}"#;
        for (name, fits) in [
            (
                "service-review-created",
                matches!(event("service-review-created", data), ReviewEvent::ServiceReviewCreated(review) if review.id == "r1"),
            ),
            (
                "service-review-updated",
                matches!(event("service-review-updated", data), ReviewEvent::ServiceReviewUpdated(_)),
            ),
            (
                "service-review-deleted",
                matches!(
                    event("service-review-deleted", r#"{"id":"r1"}"#),
                    ReviewEvent::ServiceReviewDeleted(_)
                ),
            ),
            (
                "product-review-created",
                matches!(event("product-review-created", data), ReviewEvent::ProductReviewCreated(_)),
            ),
            (
                "product-review-updated",
                matches!(event("product-review-updated", data), ReviewEvent::ProductReviewUpdated(_)),
            ),
            (
                "product-review-deleted",
                matches!(event("product-review-deleted", data), ReviewEvent::ProductReviewDeleted(_)),
            ),
        ] {
            assert!(fits, "{name}");
        }
        for (name, data) in
            [("invitation-sent", data), ("service-review-created", "{}"), ("service-review-created", "7")]
        {
            assert_eq!(event(name, data), ReviewEvent::Unknown { name: name.to_owned() });
        }
        assert!(!format!("{:?}", event("service-review-created", data)).contains("canary"));
        assert_eq!(ReviewEvent::parse(br#"{"events":[]}"#).unwrap(), []);
        for body in ["", "[]", "{}", r#"{"events":"canary"}"#] {
            let error = ReviewEvent::parse(body.as_bytes()).unwrap_err();
            assert!(error.kind() == ErrorKind::InvalidRequest && !error.to_string().contains("canary"));
        }
    }
}
