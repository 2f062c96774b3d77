//! Every metric: its name, unit and labels, in this one file.
//!
//! What the store counts (tasks, lanes, missed periods) is the same on every process and is set from a reading of the
//! store just before exposition; what a process measures itself (HTTP, SMTP, store latency) is recorded as it happens.

use std::{sync::OnceLock, time::Duration};

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;

const TASKS_ENDED: &str = "gomail_tasks_ended_total";
const TASKS: &str = "gomail_tasks";
const LANE_DEPTH: &str = "gomail_lane_depth";
const LANE_OLDEST: &str = "gomail_lane_oldest_age_seconds";
const ATTEMPTS: &str = "gomail_attempts_total";
const MISSED_PERIODS: &str = "gomail_missed_periods_total";
const STORE_UP: &str = "gomail_store_up";
const RELAY_READY: &str = "gomail_relay_ready";
const HTTP_REQUEST: &str = "gomail_http_request_duration_seconds";
const STORE_CALL: &str = "gomail_store_call_duration_seconds";
const SMTP_STEP: &str = "gomail_smtp_step_duration_seconds";
const ATTEMPT: &str = "gomail_attempt_duration_seconds";
const END_TO_END: &str = "gomail_delivery_duration_seconds";

const SHORT: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];
const LONG: [f64; 11] = [0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 3600.0, 86_400.0];

/// How often samples are folded into their buckets. Until then each takes memory; a scrape folds them too, but nobody
/// need ever scrape.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

static EXPOSITION: OnceLock<PrometheusHandle> = OnceLock::new();

/// The collected metrics of this process.
#[derive(Clone, Debug)]
pub struct Exposition(PrometheusHandle);

/// What a reading of the store says.
#[derive(Debug, Clone, Default)]
pub struct StoreSample {
    /// Tasks now, by state.
    pub states: Vec<(&'static str, u64)>,
    /// Queued tasks and age of the oldest in seconds, by lane.
    pub lanes: Vec<(&'static str, u64, f64)>,
    /// Endings, by type and state.
    pub ended: Vec<(&'static str, &'static str, u64)>,
    /// Attempts, by outcome.
    pub attempts: Vec<(&'static str, u64)>,
    /// Newsletter periods that began and were not sent.
    pub missed_periods: u64,
}

/// Installs the recorder; a second call gives the same one.
///
/// # Panics
/// When another library installed a global metrics recorder, which no dependency of ours does.
#[must_use]
pub fn install() -> Exposition {
    let handle = EXPOSITION.get_or_init(|| {
        let handle = PrometheusBuilder::new()
            .set_buckets(&SHORT)
            .and_then(|builder| builder.set_buckets_for_metric(Matcher::Full(SMTP_STEP.to_owned()), &LONG))
            .and_then(|builder| builder.set_buckets_for_metric(Matcher::Full(ATTEMPT.to_owned()), &LONG))
            .and_then(|builder| builder.set_buckets_for_metric(Matcher::Full(END_TO_END.to_owned()), &LONG))
            .expect("the bucket lists are not empty")
            .install_recorder()
            .expect("nobody else installs a metrics recorder");
        describe();
        handle
    });
    Exposition(handle.clone())
}

/// The recorder, if it was installed.
#[must_use]
pub fn installed() -> Option<Exposition> {
    EXPOSITION.get().cloned().map(Exposition)
}

fn describe() {
    describe_counter!(TASKS_ENDED, Unit::Count, "Tasks that came to an end, by type and end state");
    describe_gauge!(TASKS, Unit::Count, "Tasks now, by state");
    describe_gauge!(LANE_DEPTH, Unit::Count, "Tasks queued now, by lane");
    describe_gauge!(LANE_OLDEST, Unit::Seconds, "Age of the oldest queued task, by lane");
    describe_counter!(ATTEMPTS, Unit::Count, "Delivery attempts, by outcome");
    describe_counter!(MISSED_PERIODS, Unit::Count, "Newsletter periods that began and were not sent");
    describe_gauge!(STORE_UP, Unit::Count, "1 while the store answers; at 0 what comes from it is its last reading");
    describe_gauge!(RELAY_READY, Unit::Count, "1 while the relay takes sessions of this worker");
    describe_histogram!(HTTP_REQUEST, Unit::Seconds, "HTTP requests, by method, route and status");
    describe_histogram!(STORE_CALL, Unit::Seconds, "Calls to the store, by verb");
    describe_histogram!(SMTP_STEP, Unit::Seconds, "SMTP steps, by step");
    describe_histogram!(ATTEMPT, Unit::Seconds, "Delivery attempts, by lane and outcome");
    describe_histogram!(END_TO_END, Unit::Seconds, "From due to delivered, by lane");
}

impl Exposition {
    /// The Prometheus text, with `sample` as the store's part; `None` when the store gave none.
    #[must_use]
    pub fn render(&self, sample: Option<&StoreSample>) -> String {
        gauge!(STORE_UP).set(if sample.is_some() { 1.0 } else { 0.0 });
        if let Some(sample) = sample {
            record(sample);
        }
        self.0.render()
    }

    /// Keeps the memory of samples bounded until `stop`.
    pub async fn keep_up(self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(UPKEEP_INTERVAL);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            self.0.run_upkeep();
        }
    }
}

fn record(sample: &StoreSample) {
    for (state, count) in &sample.states {
        gauge!(TASKS, "state" => *state).set(as_f64(*count));
    }
    for (lane, queued, oldest) in &sample.lanes {
        gauge!(LANE_DEPTH, "lane" => *lane).set(as_f64(*queued));
        gauge!(LANE_OLDEST, "lane" => *lane).set(*oldest);
    }
    for (task_type, state, count) in &sample.ended {
        counter!(TASKS_ENDED, "type" => *task_type, "state" => *state).absolute(*count);
    }
    for (outcome, count) in &sample.attempts {
        counter!(ATTEMPTS, "outcome" => *outcome).absolute(*count);
    }
    counter!(MISSED_PERIODS).absolute(sample.missed_periods);
}

/// Whether the relay takes sessions.
pub fn relay_ready(is_ready: bool) {
    gauge!(RELAY_READY).set(if is_ready { 1.0 } else { 0.0 });
}

/// One HTTP request.
pub fn http_request(method: &'static str, route: &str, status: u16, took: Duration) {
    histogram!(HTTP_REQUEST, "method" => method, "route" => route.to_owned(), "status" => status.to_string())
        .record(took);
}

/// One call to the store.
pub fn store_call(verb: &'static str, took: Duration) {
    histogram!(STORE_CALL, "verb" => verb).record(took);
}

/// One SMTP step.
pub fn smtp_step(step: &'static str, took: Duration) {
    histogram!(SMTP_STEP, "step" => step).record(took);
}

/// One delivery attempt.
pub fn attempt(lane: &'static str, outcome: &'static str, took: Duration) {
    histogram!(ATTEMPT, "lane" => lane, "outcome" => outcome).record(took);
}

/// One delivery, from due to delivered.
pub fn delivered(lane: &'static str, took: Duration) {
    histogram!(END_TO_END, "lane" => lane).record(took);
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a double; counts stay far below 2^53")]
const fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stores_counts_appear_as_they_are() {
        let exposition = install();
        let sample = StoreSample {
            states: vec![("queued", 3)],
            lanes: vec![("otp", 2, 1.5)],
            ended: vec![("message", "succeeded", 7)],
            attempts: vec![("delivered", 7)],
            missed_periods: 1,
        };

        let text = exposition.render(Some(&sample));

        for line in [
            "gomail_tasks{state=\"queued\"} 3",
            "gomail_lane_oldest_age_seconds{lane=\"otp\"} 1.5",
            "gomail_tasks_ended_total{type=\"message\",state=\"succeeded\"} 7",
            "gomail_missed_periods_total 1",
            "gomail_store_up 1",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(exposition.render(None).contains("gomail_store_up 0"));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test(start_paused = true)]
    async fn samples_that_nobody_scrapes_take_no_memory() {
        let resident_pages = || -> u64 {
            let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
            pages.split(' ').nth(1).unwrap().parse().unwrap()
        };
        let stop = CancellationToken::new();
        let tracker = tokio_util::task::TaskTracker::new();
        tracker.spawn(install().keep_up(stop.clone()));
        let before = resident_pages();

        for _ in 0..100 {
            for _ in 0..100_000 {
                store_call("test", Duration::from_millis(1));
            }
            tokio::time::sleep(UPKEEP_INTERVAL).await;
        }

        // Kept, the samples would be over 150 MiB; other tests of this process take some, too.
        let grown = resident_pages().saturating_sub(before) * 4096;
        assert!(grown < 80 << 20, "{grown} bytes more");
        stop.cancel();
        tracker.close();
        tracker.wait().await;
    }
}
