//! Validation and previews of requests.

use std::time::Duration;

use review_core::model::{DelayFrom, Field};
use review_core::{Error, ErrorKind, InviteKind, InviteRequest, SendAt, SendState};

use super::super::field_requests::request_with;
use super::super::fixtures::{NO_TEXT, product_without_url};
use super::super::outcome::{Check, ensure, fail};
use super::super::stage::{Stage, fields_of, warned};
use crate::Canary;

pub(super) async fn preview_makes_no_call(stage: &Stage) -> Check {
    let before = stage.requests().await;
    for (_, request) in requests(stage)? {
        let _ = stage.validate(&request);
        let _ = stage.preview(&request);
        stage.counted(&request, 0).await?;
    }
    stage.quiet_since(before).await
}

pub(super) async fn preview_shows_no_personal_data(stage: &Stage) -> Check {
    let requests = requests(stage)?;
    let canary = Canary::new(stage.canary().hidden());
    canary.expect_absent(stage.harness().secrets());
    for (_, request) in requests {
        if let Ok(preview) = stage.preview(&request) {
            canary.check_debug(&preview);
            preview.requests.iter().for_each(|call| canary.check_text_in("preview", &call.to_string()));
        }
    }
    let leaks = canary.leaks();
    ensure(leaks.is_empty(), || format!("a preview shows personal data or secrets: {leaks:?}"))
}

/// Expects that all three accept with the same warnings, or reject with the same kind and fields.
pub(super) async fn validate_and_preview_agree_with_send(stage: &Stage) -> Check {
    for (what, request) in requests(stage)? {
        let sent = stage.send(&request).await?.map(|receipt| receipt.warnings);
        let previewed = stage.preview(&request).map(|preview| preview.warnings);
        for (name, returned) in [("validate", stage.validate(&request)), ("preview", previewed)] {
            match (returned, &sent) {
                (Ok(found), Ok(sent)) => ensure(warned(&found) == warned(sent), || {
                    format!("{what}: {name} warns of {:?}, send_invite of {:?}", warned(&found), warned(sent))
                })?,
                (Err(a), Err(b)) => ensure(a.kind() == b.kind() && fields_of(&a) == fields_of(b), || {
                    format!("{what}: {name} rejects with {a}, send_invite with {b}")
                })?,
                (Err(error), Ok(_)) => return fail(format!("{what}: {name} rejects what is sent: {error}")),
                (Ok(_), Err(error)) => ensure(!found_without_the_vendor(error), || {
                    format!("{what}: {name} accepts what is rejected before sending: {error}")
                })?,
            }
        }
    }
    Ok(())
}

fn found_without_the_vendor(error: &Error) -> bool {
    let ours = [ErrorKind::InvalidRequest, ErrorKind::Unsupported, ErrorKind::Blocked];
    error.send_state() == SendState::NotSent && ours.contains(&error.kind())
}

/// Builds one request of each kind.
fn requests(stage: &Stage) -> Check<Vec<(String, InviteRequest)>> {
    let mut drafts = vec![
        ("a plain invitation".to_owned(), stage.draft()?),
        ("no name".to_owned(), stage.draft()?.first_name(NO_TEXT).last_name(NO_TEXT)),
        ("an invalid locale".to_owned(), stage.draft()?.locale("not a locale")),
        ("a rare locale".to_owned(), stage.draft()?.locale("haw-US")),
        ("now".to_owned(), stage.draft()?.send_at(SendAt::Now)),
    ];
    let after = SendAt::After(Duration::from_secs(60), DelayFrom::Delivered);
    drafts.push(("a delay from no date".to_owned(), stage.draft()?.send_at(after)));
    for &kind in InviteKind::ALL {
        drafts.push((kind.to_string(), stage.draft_of(kind)));
        drafts.push((
            format!("{kind} without a product URL"),
            stage.draft_of(kind).product(product_without_url()),
        ));
    }
    let build = |(what, draft)| Ok((what, stage.build(draft)?));
    let mut requests = drafts.into_iter().map(build).collect::<Check<Vec<_>>>()?;
    for &field in Field::ALL {
        for may_omit in [false, true] {
            let request = request_with(stage, field, may_omit)?.request;
            requests.push((format!("{field}, can be omitted: {may_omit}"), request));
        }
    }
    Ok(requests)
}
