//! A server with a person who signed up, and the folder of a device.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use local_supabase::{Cluster, Database, Fault, Server, ServerOptions, Settings};
use particle_core::change::wire::{PROTOCOL, Request, Response};
use particle_core::clock::ManualClock;
use particle_core::folder::DataFolder;
use particle_core::remote::{
    AccessToken, Attention, Failure, Granted, Limits, Password, Remote, SignedUp, Supabase,
};
use particle_core::sync::session::Session;
use particle_core::sync::vault::KeyringUse;
use tempfile::TempDir;

pub(crate) const EMAIL: &str = "someone@example.com";
pub(crate) const PASSWORD: &str = "correct horse";
/// The calls that give tokens.
pub(crate) const TOKEN: &str = "/auth/v1/token";
/// The call that exchanges.
pub(crate) const EXCHANGE: &str = "/rest/v1/rpc/sync_exchange";

/// The call that tells the version.
pub(crate) const ABOUT: &str = "/rest/v1/rpc/sync_about";

/// One server of one test, and a device before it.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) supabase: Supabase,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) folder: DataFolder,
    _path: TempDir,
    pub(crate) database: Database,
}

pub(crate) async fn start() -> World {
    start_with(Settings::default()).await
}

pub(crate) async fn start_with(settings: Settings) -> World {
    let cluster = Cluster::shared().expect("PostgreSQL starts");
    let database = cluster.create_database().await.expect("a database is made");
    let server = Server::start(&database, settings, ServerOptions::default())
        .await
        .expect("the doors open");
    let path = TempDir::new().expect("a folder");
    let folder = DataFolder::locate(Some(path.path().into())).expect("a data folder");
    folder.create().expect("its folders");
    World {
        supabase: client(&server, Limits::default()),
        clock: Arc::new(ManualClock::new(Utc::now(), 0)),
        server,
        folder,
        _path: path,
        database,
    }
}

pub(crate) fn client(server: &Server, limits: Limits) -> Supabase {
    Supabase::with_limits(&server.url(), server.publishable_key(), limits).expect("a client")
}

impl World {
    /// Somebody who signs up.
    pub(crate) async fn sign_up(&self) -> Granted {
        match self.supabase.sign_up(EMAIL, &password()).await.unwrap() {
            SignedUp::Granted(granted) => granted,
            SignedUp::ConfirmMail => panic!("no confirmation was asked for"),
        }
    }

    /// The session of somebody who signs up on this device.
    pub(crate) async fn session(&self) -> Session {
        self.session_of(self.sign_up().await).await
    }

    pub(crate) async fn session_of(&self, granted: Granted) -> Session {
        let (supabase, clock) = (self.supabase.clone(), self.clock.clone());
        let begun = Session::begin(supabase, granted, &self.folder, KeyringUse::Off, clock);
        begun.await.expect("a place for it")
    }

    /// The session as another process finds it.
    pub(crate) async fn resume(&self, session: &Session) -> Option<Session> {
        let (supabase, clock) = (self.supabase.clone(), self.clock.clone());
        let (user, folder) = (session.user(), &self.folder);
        Session::resume(supabase, user, folder, KeyringUse::Off, clock)
            .await
            .expect("the file can be read")
    }

    /// Answered calls that gave tokens, or refused to.
    pub(crate) fn token_calls(&self) -> usize {
        self.server
            .requests()
            .count(|answered| answered.path == TOKEN)
    }

    /// Lets time pass here and on the server.
    pub(crate) fn pass(&self, by: Duration) {
        self.clock.advance(by);
        let by = chrono::TimeDelta::from_std(by).expect("a short time");
        self.server.change(|settings| settings.clock_offset += by);
    }

    pub(crate) async fn exchange(&self, token: &AccessToken) -> Result<Response, Failure> {
        self.supabase.exchange(token.expose(), &nothing()).await
    }

    /// What becomes of an exchange that goes wrong so.
    pub(crate) async fn exchange_with(&self, fault: Fault) -> String {
        let token = self.sign_up().await.access_token;
        self.server.faults().next(EXCHANGE, fault);
        class(&self.exchange(&token).await.expect_err("it went wrong"))
    }

    pub(crate) async fn sql(&self, statements: &str) {
        let client = self.database.connect().await.expect("the database answers");
        client.batch_execute(statements).await.expect("good SQL");
    }
}

pub(crate) fn password() -> Password {
    Password::new(PASSWORD)
}

/// A request that asks for all and changes nothing.
pub(crate) fn nothing() -> Request {
    Request {
        protocol: PROTOCOL,
        epoch: None,
        since: 0,
        limit: 1000,
        changes: Vec::new(),
    }
}

/// A failure in a few words, without the server's own.
pub(crate) fn class(failure: &Failure) -> String {
    match failure {
        Failure::Unreachable(_) => "unreachable".into(),
        Failure::Unavailable { retry_after, .. } => match retry_after {
            None => "unavailable".into(),
            Some(wait) => format!("unavailable for {} s", wait.as_secs()),
        },
        Failure::Unauthorized {
            issued_in_future: false,
        } => "unauthorized".into(),
        Failure::Unauthorized { .. } => "issued in the future".into(),
        Failure::Rejected { code, .. } => {
            format!("rejected: {}", code.as_deref().unwrap_or("no code"))
        }
        Failure::Attention(attention) => match attention {
            Attention::ServerTooOld => "server too old".into(),
            Attention::AppTooOld => "app too old".into(),
            Attention::MissingFunction => "missing function".into(),
            Attention::WrongKey => "wrong key".into(),
            Attention::AccountGone => "account gone".into(),
            Attention::NotSupabase => "not supabase".into(),
            Attention::Vault(_) => "vault".into(),
        },
        Failure::Local(_) => "this machine".into(),
        Failure::SignedOut { code } => format!("signed out: {code}"),
    }
}
