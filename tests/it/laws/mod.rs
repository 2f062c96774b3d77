//! The laws of the store, written once and run on every store.

mod begin;
mod codes;
mod enqueue;
mod idempotency;
mod lease;
mod newsletter;
mod reclaim;
mod settle;

use std::time::Duration;

use crate::helpers::store::TestStore;

/// `long` less `short`.
fn less(long: Duration, short: Duration) -> Duration {
    long.checked_sub(short).unwrap()
}

/// Instantiates every law for one store.
macro_rules! laws {
    ($store:ident: $($theme:ident::{$($law:ident),* $(,)?}),* $(,)?) => {
        mod $store {
            $(mod $theme {
                use super::super::{TestStore, $theme as laws};

                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $law() {
                    let mut store = TestStore::$store().await;
                    laws::$law(&mut store).await;
                    store.finish().await;
                })*
            })*
        }
    };
}

laws! { sqlite:
    begin::{
        begin_goes_and_may_be_repeated,
        begin_is_late_from_not_after_on,
        a_code_is_late_at_its_end,
        begin_with_a_stale_token_is_stale,
        begin_after_release_is_stale,
        begin_skips_who_was_suppressed_meanwhile,
        another_accounts_suppression_stops_nobody,
        begin_answers_for_each,
    },
    codes::{
        the_newest_code_counts,
        a_code_works_once,
        a_code_ends_one_ttl_after_its_acceptance,
        what_is_unknown_is_refused,
        a_hundred_right_guesses_verify_once,
        a_resend_waits_for_the_cooldown,
        a_refused_resend_replaces_nothing,
        a_used_code_still_cools_down,
        codes_per_hour_are_limited_per_recipient,
        five_wrong_tries_lock,
        the_lock_goes_before_the_cooldown,
        four_wrong_tries_lock_nothing,
        a_resend_does_not_reset_wrong_tries,
        wrong_tries_are_forgotten_after_one_ttl,
        a_right_guess_too_late_is_no_wrong_try,
        a_guess_at_nothing_is_no_wrong_try,
        purposes_never_meet,
        accounts_never_meet,
        an_address_is_compared_without_case,
        nothing_of_codes_outlives_its_time,
    },
    enqueue::{
        a_post_is_answered_in_order,
        an_empty_post_is_accepted,
        a_thousand_at_once,
        a_refused_task_harms_no_other,
        a_suppressed_address_still_subscribes,
        a_suppression_is_the_owners_own,
        a_refused_code_is_not_the_newest,
        a_subscription_brings_its_content_type,
        a_content_type_counts_from_its_place_in_the_post,
        another_accounts_content_type_is_unknown,
        the_same_id_is_stored_once,
        order_is_the_order_of_acceptance,
        posts_of_two_accounts_do_not_mix,
    },
    idempotency::{
        a_replay_gives_the_first_answers,
        a_replay_repeats_refusals_too,
        another_body_under_the_same_key_is_a_mismatch,
        fifty_at_once_make_one_task,
        a_key_is_its_accounts_own,
        keys_are_apart,
        a_key_survives_reopening,
        a_key_is_remembered_for_a_day,
        a_replay_meets_no_cooldown,
        a_post_all_refused_is_not_remembered,
    },
    lease::{
        nothing_due_leases_nothing,
        a_leased_task_is_running_and_invisible,
        a_lease_tells_all_the_worker_needs,
        racing_workers_never_hold_the_same_task,
        two_processes_never_hold_the_same_task,
        the_oldest_of_a_lane_goes_first,
        due_time_goes_before_acceptance,
        a_task_for_later_waits_for_its_time,
        a_time_past_is_at_once,
        promotion_is_counted,
        lanes_share_by_weight,
        an_unused_share_goes_to_the_most_urgent,
        the_share_for_codes_takes_only_codes,
        an_extended_lease_holds_on,
        extending_answers_for_each,
        tokens_grow_with_every_lease,
        next_due_is_the_nearest,
        work_wakes_those_who_wait,
    },
    newsletter::{
        the_last_accepted_change_wins_in_any_order,
        a_subscription_to_an_unknown_content_type_is_told,
        subscribing_again_replaces_and_never_doubles,
        one_click_unsubscribes_once_and_twice_is_fine,
        racing_schedulers_make_one_run,
        a_period_in_the_future_is_refused,
        who_subscribes_within_a_period_does_not_get_its_issue,
        nobody_before_the_period_makes_no_run,
        missed_periods_are_counted,
        a_run_sends_what_was_there_when_it_began,
        fan_out_makes_one_mail_each_and_rests_at_high_water,
        who_left_or_changed_after_the_fan_out_is_skipped,
        a_runs_totals_add_up_and_name_who_did_not_get_it,
    },
    reclaim::{
        an_expired_lease_returns_to_the_queue,
        a_lease_lasts_until_its_end,
        many_expired_leases_return_together,
        a_task_reclaimed_three_times_comes_alone,
        reclaimed_once_more_it_is_poison,
        poison_put_back_by_an_operator_is_tried_afresh,
        a_message_lost_in_data_waits_a_quarter_hour,
        a_message_lost_in_data_twice_is_uncertain,
        a_code_lost_in_data_is_uncertain,
        a_newsletter_lost_in_data_is_uncertain,
        a_code_lost_before_data_is_sent_again,
        a_mark_ends_with_its_lease,
        release_takes_the_mark_back,
        a_mark_survives_reopening,
        a_lost_attempt_delays_nobody_else,
    },
    settle::{
        success_ends_a_task,
        retry_waits_and_burns_a_try,
        retry_may_spare_the_try_and_flag_the_duplicate,
        failure_ends_a_task,
        a_refused_address_is_suppressed_for_its_owner_only,
        skipping_ends_a_task,
        uncertainty_ends_a_task,
        a_release_leaves_no_trace,
        many_releases_cost_nothing,
        a_stale_token_is_refused_for_every_other_verdict,
        a_stale_token_is_refused_after_the_end,
        an_unknown_task_is_stale,
        a_late_success_counts_while_the_task_waits,
        a_late_success_counts_before_anyone_noticed,
        a_late_success_counts_under_another_holder,
        a_late_success_counts_while_retrying,
        a_late_success_counts_after_uncertain,
        a_late_success_counts_after_failed,
        settling_twice_is_harmless,
        releasing_twice_is_harmless,
        a_batch_is_settled_one_by_one,
        attempts_are_numbered_from_one,
    },
}
