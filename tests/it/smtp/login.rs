//! Up to ready: greeting, TLS, login.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gomail::{
    config::{SmtpSettings, TlsMode},
    domain::Stage,
    mail::smtp::{Connector, Failure, RelayGate},
};

use super::{MAIL, SHORT, deliver, envelope, send, session, session_with, settings};
use crate::helpers::peer::{Act, PeerOptions, PeerTls, Rule, SmtpPeer, Step};

fn with_login(peer: &SmtpPeer, password: &str) -> SmtpSettings {
    SmtpSettings { credentials: Some(("ann".to_owned(), password.into())), ..settings(peer) }
}

/// A peer that wants `ann` to log in.
fn options() -> PeerOptions {
    PeerOptions { login: Some(("ann".to_owned(), "secret".to_owned())), ..PeerOptions::default() }
}

fn not_ready(result: Result<gomail::mail::smtp::Session, Failure>) -> (Stage, Option<u16>, String) {
    match result {
        Err(Failure::NotReady { stage, message, reply }) => (stage, reply.map(|reply| reply.code), message),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_plain_session_is_ready_and_says_goodbye() {
    let peer = SmtpPeer::start();
    let mut session = session(&peer).await;

    assert_eq!(send(&mut session, "bob").await, Ok(250));
    assert_eq!(session.tls(), None);
    session.quit().await;

    let verbs: Vec<String> = peer.commands().into_iter().map(|(_, line)| line[..4].to_owned()).collect();
    assert_eq!(verbs, ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]);
}

#[tokio::test]
async fn a_relay_without_ehlo_gets_helo() {
    let peer = SmtpPeer::with(PeerOptions { ehlo: false, ..PeerOptions::default() });

    let mut session = session(&peer).await;

    session.open(&envelope("bob")).await.unwrap();
    let delivery = deliver(&mut session, MAIL, Some(&envelope("eve"))).await;

    assert!(delivery.outcome.is_ok() && delivery.next.is_none(), "what is not offered is not used: {delivery:?}");
}

#[tokio::test]
async fn plain_and_login_both_log_in() {
    for mechanisms in ["PLAIN LOGIN", "CRAM-MD5 PLAIN", "LOGIN"] {
        let peer = SmtpPeer::with(PeerOptions { mechanisms, ..options() });

        let mut session = session_with(&with_login(&peer, "secret")).await.unwrap();

        assert_eq!(send(&mut session, "bob").await, Ok(250), "{mechanisms}");
        assert_eq!(peer.logins(), 1);
    }
}

#[tokio::test]
async fn login_is_tried_when_plain_is_unknown_and_a_long_secret_waits_for_its_prompt() {
    let peer = SmtpPeer::with(options());
    peer.rule(Rule::reply(Step::Auth, "504 5.5.4 no PLAIN after all").times(1));
    assert!(session_with(&with_login(&peer, "secret")).await.is_ok());

    let long = "x".repeat(600);
    let login = Some(("ann".to_owned(), long.clone()));
    let peer = SmtpPeer::with(PeerOptions { login, ..PeerOptions::default() });
    assert!(session_with(&with_login(&peer, &long)).await.is_ok());
    assert!(peer.commands().iter().all(|(_, line)| line.len() < 512));
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let peer = SmtpPeer::with(options());

    let (stage, code, message) = not_ready(session_with(&with_login(&peer, "mistaken")).await);

    assert_eq!((stage, code), (Stage::Auth, Some(535)));
    assert!(message.contains("wrong user") && !message.contains("secret"), "{message}");
    assert_eq!(peer.logins(), 1);
}

#[tokio::test]
async fn a_password_that_the_relay_quotes_is_not_told() {
    let [response, password] = ["\0ann\0sesame", "sesame"].map(|text| STANDARD.encode(text));
    let peer = SmtpPeer::with(options());
    peer.rule(Rule::reply(Step::Auth, &format!("535 5.7.8 no {response}, no {password}, no sesame")));

    let (_, _, message) = not_ready(session_with(&with_login(&peer, "sesame")).await);

    assert_eq!(message, "login refused: 535 5.7.8 no ***, no ***, no ***");
}

#[tokio::test]
async fn workers_at_a_wrong_password_cost_one_login() {
    let peer = SmtpPeer::with(options());
    let connector = Connector::new(&with_login(&peer, "wrong")).unwrap();
    let gate = RelayGate::new();
    let worker = async || {
        let pass = gate.enter().await;
        connector.connect().await.unwrap_err();
        pass.failed(0.5);
    };

    // The others wait for the probe, five seconds from now.
    tokio::select! {
        _ = async { tokio::join!(worker(), worker(), worker(), worker()) } => panic!("nobody waited"),
        () = tokio::time::sleep(SHORT) => {}
    }

    assert_eq!(peer.logins(), 1);
}

#[tokio::test]
async fn a_relay_that_wants_no_login_it_can_name_is_not_ready() {
    let peer = SmtpPeer::with(PeerOptions { mechanisms: "GSSAPI", ..options() });

    assert_eq!(not_ready(session_with(&with_login(&peer, "secret")).await).0, Stage::Auth);
    assert_eq!(peer.logins(), 0);
}

#[tokio::test]
async fn starttls_and_implicit_tls_are_verified_against_the_given_root() {
    for (mode, tls) in [
        (TlsMode::StartTls, PeerTls::StartTls),
        (TlsMode::Opportunistic, PeerTls::StartTls),
        (TlsMode::Implicit, PeerTls::Implicit),
    ] {
        let peer = SmtpPeer::with(PeerOptions { tls, ..options() });
        let trusting = SmtpSettings { tls: mode, ca: Some(peer.ca().to_owned()), ..with_login(&peer, "secret") };

        let mut session = session_with(&trusting).await.unwrap();
        assert_eq!(session.tls(), Some("TLSv1.3"));
        for to in ["bob", "eve"] {
            assert!(session.is_alive());
            assert_eq!(send(&mut session, to).await, Ok(250), "{mode:?}");
        }
        peer.cut_connections();
        assert!(matches!(
            session.open(&super::envelope("bob")).await,
            Err(Failure::Untouched { .. } | Failure::Lost { .. })
        ));
        assert!(!session.is_usable());

        let distrusting = SmtpSettings { ca: None, ..trusting.clone() };
        assert_eq!(not_ready(session_with(&distrusting).await).0, Stage::Tls, "{mode:?}");
        let elsewhere = SmtpSettings { ca: Some(SmtpPeer::start().ca().to_owned()), ..trusting };
        assert!(Connector::new(&elsewhere).is_err(), "the file is gone with its peer");
    }
}

#[tokio::test]
async fn starttls_is_required_where_it_is_asked_for() {
    let peer = SmtpPeer::with(options());
    let settings = SmtpSettings { tls: TlsMode::StartTls, ..with_login(&peer, "secret") };

    assert_eq!(not_ready(session_with(&settings).await).0, Stage::Tls);
    assert_eq!(peer.logins(), 0);
}

#[tokio::test]
async fn what_was_said_before_the_handshake_is_forgotten() {
    let peer = SmtpPeer::with(PeerOptions { tls: PeerTls::StartTls, ..PeerOptions::default() });
    // An attacker in the middle adds replies in plain, to be read under TLS.
    peer.rule(Rule::reply(Step::StartTls, "220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n250 ok\r\n250 ok"));
    let settings = SmtpSettings { tls: TlsMode::StartTls, ca: Some(peer.ca().to_owned()), ..settings(&peer) };
    peer.rule(Rule::reply(Step::Rcpt, "550 5.1.1 no such user"));

    let mut session = session_with(&settings).await.unwrap();

    let refused = send(&mut session, "bob").await.unwrap_err();
    assert_eq!((refused.stage(), refused.reply().map(|reply| reply.code)), (Some(Stage::Rcpt), Some(550)));
}

#[tokio::test]
async fn every_step_up_to_ready_names_itself_when_it_fails() {
    for (step, stage) in [
        (Step::Banner, Stage::Banner),
        (Step::Ehlo, Stage::Ehlo),
        (Step::StartTls, Stage::Tls),
        (Step::Auth, Stage::Auth),
    ] {
        for (act, code) in [
            (Act::Reply("421 4.3.2 not now".to_owned()), Some(421)),
            (Act::ReplyThenClose("454 4.7.0 not now".to_owned()), Some(454)),
            (Act::Reply("hello world".to_owned()), None),
            (Act::Close, None),
            (Act::Stall, None),
        ] {
            let tls = if step == Step::StartTls { PeerTls::StartTls } else { PeerTls::None };
            let peer = SmtpPeer::with(PeerOptions { tls, ..options() });
            let mode = if step == Step::StartTls { TlsMode::StartTls } else { TlsMode::None };
            let settings = SmtpSettings { tls: mode, timeout: SHORT, ..with_login(&peer, "secret") };
            peer.rule(Rule::at(step, act.clone()));

            let (failed_at, said, _) = not_ready(session_with(&settings).await);

            assert_eq!((failed_at, said), (stage, code), "{step:?} {act:?}");
        }
    }
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_host_are_not_ready() {
    let gone = settings(&SmtpPeer::start());
    assert_eq!(not_ready(session_with(&gone).await).0, Stage::Connect);

    let nowhere = SmtpSettings { host: "no-such-host.invalid".to_owned(), ..gone };
    assert_eq!(not_ready(session_with(&nowhere).await).0, Stage::Connect);
}

#[tokio::test]
async fn every_address_of_a_host_is_tried() {
    // `localhost` is ::1 as well; the peer listens on 127.0.0.1 only.
    let peer = SmtpPeer::start();
    let settings = SmtpSettings { host: "localhost".to_owned(), ..settings(&peer) };

    assert!(session_with(&settings).await.is_ok());
}
