//! One database of the cluster, with the ground of Supabase and the shipped migrations in it.

pub(crate) mod ground;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_postgres::{Client, Config, NoTls};

use crate::cluster::SUPERUSER;
use crate::error::LocalError;

/// How a cluster is reached.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    /// The folder of the socket, which lets in whoever can enter the folder.
    pub(crate) socket_folder: PathBuf,
    /// On the loopback address, and part of the socket's name.
    pub(crate) port: u16,
    /// The superuser's, for the loopback address.
    pub(crate) password: String,
}

impl Address {
    /// A connection over the socket.
    pub(crate) fn config(&self, database: &str, role: &str) -> Config {
        let mut config = Config::new();
        config
            .host_path(&self.socket_folder)
            .port(self.port)
            .dbname(database)
            .user(role);
        config
    }
}

/// A database. One that is not kept goes some time after this is dropped.
#[derive(Debug)]
pub struct Database {
    address: Address,
    name: String,
    /// Where its name goes when nobody holds it any more; `None` when it is kept. Nothing is asked
    /// of PostgreSQL in a drop, which cannot wait: the next `create_database` does it.
    left: Option<Arc<Mutex<Vec<String>>>>,
}

impl Database {
    pub(crate) fn new(
        address: Address,
        name: String,
        left: Option<Arc<Mutex<Vec<String>>>>,
    ) -> Self {
        Self {
            address,
            name,
            left,
        }
    }

    /// Its name in the cluster.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// For `psql` and the Supabase CLI: as superuser, over the loopback address. The CLI wants TLS
    /// unless it is told that there is none.
    pub fn url(&self) -> String {
        let Address { port, password, .. } = &self.address;
        let name = &self.name;
        format!("postgresql://{SUPERUSER}:{password}@127.0.0.1:{port}/{name}?sslmode=disable")
    }

    /// For connections as `role`, over the socket and without a password.
    pub fn config_for(&self, role: &str) -> Config {
        self.address.config(&self.name, role)
    }

    /// A connection as superuser, driven by a task of the runtime at hand.
    pub async fn connect(&self) -> Result<Client, LocalError> {
        self.connect_as(SUPERUSER).await
    }

    /// A connection as `role`, which must be one that may log in.
    pub async fn connect_as(&self, role: &str) -> Result<Client, LocalError> {
        let (client, connection) = self.config_for(role).connect(NoTls).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
        });
        Ok(client)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(left) = &self.left {
            let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
            left.push(std::mem::take(&mut self.name));
        }
    }
}
