//! The time of an invitation, on the wire and in the receipt.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};
use review_core::model::{DelayFrom, Field, InviteRequestBuilder, whole_days_until};
use review_core::provider::Scheduling;
use review_core::{ErrorKind, InviteReceipt, InviteRequest, InviteState, SendAt};

use super::super::WireField;
use super::super::fixtures::{OrderDates, instant};
use super::super::outcome::{Check, Subject, ensure, skip};
use super::super::stage::{Stage, names_field};
use super::declared::{undeclared, unsupported};

const SUBJECT: Option<Subject> = Some(Subject::Field(Field::SendAt));
/// A vendor can round an instant.
const TOLERANCE: TimeDelta = TimeDelta::minutes(1);
/// The latest time that means as soon as possible.
const SOON: TimeDelta = TimeDelta::hours(1);

fn needs_scheduling(stage: &Stage) -> Check {
    match stage.can().scheduling() {
        Scheduling::None => skip(SUBJECT, "the provider does not declare Capabilities::with_scheduling"),
        _ => Ok(()),
    }
}

fn in_37_days() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(0) + TimeDelta::days(36) + TimeDelta::hours(1)
}

pub(super) async fn scheduling_works_as_declared(stage: &Stage) -> Check {
    if stage.can().supports_field(Field::SendAt) {
        let at = in_37_days();
        return scheduled_for(stage, stage.draft()?.send_at(SendAt::At(at)), at).await;
    }
    undeclared(stage, Field::SendAt).await
}

pub(super) async fn account_schedule_works_as_declared(stage: &Stage) -> Check {
    let request = stage.plain()?;
    if stage.can().has_account_schedule() {
        return stage.accepted(&request).await.map(drop);
    }
    let before = stage.requests().await;
    let request = stage.build(stage.draft()?.send_at(SendAt::AccountDefault))?;
    unsupported(stage.send(&request).await?, Field::SendAt.path())?;
    stage.quiet_since(before).await
}

pub(super) async fn send_now_overrides_the_account_schedule(stage: &Stage) -> Check {
    sent_now(stage, SendAt::Now).await
}

pub(super) async fn past_send_time_means_now(stage: &Stage) -> Check {
    sent_now(stage, SendAt::At(Utc::now() - TimeDelta::days(3))).await
}

async fn sent_now(stage: &Stage, send_at: SendAt) -> Check {
    needs_scheduling(stage)?;
    let request = stage.build(stage.draft()?.send_at(send_at))?;
    let receipt = stage.accepted(&request).await?;
    if stage.harness().is_dry_run() {
        return Ok(());
    }
    let now = Utc::now();
    let is_soon = match receipt.state {
        InviteState::Accepted => true,
        InviteState::Scheduled(at) => (at - now).abs() <= SOON,
        InviteState::ScheduledOn(day) => (day - now.date_naive()).num_days().abs() <= 1,
        _ => false,
    };
    ensure(is_soon, || {
        format!(
            "{send_at:?} means now: expected Accepted, or a schedule within the hour; got {:?}",
            receipt.state
        )
    })?;
    if !stage.can().has_account_schedule() {
        return Ok(());
    }
    let by_account = stage.plain()?;
    stage.accepted(&by_account).await?;
    let (one, other) = (comparable(stage, &request).await?, comparable(stage, &by_account).await?);
    ensure(one != other, || {
        format!(
            "{send_at:?} means now: expected it to override the schedule of the account, but the same arrived as for \
             AccountDefault (Harness::received_payload; if the account has no schedule: Capabilities::with_account_schedule)"
        )
    })
}

/// Returns what arrived, without the reference, which differs between any two orders.
async fn comparable(stage: &Stage, request: &InviteRequest) -> Check<String> {
    Ok(stage.payload(request, SUBJECT).await?.replace(request.order().reference().as_str(), ""))
}

pub(super) async fn delay_counts_from_its_date(stage: &Stage) -> Check {
    needs_scheduling(stage)?;
    let delay = TimeDelta::days(40);
    let dates = OrderDates::before(Utc::now());
    let after = |delay: TimeDelta, from| SendAt::After(delay.to_std().unwrap_or(Duration::ZERO), from);
    for (_, from, date) in dates.0 {
        let draft = dates.add_to(stage.draft()?).send_at(after(delay, from));
        scheduled_for(stage, draft, date + delay).await?;
    }
    let before = stage.requests().await;
    let draft =
        stage.draft()?.delivered_at(None::<DateTime<Utc>>).send_at(after(delay, DelayFrom::Delivered));
    let request = stage.build(draft)?;
    let error = stage.rejected(&request, "InvalidRequest for a delay from a date that is not known").await?;
    names_field(&error, ErrorKind::InvalidRequest, WireField::DeliveredAt.path())?;
    stage.quiet_since(before).await
}

/// Whole days are rounded up: an invitation is never sent early.
pub(super) async fn part_of_a_day_counts_as_a_day(stage: &Stage) -> Check {
    if stage.can().scheduling() != Scheduling::WholeDay {
        return skip(None, "the provider does not schedule whole days (Capabilities::with_scheduling)");
    }
    for part in [TimeDelta::hours(1), TimeDelta::hours(23)] {
        let at = Utc::now().trunc_subsecs(0) + TimeDelta::days(36) + part;
        scheduled_for(stage, stage.draft()?.send_at(SendAt::At(at)), at).await?;
    }
    let (at, before) = (Utc::now() + TimeDelta::hours(1), Utc::now());
    let receipt = stage.accepted(&stage.build(stage.draft()?.send_at(SendAt::At(at)))?).await?;
    states(stage, &receipt, at, before)
}

/// Sends, and expects the time on the wire and in the receipt.
async fn scheduled_for(stage: &Stage, draft: InviteRequestBuilder, at: DateTime<Utc>) -> Check {
    let before = Utc::now();
    let request = stage.build(draft)?;
    let receipt = stage.accepted(&request).await?;
    ensure(receipt.warnings.iter().all(|warning| warning.field() != Field::SendAt.path()), || {
        "send_at is declared (Capabilities::with_scheduling), but the receipt contains a warning for it"
            .to_owned()
    })?;
    states(stage, &receipt, at, before)?;
    stage.arrives(&request, SUBJECT, WireField::SendAt, &instant(at)).await
}

/// Expects the receipt to state when the invitation is sent.
fn states(stage: &Stage, receipt: &InviteReceipt, at: DateTime<Utc>, before: DateTime<Utc>) -> Check {
    if stage.harness().is_dry_run() {
        return Ok(());
    }
    let state = &receipt.state;
    if stage.can().scheduling() == Scheduling::Instant {
        let is_right =
            matches!(state, InviteState::Scheduled(found) if (at..=at + TOLERANCE).contains(found));
        return ensure(is_right, || format!("expected the receipt to state Scheduled({at}), got {state:?}"));
    }
    let day_of = |now: DateTime<Utc>| (now + TimeDelta::days(whole_days_until(at, now).into())).date_naive();
    let days = [day_of(before), day_of(Utc::now())];
    // The vendor's time zone can be a day ahead of UTC.
    let is_right = |found: NaiveDate| days.iter().any(|day| (0..=1).contains(&(found - *day).num_days()));
    ensure(matches!(state, InviteState::ScheduledOn(found) if is_right(*found)), || {
        format!("expected the receipt to state ScheduledOn({}), got {state:?}", days[0])
    })
}
