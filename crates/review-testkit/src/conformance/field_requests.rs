//! Requests with exactly one optional field.

use chrono::{SubsecRound, TimeDelta, Utc};
use review_core::InviteRequest;
use review_core::model::{Field, InviteRequestBuilder, SendAt};

use super::fixtures::instant;
use super::outcome::{Check, ensure, fail};
use super::stage::Stage;
use super::{Harness, WireField};

/// A request with one optional field, and the values that must arrive.
pub(super) struct FieldRequest {
    pub(super) request: InviteRequest,
    pub(super) values: Vec<(WireField, String)>,
}

const METADATA: (&str, &str) = ("conformance_key", "conformance-value");

/// Builds a request with this field. Values that can be personal (addresses, links and metadata) must not leak.
pub(super) fn request_with(stage: &Stage, field: Field, may_omit: bool) -> Check<FieldRequest> {
    let omittable = may_omit.then_some(field);
    let (values, draft) = set(stage.harness(), field, stage.draft()?.allow_omitting(omittable))?;
    if !matches!(field, Field::SendAt | Field::Template | Field::Tags | Field::Location) {
        let personal = values.iter().map(|(_, value)| value.clone());
        stage.canary().expect_absent(personal.filter(|value| value != METADATA.0));
    }
    let request = stage.build(draft)?;
    let mut used = request.used_fields();
    // Every request has a time if the account has no schedule.
    used.retain(|used| {
        *used != Field::SendAt || field == Field::SendAt || stage.can().has_account_schedule()
    });
    ensure(used == [field], || {
        format!("expected a request with {field} only, got {used:?}; check Harness::customize")
    })?;
    Ok(FieldRequest { request, values })
}

fn set(
    harness: &dyn Harness,
    field: Field,
    draft: InviteRequestBuilder,
) -> Check<(Vec<(WireField, String)>, InviteRequestBuilder)> {
    let value = |field, default| (field, harness.field_value(field, default));
    let one = |field, default, set: fn(InviteRequestBuilder, String) -> InviteRequestBuilder| {
        let (field, value) = value(field, default);
        (vec![(field, value.clone())], set(draft.clone(), value))
    };
    Ok(match field {
        Field::SendAt => {
            let at = Utc::now().trunc_subsecs(0) + TimeDelta::days(2);
            (vec![(WireField::SendAt, instant(at))], draft.send_at(SendAt::At(at)))
        }
        Field::Template => one(WireField::Template, "conformance-template", InviteRequestBuilder::template),
        Field::Tags => {
            let tags =
                [value(WireField::Tags, "conformance-tag"), (WireField::Tags, "second-tag".to_owned())];
            let draft = draft.tags(tags.clone().map(|(_, tag)| tag));
            (tags.to_vec(), draft)
        }
        Field::RedirectUrl => {
            let url = "https://shop.example/thanks/conformance";
            one(WireField::RedirectUrl, url, InviteRequestBuilder::redirect_url)
        }
        Field::Location => one(WireField::Location, "conformance-branch", InviteRequestBuilder::location),
        Field::ReplyTo => {
            one(WireField::ReplyTo, "conformance-replies@example.com", InviteRequestBuilder::reply_to)
        }
        Field::Sender => {
            let name = value(WireField::SenderName, "Conformance Shop");
            let email = value(WireField::SenderEmail, "conformance-sender@example.com");
            let draft = draft.sender_name(name.1.clone()).sender_email(email.1.clone());
            (vec![name, email], draft)
        }
        Field::Metadata => {
            let values = [METADATA.0, METADATA.1].map(|value| (WireField::Metadata, value.to_owned()));
            (values.to_vec(), draft.metadata([METADATA]))
        }
        _ => return fail(format!("this version of review-testkit does not support {field}; update it")),
    })
}
