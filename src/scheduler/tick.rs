//! Ticks: which periods have come, and what is done about them.

use crate::{
    config::SchedulerSettings,
    domain::{Timestamp, plan_catch_up},
    store::{Series, SharedStore, StoreError, Tick, Ticked},
};

/// Deals with every period that began since its series' last one.
///
/// A series that someone else ticked meanwhile is left to them; it is read anew at the next boundary.
pub(super) async fn all(store: &SharedStore, settings: &SchedulerSettings, now: Timestamp) -> Result<(), StoreError> {
    for series in store.series().await? {
        let content_type = series.content_type.clone();
        match one(store, settings, now, series).await {
            // It is one series' own: the others go on.
            Err(StoreError::Fault(error)) => tracing::error!(
                gomail.content_type = content_type.as_str(),
                error.message = error,
                "the periods of a newsletter cannot be dealt with"
            ),
            dealt_with => dealt_with?,
        }
    }
    Ok(())
}

async fn one(
    store: &SharedStore,
    settings: &SchedulerSettings,
    now: Timestamp,
    mut series: Series,
) -> Result<(), StoreError> {
    let last = series.dealt_with_until(settings.zone);
    let plan = plan_catch_up(settings.catch_up, series.frequency, last, now, settings.zone);
    let Some(newest) = plan.newest else { return Ok(()) };

    let mut missed = plan.missed;
    for period in plan.send {
        let tick = Tick { series: series.clone(), period: period.start, send: true, missed };
        if !tell(&tick, store.tick(&tick).await?) {
            return Ok(());
        }
        missed = 0;
        series.last_period = Some(period.start);
    }
    if series.last_period.is_none_or(|last| last < newest.start) {
        let tick = Tick { series, period: newest.start, send: false, missed };
        tell(&tick, store.tick(&tick).await?);
    }
    Ok(())
}

/// Tells what a tick did; whether this scheduler goes on with the series.
fn tell(tick: &Tick, ticked: Ticked) -> bool {
    let Series { content_type, frequency, .. } = &tick.series;
    if tick.missed > 0 && matches!(ticked, Ticked::Run(_) | Ticked::Passed) {
        tracing::warn!(
            gomail.content_type = content_type.as_str(),
            gomail.frequency = frequency.as_str(),
            gomail.missed = tick.missed,
            "periods were missed"
        );
    }
    match ticked {
        Ticked::Run(run) => tracing::info!(
            event.action = "run",
            gomail.run.id = %run,
            gomail.content_type = content_type.as_str(),
            gomail.frequency = frequency.as_str(),
            gomail.period = %tick.period,
            "a run begins"
        ),
        Ticked::Passed => {}
        Ticked::Taken => return false,
        Ticked::Future => {
            tracing::error!(gomail.period = %tick.period, "the store's clock is behind this period; is a clock wrong?");
            return false;
        }
    }
    true
}
