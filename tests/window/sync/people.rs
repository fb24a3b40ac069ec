//! A person before a window, and the server that their machines share.

use local_supabase::{Cluster, Database, Server, ServerOptions, Settings};
use particle_tests::{Cli, Desktop, Machine, Window, eventually};
use serde_json::Value;

pub(crate) const EMAIL: &str = "someone@example.com";
/// Somebody else, who uses the same machine.
pub(crate) const ANOTHER_EMAIL: &str = "another@example.com";
pub(crate) const PASSWORD: &str = "correct horse";
/// The calls that give tokens.
pub(crate) const TOKEN: &str = "/auth/v1/token";
pub(crate) const EXCHANGE: &str = "/rest/v1/rpc/sync_exchange";

/// A server that can be cut off.
pub(crate) struct World {
    pub(crate) server: Server,
    database: Database,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(Settings::default()).await
    }

    pub(crate) async fn start_with(settings: Settings) -> Self {
        let cluster = Cluster::shared().expect("PostgreSQL starts");
        let database = cluster.create_database().await.expect("a database is made");
        let options = ServerOptions::default();
        let server = Server::start(&database, settings, options).await;
        Self {
            server: server.expect("the doors open"),
            database,
        }
    }

    /// The server goes away; what it gives back brings it back at the same address.
    pub(crate) async fn cut(self) -> CutOff {
        let Self { server, database } = self;
        let options = ServerOptions {
            port: server.port(),
            keys: Some(server.keys().clone()),
        };
        server.stop().await;
        CutOff { options, database }
    }

    /// So many particles the server has.
    pub(crate) async fn particles(&self) -> i64 {
        let client = self.database.connect().await.expect("the database answers");
        let counted = client.query_one("select count(*) from public.particles", &[]);
        counted.await.expect("a number").get(0)
    }

    /// The tasks of the particles that the server has of this person.
    pub(crate) async fn tasks_of(&self, email: &str) -> Vec<String> {
        const TASKS: &str = "select particles.task from public.particles
            join auth.users on users.id = particles.user_id where users.email = $1 order by 1";
        let client = self.database.connect().await.expect("the database answers");
        let rows = client.query(TASKS, &[&email]).await.expect("rows");
        rows.iter().map(|row| row.get(0)).collect()
    }
}

/// A server that nobody reaches.
pub(crate) struct CutOff {
    options: ServerOptions,
    database: Database,
}

impl CutOff {
    pub(crate) async fn mend(self) -> World {
        let server = Server::start(&self.database, Settings::default(), self.options).await;
        World {
            server: server.expect("its port is free again"),
            database: self.database,
        }
    }
}

/// A machine with its window.
pub(crate) struct Person<'a> {
    pub(crate) machine: &'a Machine,
    pub(crate) window: Window,
}

impl<'a> Person<'a> {
    pub(crate) async fn before(machine: &'a Machine, desktop: &Desktop) -> Self {
        let window = Window::open(machine, desktop).await;
        Self { machine, window }
    }

    pub(crate) fn cli(&self) -> Cli<'_> {
        Cli::on(self.machine)
    }

    pub(crate) async fn opens_account(&self) {
        opens_account(&self.window).await;
    }

    pub(crate) async fn enters(&self, world: &World, submit: &str) {
        enters(&self.window, world, EMAIL, submit).await;
    }

    /// Signs up or in as somebody else.
    pub(crate) async fn enters_as(&self, world: &World, email: &str, submit: &str) {
        enters(&self.window, world, email, submit).await;
        self.is_signed_in_as(email).await;
    }

    pub(crate) async fn signs_up(&self, world: &World) {
        self.opens_account().await;
        self.enters(world, "sign-up-submit").await;
        self.is_signed_in().await;
    }

    /// [`Person::signs_up`], where something is here already.
    pub(crate) async fn signs_up_with_history(&self, world: &World) {
        self.opens_account().await;
        self.enters(world, "sign-up-submit").await;
        self.window.click("join-now").await;
        self.is_signed_in().await;
    }

    pub(crate) async fn signs_in(&self, world: &World) {
        self.opens_account().await;
        self.enters(world, "sign-in-submit").await;
        self.is_signed_in().await;
    }

    pub(crate) async fn is_signed_in(&self) {
        self.is_signed_in_as(EMAIL).await;
    }

    async fn is_signed_in_as(&self, email: &str) {
        let shown = "return document.querySelector('[data-testid=account-email]')?.innerText";
        self.window.answers(shown, email).await;
    }

    /// Signs out, and leaves everything on the machine.
    pub(crate) async fn signs_out(&self) {
        self.window.click("sign-out").await;
        self.window.click("sign-out-keep").await;
        self.window
            .shows_so_many(1, "[data-testid=sign-in-submit]")
            .await;
    }

    /// Goes back to the timer.
    pub(crate) async fn leaves(&self) {
        const BACK: &str = "document.querySelector('[data-testid=back]')?.click();
             return document.querySelectorAll('[data-testid=back]').length";
        self.window.answers(BACK, 0).await;
    }

    /// Keeps a particle, as a focus that ends does.
    pub(crate) fn keeps(&self, task: &str) -> Value {
        self.cli().object(&["add", task, "--minutes", "25"])
    }

    /// Waits until so many of today's dots are filled.
    pub(crate) async fn sees(&self, dots: usize) {
        self.window
            .shows_so_many(dots, "[data-testid=dots] .filled")
            .await;
    }

    /// Waits until the sign beside the timer says this.
    pub(crate) async fn is_told(&self, state: &str) {
        let asked = "return document.querySelector('[data-testid=sync-indicator]')?.dataset.state";
        self.window.answers(asked, state).await;
    }

    /// The hashes of everything, equal where machines agree.
    fn digest(&self) -> Value {
        self.cli().object(&["doctor"])["digest"].clone()
    }
}

/// Opens the view of the account, from wherever the window is.
pub(crate) async fn opens_account(window: &Window) {
    window.press(',').await;
    window.click("open-account").await;
    window.shows_so_many(1, "[data-testid=account]").await;
}

/// Fills in the form to sign in or up with, and sends it.
pub(crate) async fn enters(window: &Window, world: &World, email: &str, submit: &str) {
    if submit == "sign-up-submit" {
        window.click("sign-up-open").await;
    }
    // A server that is known is folded away.
    if window.count("details[data-testid=server]").await == 0 {
        let (url, key) = (world.server.url(), world.server.publishable_key());
        window.fill("server-url", &url).await;
        window.fill("server-key", key).await;
    }
    window.fill("sign-in-email", email).await;
    window.fill("sign-in-password", PASSWORD).await;
    window.click(submit).await;
}

/// Signs in without a window.
pub(crate) fn signs_in_by_command(machine: &Machine, world: &World) {
    let (url, key) = (world.server.url(), world.server.publishable_key());
    let login = [
        "login",
        "--email",
        EMAIL,
        "--password-stdin",
        "--server",
        &url,
        "--key",
        key,
    ];
    let said = Cli::on(machine).run_with_input(&login, PASSWORD);
    assert_eq!(said.code, 0, "{said:?}");
}

/// Waits until both have the same.
pub(crate) async fn agree(one: &Person<'_>, other: &Person<'_>) {
    eventually("both have the same", async || {
        let (one, other) = (one.digest(), other.digest());
        if one == other {
            Ok(())
        } else {
            Err((one, other))
        }
    })
    .await;
}
