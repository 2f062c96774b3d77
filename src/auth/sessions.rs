//! Keys that were just checked against the store, so that a busy client does not ask it for every request.
//!
//! An answer is trusted for half a second. In this process a deregistration ends it at once; elsewhere it ends by age.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::domain::AccountId;

/// How long an answer of the store is trusted: a key that another process ended stops working within a second.
const TRUST: Duration = Duration::from_millis(500);
/// Most keys remembered.
const KEYS_MAX: usize = 10_000;

/// Keys and what the store said of them.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    epoch: u64,
    known: HashMap<String, Session>,
}

#[derive(Debug)]
struct Session {
    account: AccountId,
    valid: bool,
    until: Instant,
}

/// A moment in the order of revocations. An answer asked for before a revocation is not remembered after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch(u64);

/// What is remembered of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It is this account's key.
    Valid(AccountId),
    /// It is nobody's key any more.
    Revoked,
    /// Nothing: ask the store, and pass the [`Epoch`] with its answer to [`Sessions::remember`].
    Nothing(Epoch),
}

impl Sessions {
    /// What is remembered of a key.
    #[must_use]
    pub fn find(&self, token: &str) -> Known {
        let state = self.lock();
        match state.known.get(token) {
            Some(session) if session.until <= Instant::now() => Known::Nothing(Epoch(state.epoch)),
            Some(Session { valid: true, account, .. }) => Known::Valid(account.clone()),
            Some(_) => Known::Revoked,
            None => Known::Nothing(Epoch(state.epoch)),
        }
    }

    /// Remembers what the store said of a key that we did sign.
    pub fn remember(&self, token: &str, account: &AccountId, valid: bool, asked: Epoch) {
        let now = Instant::now();
        let mut state = self.lock();
        if state.epoch != asked.0 {
            return;
        }
        if state.known.len() >= KEYS_MAX {
            state.known.retain(|_, session| session.until > now);
        }
        if state.known.len() < KEYS_MAX {
            state.known.insert(token.to_owned(), Session { account: account.clone(), valid, until: now + TRUST });
        }
    }

    /// Forgets the account's keys, at once.
    pub fn forget(&self, account: &AccountId) {
        let mut state = self.lock();
        state.epoch += 1;
        state.known.retain(|_, session| session.account != *account);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every step leaves the map whole, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str) -> AccountId {
        AccountId::parse(&format!("{name}@example.com")).unwrap()
    }

    fn nothing_known(sessions: &Sessions, token: &str) -> Epoch {
        match sessions.find(token) {
            Known::Nothing(asked) => asked,
            known => panic!("{token} is known: {known:?}"),
        }
    }

    #[test]
    fn an_answer_is_remembered_until_its_account_is_forgotten() {
        let sessions = Sessions::default();
        let asked = nothing_known(&sessions, "key");
        sessions.remember("key", &account("me"), true, asked);
        sessions.remember("dead", &account("you"), false, asked);
        assert_eq!(sessions.find("key"), Known::Valid(account("me")));
        assert_eq!(sessions.find("dead"), Known::Revoked);

        sessions.forget(&account("me"));

        nothing_known(&sessions, "key");
        assert_eq!(sessions.find("dead"), Known::Revoked);
    }

    #[test]
    fn an_answer_from_before_a_revocation_is_not_remembered_after_it() {
        let sessions = Sessions::default();
        let asked = nothing_known(&sessions, "key");

        sessions.forget(&account("me"));
        sessions.remember("key", &account("me"), true, asked);

        nothing_known(&sessions, "key");
    }

    #[test]
    fn memory_is_bounded() {
        let sessions = Sessions::default();
        let asked = nothing_known(&sessions, "key");

        for n in 0..KEYS_MAX + 10 {
            sessions.remember(&n.to_string(), &account("me"), true, asked);
        }

        assert_eq!(sessions.lock().known.len(), KEYS_MAX);
    }
}
