//! The cases, one function each. A case is added to the list here and nowhere else.

mod arrival;
mod declared;
mod faults;
mod identity;
mod operations;
mod preview;
mod privacy;
mod required;
mod sending;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use self::arrival::*;
use self::declared::*;
use self::faults::*;
use self::identity::*;
use self::operations::*;
use self::preview::*;
use self::privacy::*;
use self::required::*;
use self::sending::*;
use super::outcome::Check;
use super::stage::Stage;

/// The list, handed to another macro.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_cases {
    (($($callback:tt)*) $($args:tt)*) => {
        $($callback)*! { [
            the_provider_says_who_it_is
            it_is_shared_and_boxed

            a_plain_invitation_is_accepted_and_counted_once
            fifty_at_once_are_fifty_invitations
            the_same_order_twice_is_never_lost
            a_call_that_is_dropped_is_never_counted_twice

            a_preview_makes_no_call
            a_preview_shows_nothing_personal
            a_preview_agrees_with_send

            service_invitations_work_as_declared
            product_invitations_work_as_declared
            invitations_to_both_work_as_declared
            account_default_works_as_declared
            scheduling_works_as_declared
            templates_work_as_declared
            tags_work_as_declared
            redirect_urls_work_as_declared
            locations_work_as_declared
            reply_to_works_as_declared
            senders_work_as_declared
            metadata_works_as_declared
            a_name_is_required_as_declared
            a_product_page_is_required_as_declared

            the_customer_arrives
            what_else_is_known_of_the_customer_arrives
            products_arrive
            unicode_and_long_values_survive

            create_link_works_as_declared
            find_invite_works_as_declared
            erase_customer_works_as_declared
            check_setup_works_as_declared

            a_lost_answer_is_unknown_and_counted_once
            silence_ends_in_time_and_is_unknown
            what_was_not_sent_is_told_and_can_be_sent_again
            throttling_is_told_or_waited_for
            a_rejection_is_final
            a_dead_token_is_renewed_or_told
            a_missing_right_is_told
            a_server_error_is_not_sent_again

            errors_name_provider_and_operation
            nothing_personal_or_secret_shows
        ] $($args)* }
    };
}

macro_rules! by_name {
    ([$($case:ident)*]) => {
        /// The names of all cases.
        pub const CASES: &[&str] = &[$(stringify!($case)),*];

        pub(super) fn named<'a>(name: &str, stage: &'a Stage) -> Option<LocalBoxFuture<'a, Check>> {
            match name {
                $(stringify!($case) => Some($case(stage).boxed_local()),)*
                _ => None,
            }
        }
    };
}
__conformance_cases! { (by_name) }
