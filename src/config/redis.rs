//! Where Redis is: the forms of `redis_uri`.
//!
//! | form | is |
//! |---|---|
//! | `host:port` | one server |
//! | `redis://[user:pass@]host[:port][/db]`, `rediss://…` | one server, the second over TLS |
//! | `redis+sentinel://[user:pass@]host[:port][,…]/master[/db]` | whom the sentinels (26379) call `master` now |
//! | `redis+cluster://[user:pass@]host[:port][,…]` | a cluster that any of these nodes knows |
//!
//! `rediss+sentinel://` and `rediss+cluster://` use TLS. User and password, percent-encoded, are those of the servers;
//! sentinels are asked without any. Cluster has no databases.

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _};

use super::parse;

/// Where Redis is.
#[derive(Debug, Clone)]
pub enum RedisAddress {
    /// One server.
    Node(ConnectionInfo),
    /// The primary that sentinels name.
    Sentinel {
        /// The sentinels.
        sentinels: Vec<ConnectionAddr>,
        /// The name of the primary.
        master: String,
        /// User, password, database and TLS of the servers; its address is not used.
        server: ConnectionInfo,
    },
    /// A cluster, by some of its nodes.
    Cluster(Vec<ConnectionInfo>),
}

impl RedisAddress {
    /// Parses `redis_uri`.
    ///
    /// # Errors
    /// What it must be. The address is never repeated: it may hold a password.
    pub fn parse(uri: &str) -> Result<Self, String> {
        const FORM: &str = "must be host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://";
        const SEVERAL: &str = "names several hosts: use redis+sentinel:// or redis+cluster://";
        let Some((scheme, rest)) = uri.split_once("://") else {
            return match uri.rsplit_once(':') {
                _ if uri.contains(',') => Err(SEVERAL.to_owned()),
                Some((host, _)) if parse::host(host).is_ok() => Ok(Self::Node(info("redis", "", uri, 6379, "")?)),
                _ => Err(FORM.to_owned()),
            };
        };
        let plain = if scheme.starts_with("rediss") { "rediss" } else { "redis" };
        let (user, place) = rest.rsplit_once('@').map_or(("", rest), |(user, place)| (user, place));
        let (hosts, path) = place.split_once('/').unwrap_or((place, ""));
        let each = |path: &str, port: u16| -> Result<Vec<ConnectionInfo>, String> {
            hosts.split(',').map(|host| info(plain, user, host, port, path)).collect()
        };
        match scheme {
            "redis" | "rediss" if hosts.contains(',') => Err(SEVERAL.to_owned()),
            "redis" | "rediss" => Ok(Self::Node(info(plain, user, hosts, 6379, path)?)),
            "redis+sentinel" | "rediss+sentinel" => {
                let (master, database) = path.split_once('/').unwrap_or((path, ""));
                if master.is_empty() {
                    return Err("must name the primary: redis+sentinel://host:port,host:port/master".to_owned());
                }
                let servers = each(database, 26379)?;
                let sentinels = servers.iter().map(|server| server.addr().clone()).collect();
                let server = servers.into_iter().next().ok_or("must name a sentinel")?;
                Ok(Self::Sentinel { sentinels, master: master.to_owned(), server })
            }
            "redis+cluster" | "rediss+cluster" if path.is_empty() => Ok(Self::Cluster(each("", 6379)?)),
            "redis+cluster" | "rediss+cluster" => Err("must not name a database: a cluster has none".to_owned()),
            _ => Err(FORM.to_owned()),
        }
    }
}

/// One server; `port` is for a host that names none.
fn info(scheme: &str, user: &str, host: &str, port: u16, path: &str) -> Result<ConnectionInfo, String> {
    let wrong = || "holds a host, port, password or database that cannot be read".to_owned();
    let at = if user.is_empty() { "" } else { "@" };
    let own_port = host.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.ends_with(']'));
    let host = match own_port {
        // Nothing listens on port 0.
        Some(port) if port.parse().is_ok_and(|port: u16| port > 0) => host.to_owned(),
        Some(_) => return Err(wrong()),
        None => format!("{host}:{port}"),
    };
    format!("{scheme}://{user}{at}{host}/{path}").into_connection_info().map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn node(uri: &str) -> ConnectionInfo {
        match RedisAddress::parse(uri) {
            Ok(RedisAddress::Node(info)) => info,
            other => panic!("{uri}: {other:?}"),
        }
    }

    #[test]
    fn a_host_and_port_are_enough_and_a_url_may_leave_out_the_port() {
        assert_eq!(node("127.0.0.1:7000").addr(), &ConnectionAddr::Tcp("127.0.0.1".to_owned(), 7000));
        assert_eq!(node("[::1]:7000").addr().to_string(), "::1:7000");
        assert_eq!(node("redis://cache.internal").addr(), &ConnectionAddr::Tcp("cache.internal".to_owned(), 6379));
        assert_eq!(node("redis://[::1]").addr().to_string(), "::1:6379");
    }

    #[test]
    fn password_and_database_are_read() {
        let info = node("redis://ann:p%40ss@h:1/3");
        assert_eq!(info.redis_settings().username(), Some("ann"));
        assert_eq!((info.redis_settings().password(), info.redis_settings().db()), (Some("p@ss"), 3));
        assert_eq!(node("redis://:secret@h").redis_settings().password(), Some("secret"));
    }

    #[test]
    fn two_s_are_tls_and_certificates_are_checked() {
        let checked = |addr: &ConnectionAddr| matches!(addr, ConnectionAddr::TcpTls { insecure: false, .. });
        assert!(checked(node("rediss://h").addr()));
        let Ok(RedisAddress::Cluster(nodes)) = RedisAddress::parse("rediss+cluster://h1,h2") else {
            panic!("a cluster")
        };
        assert!(nodes.iter().all(|node| checked(node.addr())));
    }

    #[test]
    fn sentinels_name_a_primary() {
        let Ok(RedisAddress::Sentinel { master, server, .. }) =
            RedisAddress::parse("redis+sentinel://:pw@s1:1,s2/main/2")
        else {
            panic!("sentinels")
        };
        assert_eq!(master, "main");
        assert_eq!((server.redis_settings().password(), server.redis_settings().db()), (Some("pw"), 2));
    }

    #[test]
    fn what_cannot_be_read_is_refused_without_being_repeated() {
        let bad = [
            ("", "must be host:port"),
            ("redis", "must be host:port"),
            (":6379", "must be host:port"),
            ("http://h:1", "must be host:port"),
            ("host:port", "cannot be read"),
            ("h:0", "cannot be read"),
            ("redis://", "cannot be read"),
            ("redis://a:hunter2@h:99999", "cannot be read"),
            ("redis://h/x", "cannot be read"),
            ("redis+sentinel://h:1", "must name the primary"),
            ("redis+sentinel://,/main", "cannot be read"),
            ("redis+cluster://h:1/3", "must not name a database"),
            ("h1:1,h2:2", "names several hosts"),
            ("redis://h1:1,h2:2", "names several hosts"),
        ];
        for (uri, says) in bad {
            let why = RedisAddress::parse(uri).unwrap_err();
            assert!(why.contains(says) && !why.contains("hunter2"), "{uri:?}: {why}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in any::<String>()) {
            for scheme in ["", "redis://", "redis+sentinel://", "redis+cluster://"] {
                let _ = RedisAddress::parse(&format!("{scheme}{text}"));
            }
        }
    }
}
