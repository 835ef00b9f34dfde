//! Requests with exactly one optional field.

use chrono::{TimeDelta, Utc};
use review_core::InviteRequest;
use review_core::model::{Field, InviteRequestBuilder, SendAt};

use super::Harness;
use super::outcome::{Check, ensure, fail};
use super::stage::Stage;

/// A request with one optional field, and the values that must arrive, by field.
pub(super) struct FieldRequest {
    pub(super) request: InviteRequest,
    pub(super) markers: Vec<(&'static str, String)>,
}

type Set = Box<dyn FnOnce(InviteRequestBuilder) -> InviteRequestBuilder>;

const METADATA: (&str, &str) = ("conformance_key", "conformance-value");

/// Builds a request with this field. Values that can be personal (addresses, links and metadata) must not leak.
pub(super) fn request_with(stage: &Stage, field: Field, may_omit: bool) -> Check<FieldRequest> {
    let (markers, set) = value_of(stage.harness(), field)?;
    let mut draft = stage.draft()?;
    if may_omit {
        draft.omittable.push(field);
    }
    if !matches!(field, Field::SendAt | Field::Template | Field::Tags | Field::Location) {
        let values = markers.iter().map(|(_, value)| value.clone());
        stage.canary().expect_absent(values.filter(|value| value != METADATA.0));
    }
    let request = stage.build(draft, set)?;
    ensure(request.used_fields() == [field], || {
        let used = request.used_fields();
        format!("expected a request with {field} only, got {used:?}; check Harness::customize")
    })?;
    Ok(FieldRequest { request, markers })
}

fn value_of(harness: &dyn Harness, field: Field) -> Check<(Vec<(&'static str, String)>, Set)> {
    let path = field.path();
    let value = |default| harness.field_value(path, default);
    let one = |marker| vec![(path, marker)];
    Ok(match field {
        Field::SendAt => {
            let at = Utc::now() + TimeDelta::days(2);
            let marker = at.format("%Y-%m-%dT%H:%M:%S").to_string();
            (one(marker), Box::new(move |request| request.send_at(SendAt::At(at))))
        }
        Field::Template => {
            let marker = value("conformance-template");
            (one(marker.clone()), Box::new(|request| request.template(marker)))
        }
        Field::Tags => {
            let (first, second) = (value("conformance-tag"), "second-tag".to_owned());
            let markers = vec![(path, first.clone()), (path, second.clone())];
            (markers, Box::new(|request| request.tags([first, second])))
        }
        Field::RedirectUrl => {
            let marker = value("https://shop.example/thanks/conformance");
            (one(marker.clone()), Box::new(|request| request.redirect_url(marker)))
        }
        Field::Location => {
            let marker = value("conformance-branch");
            (one(marker.clone()), Box::new(|request| request.location(marker)))
        }
        Field::ReplyTo => {
            let marker = value("conformance-answers@example.com");
            (one(marker.clone()), Box::new(|request| request.reply_to(marker)))
        }
        Field::Sender => {
            let name = harness.field_value("sender.name", "Conformance Shop");
            let email = harness.field_value("sender.email", "conformance-sender@example.com");
            let markers = vec![("sender.name", name.clone()), ("sender.email", email.clone())];
            (markers, Box::new(|request| request.sender_name(name).sender_email(email)))
        }
        Field::Metadata => {
            let markers = vec![(path, METADATA.0.to_owned()), (path, METADATA.1.to_owned())];
            (markers, Box::new(|request| request.metadata([METADATA])))
        }
        _ => return fail(format!("this version of review-testkit does not support {field}; update it")),
    })
}
