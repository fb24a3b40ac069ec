//! The app as its window drives it: signing in where a history is already, changing the account, and leaving it.

mod changing;
mod checking;
mod joining;
mod leaving;
mod waking;

use std::sync::Arc;

use particle_core::app::{
    AccountRequest, AccountStatus, App, CodePurpose, CodeRequest, Environment, LocalRows,
    NewParticle, ProjectRequest, Proof, ServerChoice, SignInRequest,
};
use particle_core::clock::Clock;
use particle_core::error::{AppError, ErrorCode};
use particle_core::folder::DataFolder;
use particle_core::randomness::Randomness;
use particle_core::remote::Password;
use particle_core::store::ParticleFilter;
use particle_core::sync::vault::KeyringUse;
use tempfile::TempDir;

use crate::support::{EMAIL, EXCHANGE, PASSWORD, World};

/// A machine on which the app runs.
struct Desk<'a> {
    world: &'a World,
    place: TempDir,
    app: App,
}

impl<'a> Desk<'a> {
    async fn new(world: &'a World) -> Self {
        let place = TempDir::new().unwrap();
        let app = open(world, &place).await;
        Self { world, place, app }
    }

    /// One on which two focuses and a project were kept before anybody signed in.
    async fn with_a_history(world: &'a World) -> Self {
        let desk = Self::new(world).await;
        desk.add("Write").await;
        desk.add("Read").await;
        let book = ProjectRequest::Add {
            name: "Book".into(),
            brightness: None,
        };
        desk.app.profile().project(book).await.unwrap();
        desk
    }

    /// One of whoever signed up, with nothing of its own.
    async fn signed_in(world: &'a World) -> Self {
        let desk = Self::new(world).await;
        desk.sign_in(Desk::password()).await.unwrap();
        desk
    }

    /// The app ends and starts again.
    async fn restart(self) -> Self {
        let Self { world, place, app } = self;
        app.close().await;
        drop(app);
        let app = open(world, &place).await;
        Self { world, place, app }
    }

    fn server(&self) -> ServerChoice {
        ServerChoice {
            url: Some(self.world.server.url()),
            key: Some(self.world.server.publishable_key().into()),
        }
    }

    fn password() -> Proof {
        Proof::Password(Password::new(PASSWORD))
    }

    async fn sign_in(&self, proof: Proof) -> Result<AccountStatus, AppError> {
        let request = SignInRequest {
            server: self.server(),
            email: EMAIL.into(),
            proof,
            local_rows: LocalRows::Ask,
        };
        self.app.account(AccountRequest::SignIn(request)).await
    }

    /// Asks for a mail, and reads the code in it.
    async fn code(&self, purpose: CodePurpose) -> String {
        let request = CodeRequest {
            server: self.server(),
            email: EMAIL.into(),
            purpose,
        };
        let sent = self.app.account(AccountRequest::SendCode(request)).await;
        assert_eq!(sent.unwrap().mail_sent_to.as_deref(), Some(EMAIL));
        let mail = self.world.server.mailbox().newest(EMAIL);
        mail.expect("a mail was sent").code
    }

    async fn add(&self, task: &str) {
        let particle = NewParticle {
            task: task.into(),
            minutes: 25,
            ended_at: None,
            project: None,
            id: None,
        };
        self.app.profile().add(particle).await.unwrap();
    }

    async fn tasks(&self) -> Vec<String> {
        let profile = self.app.profile();
        let all = ParticleFilter::default();
        let listed = profile.store().list_particles(&all);
        let mut tasks: Vec<_> = listed
            .await
            .unwrap()
            .iter()
            .map(|particle| particle.task.to_string())
            .collect();
        tasks.sort();
        tasks
    }
}

async fn open(world: &World, place: &TempDir) -> App {
    let folder = DataFolder::locate(Some(place.path().into())).unwrap();
    folder.create().unwrap();
    let clock: Arc<dyn Clock> = world.clock.clone();
    let environment = Environment {
        clock,
        randomness: Arc::new(Randomness::system()),
        keyring: KeyringUse::Off,
    };
    let ownership = folder.own().unwrap().expect("nobody else owns it");
    App::open(&folder, ownership, environment)
        .await
        .unwrap()
        .app
}

fn code_of<T>(result: Result<T, AppError>) -> Option<ErrorCode> {
    result.err().map(|error| error.view().code)
}

impl World {
    /// So many exchanges were asked for.
    fn exchanges(&self) -> usize {
        let requests = self.server.requests();
        requests.count(|answered| answered.path == EXCHANGE)
    }

    /// So many particles the server has.
    async fn particles(&self) -> i64 {
        let client = self.database.connect().await.unwrap();
        let counted = client.query_one("select count(*) from public.particles", &[]);
        counted.await.unwrap().get(0)
    }
}
