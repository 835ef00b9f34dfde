//! What Trustpilot posts when a review is written, changed or deleted.

use review_core::{Error, ErrorKind};
use review_http::Personal;
use review_http::lenient::or_default;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::wire::{ProductReview, ReviewTag, answer};

/// One event of a webhook.
///
/// Trustpilot documents no signature, so anybody who knows the address of the hook can post to it. Take an
/// event for a hint: keep the address secret, and read the review by its id before anything rests on it
/// ([`TrustpilotClient::service_review`](crate::TrustpilotClient::service_review),
/// [`TrustpilotClient::product_review`](crate::TrustpilotClient::product_review)).
///
/// No event speaks of an invitation.
///
/// ```
/// use review_trustpilot::ReviewEvent;
///
/// let body = br#"{ "events": [{
///     "eventName": "service-review-created",
///     "eventData": { "id": "507f191e810c19729de860ec", "stars": 5, "referenceId": "1001" }
/// }] }"#;
/// for event in ReviewEvent::read(body)? {
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
    /// `service-review-deleted`; of its members only the id is relied on.
    ServiceReviewDeleted(ServiceReviewEvent),
    /// `product-review-created`.
    ProductReviewCreated(ProductReview),
    /// `product-review-updated`; the name is taken from that of service reviews.
    ProductReviewUpdated(ProductReview),
    /// `product-review-deleted`; the name is taken from that of service reviews.
    ProductReviewDeleted(ProductReview),
    /// An event of another name, or one without the id of its review.
    Other {
        /// Its name; empty where it has none.
        name: String,
    },
}

answer! {
    /// A service review, as an event tells it. The customer's address is left out by Trustpilot; the
    /// reference joins it to the order.
    ServiceReviewEvent {
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
            /// The order number of the invitation.
            reference_id: Option<String>,
            /// Whether Trustpilot has verified it.
            is_verified: Option<bool>,
            /// Trustpilot's id of the branch.
            location_id: Option<String>,
            /// Where the review is read.
            link: Option<String>,
            /// Who wrote it.
            consumer: Option<EventConsumer>,
            /// The words of the invitation.
            tags: Vec<ReviewTag>,
        }
        times {
            /// When it was written.
            created_at,
        }
    }
}

answer! {
    /// Who wrote the review of an event.
    #[derive(Eq)]
    EventConsumer {
        lenient {
            /// Trustpilot's id.
            id: Option<String>,
            /// The name that is shown.
            name: Option<Personal>,
            /// Where they are read about.
            link: Option<String>,
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
    /// Reads the body Trustpilot posted: all its events, in their order.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] where it is no JSON object with a list of events.
    pub fn read(body: &[u8]) -> Result<Vec<Self>, Error> {
        // serde's own text may quote the value that does not fit.
        let wrong = |_| Error::new(ErrorKind::InvalidRequest, "expected a JSON object with a list of events");
        let posted: Posted = serde_json::from_slice(body).map_err(wrong)?;
        Ok(posted.events.into_iter().map(Self::of).collect())
    }

    fn of(event: Event) -> Self {
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
        read.unwrap_or(Self::Other { name })
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
            ReviewEvent::read(body.as_bytes()).unwrap().remove(0)
        };
        let data =
            r#"{"id":"r1","locationId":null,"tags":null,"title":"canary","consumer":{"name":"canary"}}"#;
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
            assert_eq!(event(name, data), ReviewEvent::Other { name: name.to_owned() });
        }
        assert!(!format!("{:?}", event("service-review-created", data)).contains("canary"));
        assert_eq!(ReviewEvent::read(br#"{"events":[]}"#).unwrap(), []);
        for body in ["", "[]", "{}", r#"{"events":"canary"}"#] {
            let error = ReviewEvent::read(body.as_bytes()).unwrap_err();
            assert!(error.kind() == ErrorKind::InvalidRequest && !error.to_string().contains("canary"));
        }
    }
}
