//! Whatever is posted to a hook: every element becomes one event, and what people wrote or are called changes
//! nothing in what is shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use review_core::ErrorKind;
use review_trustpilot::ReviewEvent;
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    let posted = serde_json::from_slice::<Value>(input).ok();
    let events = match ReviewEvent::parse(input) {
        Ok(events) => events,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            // One sentence for all of them: it cannot quote anything.
            assert_eq!(error.message(), ReviewEvent::parse(b"").unwrap_err().message());
            return;
        }
    };
    // What is read event by event may repeat a member, or be too deep, where a whole document must not.
    let Some(mut posted) = posted else { return };
    if let Some(elements) = posted.get("events").and_then(Value::as_array) {
        assert_eq!(events.len(), elements.len());
    }
    for event in posted.get_mut("events").and_then(Value::as_array_mut).into_iter().flatten() {
        event.get_mut("eventData").into_iter().for_each(rename);
    }
    let renamed = ReviewEvent::parse(posted.to_string().as_bytes()).expect("it is as good as before");
    assert_eq!(format!("{events:?}"), format!("{renamed:?}"));
});

/// Gives every personal text of a review another value.
fn rename(review: &mut Value) {
    for place in ["/title", "/text", "/content", "/consumer/name", "/consumer/displayName", "/consumer/email"]
    {
        if let Some(Value::String(text)) = review.pointer_mut(place) {
            text.push_str(" another");
        }
    }
}
