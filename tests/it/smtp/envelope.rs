//! MAIL, RCPT and DATA: refusals, nonsense, dead links; with and without PIPELINING.

use gomail::{domain::Stage, mail::smtp::Failure};

use super::{MAIL, deliver, envelope, impatient, send, session};
use crate::helpers::peer::{Act, PeerOptions, Rule, SmtpPeer, Step};

const STEPS: [(Step, Stage); 3] = [(Step::Mail, Stage::Mail), (Step::Rcpt, Stage::Rcpt), (Step::Data, Stage::Data)];

fn peer(pipelining: bool) -> SmtpPeer {
    SmtpPeer::with(PeerOptions { pipelining, ..PeerOptions::default() })
}

fn refusal(failure: &Failure) -> (Option<Stage>, Option<u16>) {
    (failure.stage(), failure.reply().map(|reply| reply.code))
}

#[tokio::test]
async fn a_refused_envelope_is_reported_at_its_step_and_the_session_goes_on_after_rset() {
    for pipelining in [true, false] {
        for (step, stage) in STEPS {
            let peer = peer(pipelining);
            let mut session = session(&peer).await;
            assert_eq!(send(&mut session, "first").await, Ok(250));
            peer.rule(Rule::reply(step, "550 5.7.1 no").times(1));

            let failure = session.open(&envelope("second")).await.unwrap_err();
            assert_eq!(refusal(&failure), (Some(stage), Some(550)), "pipelining {pipelining}");
            assert!(session.is_usable());
            assert_eq!(send(&mut session, "third").await, Ok(250));

            let to: Vec<String> = peer.mails().into_iter().map(|mail| mail.to).collect();
            assert_eq!(to, ["first@example.org", "third@example.org"]);
            assert_eq!(peer.commands().iter().filter(|(_, line)| line == "RSET").count(), 1);
            assert_eq!(peer.connections(), 1);
        }
    }
}

/// RSET is about the mail before.
#[tokio::test]
async fn an_unanswered_rset_touches_no_mail() {
    for pipelining in [true, false] {
        let peer = peer(pipelining);
        let mut session = impatient(&peer).await;
        peer.rule(Rule::reply(Step::Rcpt, "550 5.7.1 no").times(1));
        peer.rule(Rule::at(Step::Rset, Act::Stall));
        session.open(&envelope("first")).await.unwrap_err();

        let failure = session.open(&envelope("second")).await.unwrap_err();

        assert!(matches!(failure, Failure::Untouched { .. }), "{failure:?}");
        assert!(!session.is_usable());
    }
}

#[tokio::test]
async fn a_354_to_a_refused_recipient_is_ended_by_a_lone_dot_and_delivers_nothing() {
    let peer = peer(true);
    let mut session = session(&peer).await;
    peer.rule(Rule::reply(Step::Rcpt, "550 5.1.1 no such user").times(1));
    peer.rule(Rule::reply(Step::Data, "354 go").times(1));

    let failure = session.open(&envelope("nobody")).await.unwrap_err();
    assert_eq!(refusal(&failure), (Some(Stage::Rcpt), Some(550)));
    assert_eq!(send(&mut session, "bob").await, Ok(250));

    let mails = peer.mails();
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "bob@example.org"));
    assert_eq!(peer.connections(), 1);
}

#[tokio::test]
async fn a_354_with_a_recipient_taken_after_a_refused_sender_ends_the_session_without_a_dot() {
    let peer = peer(true);
    let mut session = session(&peer).await;
    peer.rule(Rule::reply(Step::Mail, "550 5.7.1 no").times(1));
    peer.rule(Rule::reply(Step::Rcpt, "250 2.1.5 sure").times(1));
    peer.rule(Rule::reply(Step::Data, "354 go").times(1));

    let failure = session.open(&envelope("bob")).await.unwrap_err();

    assert_eq!(refusal(&failure), (Some(Stage::Mail), Some(550)));
    assert!(!session.is_usable());
    drop(session);
    assert!(peer.mails().is_empty());
}

#[tokio::test]
async fn a_421_is_reported_and_ends_the_session() {
    for pipelining in [true, false] {
        for (step, stage) in STEPS {
            let peer = peer(pipelining);
            let mut session = session(&peer).await;
            peer.rule(Rule::at(step, Act::ReplyThenClose("421 4.7.0 too many".to_owned())));

            let failure = session.open(&envelope("bob")).await.unwrap_err();

            assert_eq!(refusal(&failure), (Some(stage), Some(421)));
            assert!(!session.is_usable());
        }
    }
}

/// Only the end of the connection takes it back (RFC 5321 §3.8).
#[tokio::test]
async fn a_session_with_an_open_envelope_carries_no_other_mail() {
    let peer = peer(true);
    let mut session = session(&peer).await;

    session.open(&envelope("bob")).await.unwrap();

    assert!(!session.is_usable());
    assert!(matches!(session.open(&envelope("eve")).await, Err(Failure::Untouched { .. })));
}

#[tokio::test]
async fn a_530_is_reported_and_ends_the_session() {
    let login = Some(("ann".to_owned(), "secret".to_owned()));
    let peer = SmtpPeer::with(PeerOptions { login, ..PeerOptions::default() });
    let mut session = session(&peer).await;

    let failure = session.open(&envelope("bob")).await.unwrap_err();

    assert_eq!(refusal(&failure), (Some(Stage::Mail), Some(530)));
    assert!(!session.is_usable());
}

#[tokio::test]
async fn a_silent_or_dead_or_confused_relay_loses_the_mail_before_the_dot() {
    for pipelining in [true, false] {
        for (step, stage) in STEPS {
            for (act, is_timeout) in [
                (Act::Stall, true),
                (Act::Close, false),
                (Act::Reply("no SMTP at all".to_owned()), false),
                (Act::Reply(if step == Step::Data { "250 done" } else { "354 go" }.to_owned()), false),
            ] {
                let peer = peer(pipelining);
                let mut session = impatient(&peer).await;
                peer.rule(Rule::at(step, act.clone()));

                let failure = session.open(&envelope("bob")).await.unwrap_err();

                match failure {
                    Failure::Lost { stage: at, timeout, after_final_dot: false, .. } => {
                        assert_eq!((at, timeout), (stage, is_timeout), "{step:?} {act:?} pipelining {pipelining}");
                    }
                    other => panic!("{step:?} {act:?}: {other:?}"),
                }
                assert!(!session.is_usable());
                assert!(peer.mails().is_empty());
            }
        }
    }
}

#[tokio::test]
async fn a_reply_in_many_lines_and_packets_is_one_reply() {
    for pipelining in [true, false] {
        let peer = peer(pipelining);
        let mut session = session(&peer).await;
        let pieces = ["2", "50-2.1.0 sen", "der\r", "\n250", "-2.1.0 is\r\n250 2.1.0 o", "k\r\n"].map(str::to_owned);
        peer.rule(Rule::at(Step::Mail, Act::Pieces(pieces.to_vec())));
        let pieces = ["250-2.0.0 que", "ued\r\n250 2.0.0 as 7\r\n"].map(str::to_owned);
        peer.rule(Rule::at(Step::Dot, Act::Pieces(pieces.to_vec())));

        session.open(&envelope("bob")).await.unwrap();
        let reply = deliver(&mut session, MAIL, None).await.outcome.unwrap();

        assert_eq!((reply.code, reply.enhanced.as_deref()), (250, Some("2.0.0")));
        assert_eq!(reply.text, "2.0.0 queued 2.0.0 as 7");
    }
}

#[tokio::test]
async fn an_endless_reply_is_cut_off() {
    for flood in ["x".repeat(8_000), "250-x\r\n".repeat(20_000)] {
        let peer = peer(true);
        let mut session = session(&peer).await;
        peer.rule(Rule::at(Step::Mail, Act::Pieces(vec![format!("250-{flood}")])));

        let failure = session.open(&envelope("bob")).await.unwrap_err();

        assert!(matches!(failure, Failure::Lost { stage: Stage::Mail, timeout: false, .. }), "{failure:?}");
    }
}

#[tokio::test]
async fn a_mail_over_the_announced_size_is_refused_without_a_word() {
    let peer = SmtpPeer::with(PeerOptions { size: Some(1000), ..PeerOptions::default() });
    let mut session = session(&peer).await;
    let sized = |size| gomail::mail::smtp::Envelope { size, ..envelope("bob") };

    let failure = session.open(&sized(1001)).await.unwrap_err();
    assert_eq!(refusal(&failure), (Some(Stage::Mail), Some(552)));
    assert_eq!(failure.reply().unwrap().enhanced.as_deref(), Some("5.3.4"));

    session.open(&sized(1000)).await.unwrap();
    let delivery = deliver(&mut session, MAIL, Some(&sized(1001))).await;
    assert!(delivery.outcome.is_ok());
    assert_eq!(refusal(&delivery.next.unwrap().unwrap_err()), (Some(Stage::Mail), Some(552)));
    assert_eq!(send(&mut session, "eve").await, Ok(250));

    let mail_commands = peer.commands().into_iter().map(|(_, line)| line).filter(|line| line.starts_with("MAIL"));
    assert_eq!(
        mail_commands.collect::<Vec<_>>(),
        ["MAIL FROM:<sender@example.com> SIZE=1000", "MAIL FROM:<sender@example.com>"]
    );
}
