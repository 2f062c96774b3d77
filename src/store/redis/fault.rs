//! What a Redis error means for the caller, and for the link it came over.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::store::StoreError;

/// What an error says about the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It broke: what was under way may have happened or not.
    Broken,
    /// No answer in time. The link may be dead without saying so, and what was sent may still happen.
    Slow,
    /// It leads to a replica: nothing happened, the primary is elsewhere.
    Elsewhere,
    /// It works; the server refuses.
    Refused,
}

impl Trouble {
    /// What `error` says.
    pub(super) fn of(error: &RedisError) -> Self {
        match error.kind() {
            ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown) => Self::Elsewhere,
            _ if error.is_timeout() => Self::Slow,
            // After a half-read answer, whatever comes next on the link belongs to another question.
            ErrorKind::Io | ErrorKind::ClusterConnectionNotFound | ErrorKind::Parse => Self::Broken,
            _ if error.is_unrecoverable_error() => Self::Broken,
            _ => Self::Refused,
        }
    }
}

/// The error as rooms outside see it. Never holds an argument of the call.
pub(super) fn store_error(error: &RedisError) -> StoreError {
    let unavailable = |text: &str| StoreError::Unavailable(format!("Redis {text}"));
    if error.is_timeout() {
        return unavailable("did not answer in time");
    }
    match error.kind() {
        ErrorKind::Io => unavailable("cannot be reached"),
        ErrorKind::AuthenticationFailed => unavailable("refuses the password"),
        ErrorKind::MasterNameNotFoundBySentinel | ErrorKind::NoValidReplicasFoundBySentinel => {
            unavailable("has no primary its sentinels know")
        }
        ErrorKind::ClusterConnectionNotFound => unavailable("has no reachable cluster node"),
        ErrorKind::Server(ServerErrorKind::BusyLoading) => unavailable("is loading its data"),
        ErrorKind::Server(ServerErrorKind::ReadOnly) => unavailable("is a read-only replica"),
        ErrorKind::Server(
            ServerErrorKind::TryAgain
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::MasterDown
            | ServerErrorKind::Moved
            | ServerErrorKind::Ask,
        ) => unavailable("cluster is changing"),
        _ => match error.code() {
            Some("OOM") => unavailable("is out of memory"),
            Some("MISCONF") => unavailable("cannot write to its disk"),
            Some("NOREPLICAS") => unavailable("has too few replicas"),
            Some("BUSY") => unavailable("is busy with a script"),
            Some("NOAUTH" | "WRONGPASS") => unavailable("refuses the password"),
            // The prelude of our scripts says so.
            Some("FORMAT") => StoreError::Unfit(
                "Redis holds tasks that another version of gomail wrote: use that one, or another namespace".to_owned(),
            ),
            Some("NOPERM") => unavailable("does not permit a command"),
            code => {
                let detail = error.detail().unwrap_or_default();
                StoreError::Fault(format!("Redis answered {} {detail}", code.unwrap_or("oddly")))
            }
        },
    }
}

/// An answer that is not what its script gives, or a value that no verb writes.
pub(super) fn broken(what: &str) -> StoreError {
    StoreError::Fault(format!("{what} in Redis cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: &str) -> RedisError {
        let line = format!("-{code} some words\r\n");
        let value = redis::parse_redis_value(line.as_bytes()).unwrap();
        value.extract_error().unwrap_err()
    }

    #[test]
    fn trouble_that_passes_is_unavailable() {
        for code in
            ["LOADING", "READONLY", "MISCONF", "OOM", "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN", "NOREPLICAS", "BUSY"]
        {
            assert!(matches!(store_error(&answer(code)), StoreError::Unavailable(_)), "{code}");
        }
        assert!(matches!(store_error(&answer("FORMAT")), StoreError::Unfit(_)));
        for code in ["ERR", "WRONGTYPE", "CROSSSLOT"] {
            assert!(matches!(store_error(&answer(code)), StoreError::Fault(_)), "{code}");
        }
    }

    #[test]
    fn a_replica_ends_the_link_and_a_full_server_does_not() {
        assert_eq!(Trouble::of(&answer("READONLY")), Trouble::Elsewhere);
        assert_eq!(Trouble::of(&answer("OOM")), Trouble::Refused);
        let gone = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert_eq!(Trouble::of(&gone.into()), Trouble::Broken);
        assert_eq!(Trouble::of(&std::io::Error::from(std::io::ErrorKind::TimedOut).into()), Trouble::Slow);
    }
}
