//! The next mail's envelope in the same write as the body before it.

use gomail::{domain::Stage, mail::smtp::Failure};

use super::{MAIL, deliver, envelope, impatient, send, session};
use crate::helpers::peer::{Act, PeerOptions, Rule, SmtpPeer, Step};

#[tokio::test]
async fn a_mail_costs_one_round_trip() {
    let peer = SmtpPeer::start();
    let mut session = session(&peer).await;
    session.open(&envelope("to0")).await.unwrap();
    let before = peer.round_trips();

    for n in 1..=100 {
        let next = envelope(&format!("to{n}"));
        let delivery = deliver(&mut session, MAIL, Some(&next)).await;
        assert_eq!(delivery.outcome.unwrap().code, 250);
        delivery.next.unwrap().unwrap();
    }
    assert!(deliver(&mut session, MAIL, None).await.outcome.is_ok());

    assert_eq!(peer.round_trips() - before, 101);
    let to: Vec<String> = peer.wait_for(101).await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, (0..=100).map(|n| format!("to{n}@example.org")).collect::<Vec<_>>());
}

#[tokio::test]
async fn without_pipelining_nothing_is_sent_for_the_next_mail() {
    let peer = SmtpPeer::with(PeerOptions { pipelining: false, ..PeerOptions::default() });
    let mut session = session(&peer).await;
    session.open(&envelope("bob")).await.unwrap();

    let delivery = deliver(&mut session, MAIL, Some(&envelope("eve"))).await;

    assert!(delivery.outcome.is_ok() && delivery.next.is_none());
    assert_eq!(send(&mut session, "eve").await, Ok(250));
}

#[tokio::test]
async fn a_refused_next_mail_harms_neither_the_one_before_nor_the_one_after() {
    for (step, stage) in [(Step::Mail, Stage::Mail), (Step::Rcpt, Stage::Rcpt), (Step::Data, Stage::Data)] {
        for a_354_all_the_same in [false, true] {
            if step == Step::Data && a_354_all_the_same {
                continue;
            }
            let peer = SmtpPeer::start();
            let mut session = session(&peer).await;
            session.open(&envelope("first")).await.unwrap();
            peer.rule(Rule::reply(step, "550 5.1.1 no").times(1));
            if a_354_all_the_same {
                peer.rule(Rule::reply(Step::Data, "354 go").times(1));
            }

            let delivery = deliver(&mut session, MAIL, Some(&envelope("second"))).await;

            assert_eq!(delivery.outcome.unwrap().code, 250);
            let failure = delivery.next.unwrap().unwrap_err();
            assert_eq!((failure.stage(), failure.reply().unwrap().code), (Some(stage), 550));
            assert_eq!(send(&mut session, "third").await, Ok(250));
            let to: Vec<String> = peer.mails().into_iter().map(|mail| mail.to).collect();
            assert_eq!(to, ["first@example.org", "third@example.org"], "{step:?} {a_354_all_the_same}");
        }
    }
}

#[tokio::test]
async fn a_refused_mail_does_not_harm_the_next() {
    let peer = SmtpPeer::start();
    let mut session = session(&peer).await;
    session.open(&envelope("first")).await.unwrap();
    peer.rule(Rule::reply(Step::Dot, "550 5.6.0 no").times(1));

    let delivery = deliver(&mut session, MAIL, Some(&envelope("second"))).await;

    assert_eq!(delivery.outcome.unwrap_err().reply().unwrap().code, 550);
    delivery.next.unwrap().unwrap();
    assert!(deliver(&mut session, MAIL, None).await.outcome.is_ok());
    assert_eq!(peer.mails()[0].to, "second@example.org");
}

#[tokio::test]
async fn the_next_mail_is_untouched_when_the_session_ends_with_the_one_before() {
    for act in [
        Act::Close,
        Act::TakeThenClose,
        Act::Stall,
        Act::ReplyThenClose("421 4.7.0 enough".to_owned()),
        Act::ReplyThenClose("450 4.3.0 later".to_owned()),
        Act::ReplyAsUsualThenClose,
        Act::Reply("354 what".to_owned()),
    ] {
        let peer = SmtpPeer::start();
        let mut session = impatient(&peer).await;
        session.open(&envelope("first")).await.unwrap();
        peer.rule(Rule::at(Step::Dot, act.clone()));

        let delivery = deliver(&mut session, MAIL, Some(&envelope("second"))).await;

        let is_taken = matches!(act, Act::ReplyAsUsualThenClose);
        assert_eq!(delivery.outcome.is_ok(), is_taken, "{act:?}: {:?}", delivery.outcome);
        assert!(matches!(delivery.next, Some(Err(Failure::Untouched { .. }))), "{act:?}: {:?}", delivery.next);
        assert!(!session.is_usable());
    }
}

#[tokio::test]
async fn a_next_mail_that_the_relay_has_begun_to_answer_is_lost_not_untouched() {
    let peer = SmtpPeer::start();
    let mut session = session(&peer).await;
    session.open(&envelope("first")).await.unwrap();
    peer.rule(Rule::at(Step::Rcpt, Act::Close));

    let delivery = deliver(&mut session, MAIL, Some(&envelope("second"))).await;

    assert!(delivery.outcome.is_ok());
    let next = delivery.next.unwrap().unwrap_err();
    assert!(matches!(next, Failure::Lost { stage: Stage::Rcpt, after_final_dot: false, .. }), "{next:?}");
}

#[tokio::test]
async fn a_reply_too_many_is_never_taken_for_a_delivery() {
    let peer = SmtpPeer::start();
    let mut session = session(&peer).await;
    session.open(&envelope("first")).await.unwrap();
    // Twice the reply to the dot: every later reply is off by one.
    peer.rule(Rule::reply(Step::Dot, "250 2.0.0 queued\r\n250 2.0.0 queued").times(1));

    let delivery = deliver(&mut session, MAIL, Some(&envelope("second"))).await;

    assert!(delivery.outcome.is_ok());
    let next = delivery.next.unwrap().unwrap_err();
    assert!(matches!(next, Failure::Lost { stage: Stage::Data, after_final_dot: false, .. }), "{next:?}");
    assert!(!session.is_usable());
    assert_eq!(peer.mails().len(), 1);
}
