//! The server's SQL and the doors of `local-supabase`, checked with tools from elsewhere: pgTAP,
//! the Supabase CLI with its linters, and supabase-js. The tests in Rust are not here.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use xshell::{Cmd, cmd};

use crate::linux::process::Owned;
use crate::steps::Steps;
use crate::workspace::{Workspace, files_below};
use crate::{supabase, ui};

/// Where the packages of npm are that this needs, in the repository.
const CONFORMANCE: &str = "supabase/conformance";
const START_SECONDS_MAX: u64 = 60;

/// Starts one local Supabase that was built before, puts the migrations in as a person would, and lets every
/// tool look at it. It is ended whatever happens.
pub(crate) fn test(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    steps.perform("Server: packages", || {
        ui::install_in(workspace, &workspace.root.join(CONFORMANCE))
    })?;
    let server = steps.perform("Server: start", || LocalSupabase::start(workspace))?;
    if cfg!(target_arch = "x86_64") {
        steps.perform("Server: migrations", || {
            server.push_migrations()?;
            server.repeat_migrations()
        })?;
        steps.perform("Server: lint", || server.lint())?;
    } else {
        println!("The Supabase CLI is not installed on this processor: no push, no linters.");
    }
    steps.perform("Server: pgTAP", || server.prove())?;
    drop(server);
    steps.perform("Server: conformance", || conformance(workspace))
}

/// A running `local-supabase`, of which only the database is used.
struct LocalSupabase<'a> {
    workspace: &'a Workspace,
    db_url: String,
    _program: Owned,
}

impl<'a> LocalSupabase<'a> {
    fn start(workspace: &'a Workspace) -> Result<Self> {
        let mut command = Command::new(program(workspace));
        command.args(["--ephemeral", "--json"]);
        let patience = Duration::from_secs(START_SECONDS_MAX);
        let (program, line) = Owned::start_and_read_line(&command, patience)?;
        let places: serde_json::Value = serde_json::from_str(&line)?;
        let db_url = places["db_url"]
            .as_str()
            .context("local-supabase did not say where its database is")?;
        Ok(Self {
            workspace,
            db_url: db_url.to_owned(),
            _program: program,
        })
    }

    /// `supabase db push` into a new project, and again, when there is nothing left to do.
    fn push_migrations(&self) -> Result<()> {
        let prepare = format!("{CONFORMANCE}/without_particle.sql");
        self.psql(&[PathBuf::from(prepare)], "").run()?;
        let push = ["db", "push", "--yes"];
        let first = self.cli(&push).read()?;
        ensure!(!first.contains("up to date"), "nothing was pushed: {first}");
        let second = self.cli(&push).output()?;
        let said = String::from_utf8_lossy(&second.stdout);
        let complaints = String::from_utf8_lossy(&second.stderr);
        ensure!(
            said.contains("up to date"),
            "not everything was pushed: {said}"
        );
        // It goes on with settings that it does not know.
        ensure!(!complaints.contains("WARN"), "config.toml: {complaints}");
        Ok(())
    }

    /// Each migration once more, as its owner: it finds everything there and harms nothing, as the
    /// tests after this one show.
    fn repeat_migrations(&self) -> Result<()> {
        let folder = self.workspace.root.join("supabase/migrations");
        let migrations = files_below(&folder, &[])?;
        self.psql(&migrations, "-c role=postgres").run()?;
        Ok(())
    }

    /// The pgTAP tests, each file in a transaction that is taken back.
    fn prove(&self) -> Result<()> {
        let shell = &self.workspace.shell;
        // pg_prove cuts an address at its second equals sign; without TLS psql manages by itself.
        let database = self.db_url.split('?').next().unwrap_or_default();
        cmd!(
            shell,
            "pg_prove --ext .sql --dbname {database} supabase/tests"
        )
        .run()?;
        Ok(())
    }

    /// Both linters of Supabase. The warnings of the first are the business of
    /// `supabase/tests/lint.test.sql`, which knows the justified ones.
    fn lint(&self) -> Result<()> {
        self.cli(&["db", "lint", "--level", "error", "--fail-on", "error"])
            .run()?;
        self.cli(&["db", "advisors", "--level", "warn", "--fail-on", "warn"])
            .run()?;
        Ok(())
    }

    /// All of `files` in one transaction.
    fn psql(&self, files: &[PathBuf], options: &str) -> Cmd<'a> {
        let files = files
            .iter()
            .flat_map(|file| ["--file".as_ref(), file.as_os_str()]);
        let shell = &self.workspace.shell;
        cmd!(
            shell,
            "psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --single-transaction"
        )
        .args(["--output", "/dev/null"])
        .args(files)
        .arg(&self.db_url)
        .env(
            "PGOPTIONS",
            format!("-c client_min_messages=warning {options}"),
        )
    }

    /// The Supabase CLI on this database, without telemetry.
    fn cli(&self, arguments: &[&str]) -> Cmd<'a> {
        let modules = self.workspace.root.join(CONFORMANCE).join("node_modules");
        let program = modules.join("@supabase/cli-linux-x64/bin/supabase");
        self.workspace
            .shell
            .cmd(program)
            .args(arguments)
            .arg(format!("--remote={}", self.db_url))
            .args(["--agent", "no"])
            .env("SUPABASE_TELEMETRY_DISABLED", "1")
            .env("DO_NOT_TRACK", "1")
    }
}

/// supabase-js against servers that it starts and ends itself.
fn conformance(workspace: &Workspace) -> Result<()> {
    ui::npm_in(workspace, &workspace.root.join(CONFORMANCE))
        .args(["test"])
        .env("PARTICLE_LOCAL_SUPABASE", program(workspace))
        .run()?;
    Ok(())
}

fn program(workspace: &Workspace) -> PathBuf {
    workspace.binary("debug", supabase::LOCAL_SUPABASE)
}
