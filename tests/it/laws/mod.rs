//! The laws of the store traits (`src/store`), written once and held on both stores.
//!
//! A law is an `async fn(&mut TestStore)`; the table below names each, and makes it a test per store:
//! `laws::sqlite::NAME` and `laws::redis::NAME`. A law left out of the table is dead code, which does not build.
//! After every law the books must balance: [`TestStore::finish`].

mod begin;
mod codes;
mod enqueue;
mod idempotency;
mod issues;
mod keep;
mod lease;
mod model;
mod newsletter;
mod operator;
mod reclaim;
mod runs;
mod settle;
mod story;
mod subscriptions;
mod views;

use crate::helpers::store::TestStore;

/// Holds a store to a law, and its books to the truth afterwards.
async fn hold(mut store: TestStore, law: impl AsyncFnOnce(&mut TestStore)) {
    law(&mut store).await;
    store.finish().await;
}

/// Makes every law a test on every store.
macro_rules! laws {
    ($($theme:ident: $($law:ident)+;)+) => {
        laws!(@store sqlite $($theme $($law)+;)+);
        laws!(@store redis $($theme $($law)+;)+);
    };
    (@store $store:ident $($theme:ident $($law:ident)+;)+) => {
        mod $store {
            use super::{TestStore, hold};

            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $law() {
                    hold(TestStore::$store().await, super::$theme::$law).await;
                }
            )+)+
        }
    };
}

laws! {
    enqueue:
        a_post_is_answered_in_order
        an_empty_post_is_accepted
        a_thousand_at_once
        a_refused_task_harms_no_other
        a_suppressed_address_still_subscribes
        a_suppression_is_the_owners_own
        a_refused_code_is_not_the_newest
        a_subscription_brings_its_content_type
        a_content_type_counts_from_its_place_in_the_post
        another_accounts_content_type_is_unknown
        the_same_id_is_stored_once
        order_is_the_order_of_acceptance
        posts_of_two_accounts_do_not_mix;
    idempotency:
        a_replay_gives_the_first_answers
        a_replay_repeats_refusals_too
        a_replay_repeats_what_content_types_decided
        another_body_under_the_same_key_is_a_mismatch
        an_empty_post_asks_about_its_key_only
        fifty_at_once_make_one_task
        a_key_is_its_accounts_own
        keys_are_apart
        a_key_survives_reopening
        a_key_is_remembered_for_a_day
        a_replay_meets_no_cooldown
        a_post_all_refused_is_not_remembered;
    lease:
        nothing_due_leases_nothing
        a_leased_task_is_running_and_invisible
        a_lease_tells_all_the_worker_needs
        racing_workers_never_hold_the_same_task
        two_processes_never_hold_the_same_task
        the_oldest_of_a_lane_goes_first
        due_time_goes_before_acceptance
        a_task_for_later_waits_for_its_time
        a_time_past_is_at_once
        promotion_is_counted
        lanes_share_by_weight
        an_unused_share_goes_to_the_most_urgent
        the_share_for_codes_takes_only_codes
        large_works_come_a_few_at_a_time
        large_works_leave_newsletters_their_share
        changes_are_leased_past_everything_else
        an_extended_lease_holds_on
        a_lease_that_has_ended_is_not_extended
        extending_answers_for_each
        tokens_grow_with_every_lease
        next_due_is_the_nearest
        work_wakes_those_who_wait;
    begin:
        begin_goes_and_may_be_repeated
        begin_is_late_from_not_after_on
        a_code_is_late_at_its_end
        begin_with_a_stale_token_is_stale
        begin_after_the_lease_is_stale
        begin_after_release_is_stale
        begin_skips_who_was_suppressed_meanwhile
        another_accounts_suppression_stops_nobody
        begin_answers_for_each;
    settle:
        success_ends_a_task
        retry_waits_and_burns_a_try
        retry_may_spare_the_try_and_flag_the_duplicate
        failure_ends_a_task
        a_refused_address_is_suppressed_for_its_owner_only
        skipping_ends_a_task
        uncertainty_ends_a_task
        a_release_leaves_no_trace
        many_releases_cost_nothing
        a_stale_token_is_refused_for_every_other_verdict
        a_stale_token_is_refused_after_the_end
        an_unknown_task_is_stale
        a_late_success_counts_while_the_task_waits
        a_late_success_counts_before_anyone_noticed
        a_late_success_counts_under_another_holder
        a_late_success_counts_while_retrying
        a_late_success_counts_after_uncertain
        a_late_success_counts_after_failed
        a_late_success_counts_after_cancelled
        settling_twice_is_harmless
        releasing_twice_is_harmless
        a_batch_is_settled_one_by_one
        attempts_are_numbered_from_one;
    reclaim:
        an_expired_lease_returns_to_the_queue
        a_lease_lasts_until_its_end
        many_expired_leases_return_together
        a_task_reclaimed_three_times_comes_alone
        reclaimed_once_more_it_is_poison
        poison_put_back_by_an_operator_is_tried_afresh
        a_message_lost_in_data_waits_a_quarter_hour
        a_message_lost_in_data_twice_is_uncertain
        a_code_lost_in_data_is_uncertain
        a_newsletter_lost_in_data_is_uncertain
        a_code_lost_before_data_is_sent_again
        a_mark_ends_with_its_lease
        release_takes_the_mark_back
        a_mark_survives_reopening
        a_lost_attempt_delays_nobody_else;
    operator:
        what_waits_is_cancelled
        what_has_begun_or_ended_is_not_cancelled
        a_leased_mail_without_a_mark_is_cancelled
        a_mail_whose_mark_was_taken_back_is_cancelled
        nobody_cancels_or_retries_what_is_not_theirs
        retry_restores_all_tries_and_the_age
        what_is_uncertain_may_be_put_back
        nothing_else_is_put_back
        a_settlement_from_before_the_retry_is_stale
        totals_only_grow
        pruning_takes_only_what_ended_long_ago
        pruning_is_bounded
        pruning_goes_on_while_anything_is_left
        a_pruned_task_is_unknown
        a_task_put_back_is_kept_from_its_last_end;
    views:
        a_view_shows_what_was_posted
        a_view_shows_type_and_lane
        a_view_is_right_in_each_state
        another_accounts_task_is_none
        tasks_are_found_by_type
        tasks_are_found_by_recipient_without_case
        tasks_are_found_by_tag
        all_conditions_hold_together
        a_rare_find_is_paged_to_its_end
        newest_first_without_gap_or_repeat_while_tasks_arrive
        a_cursor_that_is_not_ours_is_refused
        an_exact_page_ends;
    codes:
        the_newest_code_counts
        a_code_works_once
        a_code_ends_one_ttl_after_its_acceptance
        what_is_unknown_is_refused
        a_hundred_right_guesses_verify_once
        a_resend_waits_for_the_cooldown
        a_refused_resend_replaces_nothing
        a_used_code_still_cools_down
        codes_per_hour_are_limited_per_recipient
        five_wrong_tries_lock
        the_lock_goes_before_the_cooldown
        four_wrong_tries_lock_nothing
        a_resend_does_not_reset_wrong_tries
        wrong_tries_are_forgotten_after_one_ttl
        a_right_guess_too_late_is_no_wrong_try
        a_guess_at_nothing_is_no_wrong_try
        purposes_never_meet
        accounts_never_meet
        an_address_is_compared_without_case
        nothing_of_codes_outlives_its_time;
    keep:
        an_account_signs_up_once
        racing_sign_ups_give_one_account
        deregistering_ends_the_key_and_keeps_the_rest
        accounts_are_listed_by_id
        a_content_type_is_created_once_and_updated
        contents_are_listed_by_name
        a_content_type_in_use_is_deleted_only_by_force
        an_unused_content_type_is_deleted
        suppressions_come_and_go
        suppressions_are_listed_by_address
        the_outbox_holds_mails_newest_first
        a_second_capture_replaces_the_first
        a_captured_mail_outlives_its_task
        the_outbox_keeps_its_newest_mails
        the_first_secret_is_kept
        the_clock_stays_where_it_was_moved_to
        a_store_is_fit_and_says_what_it_is;
    subscriptions:
        the_last_accepted_subscription_wins_in_any_order
        the_last_accepted_unsubscription_wins_in_any_order
        a_change_may_be_applied_again
        a_subscription_tells_when_it_was_accepted
        a_change_from_before_a_deletion_does_not_count_after_it
        a_deleted_content_type_takes_no_subscription
        subscribing_again_doubles_nothing
        subscribing_again_replaces_the_frequency
        subscriptions_are_found_by_what_and_who
        subscriptions_are_paged_without_gap_or_repeat
        one_click_unsubscribes_and_twice_is_fine
        one_click_is_the_newest_change
        a_series_lasts_while_someone_is_subscribed
        series_are_those_of_all_accounts;
    runs:
        racing_schedulers_make_one_run
        a_period_is_dealt_with_once
        a_period_to_come_is_refused
        a_period_before_the_first_subscriber_passes
        a_period_may_be_passed_over_and_missed_ones_are_counted
        a_series_gone_is_taken
        a_run_sends_the_content_of_its_making
        a_run_outlives_its_content_type
        each_subscription_gets_one_mail
        fan_out_waits_at_the_high_water_mark
        a_crash_between_steps_is_harmless
        racing_fan_outs_make_each_mail_once
        who_comes_in_or_after_the_period_waits_for_the_next
        who_was_accepted_in_time_gets_the_issue
        a_new_frequency_starts_with_its_next_period
        a_waiting_mail_is_found_by_its_id_and_listed_from_its_first_lease
        a_mail_cancelled_before_its_first_lease_is_listed
        an_unknown_mail_of_a_run_is_none
        runs_are_listed_newest_first;
    issues:
        a_subscriber_gets_the_mail
        who_unsubscribed_after_the_fan_out_is_skipped
        who_changed_the_frequency_after_the_fan_out_is_skipped
        who_came_back_after_the_fan_out_is_skipped
        who_subscribed_again_the_same_way_gets_the_mail
        a_deleted_newsletter_is_skipped
        a_suppressed_subscriber_is_skipped
        a_newsletter_mail_is_retried_like_any_other
        a_run_adds_up_at_every_stage
        a_late_success_moves_the_runs_totals
        undelivered_tells_who_and_why
        a_runs_totals_outlive_its_pruned_mails
        a_finished_run_is_kept_for_400_days
        a_run_is_kept_as_long_as_a_task_of_it
        run_ids_are_never_used_again;
    story:
        everything_is_there_again_after_closing
        everything_is_there_without_closing;
    model:
        random_histories_follow_the_model_1
        random_histories_follow_the_model_2
        random_histories_follow_the_model_3
        random_histories_follow_the_model_4;
}
