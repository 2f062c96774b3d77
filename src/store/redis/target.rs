//! How Redis is connected to, whichever form `redis_uri` has.

use std::{sync::Once, time::Duration};

use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, ProtocolVersion, RedisResult, TlsMode,
    aio::MultiplexedConnection,
    cluster::ClusterClientBuilder,
    cluster_async::ClusterConnection,
    io::tcp::TcpSettings,
    sentinel::{SentinelClientBuilder, SentinelServerType},
};

use crate::{config::RedisAddress, store::StoreError};

/// The longest wait for a connection.
pub(super) const CONNECT: Duration = Duration::from_secs(1);
/// The longest wait for an answer.
pub(super) const RESPONSE: Duration = Duration::from_millis(1500);
/// Calls that may wait to be written; more wait outside.
const PIPELINE: usize = 1024;

/// Where Redis is.
#[derive(Debug)]
pub(super) struct Target(RedisAddress);

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
        // Before the first TLS connection of the process.
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // An error says that the process has one already.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        });
        let tuned = |info: ConnectionInfo| info.set_tcp_settings(tcp());
        let address = RedisAddress::parse(uri).map_err(|why| StoreError::Unfit(format!("redis_uri {why}")))?;
        Ok(Self(match address {
            RedisAddress::Node(info) => RedisAddress::Node(tuned(info)),
            RedisAddress::Cluster(nodes) => RedisAddress::Cluster(nodes.into_iter().map(tuned).collect()),
            // Its builder takes them.
            sentinel @ RedisAddress::Sentinel { .. } => sentinel,
        }))
    }

    /// For people: hosts, roles and the database unless it is 0; no user, no password.
    pub(super) fn describe(&self) -> String {
        let join = |addresses: Vec<String>| addresses.join(",");
        let database = |server: &ConnectionInfo| match server.redis_settings().db() {
            0 => String::new(),
            number => format!("/{number}"),
        };
        match &self.0 {
            RedisAddress::Node(info) => format!("Redis {}{}", info.addr(), database(info)),
            RedisAddress::Sentinel { sentinels, master, server } => {
                let sentinels = join(sentinels.iter().map(ToString::to_string).collect());
                format!("Redis {master}{} (sentinels {sentinels})", database(server))
            }
            RedisAddress::Cluster(nodes) => {
                format!("Redis cluster {}", join(nodes.iter().map(|node| node.addr().to_string()).collect()))
            }
        }
    }

    /// Connects. Bounded by the caller's timeout; a step alone by [`CONNECT`].
    pub(super) async fn connect(&self) -> RedisResult<Connection> {
        if let RedisAddress::Cluster(nodes) = &self.0 {
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
        match &self.0 {
            RedisAddress::Node(info) => open(info),
            RedisAddress::Cluster(nodes) => open(&nodes[turn % nodes.len()]),
            RedisAddress::Sentinel { sentinels, master, server } => {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_tells_stores_apart_and_holds_no_password() {
        let shown = [
            ("redis://ann:p%40ss@h:1/3", "Redis h:1/3"),
            ("h:1", "Redis h:1"),
            ("redis+sentinel://:pw@s1:1,s2/main/2", "Redis main/2 (sentinels s1:1,s2:26379)"),
            ("redis+cluster://u:pw@n1:7000,n2", "Redis cluster n1:7000,n2:6379"),
        ];
        for (uri, described) in shown {
            assert_eq!(Target::parse(uri).unwrap().describe(), described);
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_the_settings_name() {
        let Err(StoreError::Unfit(message)) = Target::parse("redis+sentinel://h:1") else { panic!("it was taken") };
        assert!(message.starts_with("redis_uri must name the primary"), "{message}");
    }
}
