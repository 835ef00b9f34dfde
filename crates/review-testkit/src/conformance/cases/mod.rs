//! The cases, one function each, one file for each group. To add a case, add it to the list in this file, to the README
//! and to the test with the broken providers.

mod arrival;
mod declared;
mod factory;
mod faults;
mod identity;
mod operations;
mod preview;
mod privacy;
mod rejections;
mod required;
mod schedule;
mod sending;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use self::arrival::*;
use self::declared::*;
use self::factory::*;
use self::faults::*;
use self::identity::*;
use self::operations::*;
use self::preview::*;
use self::privacy::*;
use self::rejections::*;
use self::required::*;
use self::schedule::*;
use self::sending::*;
use super::outcome::{Check, fail};
use super::stage::Stage;
use crate::Canary;
use crate::canary::panic_message;

/// Passes the list of cases to another macro.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_cases {
    (($($callback:tt)*) $($args:tt)*) => {
        $($callback)*! { [
            provider_names_itself
            provider_works_shared_and_boxed

            plain_invitation_is_accepted_once
            fifty_concurrent_calls_send_fifty_invitations
            same_order_twice_is_never_lost
            dropped_call_is_never_sent_twice
            send_hooks_run_as_declared

            preview_makes_no_call
            preview_shows_no_personal_data
            validate_and_preview_agree_with_send

            service_invitations_work_as_declared
            product_invitations_work_as_declared
            combined_invitations_work_as_declared
            account_default_works_as_declared
            service_invitation_contains_no_products
            templates_work_as_declared
            tags_work_as_declared
            redirect_urls_work_as_declared
            locations_work_as_declared
            reply_to_works_as_declared
            senders_work_as_declared
            metadata_works_as_declared
            customer_name_is_required_as_declared
            product_url_is_required_as_declared

            scheduling_works_as_declared
            account_schedule_works_as_declared
            send_now_overrides_the_account_schedule
            past_send_time_means_now
            delay_counts_from_its_date
            part_of_a_day_counts_as_a_day

            customer_arrives
            first_and_last_name_are_not_swapped
            other_customer_fields_arrive
            order_dates_arrive
            products_arrive
            unicode_and_long_values_survive
            omitted_values_are_in_the_warnings

            create_link_works_as_declared
            find_invite_works_as_declared
            erase_customer_works_as_declared
            check_setup_works_as_declared

            lost_response_is_unknown_and_sent_once
            missing_response_is_unknown_within_the_timeout
            foreign_response_is_unknown
            server_error_is_not_sent_again
            refused_connection_is_not_sent_and_can_be_retried
            throttling_is_reported_or_waited_for

            rejection_is_final
            rejection_in_a_success_response_is_final
            expired_token_is_renewed_or_reported
            missing_permission_is_reported
            failed_preparation_concerns_the_request
            failed_preparation_concerns_the_account

            instance_has_the_name_of_its_settings
            instance_has_the_http_settings

            errors_name_provider_and_operation
            rejection_quotes_no_value
            token_rejection_quotes_no_secret
            no_personal_data_or_secret_is_shown
        ] $($args)* }
    };
}

macro_rules! by_name {
    ([$($case:ident)*]) => {
        /// The names of all cases. The README of this crate describes them:
        ///
        $(#[doc = concat!("- `", stringify!($case), "`")])*
        pub const CASES: &[&str] = &[$(stringify!($case)),*];

        /// Boxed, because one of the cases runs all others, and its future would contain itself.
        pub(super) async fn play(name: &str, stage: &Stage) -> Check {
            match name {
                $(stringify!($case) => $case(stage).boxed_local().await,)*
                _ => fail(format!("unknown case {name}; see review_testkit::conformance::CASES")),
            }
        }
    };
}
__conformance_cases! { (by_name) }

/// Runs every other case with a separate harness and searches all output: `Debug`, errors with their causes, the log at
/// TRACE, panics, and `Harness::extra_output`. The results of those cases do not matter here.
async fn no_personal_data_or_secret_is_shown(stage: &Stage) -> Check {
    let mut leaks = Vec::new();
    for case in CASES.iter().filter(|case| **case != "no_personal_data_or_secret_is_shown") {
        let canary = Canary::default();
        let log = canary.capture_tracing();
        let other = stage.again(canary.clone()).await;
        let played = AssertUnwindSafe(play(case, &other)).catch_unwind().await;
        if let Err(panic) = played {
            canary.check_text_in("panic", panic_message(&*panic));
        }
        drop(log);
        canary.expect_absent(other.harness().secrets());
        other.harness().extra_output().iter().for_each(|text| canary.check_text(text));
        let queries = secret_parameters(&canary.captured());
        let queries = queries.into_iter().map(|name| format!("the query parameter {name} is shown"));
        leaks.extend(canary.leaks().into_iter().chain(queries).map(|leak| format!("{case}: {leak}")));
    }
    if leaks.is_empty() {
        return Ok(());
    }
    let (count, first) = (leaks.len(), leaks.iter().take(5).map(String::as_str).collect::<Vec<_>>());
    fail(format!("found {count} leaks of personal data or secrets, for example:\n{}", first.join("\n")))
}
