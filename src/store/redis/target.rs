//! Where Redis is: the forms of `redis_uri`, and how each is connected to.
//!
//! | form | is |
//! |---|---|
//! | `host`, `host:port` | one server |
//! | `redis://[user:pass@]host[:port][/db]`, `rediss://…` | one server, the second over TLS |
//! | `redis+sentinel://[user:pass@]host[:port][,…]/master[/db]` | whom the sentinels (26379) call `master` now |
//! | `redis+cluster://[user:pass@]host[:port][,…]` | a cluster that any of these nodes knows |
//!
//! `rediss+sentinel://` and `rediss+cluster://` use TLS. User and password, percent-encoded, are those of the servers;
//! sentinels are asked without any. Cluster has no databases.

use std::{sync::Once, time::Duration};

use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, ProtocolVersion,
    RedisResult, TlsMode,
    aio::MultiplexedConnection,
    cluster::ClusterClientBuilder,
    cluster_async::ClusterConnection,
    io::tcp::TcpSettings,
    sentinel::{SentinelClientBuilder, SentinelServerType},
};

use crate::store::StoreError;

/// The longest wait for a connection.
pub(super) const CONNECT: Duration = Duration::from_secs(1);
/// The longest wait for an answer.
pub(super) const RESPONSE: Duration = Duration::from_millis(1500);
/// Calls that may wait to be written; more wait outside.
const PIPELINE: usize = 1024;

/// Where Redis is.
#[derive(Debug)]
pub(super) enum Target {
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

/// A connection; clones share it and pipeline over it.
#[derive(Clone)]
pub(super) enum Connection {
    /// To one server.
    Node(MultiplexedConnection),
    /// To a cluster's nodes.
    Cluster(ClusterConnection),
}

impl Target {
    /// Parses `redis_uri`.
    ///
    /// # Errors
    /// [`StoreError::Unfit`], which names the form but never repeats the address: it may hold a password.
    pub(super) fn parse(uri: &str) -> Result<Self, StoreError> {
        let (scheme, rest) = uri.split_once("://").unwrap_or(("redis", uri));
        let plain = if scheme.starts_with("rediss") { "rediss" } else { "redis" };
        let (user, place) = rest.rsplit_once('@').map_or(("", rest), |(user, place)| (user, place));
        let (hosts, path) = place.split_once('/').unwrap_or((place, ""));
        let each = |path: &str, port: u16| -> Result<Vec<ConnectionInfo>, StoreError> {
            hosts.split(',').map(|host| info(plain, user, host, port, path)).collect()
        };
        match scheme {
            "redis" | "rediss" if !hosts.contains(',') => Ok(Self::Node(info(plain, user, hosts, 6379, path)?)),
            "redis+sentinel" | "rediss+sentinel" => {
                let (master, database) = path.split_once('/').unwrap_or((path, ""));
                if master.is_empty() {
                    return Err(unfit("must name the primary: redis+sentinel://host:port,host:port/master"));
                }
                let servers = each(database, 26379)?;
                let sentinels = servers.iter().map(|server| server.addr().clone()).collect();
                let server = servers.into_iter().next().ok_or_else(|| unfit("must name a sentinel"))?;
                Ok(Self::Sentinel { sentinels, master: master.to_owned(), server })
            }
            "redis+cluster" | "rediss+cluster" if path.is_empty() => Ok(Self::Cluster(each("", 6379)?)),
            "redis+cluster" | "rediss+cluster" => Err(unfit("must not name a database: a cluster has none")),
            "redis" | "rediss" => Err(unfit("names several hosts: use redis+sentinel:// or redis+cluster://")),
            _ => Err(unfit("must be host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://")),
        }
    }

    /// For people: hosts and roles, no user, no password.
    pub(super) fn describe(&self) -> String {
        let join = |addresses: Vec<String>| addresses.join(",");
        match self {
            Self::Node(info) => format!("Redis {}", info.addr()),
            Self::Sentinel { sentinels, master, .. } => {
                format!("Redis {master} (sentinels {})", join(sentinels.iter().map(ToString::to_string).collect()))
            }
            Self::Cluster(nodes) => {
                format!("Redis cluster {}", join(nodes.iter().map(|node| node.addr().to_string()).collect()))
            }
        }
    }

    /// Connects. Bounded by the caller's timeout; a step alone by [`CONNECT`].
    pub(super) async fn connect(&self) -> RedisResult<Connection> {
        if let Self::Cluster(nodes) = self {
            let client = ClusterClientBuilder::new(nodes.clone())
                .connection_timeout(CONNECT)
                .response_timeout(RESPONSE)
                .overall_response_timeout(Some(RESPONSE))
                .retries(2)
                .tcp_settings(tcp())
                .build()?;
            return Ok(Connection::Cluster(client.get_async_connection().await?));
        }
        let client = self.client(ProtocolVersion::RESP2, 0).await?;
        let mut connection = client.get_multiplexed_async_connection_with_config(&config()).await?;
        // A frozen server takes connections; only one that answers is a connection.
        redis::cmd("PING").query_async::<String>(&mut connection).await?;
        Ok(Connection::Node(connection))
    }

    /// A client of one server: the only one, the primary, or the `turn`th node of a cluster.
    pub(super) async fn client(&self, protocol: ProtocolVersion, turn: usize) -> RedisResult<Client> {
        let open = |info: &ConnectionInfo| {
            Client::open(info.clone().set_redis_settings(info.redis_settings().clone().set_protocol(protocol)))
        };
        match self {
            Self::Node(info) => open(info),
            Self::Cluster(nodes) => open(&nodes[turn % nodes.len()]),
            Self::Sentinel { sentinels, master, server } => {
                let settings = server.redis_settings();
                let mut builder =
                    SentinelClientBuilder::new(sentinels.iter().cloned(), master, SentinelServerType::Master)?
                        .set_client_to_redis_protocol(protocol)
                        .set_client_to_redis_db(settings.db())
                        .set_client_to_redis_tcp_settings(tcp())
                        .set_client_to_sentinel_tcp_settings(tcp());
                if matches!(server.addr(), ConnectionAddr::TcpTls { .. }) {
                    builder = builder.set_client_to_redis_tls_mode(TlsMode::Secure);
                }
                if let Some(user) = settings.username() {
                    builder = builder.set_client_to_redis_username(user);
                }
                if let Some(password) = settings.password() {
                    builder = builder.set_client_to_redis_password(password);
                }
                builder.build()?.async_get_client().await
            }
        }
    }
}

/// Timeouts of a connection to one server.
pub(super) fn config() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(Some(RESPONSE))
        .set_pipeline_buffer_size(PIPELINE)
}

/// Without it a small call may wait 40 ms for a delayed acknowledgement.
fn tcp() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}

fn info(scheme: &str, user: &str, host: &str, port: u16, path: &str) -> Result<ConnectionInfo, StoreError> {
    // Before the first TLS connection of the process.
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // An error says that the process has one already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
    let at = if user.is_empty() { "" } else { "@" };
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']'));
    let host = if has_port { host.to_owned() } else { format!("{host}:{port}") };
    let info = format!("{scheme}://{user}{at}{host}/{path}")
        .into_connection_info()
        .map_err(|_| unfit("holds a host, port, password or database that cannot be read"))?;
    Ok(info.set_tcp_settings(tcp()))
}

fn unfit(problem: &str) -> StoreError {
    StoreError::Unfit(format!("redis_uri {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(uri: &str) -> ConnectionInfo {
        match Target::parse(uri) {
            Ok(Target::Node(info)) => info,
            other => panic!("{uri}: {other:?}"),
        }
    }

    #[test]
    fn a_host_is_enough_and_a_port_may_follow() {
        assert_eq!(node("cache.internal").addr(), &ConnectionAddr::Tcp("cache.internal".to_owned(), 6379));
        assert_eq!(node("127.0.0.1:7000").addr(), &ConnectionAddr::Tcp("127.0.0.1".to_owned(), 7000));
        assert_eq!(node("[::1]:7000").addr().to_string(), "::1:7000");
        assert_eq!(node("redis://[::1]").addr().to_string(), "::1:6379");
    }

    #[test]
    fn password_and_database_are_read_and_never_shown() {
        let target = Target::parse("redis://ann:p%40ss@h:1/3").unwrap();
        assert_eq!(target.describe(), "Redis h:1");

        let info = node("redis://ann:p%40ss@h:1/3");
        assert_eq!(info.redis_settings().username(), Some("ann"));
        assert_eq!((info.redis_settings().password(), info.redis_settings().db()), (Some("p@ss"), 3));
        assert_eq!(node(":secret@h").redis_settings().password(), Some("secret"));
    }

    #[test]
    fn two_s_are_tls_and_certificates_are_checked() {
        let checked = |addr: &ConnectionAddr| matches!(addr, ConnectionAddr::TcpTls { insecure: false, .. });
        assert!(checked(node("rediss://h").addr()));
        let Ok(Target::Cluster(nodes)) = Target::parse("rediss+cluster://h1,h2") else { panic!("a cluster") };
        assert!(nodes.iter().all(|node| checked(node.addr())));
    }

    #[test]
    fn sentinels_name_a_primary() {
        let target = Target::parse("redis+sentinel://:pw@s1:1,s2/main/2").unwrap();

        assert_eq!(target.describe(), "Redis main (sentinels s1:1,s2:26379)");
        let Target::Sentinel { server, .. } = target else { panic!("sentinels") };
        assert_eq!((server.redis_settings().password(), server.redis_settings().db()), (Some("pw"), 2));
    }

    #[test]
    fn a_cluster_is_some_of_its_nodes() {
        let target = Target::parse("redis+cluster://u:pw@n1:7000,n2").unwrap();

        assert_eq!(target.describe(), "Redis cluster n1:7000,n2:6379");
    }

    #[test]
    fn what_cannot_be_read_is_refused_without_being_repeated() {
        for bad in [
            "http://h:1",
            "redis://a:hunter2@h:99999",
            "redis://h/x",
            "redis+sentinel://h:1",
            "redis+cluster://h:1/3",
            "h1:1,h2:2",
            "",
        ] {
            let Err(StoreError::Unfit(message)) = Target::parse(bad) else { panic!("{bad:?} was taken") };
            assert!(message.starts_with("redis_uri ") && !message.contains("hunter2"), "{message}");
        }
    }
}
