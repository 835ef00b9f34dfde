//! The conformance suite fails when it should: each provider here breaks one part of the contract, and exactly the
//! cases about it fail.
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
    a_name_is_halved DropsLastName: customer_arrives;
    a_number_is_dropped DropsPhone: other_customer_fields_arrive;
    a_name_is_cut CutsNames: unicode_and_long_values_survive;
    products_are_dropped DropsProducts: products_arrive;
    a_claimed_feature_is_refused ClaimsTags: tags_work_as_declared;
    a_claimed_feature_is_warned_of WarnsOfTags: tags_work_as_declared;
    a_feature_is_not_declared HidesTags: tags_work_as_declared;
    all_features_are_hidden HidesAllFeatures:
        scheduling_works_as_declared templates_work_as_declared tags_work_as_declared
        redirect_urls_work_as_declared locations_work_as_declared reply_to_works_as_declared
        senders_work_as_declared metadata_works_as_declared;
    kinds_are_hidden HidesKinds:
        product_invitations_work_as_declared combined_invitations_work_as_declared
        account_default_works_as_declared;
    a_kind_is_hidden HidesService: service_invitations_work_as_declared;
    a_kind_is_claimed ClaimsBoth: combined_invitations_work_as_declared;
    it_degrades_in_silence DegradesInSilence: locations_work_as_declared;
    it_degrades_unasked DegradesUnasked: locations_work_as_declared;
    what_was_left_out_is_sent SendsWhatItLeavesOut: locations_work_as_declared;
    an_undeclared_need NeedsName: customer_name_is_required_as_declared;
    a_need_that_is_none IgnoresRequirements:
        customer_name_is_required_as_declared product_url_is_required_as_declared;
    operations_are_claimed ClaimsOperations:
        create_link_works_as_declared find_invite_works_as_declared erase_customer_works_as_declared
        check_setup_works_as_declared;
    operations_are_hidden HidesOperations:
        create_link_works_as_declared find_invite_works_as_declared erase_customer_works_as_declared
        check_setup_works_as_declared;
    a_link_invites LinkInvites: create_link_works_as_declared;
    what_was_sent_is_denied DeniesAll: find_invite_works_as_declared;
    what_was_not_sent_is_found FindsAll: find_invite_works_as_declared;

    the_second_is_forgotten ForgetsTheSecond: same_order_twice_is_never_lost;
    one_of_many_is_forgotten ForgetsTheThirtieth: fifty_concurrent_calls_send_fifty_invitations;
    both_halves_are_sent_alone SendsBothTwice: combined_invitations_work_as_declared;
    a_dropped_call_goes_on RepeatsWhatIsDropped: dropped_call_is_never_sent_twice;

    a_preview_calls PreviewCalls: preview_makes_no_call;
    a_preview_promises_too_much PreviewPromises: preview_agrees_with_send;
    a_preview_forgets_warnings PreviewWarnsOfNothing: preview_agrees_with_send;
    a_preview_leaks PreviewLeaks: preview_shows_no_personal_data no_personal_data_or_secret_is_shown;

    lost_response_is_retried RepeatsTheUnknown:
        lost_response_is_unknown_and_sent_once missing_response_is_unknown_within_the_timeout
        server_error_is_not_sent_again;
    lost_response_is_reported_as_not_sent SaysNotSent:
        lost_response_is_unknown_and_sent_once missing_response_is_unknown_within_the_timeout
        server_error_is_not_sent_again;
    it_waits_for_ever WaitsForEver: missing_response_is_unknown_within_the_timeout;
    what_was_not_sent_is_unknown DoubtsEverything: refused_connection_is_not_sent_and_can_be_retried;
    throttling_is_ignored Impatient: throttling_is_reported_or_waited_for;
    the_time_to_wait_is_lost ForgetsTheWait: throttling_is_reported_or_waited_for;
    a_rejection_is_repeated RepeatsRejections: rejection_is_final;
    an_error_is_swallowed SwallowsRejections: rejection_is_final;
    a_dead_token_is_unknown DoubtsTokens: expired_token_is_renewed_or_reported;
    a_missing_right_is_something_else MistakesRights: missing_permission_is_reported;
    a_server_error_is_taken_for_success TakesServerErrorsForSuccess: server_error_is_not_sent_again;

    errors_name_no_operation ForgetsOperation: errors_name_provider_and_operation;
    errors_name_another_provider NamesAnother: errors_name_provider_and_operation;
    an_error_leaks LeaksInErrors: no_personal_data_or_secret_is_shown;
    a_debug_text_leaks LeaksInDebug: no_personal_data_or_secret_is_shown;
    the_log_leaks LeaksInLog: no_personal_data_or_secret_is_shown;
    an_encoded_secret_leaks LeaksCredentials: no_personal_data_or_secret_is_shown;
    a_panic_leaks LeaksInPanics: unicode_and_long_values_survive no_personal_data_or_secret_is_shown;
    the_name_has_capitals Shouts: provider_names_itself;
    everything_is_sent_twice SendsTwice:
        provider_works_shared_and_boxed plain_invitation_is_accepted_once
        fifty_concurrent_calls_send_fifty_invitations same_order_twice_is_never_lost
        dropped_call_is_never_sent_twice service_invitations_work_as_declared
        product_invitations_work_as_declared combined_invitations_work_as_declared
        account_default_works_as_declared scheduling_works_as_declared templates_work_as_declared tags_work_as_declared
        redirect_urls_work_as_declared locations_work_as_declared reply_to_works_as_declared
        senders_work_as_declared metadata_works_as_declared customer_name_is_required_as_declared
        product_url_is_required_as_declared customer_arrives
        other_customer_fields_arrive products_arrive unicode_and_long_values_survive
        find_invite_works_as_declared erase_customer_works_as_declared check_setup_works_as_declared
        refused_connection_is_not_sent_and_can_be_retried expired_token_is_renewed_or_reported;
}

#[test]
fn every_case_finds_a_flaw() {
    let found: BTreeSet<_> = FOUND_BY.iter().flat_map(|(_, cases)| cases.iter().copied()).collect();
    assert_eq!(found, CASES.iter().copied().collect());
}
