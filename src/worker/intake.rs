//! The intake: leases what there is room for, and keeps the leases alive.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{Shop, Transport, chance, holds::Held, parcel::Patience, pause_after_failure};
use crate::{
    domain::{Lane, State, Verdict},
    mail::smtp::{Connector, RelayGate},
    store::{LeaseRequest, Leased, StoreError},
    telemetry::metrics,
};

/// Longest wait for a hint, hence the delay when one is lost.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// Shortest time between two checks for tasks that fell due, which give no hint. A trickle of work wakes the intake
/// often, and each check costs two calls to the store.
const CHECK_INTERVAL_MIN: Duration = Duration::from_millis(50);

/// Subscription changes applied at once beside a full worker.
const CHANGES: u32 = 256;

/// Leases until `soft`, or until nothing is left when `until_empty`.
pub(super) async fn run(shop: &Arc<Shop>, soft: &CancellationToken, until_empty: bool) {
    let mut hints = shop.store.wake().subscribe();
    let mut failures = 0_u32;
    while !soft.is_cancelled() {
        if let Transport::Relay { connector, gate } = &shop.transport {
            let is_ready = gate.is_closed();
            metrics::relay_ready(is_ready);
            if !is_ready {
                give_back(shop).await;
                if without_relay(shop, probe(connector, gate), &mut hints, soft, until_empty).await {
                    return;
                }
                continue;
            }
        }
        // What it knows and the store does not comes first: a lease takes back what seems lost.
        if shop.desk.is_behind() {
            let _ = soft.run_until_cancelled(tokio::time::sleep(CHECK_INTERVAL_MIN)).await;
            continue;
        }
        // Room before the lease. The other way round, a full worker would hold tasks it cannot start, and they would
        // age until their lease expires.
        let request = match room(shop) {
            Some(request) => request,
            None => match wait_for_room(shop, &mut hints, soft).await {
                Some(request) => {
                    apply_changes(shop, &mut hints, soft).await;
                    if request.codes == 0 {
                        hints.mark_changed();
                        continue;
                    }
                    request
                }
                None => continue,
            },
        };
        hints.mark_unchanged();
        let leased = lease(shop, request, &mut hints, soft).await;
        if leased.is_ok() && std::mem::take(&mut failures) > 0 {
            tracing::info!("the store is back");
        }
        match leased {
            // It asked for codes only, being full, and waits for room again.
            Ok(0) if room(shop).is_none() => {}
            Ok(0) => {
                if until_empty && is_empty(shop).await {
                    return;
                }
                wait(shop, &mut hints, soft, until_empty || request.any == 0).await;
            }
            Ok(_) => {}
            Err(error) => {
                if failures == 0 {
                    tracing::warn!(error.message = %error, "the store gives no tasks; trying until it does");
                }
                let _ = soft.run_until_cancelled(tokio::time::sleep(pause_after_failure(failures))).await;
                failures = failures.saturating_add(1);
            }
        }
    }
}

/// Applies subscription changes beside a full worker. They need no relay, and whoever unsubscribed must not get the next
/// issue because mails are slow.
async fn apply_changes(shop: &Arc<Shop>, hints: &mut watch::Receiver<u64>, soft: &CancellationToken) {
    if shop.desk.is_behind() {
        return;
    }
    let asked = Instant::now();
    let leased = match shop.store.lease_changes(CHANGES, shop.settings.lease).await {
        Ok(leased) => leased,
        Err(error) => return tracing::debug!(error.message = %error, "the store gives no subscription changes now"),
    };
    if leased.iter().any(|task| task.is_suspect) {
        return take_in(shop, leased, asked, hints, soft).await;
    }
    let mut applying = JoinSet::new();
    for task in leased {
        let held = shop.holds.hold(task, asked + shop.settings.lease);
        let (shop, soft) = (Arc::clone(shop), soft.clone());
        applying.spawn(async move {
            let _ = shop.prepare(held, Patience::Until(&soft)).await;
        });
    }
    applying.join_all().await;
}

/// Waits for the `probe` of an unready relay and meanwhile leases subscription changes, which need no relay. True when
/// nothing is left and `until_empty` is set.
async fn without_relay(
    shop: &Shop,
    probe: impl Future<Output = ()>,
    hints: &mut watch::Receiver<u64>,
    soft: &CancellationToken,
    until_empty: bool,
) -> bool {
    let mut probe = pin!(probe);
    while !soft.is_cancelled() {
        hints.mark_unchanged();
        // Not raced against the probe: what an abandoned call leases comes back only when its lease ends.
        if let Some(LeaseRequest { any: limit @ 1.., lease, .. }) = room(shop).filter(|_| !shop.desk.is_behind()) {
            let asked = Instant::now();
            match shop.store.lease_changes(limit, lease).await {
                Ok(leased) => take_in(shop, leased, asked, hints, soft).await,
                Err(error) => {
                    tracing::debug!(error.message = %error, "the store gives no subscription changes now");
                }
            }
        }
        if until_empty && is_empty(shop).await {
            return true;
        }
        tokio::select! {
            biased;
            () = &mut probe => break,
            () = wait(shop, hints, soft, true) => {}
        }
    }
    false
}

/// Makes the single connection that probes an unready relay.
async fn probe(connector: &Connector, gate: &RelayGate) {
    let pass = gate.enter().await;
    match connector.connect().await {
        Ok(session) => {
            let seat = pass.ready();
            tracing::info!(
                gomail.relay = connector.relay(),
                gomail.tls = session.tls().unwrap_or("none"),
                "the relay is ready"
            );
            session.quit().await;
            drop(seat);
        }
        Err(failure) => {
            let why = failure.masked();
            tracing::warn!(gomail.relay = connector.relay(), error.message = why, "the relay is not ready; tasks wait");
            pass.failed(chance());
        }
    }
}

/// Tasks held per courier: one under way, one to follow in the same round trip, a few whose outcome is being recorded, and
/// two so that the next lease's own round trip leaves nobody without. They are extended while they wait, and given back
/// untouched at a stop.
const PER_COURIER: usize = 8;
/// The same where the relay is quick: up to four to follow, six whose outcome is being recorded, and more that are ready.
/// Elsewhere that many would only wait here, and a message behind them.
const PER_COURIER_QUICK: usize = 16;

/// Tasks that so many couriers may have in hand.
fn capacity(shop: &Shop, couriers: usize) -> usize {
    couriers * if shop.pace.is_quick() { PER_COURIER_QUICK } else { PER_COURIER }
}

/// Tasks that couriers for all lanes may have in hand.
fn general_capacity(shop: &Shop) -> usize {
    capacity(shop, shop.general_couriers())
}

/// How many more the worker may hold: of any kind, and of codes in their own part.
fn free(shop: &Shop) -> (usize, usize) {
    // Without a courier of their own, codes still have a part here: the one courier there is takes them first.
    let reserved = capacity(shop, shop.settings.reserved_for_codes().max(1));
    let (codes, rest) = shop.holds.count();
    let codes_in_general = codes.saturating_sub(reserved);
    (general_capacity(shop).saturating_sub(rest + codes_in_general), reserved.saturating_sub(codes))
}

fn ask_for(shop: &Shop, any: usize, codes: usize) -> LeaseRequest {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    LeaseRequest { any: count(any), codes: count(codes), lease: shop.settings.lease }
}

/// What can be leased now.
///
/// `None` while it is not worth a call: everyone is busy and less than a quarter is free, or what is in hand is heavy.
fn room(shop: &Shop) -> Option<LeaseRequest> {
    if shop.holds.is_heavy() {
        return None;
    }
    let (any, codes) = free(shop);
    let is_worth_it = if shop.ready.idle() > 0 { any + codes > 0 } else { 4 * any >= general_capacity(shop) };
    is_worth_it.then(|| ask_for(shop, any, codes))
}

/// Waits until a quarter is free, and no longer than [`POLL_INTERVAL`]. Couriers are kept free for codes: whatever comes
/// meanwhile may be one, and is asked for.
async fn wait_for_room(
    shop: &Shop,
    hints: &mut watch::Receiver<u64>,
    soft: &CancellationToken,
) -> Option<LeaseRequest> {
    let general = general_capacity(shop);
    tokio::select! {
        biased;
        () = soft.cancelled() => return None,
        () = shop.holds.at_most(general - general.div_ceil(4)) => {
            // A hint may have been heard just now, and there be no room after all: the relay has become slow.
            hints.mark_changed();
            return None;
        }
        () = heard(hints) => {}
    }
    let (_, codes) = free(shop);
    Some(ask_for(shop, 0, codes))
}

/// Waits for a hint, whose loss costs [`POLL_INTERVAL`], and for those right behind it.
async fn heard(hints: &mut watch::Receiver<u64>) {
    let _ = tokio::time::timeout(POLL_INTERVAL, hints.changed()).await;
    tokio::time::sleep(CHECK_INTERVAL_MIN).await;
}

async fn lease(
    shop: &Shop,
    request: LeaseRequest,
    hints: &mut watch::Receiver<u64>,
    soft: &CancellationToken,
) -> Result<usize, StoreError> {
    let (leased, asked) = ask(shop, request).await?;
    let count = leased.len();
    let codes = leased.iter().filter(|task| task.lane == Lane::Otp).count();
    if count > 0 && codes >= request.codes as usize {
        // More codes may wait than there was room for, and nobody hints at them again.
        hints.mark_changed();
    }
    take_in(shop, leased, asked, hints, soft).await;
    Ok(count)
}

/// Leases; also, when it was asked for: its leases go on from then, as far as is known here.
async fn ask(shop: &Shop, request: LeaseRequest) -> Result<(Vec<Leased>, Instant), StoreError> {
    let asked = Instant::now();
    let leased = shop.store.lease(request).await;
    metrics::store_call("lease", asked.elapsed());
    Ok((leased?, asked))
}

/// Puts the leased tasks into `ready`; a task that must run alone follows when nothing else is in flight.
async fn take_in(
    shop: &Shop,
    leased: Vec<Leased>,
    asked: Instant,
    hints: &mut watch::Receiver<u64>,
    soft: &CancellationToken,
) {
    let mut suspects = VecDeque::new();
    put(shop, leased, asked, &mut suspects);
    if !suspects.is_empty() {
        run_alone(shop, suspects, hints, soft).await;
    }
}

fn put(shop: &Shop, leased: Vec<Leased>, asked: Instant, suspects: &mut VecDeque<Held>) {
    for task in leased {
        let held = shop.holds.hold(task, asked + shop.settings.lease);
        if held.task.is_suspect {
            tracing::warn!(gomail.task.id = %held.task.id, "a task was reclaimed 3 times and runs alone");
            suspects.push_back(held);
        } else {
            shop.ready.put(held);
        }
    }
}

/// Runs tasks that took workers down before, each with nothing else in flight: if one does again, it harms only itself.
/// Codes go on while others finish, since a mail may take minutes; they wait only while a suspect runs.
async fn run_alone(
    shop: &Shop,
    mut suspects: VecDeque<Held>,
    hints: &mut watch::Receiver<u64>,
    soft: &CancellationToken,
) {
    while !suspects.is_empty() {
        tokio::select! {
            biased;
            () = soft.cancelled() => break,
            () = shop.holds.down_to(suspects.len()) => {
                hints.mark_changed();
                let Some(held) = suspects.pop_front() else { break };
                shop.ready.put(held);
                let _ = soft.run_until_cancelled(shop.holds.down_to(suspects.len())).await;
            }
            () = heard(hints) => {
                let (_, codes) = free(shop);
                let (_, others) = shop.holds.count();
                let waiting = suspects.iter().filter(|held| held.task.lane != Lane::Otp).count();
                // Once only codes are in flight they must run dry, or a steady flow of them keeps the suspects for ever. When
                // the store is away, they come by a later call.
                if others > waiting
                    && codes > 0
                    && !shop.desk.is_behind()
                    && let Ok((leased, asked)) = ask(shop, ask_for(shop, 0, codes)).await
                {
                    put(shop, leased, asked, &mut suspects);
                }
            }
        }
    }
    for held in suspects {
        shop.conclude(held, Verdict::Release).await;
    }
}

/// Waits until there may be something to lease. The end of a task makes nothing due, but room, or an empty store.
async fn wait(shop: &Shop, hints: &mut watch::Receiver<u64>, soft: &CancellationToken, for_ends: bool) {
    tokio::select! {
        biased;
        () = soft.cancelled() => {}
        _ = hints.changed() => {}
        () = shop.holds.changed(), if for_ends => {}
        () = until_due(shop) => {}
    }
}

/// Waits for the next moment at which something falls due by itself, such as a retry, and no longer than
/// [`POLL_INTERVAL`].
async fn until_due(shop: &Shop) {
    tokio::time::sleep(CHECK_INTERVAL_MIN).await;
    let pause = match (shop.store.next_due().await, shop.store.now().await) {
        (Ok(Some(due)), Ok(now)) => due.since(now).min(POLL_INTERVAL),
        _ => POLL_INTERVAL,
    };
    tokio::time::sleep(pause).await;
}

/// Whether nothing is queued or running, here or with another worker.
async fn is_empty(shop: &Shop) -> bool {
    match shop.store.stats().await {
        Ok(stats) => stats.gauge(State::Queued) + stats.gauge(State::Running) == 0,
        Err(_) => false,
    }
}

/// Gives back what no courier has begun.
pub(super) async fn give_back(shop: &Shop) {
    let mut recordings = Vec::new();
    for held in shop.ready.drain() {
        recordings.push(shop.hand_in(held, Verdict::Release, None).await);
    }
    for recording in recordings {
        recording.recorded().await;
    }
}

/// Extends every held lease, three times per lease duration, and sooner after a failure.
pub(super) async fn keep_leases(shop: Arc<Shop>, ending: CancellationToken) {
    let lease = shop.settings.lease;
    let mut pause = lease / 3;
    while ending.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        pause = lease / 3;
        let held = shop.holds.all();
        if held.is_empty() {
            continue;
        }
        let asked = Instant::now();
        match shop.store.extend(&held, lease).await {
            Ok(extended) => shop.holds.extended(&held, &extended, asked + lease),
            // One that ends is noticed before its body begins.
            Err(error) => {
                tracing::debug!(error.message = %error, "leases cannot be extended now");
                pause = pause.min(Duration::from_secs(1));
            }
        }
    }
}
