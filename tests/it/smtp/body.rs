//! From the body to the reply after the final dot.

use std::time::Duration;

use gomail::{
    config::SmtpSettings,
    domain::Stage,
    mail::smtp::{Failure, Session},
};

use super::{MAIL, SHORT, deliver, envelope, impatient, send, session, session_with, settings};
use crate::helpers::peer::{Act, Rule, SmtpPeer, Step};

/// More than any socket buffer takes at once.
fn huge() -> Vec<u8> {
    b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd\r\n".repeat(16 * 1024 * 1024 / 64)
}

async fn delivered(session: &mut Session, body: &[u8]) -> Result<u16, Failure> {
    session.open(&envelope("bob")).await.unwrap();
    deliver(session, body, None).await.outcome.map(|reply| reply.code)
}

#[tokio::test]
async fn dots_and_line_ends_arrive_as_meant() {
    let peer = SmtpPeer::start();
    let mut session = session(&peer).await;

    for body in
        ["Subject: x\n\n.\n..two\r\rlast", "", ".", "\r\n.\r\nMAIL FROM:<evil@example.com>\r\n", "a\n.\nb\r.\rc"]
    {
        assert_eq!(delivered(&mut session, body.as_bytes()).await, Ok(250), "{body:?}");
    }

    let texts: Vec<String> = peer.mails().iter().map(|mail| String::from_utf8(mail.raw.clone()).unwrap()).collect();
    assert_eq!(
        texts,
        [
            "Subject: x\r\n\r\n.\r\n..two\r\n\r\nlast\r\n",
            "",
            ".\r\n",
            "\r\n.\r\nMAIL FROM:<evil@example.com>\r\n",
            "a\r\n.\r\nb\r\n.\r\nc\r\n"
        ]
    );
    assert_eq!(peer.connections(), 1);
}

#[tokio::test]
async fn a_large_mail_arrives_whole() {
    let peer = SmtpPeer::start();
    let body = huge();

    assert_eq!(delivered(&mut session(&peer).await, &body).await, Ok(250));

    assert!(peer.mails()[0].raw == body);
}

#[tokio::test]
async fn only_a_2xx_after_the_dot_is_a_delivery() {
    for line in ["450 4.3.0 later", "550 5.6.0 never", "554 no"] {
        let peer = SmtpPeer::start();
        let mut session = session(&peer).await;
        peer.rule(Rule::reply(Step::Dot, line).times(1));

        let failure = delivered(&mut session, MAIL).await.unwrap_err();

        assert!(matches!(failure, Failure::Refused { stage: Stage::FinalDot, .. }), "{failure:?}");
        assert_eq!(failure.reply().unwrap().text, line[4..]);
        // The transaction is over; the session is not.
        assert_eq!(send(&mut session, "eve").await, Ok(250));
        assert_eq!(peer.mails().len(), 1);
    }
}

#[tokio::test]
async fn a_link_lost_after_the_dot_leaves_the_outcome_unknown() {
    for (act, is_timeout) in [
        (Act::Close, false),
        (Act::TakeThenClose, false),
        (Act::Stall, true),
        (Act::Late(SHORT * 10), true),
        (Act::Reply("354 go on".to_owned()), false),
        (Act::Reply("what?".to_owned()), false),
    ] {
        let peer = SmtpPeer::start();
        let mut session = impatient(&peer).await;
        peer.rule(Rule::at(Step::Dot, act.clone()));

        match delivered(&mut session, MAIL).await.unwrap_err() {
            Failure::Lost { stage: Stage::FinalDot, timeout, after_final_dot: true, .. } => {
                assert_eq!(timeout, is_timeout, "{act:?}");
            }
            other => panic!("{act:?}: {other:?}"),
        }
        assert!(!session.is_usable());
    }
}

#[tokio::test]
async fn the_wait_after_the_dot_has_its_own_timeout() {
    let peer = SmtpPeer::start();
    peer.rule(Rule::at(Step::Dot, Act::Late(SHORT * 2)));
    let settings = SmtpSettings { timeout: SHORT, ..settings(&peer) };

    assert_eq!(delivered(&mut session_with(&settings).await.unwrap(), MAIL).await, Ok(250));
}

#[tokio::test]
async fn a_link_lost_within_the_body_is_not_after_the_dot() {
    for act in [Act::Close, Act::Stall] {
        let peer = SmtpPeer::start();
        let mut session = impatient(&peer).await;
        peer.rule(Rule::at(Step::Body, act.clone()));

        let failure = delivered(&mut session, &huge()).await.unwrap_err();

        let is_stall = matches!(act, Act::Stall);
        match failure {
            Failure::Lost { stage: Stage::Body, timeout, after_final_dot: false, .. } => assert_eq!(timeout, is_stall),
            other => panic!("{act:?}: {other:?}"),
        }
        assert!(!session.is_usable() && peer.mails().is_empty());
    }
}

#[tokio::test]
async fn a_relay_that_closes_within_the_body_is_heard() {
    for (line, code) in [("552 5.3.4 too big", 552), ("421 4.3.2 shutting down", 421)] {
        for act in [Act::ReplyThenClose(line.to_owned()), Act::Reply(line.to_owned())] {
            let peer = SmtpPeer::start();
            let mut session = session(&peer).await;
            peer.rule(Rule::at(Step::Body, act.clone()));

            let failure = delivered(&mut session, &huge()).await.unwrap_err();

            assert_eq!(failure.stage(), Some(Stage::Body), "{act:?} {failure:?}");
            assert_eq!(failure.reply().map(|reply| reply.code), Some(code), "{act:?} {failure:?}");
            assert!(!session.is_usable() && peer.mails().is_empty());
        }
    }
}

#[tokio::test]
async fn a_2xx_before_the_dot_is_no_delivery() {
    // Within a body that is still being sent.
    let peer = SmtpPeer::start();
    peer.rule(Rule::reply(Step::Body, "250 2.0.0 got it already"));
    let failure = delivered(&mut session(&peer).await, &huge()).await.unwrap_err();
    assert!(matches!(failure, Failure::Lost { stage: Stage::Body, after_final_dot: false, .. }), "{failure:?}");
    assert!(peer.mails().is_empty());

    // In the same packet as the 354.
    let peer = SmtpPeer::start();
    peer.rule(Rule::at(Step::Data, Act::Pieces(vec!["354 go\r\n250 2.0.0 queued\r\n".to_owned()])));
    let failure = delivered(&mut session(&peer).await, MAIL).await.unwrap_err();
    assert!(matches!(failure, Failure::Lost { stage: Stage::Body, after_final_dot: false, .. }), "{failure:?}");
    assert!(peer.mails().is_empty());
}

#[tokio::test]
async fn a_relay_that_reads_slowly_but_reads_is_no_timeout() {
    let peer = SmtpPeer::start();
    // Longer than the step in all, with progress in between.
    let mut session = session_with(&SmtpSettings { timeout: SHORT, ..settings(&peer) }).await.unwrap();
    peer.set_read_pause(Duration::from_millis(5));

    assert_eq!(delivered(&mut session, &huge()).await, Ok(250));
}

#[tokio::test]
async fn a_session_dropped_midway_is_dead() {
    let peer = SmtpPeer::start();
    peer.rule(Rule::at(Step::Dot, Act::Stall));
    peer.rule(Rule::at(Step::Rcpt, Act::Stall).to("stall"));
    let mut opening = session(&peer).await;
    let mut delivering = session(&peer).await;
    delivering.open(&envelope("bob")).await.unwrap();

    let _ = tokio::time::timeout(SHORT, opening.open(&envelope("stall"))).await.unwrap_err();
    let _ = tokio::time::timeout(SHORT, deliver(&mut delivering, MAIL, None)).await.unwrap_err();

    for mut session in [opening, delivering] {
        assert!(!session.is_usable() && !session.is_alive());
        assert!(matches!(session.open(&envelope("bob")).await, Err(Failure::Untouched { .. })));
    }
}
