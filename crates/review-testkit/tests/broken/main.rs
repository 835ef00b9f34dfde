//! The conformance suite fails when it should: each provider here breaks one promise, and exactly the
//! cases that speak of it fail.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod flaw;
mod flaws;

use std::collections::BTreeSet;

use flaw::BrokenHarness;
use review_testkit::conformance::{CASES, run_all};

/// One test for each flaw, and the flaws with the cases that find them.
macro_rules! broken {
    ($($name:ident $flaw:ident: $($case:ident)*;)*) => {
        const FOUND_BY: &[(&str, &[&str])] = &[$((stringify!($flaw), &[$(stringify!($case)),*])),*];

        $(
            #[tokio::test]
            async fn $name() {
                let outcomes = run_all::<BrokenHarness<flaws::$flaw>>().await;
                let failed: Vec<_> = outcomes.iter().filter(|(_, outcome)| outcome.is_failure()).collect();
                let names: BTreeSet<_> = failed.iter().map(|(name, _)| *name).collect();
                assert_eq!(names, BTreeSet::from([$(stringify!($case)),*]), "{failed:#?}");
            }
        )*
    };
}

broken! {
    a_field_is_dropped DropsTags: tags_work_as_declared;
    a_name_is_halved DropsLastName: the_customer_arrives;
    a_number_is_dropped DropsPhone: what_else_is_known_of_the_customer_arrives;
    a_name_is_cut CutsNames: unicode_and_long_values_survive;
    products_are_dropped DropsProducts: products_arrive;
    a_claimed_feature_is_refused ClaimsTags: tags_work_as_declared;
    a_claimed_feature_is_warned_of WarnsOfTags: tags_work_as_declared;
    a_feature_is_not_declared HidesTags: tags_work_as_declared;
    all_wishes_are_hidden HidesAllFeatures:
        scheduling_works_as_declared templates_work_as_declared tags_work_as_declared
        redirect_urls_work_as_declared locations_work_as_declared reply_to_works_as_declared
        senders_work_as_declared metadata_works_as_declared;
    kinds_are_hidden HidesKinds:
        product_invitations_work_as_declared invitations_to_both_work_as_declared
        account_default_works_as_declared;
    a_kind_is_hidden HidesService: service_invitations_work_as_declared;
    a_kind_is_claimed ClaimsBoth: invitations_to_both_work_as_declared;
    it_degrades_in_silence DegradesInSilence: locations_work_as_declared;
    it_degrades_unasked DegradesUnasked: locations_work_as_declared;
    what_was_left_out_is_sent SendsWhatItLeavesOut: locations_work_as_declared;
    an_undeclared_need NeedsName: a_name_is_required_as_declared;
    a_need_that_is_none IgnoresRequirements:
        a_name_is_required_as_declared a_product_page_is_required_as_declared;
    operations_are_claimed ClaimsOperations:
        create_link_works_as_declared find_invite_works_as_declared erase_customer_works_as_declared
        check_setup_works_as_declared;
    operations_are_hidden HidesOperations:
        create_link_works_as_declared find_invite_works_as_declared erase_customer_works_as_declared
        check_setup_works_as_declared;
    a_link_invites LinkInvites: create_link_works_as_declared;
    what_was_sent_is_denied DeniesAll: find_invite_works_as_declared;
    what_was_not_sent_is_found FindsAll: find_invite_works_as_declared;

    the_second_is_forgotten ForgetsTheSecond: the_same_order_twice_is_never_lost;
    one_of_many_is_forgotten ForgetsTheThirtieth: fifty_at_once_are_fifty_invitations;
    both_halves_are_sent_alone SendsBothTwice: invitations_to_both_work_as_declared;
    a_dropped_call_goes_on RepeatsWhatIsDropped: a_call_that_is_dropped_is_never_counted_twice;

    a_preview_calls PreviewCalls: a_preview_makes_no_call;
    a_preview_promises_too_much PreviewPromises: a_preview_agrees_with_send;
    a_preview_forgets_warnings PreviewWarnsOfNothing: a_preview_agrees_with_send;
    a_preview_leaks PreviewLeaks: a_preview_shows_nothing_personal nothing_personal_or_secret_shows;

    a_lost_answer_is_repeated RepeatsTheUnknown:
        a_lost_answer_is_unknown_and_counted_once silence_ends_in_time_and_is_unknown
        a_server_error_is_not_sent_again;
    a_lost_answer_is_not_sent SaysNotSent:
        a_lost_answer_is_unknown_and_counted_once silence_ends_in_time_and_is_unknown
        a_server_error_is_not_sent_again;
    it_waits_for_ever WaitsForEver: silence_ends_in_time_and_is_unknown;
    what_was_not_sent_is_unknown DoubtsEverything: what_was_not_sent_is_told_and_can_be_sent_again;
    throttling_is_ignored Impatient: throttling_is_told_or_waited_for;
    the_time_to_wait_is_lost ForgetsTheWait: throttling_is_told_or_waited_for;
    a_rejection_is_repeated RepeatsRejections: a_rejection_is_final;
    an_error_is_swallowed SwallowsRejections: a_rejection_is_final;
    a_dead_token_is_unknown DoubtsTokens: a_dead_token_is_renewed_or_told;
    a_missing_right_is_something_else MistakesRights: a_missing_right_is_told;
    a_server_error_is_taken_for_success TakesServerErrorsForSuccess: a_server_error_is_not_sent_again;

    errors_name_no_operation ForgetsOperation: errors_name_provider_and_operation;
    errors_name_another_provider NamesAnother: errors_name_provider_and_operation;
    an_error_leaks LeaksInErrors: nothing_personal_or_secret_shows;
    a_debug_text_leaks LeaksInDebug: nothing_personal_or_secret_shows;
    the_log_leaks LeaksInLog: nothing_personal_or_secret_shows;
    an_encoded_secret_leaks LeaksCredentials: nothing_personal_or_secret_shows;
    a_panic_leaks LeaksInPanics: unicode_and_long_values_survive nothing_personal_or_secret_shows;
    the_name_has_capitals Shouts: the_provider_says_who_it_is;
    everything_is_sent_twice SendsTwice:
        it_is_shared_and_boxed a_plain_invitation_is_accepted_and_counted_once
        fifty_at_once_are_fifty_invitations the_same_order_twice_is_never_lost
        a_call_that_is_dropped_is_never_counted_twice service_invitations_work_as_declared
        product_invitations_work_as_declared invitations_to_both_work_as_declared
        account_default_works_as_declared scheduling_works_as_declared templates_work_as_declared tags_work_as_declared
        redirect_urls_work_as_declared locations_work_as_declared reply_to_works_as_declared
        senders_work_as_declared metadata_works_as_declared a_name_is_required_as_declared
        a_product_page_is_required_as_declared the_customer_arrives
        what_else_is_known_of_the_customer_arrives products_arrive unicode_and_long_values_survive
        find_invite_works_as_declared erase_customer_works_as_declared check_setup_works_as_declared
        what_was_not_sent_is_told_and_can_be_sent_again a_dead_token_is_renewed_or_told;
}

#[test]
fn every_case_is_failed_by_somebody() {
    let found: BTreeSet<_> = FOUND_BY.iter().flat_map(|(_, cases)| cases.iter().copied()).collect();
    assert_eq!(found, CASES.iter().copied().collect());
}
