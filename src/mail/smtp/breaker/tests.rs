//! The breaker, moment by moment.

use super::*;

const MID: f64 = 0.5;

fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// A circuit that a first session has closed, and left.
fn closed(now: Instant) -> Circuit {
    let mut circuit = Circuit::new(now);
    ready(&mut circuit, now);
    circuit.left();
    circuit
}

/// Makes a session; its era.
fn ready(circuit: &mut Circuit, now: Instant) -> Era {
    let admission = circuit.admit(now);
    circuit.ready(admission).expect("the circuit lets it in")
}

#[test]
fn until_one_session_is_ready_one_connection_is_tried_at_a_time() {
    let now = Instant::now();
    let mut circuit = Circuit::new(now);

    assert_eq!(circuit.admit(now), Admission::Probe);
    assert_eq!(circuit.admit(now), Admission::AfterOthers);

    assert!(circuit.ready(Admission::Probe).is_some());
    assert!(matches!(circuit.admit(now), Admission::Go(_)));
}

#[test]
fn probes_wait_5_s_doubling_to_15_min() {
    let mut now = Instant::now();
    let mut circuit = closed(now);
    let go = circuit.admit(now);
    circuit.failed(go, now, MID);

    let mut waits = Vec::new();
    for _ in 0..10 {
        let Admission::NotBefore(at) = circuit.admit(now) else { panic!("admitted too early") };
        waits.push((at - now).as_secs());
        now = at;
        assert_eq!(circuit.admit(now), Admission::Probe);
        assert_eq!(circuit.admit(now), Admission::AfterOthers);
        circuit.failed(Admission::Probe, now, MID);
    }

    assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
}

#[test]
fn a_wrong_password_for_a_minute_costs_a_handful_of_logins() {
    let start = Instant::now();
    let mut now = start;
    let mut circuit = Circuit::new(now);
    let mut logins = 0;
    while now < start + secs(60) {
        match circuit.admit(now) {
            Admission::NotBefore(at) => now = at,
            admission => {
                logins += 1;
                circuit.failed(admission, now, 0.0);
            }
        }
    }
    assert!(logins <= 5, "{logins}");
}

#[test]
fn failures_of_one_outage_count_once() {
    let now = Instant::now();
    let mut circuit = closed(now);
    let admitted: Vec<Admission> = (0..CONNECTING_MAX).map(|_| circuit.admit(now)).collect();
    assert_eq!(circuit.admit(now), Admission::AfterOthers);

    for admission in admitted {
        circuit.failed(admission, now, MID);
    }

    assert_eq!(circuit.outlook(now), Admission::NotBefore(now + secs(5)));
}

#[test]
fn a_ready_probe_closes_it_and_a_mail_resets_the_wait() {
    let now = Instant::now();
    let mut circuit = closed(now);
    let era = ready(&mut circuit, now);
    circuit.unready(era, now, MID);
    ready(&mut circuit, now + secs(5));
    assert!(circuit.is_closed());

    // A session that is ready but refused again (530) goes on doubling.
    let era = ready(&mut circuit, now);
    circuit.unready(era, now, MID);
    assert_eq!(circuit.outlook(now), Admission::NotBefore(now + secs(10)));
    ready(&mut circuit, now + secs(10));
    let era = ready(&mut circuit, now);
    circuit.answered();
    circuit.unready(era, now, MID);
    assert_eq!(circuit.outlook(now), Admission::NotBefore(now + secs(5)));
}

#[test]
fn only_a_probe_closes_an_open_circuit() {
    let now = Instant::now();
    let mut circuit = closed(now);
    let under_way = circuit.admit(now);
    let era = ready(&mut circuit, now);
    circuit.unready(era, now, MID);

    assert_eq!(circuit.ready(under_way), None);

    assert_eq!(circuit.admit(now), Admission::NotBefore(now + secs(5)));
}

#[test]
fn what_was_there_before_it_opened_does_not_open_it_again() {
    let now = Instant::now();
    let mut circuit = closed(now);
    let (under_way, kept) = (circuit.admit(now), ready(&mut circuit, now));
    circuit.unready(kept, now, MID);
    circuit.unready(kept, now, MID);
    ready(&mut circuit, now + secs(5));

    circuit.failed(under_way, now, MID);
    circuit.unready(kept, now, MID);

    assert!(circuit.is_closed());
    let era = ready(&mut circuit, now);
    circuit.unready(era, now, MID);
    assert_eq!(circuit.outlook(now), Admission::NotBefore(now + secs(10)), "the second opening, not the fifth");
}

#[test]
fn an_abandoned_probe_leaves_its_place_to_another() {
    let now = Instant::now();
    let mut circuit = Circuit::new(now);
    let probe = circuit.admit(now);

    circuit.abandoned(probe);

    assert_eq!(circuit.admit(now), Admission::Probe);
}

/// A circuit of which `sessions` are ready, and one more was refused at `now`.
fn full(now: Instant, sessions: usize) -> Circuit {
    let mut circuit = Circuit::new(now);
    for _ in 0..sessions {
        ready(&mut circuit, now);
    }
    let one_more = circuit.admit(now);
    circuit.failed(one_more, now, MID);
    circuit
}

#[test]
fn a_connection_refused_beside_ready_sessions_opens_nothing() {
    let now = Instant::now();
    let mut circuit = full(now, 5);

    assert!(circuit.is_closed());
    assert_eq!(circuit.admit(now), Admission::NotBefore(now + secs(5)));
}

#[test]
fn a_connection_refused_before_the_others_are_ready_opens_nothing() {
    let now = Instant::now();
    let mut circuit = closed(now);
    let [first, second, third] = [(); 3].map(|()| circuit.admit(now));

    circuit.failed(third, now, MID);
    assert!(circuit.ready(first).is_some() && circuit.ready(second).is_some());

    assert!(circuit.is_closed());
    assert_eq!(circuit.admit(now), Admission::NotBefore(now + secs(5)));
}

#[test]
fn one_more_is_tried_alone_after_waits_that_double_and_lets_the_others_follow() {
    let mut now = Instant::now();
    let mut circuit = full(now, 5);

    for waited in [5, 10, 20] {
        assert_eq!(circuit.admit(now), Admission::NotBefore(now + secs(waited)));
        now += secs(waited);
        let one_more = circuit.admit(now);
        assert_eq!(circuit.admit(now), Admission::AfterOthers);
        circuit.failed(one_more, now, MID);
    }
    now += secs(40);
    ready(&mut circuit, now);

    for _ in 0..CONNECTING_MAX {
        assert!(matches!(circuit.admit(now), Admission::Go(_)));
    }
}

#[test]
fn a_session_that_ended_is_made_up_at_once() {
    let now = Instant::now();
    let mut circuit = full(now, 5);

    circuit.left();
    ready(&mut circuit, now);

    assert_eq!(circuit.admit(now), Admission::NotBefore(now + secs(5)));
}

#[test]
fn with_the_last_session_gone_a_refusal_opens_it() {
    let now = Instant::now();
    let mut circuit = full(now, 2);

    for is_closed in [true, false] {
        circuit.left();
        let again = circuit.admit(now);
        circuit.failed(again, now, MID);
        assert_eq!(circuit.is_closed(), is_closed);
    }
}
