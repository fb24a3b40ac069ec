//! A PostgreSQL of our own: made by `initdb`, reached over a private socket and on the loopback
//! address, and gone when this process is gone, however it ends.

mod data;
mod folder;
mod keeper;
mod programs;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_postgres::NoTls;
use uuid::Uuid;

use crate::database::{Address, Database, ground};
use crate::error::LocalError;
use data::Data;
use folder::RunFolder;
use keeper::Keeper;

pub(crate) use programs::{Programs, VARIABLE as PROGRAMS_VARIABLE, run};

/// The superuser, as Supabase calls it.
pub(crate) const SUPERUSER: &str = "supabase_admin";
/// The database that exists for connections which make other databases.
pub(crate) const MAINTENANCE_DATABASE: &str = "postgres";
/// What `create_database` copies.
const TEMPLATE: &str = "particle_template";
/// What `open_database` opens.
const KEPT_DATABASE: &str = "particle";
/// Another program may take the free port that was found before PostgreSQL does.
const PORTS_TRIED_MAX: u32 = 5;

/// How a cluster is kept.
#[derive(Debug, Clone, Default)]
pub struct ClusterOptions {
    /// Its databases stay in this folder; without one they are gone with the cluster, and nothing
    /// is done to make them survive a power cut.
    pub data: Option<PathBuf>,
    /// The folder of `initdb` and `postgres`; found by itself without one.
    pub programs: Option<PathBuf>,
}

/// A running PostgreSQL. It stops when this is dropped, and when the process ends, even by a
/// signal that cannot be caught.
pub struct Cluster {
    address: Address,
    programs: Programs,
    template_made: Mutex<bool>,
    /// Databases that nobody holds any more.
    left: Arc<Mutex<Vec<String>>>,
    // Dropped last: first PostgreSQL, then what it lies in.
    keeper: Keeper,
    _kept: Option<Data>,
}

impl Cluster {
    /// Makes and starts one; blocks for about 1.5 seconds. First removes what clusters of dead
    /// processes have left behind.
    pub fn start(options: &ClusterOptions) -> Result<Self, LocalError> {
        let mut outcome = Self::start_once(options);
        for _ in 1..PORTS_TRIED_MAX {
            if !matches!(outcome, Err(LocalError::PortTaken { .. })) {
                break;
            }
            outcome = Self::start_once(options);
        }
        outcome
    }

    fn start_once(options: &ClusterOptions) -> Result<Self, LocalError> {
        let programs = Programs::find(options.programs.clone())?;
        folder::sweep(&programs);
        let run = RunFolder::create(&programs)?;
        let kept = options
            .data
            .as_ref()
            .map(|folder| Data::open(&programs, folder));
        let kept = kept.transpose()?;
        match &kept {
            Some(data) => data.prepare(&programs, &run.data())?,
            None => data::initialize(&programs, &run.data())?,
        }
        let (keeper, port) = keeper::start(&programs, run, kept.as_ref())?;
        let address = Address {
            socket_folder: keeper.folder().to_owned(),
            port,
            password: Uuid::new_v4().simple().to_string(),
        };
        ground::lay(&programs, &address)?;
        Ok(Self {
            address,
            programs,
            template_made: Mutex::new(false),
            left: Arc::default(),
            keeper,
            _kept: kept,
        })
    }

    /// The cluster of this process, for tests: started by whoever asks first.
    pub fn shared() -> Result<Arc<Self>, LocalError> {
        static SHARED: Mutex<Option<Arc<Cluster>>> = Mutex::new(None);
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cluster) = &*shared {
            return Ok(Arc::clone(cluster));
        }
        let cluster = Arc::new(Self::start(&ClusterOptions::default())?);
        Ok(Arc::clone(shared.insert(cluster)))
    }

    /// A new database with all migrations, which goes when it is dropped. The first one of a
    /// cluster takes as long as the migrations, each further one about 40 ms.
    pub async fn create_database(&self) -> Result<Database, LocalError> {
        self.make_template()?;
        let name = format!("particle_{}", Uuid::new_v4().simple());
        let left = std::mem::take(&mut *self.left.lock().unwrap_or_else(PoisonError::into_inner));

        let config = self.address.config(MAINTENANCE_DATABASE, SUPERUSER);
        let (client, connection) = config.connect(NoTls).await?;
        let statements = async move {
            for name in left {
                client
                    .execute(&format!("drop database {name} with (force)"), &[])
                    .await?;
            }
            let create = format!("create database {name} template {TEMPLATE} owner postgres");
            client.execute(&create, &[]).await.map(|_| name)
        };
        // Driven here and not by a task: whoever gives up waiting gives up the connection too.
        let (name, _) = tokio::join!(statements, connection);
        let left = Some(Arc::clone(&self.left));
        Ok(Database::new(self.address.clone(), name?, left))
    }

    /// The one database that stays with the data folder: made if it is not there, else brought up
    /// to the newest migration.
    pub fn open_database(&self) -> Result<Database, LocalError> {
        ground::build_or_migrate(&self.programs, &self.address, KEPT_DATABASE)?;
        Ok(Database::new(
            self.address.clone(),
            KEPT_DATABASE.to_owned(),
            None,
        ))
    }

    /// The folder of the data, the socket and the log; gone with the cluster.
    pub fn folder(&self) -> &Path {
        self.keeper.folder()
    }

    // Blocks the tests that wait for the same template; all of them need it before anything else.
    fn make_template(&self) -> Result<(), LocalError> {
        let mut made = self
            .template_made
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if !*made {
            ground::build_template(&self.programs, &self.address, TEMPLATE)?;
            *made = true;
        }
        Ok(())
    }
}
