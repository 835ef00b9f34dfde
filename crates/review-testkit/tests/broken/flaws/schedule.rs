//! The time of an invitation is wrong, on the wire or in the receipt.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{Days, TimeDelta, Utc};
use review_core::model::*;
use review_core::provider::*;
use review_core::*;

use super::fields::changes_requests;
use super::sends;
use crate::flaw::{Flaw, Vendor};

changes_requests! {
    LeavesNowToTheAccount: |parts| {
        if parts.send_at == SendAt::Now {
            parts.send_at = SendAt::AccountDefault;
        }
    }

    LeavesPastTimesToTheAccount: |parts| {
        if matches!(parts.send_at, SendAt::At(at) if at < Utc::now()) {
            parts.send_at = SendAt::AccountDefault;
        }
    }

    DelaysFromNow: |parts| {
        if let SendAt::After(delay, _) = parts.send_at && delay > Duration::from_secs(86_400) {
            parts.send_at = SendAt::At(Utc::now() + delay);
        }
    }

    DelaysFromTheOrder: |parts| {
        if let SendAt::After(delay, _) = parts.send_at && parts.placed_at.is_some() {
            parts.send_at = SendAt::After(delay, DelayFrom::Placed);
        }
    }
}

sends! {
    RejectsPastTimes: |vendor, request| {
        if matches!(request.send_at(), SendAt::At(at) if at < Utc::now()) {
            let error = Error::new(ErrorKind::InvalidRequest, "must be in the future");
            return Err(error.with_provider(vendor.info()).with_operation("send_invite"));
        }
        vendor.send_invite(request).await
    }

    ReceiptWithoutSchedule: |vendor, request| {
        let mut receipt = vendor.send_invite(request).await?;
        receipt.state = InviteState::Accepted;
        Ok(receipt)
    }

    ReceiptWithWrongInstant: |vendor, request| {
        let mut receipt = vendor.send_invite(request).await?;
        if let InviteState::Scheduled(at) = receipt.state {
            receipt.state = InviteState::Scheduled(at - TimeDelta::days(1));
        }
        Ok(receipt)
    }
}

/// Defines providers that schedule whole days, and change the day in the receipt.
macro_rules! whole_days {
    ($($flaw:ident: |$request:ident, $day:ident| $change:expr;)*) => {$(
        #[derive(Default)]
        pub(crate) struct $flaw;

        #[async_trait]
        impl Flaw for $flaw {
            fn actual() -> Capabilities {
                Capabilities::all().with_scheduling(Scheduling::WholeDay)
            }

            async fn send(&self, vendor: &Vendor, $request: &InviteRequest) -> Result<InviteReceipt> {
                let mut receipt = vendor.send_invite($request).await?;
                if let InviteState::ScheduledOn($day) = receipt.state {
                    receipt.state = $change;
                }
                Ok(receipt)
            }
        }
    )*};
}

whole_days! {
    RoundsDaysDown: |_request, day| InviteState::ScheduledOn(day - Days::new(1));
    ReceiptWithoutDay: |_request, _day| InviteState::Accepted;
    SendsPartOfADayToday: |request, day| {
        let is_today = matches!(request.send_at(), SendAt::At(at) if at < Utc::now() + TimeDelta::days(1));
        if is_today { InviteState::Accepted } else { InviteState::ScheduledOn(day) }
    };
}
