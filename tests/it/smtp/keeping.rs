//! Connections that are kept.

use std::time::Duration;

use gomail::{domain::Stage, mail::smtp::Failure};

use super::{MAIL, deliver, envelope, send, session};
use crate::helpers::peer::{Act, PeerOptions, Rule, SmtpPeer, Step};

/// Waits until the session's end of the connection has heard what its peer did.
async fn until_not_alive(session: &gomail::mail::smtp::Session) {
    let waiting = async {
        while session.is_alive() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap();
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_noticed_and_burns_nothing() {
    for pipelining in [true, false] {
        let peer = SmtpPeer::with(PeerOptions { pipelining, ..PeerOptions::default() });
        let mut session = session(&peer).await;
        assert_eq!(send(&mut session, "bob").await, Ok(250));
        assert!(session.is_alive());

        peer.cut_connections();
        until_not_alive(&session).await;

        assert!(matches!(session.open(&envelope("eve")).await, Err(Failure::Untouched { .. })));
        assert!(!session.is_usable());
    }
}

#[tokio::test]
async fn a_421_said_to_an_idle_connection_burns_nothing() {
    let peer = SmtpPeer::start();
    let mut session = session(&peer).await;
    session.open(&envelope("bob")).await.unwrap();
    let idle = ["250 2.0.0 queued\r\n", "421 4.4.2 idle too long\r\n"].map(str::to_owned);
    peer.rule(Rule::at(Step::Dot, Act::Pieces(idle.to_vec())));
    assert!(deliver(&mut session, MAIL, None).await.outcome.is_ok());

    until_not_alive(&session).await;

    assert!(matches!(session.open(&envelope("eve")).await, Err(Failure::Untouched { .. })));
}

#[tokio::test]
async fn a_connection_lost_at_its_first_mail_is_not_called_stale() {
    let peer = SmtpPeer::start();
    peer.rule(Rule::at(Step::Mail, Act::Close));

    let failure = session(&peer).await.open(&envelope("bob")).await.unwrap_err();

    assert!(matches!(failure, Failure::Lost { .. }), "{failure:?}");
}

#[tokio::test]
async fn a_kept_connection_that_closes_at_mail_is_stale() {
    let peer = SmtpPeer::start();
    let mut session = session(&peer).await;
    assert_eq!(send(&mut session, "bob").await, Ok(250));
    peer.rule(Rule::at(Step::Mail, Act::Close));

    assert!(matches!(session.open(&envelope("eve")).await, Err(Failure::Untouched { .. })));
}

/// Such a relay would refuse every mail of this session from now on.
#[tokio::test]
async fn a_kept_connection_whose_relay_takes_no_more_mails_is_given_up() {
    for pipelining in [true, false] {
        let peer = SmtpPeer::with(PeerOptions { pipelining, ..PeerOptions::default() });
        peer.rule(Rule::reply(Step::Mail, "452 4.5.3 too many messages in this session").after(2));
        let mut session = session(&peer).await;
        assert_eq!(send(&mut session, "one").await, Ok(250));
        assert_eq!(send(&mut session, "two").await, Ok(250));

        let refused = session.open(&envelope("three")).await;

        assert!(matches!(refused, Err(Failure::Refused { stage: Stage::Mail, .. })), "{refused:?}");
        assert!(!session.is_usable());
    }
}

#[tokio::test]
async fn a_connection_whose_relay_refuses_one_mail_after_the_other_is_given_up() {
    for step in [Step::Rcpt, Step::Dot] {
        let peer = SmtpPeer::start();
        peer.rule(Rule::reply(step, "554 5.5.0 enough of this session"));
        let mut session = session(&peer).await;

        let mut refused = 0;
        while session.is_usable() {
            assert!(send(&mut session, "one").await.is_err());
            refused += 1;
        }

        assert_eq!(refused, 10);
    }
}

/// It is the relay that has no room, whatever session asks.
#[tokio::test]
async fn a_new_connection_whose_first_mail_is_put_off_goes_on() {
    let peer = SmtpPeer::start();
    peer.rule(Rule::reply(Step::Mail, "452 4.3.1 no room").times(1));
    let mut session = session(&peer).await;

    assert!(matches!(session.open(&envelope("one")).await, Err(Failure::Refused { stage: Stage::Mail, .. })));

    assert!(session.is_usable());
    assert_eq!(send(&mut session, "two").await, Ok(250));
}

#[tokio::test]
async fn many_mails_share_one_connection() {
    let peer = SmtpPeer::start();
    let mut session = session(&peer).await;
    peer.set_latency(Duration::from_millis(1));
    for n in 0..20 {
        assert_eq!(send(&mut session, &format!("to{n}")).await, Ok(250));
    }
    peer.behave();

    let mails = peer.mails();
    assert_eq!(mails.len(), 20);
    assert!(mails.iter().all(|mail| mail.connection == 1 && mail.from == "sender@example.com"));
    assert!(mails.is_sorted_by_key(|mail| mail.at));
    assert_eq!(mails[0].message_id().as_deref(), Some("1@example.com"));
    assert_eq!(mails[0].body(), "body\r\n");
}

#[tokio::test]
async fn the_ledger_file_has_a_line_per_mail() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ledger");
    let peer = SmtpPeer::with(PeerOptions { ledger_file: Some(file.clone()), ..PeerOptions::default() });

    assert_eq!(send(&mut session(&peer).await, "bob").await, Ok(250));
    let port = peer.port();
    drop(peer);
    // The same relay, back on its port.
    let peer = SmtpPeer::with(PeerOptions { port, ledger_file: Some(file.clone()), ..PeerOptions::default() });
    peer.rule(Rule::reply(Step::Rcpt, "450 4.3.0 once").to("eve").after(1).times(1));
    let mut session = session(&peer).await;
    assert_eq!(send(&mut session, "eve").await, Ok(250));
    assert!(send(&mut session, "eve").await.is_err());
    assert_eq!(send(&mut session, "eve").await, Ok(250));

    let to: Vec<String> = std::fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["to"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(to, ["bob@example.org", "eve@example.org", "eve@example.org"]);
}
