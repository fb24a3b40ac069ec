//! The program: starts everything, says where it is, and waits until it is told to end.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use clap::Parser;
use local_supabase::{
    Cluster, ClusterOptions, Database, LocalError, Server, ServerOptions, Settings,
};
use serde::Serialize;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::keys;

/// A Supabase for this machine, with the migrations of Particle in it. For development and tests
/// only: it answers nobody but this machine, and without --data it forgets everything.
#[derive(Debug, Parser)]
#[command(name = "local-supabase", version)]
pub(crate) struct Options {
    /// Forget everything at the end; the default
    #[arg(long, conflicts_with = "data")]
    ephemeral: bool,
    /// Keep users and data in this folder
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Say where it is as one JSON object
    #[arg(long)]
    json: bool,
    /// The port on 127.0.0.1; any that is free without it
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// How long an access token lives
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    token_seconds: Option<u32>,
    /// New users have to confirm their address by a code
    #[arg(long)]
    confirm_email: bool,
    /// How far the server's clock is ahead of this machine's
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    clock_offset: i32,
}

impl Options {
    fn settings(&self) -> Settings {
        let usual = Settings::default();
        let token_life = self
            .token_seconds
            .map(|seconds| Duration::from_secs(seconds.into()));
        Settings {
            clock_offset: TimeDelta::seconds(self.clock_offset.into()),
            token_life: token_life.unwrap_or(usual.token_life),
            confirm_email: self.confirm_email,
            ..usual
        }
    }
}

/// Where everything is.
#[derive(Serialize)]
struct Ready<'a> {
    url: String,
    publishable_key: &'a str,
    db_url: String,
    mail_url: String,
}

/// Runs until SIGTERM or SIGINT. Until it is ready these end the process at once, which leaves
/// nothing behind either.
pub(crate) fn run(options: &Options) -> Result<(), LocalError> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_writer(std::io::stderr)
        .init();
    let cluster = Cluster::start(&ClusterOptions {
        data: options.data.clone(),
        programs: None,
    })?;
    let database = cluster.open_database()?;
    let runtime = tokio::runtime::Runtime::new().map_err(system("no runtime"))?;
    runtime.block_on(serve(options, &database))
}

async fn serve(options: &Options, database: &Database) -> Result<(), LocalError> {
    let keys = options.data.as_deref().map(keys::kept_in).transpose()?;
    let port = options.port;
    let options_of_server = ServerOptions { port, keys };
    let server = Server::start(database, options.settings(), options_of_server).await?;
    let listen = |kind| signal(kind).map_err(system("signals cannot be received"));
    let (mut terminate, mut interrupt) = (
        listen(SignalKind::terminate())?,
        listen(SignalKind::interrupt())?,
    );
    let ready = Ready {
        url: server.url(),
        publishable_key: server.publishable_key(),
        db_url: database.url(),
        mail_url: format!("{}/local/mails", server.url()),
    };
    say(&ready, options.json).map_err(system("standard output cannot be written"))?;
    wait_for_either(&mut terminate, &mut interrupt).await;
    server.stop().await;
    Ok(())
}

async fn wait_for_either(one: &mut Signal, other: &mut Signal) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}

fn say(ready: &Ready<'_>, as_json: bool) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    if as_json {
        writeln!(stdout, "{}", serde_json::to_string(ready)?)?;
    } else {
        writeln!(
            stdout,
            "A Supabase for development and tests only; Ctrl+C ends it."
        )?;
        writeln!(stdout, "URL              {}", ready.url)?;
        writeln!(stdout, "publishable key  {}", ready.publishable_key)?;
        writeln!(stdout, "database         {}", ready.db_url)?;
        writeln!(stdout, "mails            {}", ready.mail_url)?;
    }
    stdout.flush()
}

fn system(doing: &str) -> impl FnOnce(std::io::Error) -> LocalError {
    let doing = doing.to_owned();
    |source| LocalError::System { doing, source }
}
