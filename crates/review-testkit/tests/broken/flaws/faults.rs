//! Errors are reported as something else, or the request is sent again.

use std::time::Duration;

use futures_util::FutureExt;
use review_core::*;
use review_testkit::conformance::VendorFault;

use super::sends;

/// Defines providers that change an error.
macro_rules! changes_errors {
    ($($flaw:ident: |$vendor:ident, $request:ident, $error:ident| $make:block)*) => {
        sends! {$(
            $flaw: |$vendor, $request| {
                match $vendor.send_invite($request).await {
                    Ok(receipt) => Ok(receipt),
                    Err($error) => $make,
                }
            }
        )*}
    };
}

fn is_rejection(error: &Error) -> bool {
    error.kind() == ErrorKind::InvalidRequest
        && error.http_status() == Some(400)
        && error.send_state() == SendState::Responded
}

fn is_preparation(error: &Error) -> bool {
    error.kind() == ErrorKind::InvalidRequest
        && error.http_status() == Some(400)
        && error.send_state() == SendState::NotSent
}

changes_errors! {
    RetriesUnknown: |vendor, request, error| {
        if error.kind() == ErrorKind::OutcomeUnknown { vendor.send_invite(request).await } else { Err(error) }
    }

    ReportsUnknownAsNotSent: |vendor, request, error| {
        match error.kind() {
            ErrorKind::OutcomeUnknown => Err(error
                .with_kind(ErrorKind::Transient)
                .with_send_state(SendState::NotSent)
                .with_retry_advice(RetryAdvice::After(Error::DEFAULT_RETRY_AFTER))),
            _ => Err(error),
        }
    }

    ReportsNotSentAsUnknown: |vendor, request, error| {
        match error.kind() {
            ErrorKind::Transient => Err(error.with_kind(ErrorKind::OutcomeUnknown).with_send_state(SendState::Unknown)),
            _ => Err(error),
        }
    }

    IgnoresRateLimits: |vendor, request, error| {
        if error.kind() == ErrorKind::RateLimited { vendor.send_invite(request).await } else { Err(error) }
    }

    LosesRetryAfter: |vendor, request, error| {
        match error.kind() {
            ErrorKind::RateLimited => Err(error.with_retry_advice(RetryAdvice::After(Duration::ZERO))),
            _ => Err(error),
        }
    }

    RetriesRejections: |vendor, request, error| {
        if is_rejection(&error) { vendor.send_invite(request).await } else { Err(error) }
    }

    AcceptsRejections: |vendor, request, error| {
        if is_rejection(&error) { Ok(vendor.invented_receipt()) } else { Err(error) }
    }

    AcceptsRejectionsInSuccess: |vendor, request, error| {
        match vendor.last_fault() {
            Some(VendorFault::RejectInSuccess(_)) => Ok(vendor.invented_receipt()),
            _ => Err(error),
        }
    }

    AcceptsForeignResponses: |vendor, request, error| {
        match vendor.last_fault() {
            Some(VendorFault::ForeignResponse) => Ok(vendor.invented_receipt()),
            _ => Err(error),
        }
    }

    AcceptsServerErrors: |vendor, request, error| {
        if error.http_status() == Some(500) { Ok(vendor.invented_receipt()) } else { Err(error) }
    }

    ReportsExpiredTokenAsUnknown: |vendor, request, error| {
        match error.kind() {
            ErrorKind::Unauthorized if error.send_state() == SendState::Responded => {
                Err(error.with_send_state(SendState::Unknown))
            }
            _ => Err(error),
        }
    }

    ReportsPermissionAsCredentials: |vendor, request, error| {
        match error.kind() {
            ErrorKind::Forbidden => Err(error.with_kind(ErrorKind::Unauthorized)),
            _ => Err(error),
        }
    }

    IgnoresFailedPreparation: |vendor, request, error| {
        if is_preparation(&error) { vendor.send_invite(request).await } else { Err(error) }
    }

    HoldsAccountForOneProduct: |vendor, request, error| {
        if is_preparation(&error) { Err(error.with_scope(ErrorScope::Account)) } else { Err(error) }
    }

    RejectsOrdersForTheAccount: |vendor, request, error| {
        if is_preparation(&error) { Err(error.with_scope(ErrorScope::Request)) } else { Err(error) }
    }
}

sends! {
    WaitsForever: |vendor, request| {
        let mut call = vendor.send_invite(request);
        // Only a vendor that hangs is not ready immediately.
        match (&mut call).now_or_never() {
            Some(result) => result,
            None => std::future::pending().await,
        }
    }
}
