//! Each provider here breaks one part of the contract, and exactly the cases about that part fail.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod flaw;
mod flaws;
mod parts;

use std::collections::BTreeSet;

use flaw::BrokenHarness;
use review_testkit::conformance::{CASES, run_all};

/// Defines one test for each flaw, with the cases that must fail.
macro_rules! broken {
    ($($name:ident $flaw:ident: $($case:ident)*;)*) => {
        const FOUND_BY: &[&[&str]] = &[$(&[$(stringify!($case)),*]),*];

        $(
            #[tokio::test(start_paused = true)]
            async fn $name() {
                let results = run_all::<BrokenHarness<flaws::$flaw>>().await;
                let failed: Vec<_> = results.iter().filter(|(_, result)| result.is_failure()).collect();
                let names: BTreeSet<_> = failed.iter().map(|(name, _)| *name).collect();
                assert_eq!(names, BTreeSet::from([$(stringify!($case)),*]), "{failed:#?}");
            }
        )*
    };
}

broken! {
    tags_dropped DropsTags: tags_work_as_declared;
    last_name_dropped DropsLastName: customer_arrives;
    first_and_last_name_swapped SwapsNames: first_and_last_name_are_not_swapped;
    phone_dropped DropsPhone: other_customer_fields_arrive;
    long_name_truncated TruncatesNames: unicode_and_long_values_survive;
    products_dropped DropsProducts: products_arrive;
    products_sent_for_service AsksForProducts: service_invitation_contains_no_products;
    order_date_dropped DropsOrderDate: order_dates_arrive;
    dated_order_rejected RejectsDatedOrders: order_dates_arrive;

    declared_field_rejected ClaimsTags: tags_work_as_declared;
    declared_field_warned_of WarnsOfDeclaredTags: tags_work_as_declared;
    supported_field_not_declared HidesTags: tags_work_as_declared;
    all_supported_fields_not_declared HidesAllFields:
        scheduling_works_as_declared templates_work_as_declared tags_work_as_declared
        redirect_urls_work_as_declared locations_work_as_declared reply_to_works_as_declared
        senders_work_as_declared metadata_works_as_declared;
    supported_kinds_not_declared HidesKinds:
        product_invitations_work_as_declared combined_invitations_work_as_declared
        account_default_works_as_declared;
    service_not_declared HidesService: service_invitations_work_as_declared;
    declared_kind_rejected ClaimsBothKinds: combined_invitations_work_as_declared;
    field_omitted_without_warning OmitsLocationWithoutWarning: locations_work_as_declared;
    field_omitted_without_permission OmitsWithoutPermission: locations_work_as_declared;
    omitted_field_sent SendsOmittedField: locations_work_as_declared;
    warnings_of_build_lost LosesWarningsOfBuild: omitted_values_are_in_the_warnings;
    locale_omitted_without_warning OmitsLocaleWithoutWarning: omitted_values_are_in_the_warnings;
    requirement_not_declared HidesRequirement: customer_name_is_required_as_declared;
    declared_requirement_not_checked IgnoresRequirements:
        customer_name_is_required_as_declared product_url_is_required_as_declared;
    declared_operations_missing ClaimsOperations:
        create_link_works_as_declared find_invite_works_as_declared erase_customer_works_as_declared
        check_setup_works_as_declared;
    operations_not_declared HidesOperations:
        create_link_works_as_declared find_invite_works_as_declared erase_customer_works_as_declared
        check_setup_works_as_declared;
    account_schedule_not_declared HidesAccountSchedule: account_schedule_works_as_declared;
    link_sends_invitation LinkInvites: create_link_works_as_declared;
    sent_invitation_not_found FindsNothing: find_invite_works_as_declared;
    unsent_invitation_found FindsEverything: find_invite_works_as_declared;
    declared_hooks_not_run SkipsHooks: send_hooks_run_as_declared;

    now_left_to_the_account LeavesNowToTheAccount: send_now_overrides_the_account_schedule;
    past_time_left_to_the_account LeavesPastTimesToTheAccount: past_send_time_means_now;
    past_time_rejected RejectsPastTimes: past_send_time_means_now;
    delay_from_now DelaysFromNow: delay_counts_from_its_date;
    delay_from_another_date DelaysFromTheOrder: delay_counts_from_its_date;
    receipt_without_schedule ReceiptWithoutSchedule: scheduling_works_as_declared delay_counts_from_its_date;
    receipt_with_wrong_instant ReceiptWithWrongInstant: scheduling_works_as_declared delay_counts_from_its_date;
    receipt_without_day ReceiptWithoutDay:
        scheduling_works_as_declared delay_counts_from_its_date part_of_a_day_counts_as_a_day;
    receipt_with_wrong_day RoundsDaysDown:
        scheduling_works_as_declared delay_counts_from_its_date part_of_a_day_counts_as_a_day;
    part_of_a_day_sent_today SendsPartOfADayToday: part_of_a_day_counts_as_a_day;

    second_call_lost LosesSecondCall: same_order_twice_is_never_lost;
    one_of_fifty_calls_lost LosesOneOfFifty: fifty_concurrent_calls_send_fifty_invitations;
    combined_invitation_sent_as_two SendsBothKindsSeparately: combined_invitations_work_as_declared;
    dropped_call_sent_again ResendsDroppedCalls: dropped_call_is_never_sent_twice;

    preview_sends_request PreviewCalls: preview_makes_no_call;
    preview_accepts_everything PreviewAcceptsEverything: validate_and_preview_agree_with_send;
    preview_without_warnings PreviewWithoutWarnings: validate_and_preview_agree_with_send;
    preview_with_personal_data PreviewLeaks: preview_shows_no_personal_data no_personal_data_or_secret_is_shown;
    validate_accepts_everything ValidateAcceptsEverything: validate_and_preview_agree_with_send;
    validate_without_warnings ValidateWithoutWarnings: validate_and_preview_agree_with_send;

    lost_response_retried RetriesUnknown:
        lost_response_is_unknown_and_sent_once missing_response_is_unknown_within_the_timeout
        foreign_response_is_unknown server_error_is_not_sent_again;
    lost_response_reported_as_not_sent ReportsUnknownAsNotSent:
        lost_response_is_unknown_and_sent_once missing_response_is_unknown_within_the_timeout
        foreign_response_is_unknown server_error_is_not_sent_again;
    missing_response_waited_for WaitsForever: missing_response_is_unknown_within_the_timeout;
    foreign_response_accepted AcceptsForeignResponses: foreign_response_is_unknown;
    server_error_accepted AcceptsServerErrors: server_error_is_not_sent_again;
    refused_connection_reported_as_unknown ReportsNotSentAsUnknown:
        refused_connection_is_not_sent_and_can_be_retried;
    rate_limit_ignored IgnoresRateLimits:
        throttling_is_reported_or_waited_for instance_has_the_http_settings;
    retry_after_lost LosesRetryAfter: throttling_is_reported_or_waited_for instance_has_the_http_settings;
    rejection_retried RetriesRejections: rejection_is_final;
    rejection_accepted AcceptsRejections: rejection_is_final;
    rejection_in_success_accepted AcceptsRejectionsInSuccess: rejection_in_a_success_response_is_final;
    expired_token_reported_as_unknown ReportsExpiredTokenAsUnknown: expired_token_is_renewed_or_reported;
    permission_reported_as_credentials ReportsPermissionAsCredentials: missing_permission_is_reported;
    failed_preparation_ignored IgnoresFailedPreparation:
        failed_preparation_concerns_the_request failed_preparation_concerns_the_account;
    product_error_holds_the_account HoldsAccountForOneProduct: failed_preparation_concerns_the_request;
    account_error_rejects_orders RejectsOrdersForTheAccount: failed_preparation_concerns_the_account;

    instance_name_ignored IgnoresInstanceName: instance_has_the_name_of_its_settings;
    http_settings_ignored IgnoresHttpSettings: instance_has_the_http_settings;
    setting_for_retries_ignored NeverRetries: instance_has_the_http_settings;
    vendor_id_in_capitals NameInCapitals: provider_names_itself;

    error_without_operation OmitsOperation: errors_name_provider_and_operation;
    error_with_another_provider NamesAnotherProvider: errors_name_provider_and_operation;
    nothing_redacted RedactsNothing: rejection_quotes_no_value no_personal_data_or_secret_is_shown;
    one_value_not_redacted MissesOneValue: rejection_quotes_no_value no_personal_data_or_secret_is_shown;
    secret_not_redacted MissesSecrets: rejection_quotes_no_value no_personal_data_or_secret_is_shown;
    success_response_not_redacted RedactsNothingInSuccess:
        rejection_quotes_no_value no_personal_data_or_secret_is_shown;
    token_response_not_redacted ShowsSecretOfToken: token_rejection_quotes_no_secret;
    error_source_with_personal_data LeaksInErrorSource:
        rejection_quotes_no_value no_personal_data_or_secret_is_shown;
    debug_with_personal_data LeaksInDebug: no_personal_data_or_secret_is_shown;
    log_with_personal_data LeaksInLog: no_personal_data_or_secret_is_shown;
    log_with_encoded_secret LeaksEncodedCredentials: no_personal_data_or_secret_is_shown;
    log_with_secret_in_query LeaksQuerySecret: no_personal_data_or_secret_is_shown;
    log_with_unlisted_secret_in_query LeaksUnlistedQuerySecret: no_personal_data_or_secret_is_shown;
    panic_with_personal_data LeaksInPanic: unicode_and_long_values_survive no_personal_data_or_secret_is_shown;

    everything_sent_twice SendsTwice:
        provider_works_shared_and_boxed plain_invitation_is_accepted_once
        fifty_concurrent_calls_send_fifty_invitations same_order_twice_is_never_lost
        dropped_call_is_never_sent_twice send_hooks_run_as_declared service_invitations_work_as_declared
        product_invitations_work_as_declared combined_invitations_work_as_declared
        account_default_works_as_declared service_invitation_contains_no_products templates_work_as_declared
        tags_work_as_declared redirect_urls_work_as_declared locations_work_as_declared
        reply_to_works_as_declared senders_work_as_declared metadata_works_as_declared
        customer_name_is_required_as_declared product_url_is_required_as_declared scheduling_works_as_declared
        account_schedule_works_as_declared send_now_overrides_the_account_schedule past_send_time_means_now
        delay_counts_from_its_date customer_arrives first_and_last_name_are_not_swapped
        other_customer_fields_arrive order_dates_arrive products_arrive unicode_and_long_values_survive
        omitted_values_are_in_the_warnings find_invite_works_as_declared erase_customer_works_as_declared
        check_setup_works_as_declared refused_connection_is_not_sent_and_can_be_retried
        expired_token_is_renewed_or_reported instance_has_the_name_of_its_settings
        instance_has_the_http_settings;
}

#[test]
fn every_case_fails_for_a_flaw() {
    let found: BTreeSet<_> = FOUND_BY.iter().flat_map(|cases| cases.iter().copied()).collect();
    assert_eq!(found, CASES.iter().copied().collect());
}
