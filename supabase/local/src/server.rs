//! One running server: its keys, its knobs, and the listener on the loopback.

mod connection;
pub(crate) mod local;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_postgres::NoTls;
use uuid::Uuid;

use crate::database::Database;
use crate::error::LocalError;
use crate::faults::Faults;
use crate::jwt::{Claims, SigningKey};
use crate::mailbox::Mailbox;
use crate::requests::Requests;
use crate::settings::Settings;
use crate::shared::Shared;

/// How many connections to the database each door has, as PostgREST has by default.
pub(crate) const POOL_CONNECTIONS_MAX: usize = 10;

/// What clients and tokens are known by. A server that is to go on where another stopped takes
/// over its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// What every client sends as `apikey`.
    pub publishable: String,
    /// What one's own servers send: it becomes `service_role` and passes all policies.
    pub secret: String,
    /// Signs access tokens.
    pub jwt_secret: String,
}

impl Keys {
    /// New keys that nobody has seen.
    #[must_use]
    pub fn random() -> Self {
        let text = || Uuid::new_v4().simple().to_string();
        Self {
            publishable: format!("sb_publishable_{}", text()),
            secret: format!("sb_secret_{}", text()),
            jwt_secret: text() + &text(),
        }
    }
}

/// How a server starts.
#[derive(Debug, Clone, Default)]
pub struct ServerOptions {
    /// The port on 127.0.0.1; 0 takes any that is free.
    pub port: u16,
    /// Random keys when missing.
    pub keys: Option<Keys>,
}

/// A running server. It ends with [`Server::stop`], or soon after it was dropped.
pub struct Server {
    address: SocketAddr,
    keys: Keys,
    shared: Arc<Shared>,
    stopping: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Opens the doors before `database`. Runs on the caller's runtime.
    pub async fn start(
        database: &Database,
        settings: Settings,
        options: ServerOptions,
    ) -> Result<Self, LocalError> {
        let port = options.port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::AddrInUse => LocalError::PortTaken { port },
                _ => LocalError::system("listening on the loopback")(error),
            })?;
        let address = listener
            .local_addr()
            .map_err(LocalError::system("reading the port"))?;
        let keys = options.keys.unwrap_or_else(Keys::random);
        let shared = Arc::new(Shared::new(
            (
                pool(database, "authenticator")?,
                pool(database, "supabase_auth_admin")?,
            ),
            SigningKey::new(&keys.jwt_secret),
            keys.publishable.clone(),
            keys.secret.clone(),
            settings,
        ));
        let (stopping, stopped) = watch::channel(false);
        let accepting = tokio::spawn(connection::accept(listener, Arc::clone(&shared), stopped));
        Ok(Self {
            address,
            keys,
            shared,
            stopping,
            accepting,
        })
    }

    /// Where it listens, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Everything a successor needs to be taken for this server.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What a client sends as `apikey`.
    pub fn publishable_key(&self) -> &str {
        &self.keys.publishable
    }

    /// The key that becomes `service_role`.
    pub fn secret_key(&self) -> &str {
        &self.keys.secret
    }

    /// The knobs as they stand.
    pub fn settings(&self) -> Settings {
        self.shared.settings()
    }

    /// Turns knobs.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) {
        self.shared.change_settings(change);
    }

    /// What is made to go wrong.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// The mails that would have been sent.
    pub fn mailbox(&self) -> &Mailbox {
        &self.shared.mailbox
    }

    /// What was answered.
    pub fn requests(&self) -> &Requests {
        &self.shared.requests
    }

    /// A token signed by this server's key, whatever it says.
    pub fn token_for(&self, claims: &Claims) -> String {
        self.shared.signing_key.sign(claims)
    }

    /// Closes the listener and all connections at once, as a killed server does, and returns when
    /// the port is free and no request is being carried out any more.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        // It ends by itself, or has ended with its runtime: nothing is left to do either way.
        drop((&mut self.accepting).await);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.send_replace(true);
    }
}

fn pool(database: &Database, role: &str) -> Result<Pool, LocalError> {
    let config = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manager = Manager::from_config(database.config_for(role), NoTls, config);
    let pool = Pool::builder(manager)
        .max_size(POOL_CONNECTIONS_MAX)
        .runtime(Runtime::Tokio1);
    pool.build()
        .map_err(std::io::Error::other)
        .map_err(LocalError::system(
            "preparing the connections to the database",
        ))
}
