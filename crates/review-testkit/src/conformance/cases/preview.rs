//! Previews of requests.

use review_core::model::Field;
use review_core::provider::Warning;
use review_core::{Error, ErrorKind, InviteKind, InviteRequest, SendState};

use super::super::customer::{Name, plain_product};
use super::super::field_requests::request_with;
use super::super::outcome::{Check, ensure, fail};
use super::super::stage::{Stage, fields_of};
use crate::Canary;

pub(super) async fn preview_makes_no_call(stage: &Stage) -> Check {
    let before = stage.requests().await;
    for (_, request) in requests(stage)? {
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

/// Expects that preview and sending both accept with the same warnings, or both reject with the same kind and fields.
pub(super) async fn preview_agrees_with_send(stage: &Stage) -> Check {
    for (what, request) in requests(stage)? {
        let (preview, sent) = (stage.preview(&request), stage.send(&request).await?);
        match (preview, sent) {
            (Ok(preview), Ok(receipt)) => {
                let (a, b) = (warned(&preview.warnings), warned(&receipt.warnings));
                ensure(a == b, || {
                    format!("{what}: the preview has the warnings {a:?}, the receipt has {b:?}")
                })?;
            }
            (Err(a), Err(b)) => ensure(a.kind() == b.kind() && fields_of(&a) == fields_of(&b), || {
                format!("{what}: the preview rejects with {a}, sending with {b}")
            })?,
            (Err(error), Ok(_)) => {
                return fail(format!("{what}: the preview rejects what is sent: {error}"));
            }
            (Ok(_), Err(error)) => ensure(!found_without_the_vendor(&error), || {
                format!("{what}: the preview accepts what is rejected before sending: {error}")
            })?,
        }
    }
    Ok(())
}

fn found_without_the_vendor(error: &Error) -> bool {
    let ours = [ErrorKind::InvalidRequest, ErrorKind::Unsupported, ErrorKind::Blocked];
    error.send_state() == SendState::NotSent && ours.contains(&error.kind())
}

fn warned(warnings: &[Warning]) -> Vec<&str> {
    warnings.iter().map(Warning::field).collect()
}

/// Builds one request of each kind.
fn requests(stage: &Stage) -> Check<Vec<(String, InviteRequest)>> {
    let mut requests = vec![("a plain invitation".to_owned(), stage.plain()?)];
    let mut nameless = stage.draft()?;
    nameless.name = Name::None;
    requests.push(("no name".to_owned(), stage.build(nameless, |request| request)?));
    for &kind in InviteKind::ALL {
        requests.push((kind.to_string(), stage.build(stage.draft_of(kind)?, |request| request)?));
        let mut pageless = stage.draft_of(kind)?;
        pageless.products.push(plain_product());
        requests.push((format!("{kind} without a product URL"), stage.build(pageless, |request| request)?));
    }
    for &feature in Field::ALL {
        for may_omit in [false, true] {
            let name = format!("{feature}, can be omitted: {may_omit}");
            requests.push((name, request_with(stage, feature, may_omit)?.request));
        }
    }
    Ok(requests)
}
