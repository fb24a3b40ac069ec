//! What a database stands on: roles, the platform's schemas, the tables of `auth`, and then each
//! migration as the role that runs it on a hosted project. By `psql`, which blocks, names the line
//! of an error, and needs no runtime.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::Address;
use crate::cluster::{MAINTENANCE_DATABASE, Programs, SUPERUSER, run};
use crate::error::LocalError;

/// The migrations are read when they are applied, so that a new one needs no new build.
const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");
const ROLES: &str = include_str!("../../sql/roles.sql");
const PLATFORM: &str = include_str!("../../sql/platform.sql");
const AUTH: &str = include_str!("../../sql/auth.sql");
const AUTH_GRANTS: &str = include_str!("../../sql/auth_grants.sql");
const CLOCK: &str = include_str!("../../sql/clock.sql");
/// The owner of a project: not a superuser, and who runs the migrations.
const OWNER: &str = "postgres";
const AUTH_OWNER: &str = "supabase_auth_admin";
/// A database has this name until everything is in it.
const UNFINISHED: &str = "particle_unfinished";

/// One file of `supabase/migrations`.
struct Migration {
    file: PathBuf,
    /// The digits that its name begins with.
    version: String,
    /// The words of its name.
    name: String,
}

/// Makes the roles if they are not there, and gives the superuser this run's password.
pub(crate) fn lay(programs: &Programs, address: &Address) -> Result<(), LocalError> {
    let psql = Psql::new(programs, address, MAINTENANCE_DATABASE);
    let roles = "select count(*) from pg_roles where rolname = 'authenticator'";
    if psql.ask(roles)? == "0" {
        psql.apply(SUPERUSER, "roles.sql", ROLES)?;
    }
    let password = &address.password;
    let statement = format!("alter role {SUPERUSER} password '{password}';");
    psql.apply(SUPERUSER, "the password", &statement)
}

/// Makes `database` anew, to be copied and never connected to.
pub(crate) fn build_template(
    programs: &Programs,
    address: &Address,
    database: &str,
) -> Result<(), LocalError> {
    let psql = Psql::new(programs, address, MAINTENANCE_DATABASE);
    psql.each(&format!("drop database if exists {database};"))?;
    build(programs, address, database)?;
    // A database with connections cannot be copied.
    psql.each(&format!(
        "alter database {database} allow_connections false;"
    ))
}

/// Makes `database` if it is not there, else applies the migrations that it lacks.
pub(crate) fn build_or_migrate(
    programs: &Programs,
    address: &Address,
    database: &str,
) -> Result<(), LocalError> {
    let psql = Psql::new(programs, address, MAINTENANCE_DATABASE);
    let known = format!("select count(*) from pg_database where datname = '{database}'");
    if psql.ask(&known)? == "0" {
        return build(programs, address, database);
    }
    migrate(&Psql::new(programs, address, database))
}

fn build(programs: &Programs, address: &Address, database: &str) -> Result<(), LocalError> {
    let maintenance = Psql::new(programs, address, MAINTENANCE_DATABASE);
    maintenance.each(&format!(
        "drop database if exists {UNFINISHED} with (force);
         create database {UNFINISHED} owner {OWNER};"
    ))?;
    let psql = Psql::new(programs, address, UNFINISHED);
    psql.apply(SUPERUSER, "platform.sql", PLATFORM)?;
    psql.apply(AUTH_OWNER, "auth.sql", AUTH)?;
    psql.apply(SUPERUSER, "auth_grants.sql", AUTH_GRANTS)?;
    migrate(&psql)?;
    maintenance.each(&format!(
        "alter database {UNFINISHED} rename to {database};"
    ))
}

fn migrate(psql: &Psql<'_>) -> Result<(), LocalError> {
    let applied = psql.ask("select version from supabase_migrations.schema_migrations")?;
    for migration in migrations()? {
        if !applied.lines().any(|version| version == migration.version) {
            psql.migrate(&migration)?;
        }
    }
    psql.apply(SUPERUSER, "clock.sql", CLOCK)
}

/// All of them, oldest first.
fn migrations() -> Result<Vec<Migration>, LocalError> {
    let unreadable = || LocalError::system(format!("{MIGRATIONS} could not be read"));
    let mut migrations = Vec::new();
    for entry in fs::read_dir(MIGRATIONS).map_err(unreadable())? {
        let file = entry.map_err(unreadable())?.path();
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let is_sql = file.extension().is_some_and(|ending| ending == "sql");
        if let (true, Some((version, name))) = (is_sql, stem.split_once('_')) {
            let (version, name) = (version.to_owned(), name.to_owned());
            migrations.push(Migration {
                file,
                version,
                name,
            });
        }
    }
    migrations.sort_by(|one, other| one.version.cmp(&other.version));
    Ok(migrations)
}

/// A client for one database.
struct Psql<'a> {
    programs: &'a Programs,
    address: &'a Address,
    database: &'a str,
}

impl<'a> Psql<'a> {
    fn new(programs: &'a Programs, address: &'a Address, database: &'a str) -> Self {
        Self {
            programs,
            address,
            database,
        }
    }

    /// The answer to one query, a line for each row.
    fn ask(&self, query: &str) -> Result<String, LocalError> {
        let mut command = self.command(SUPERUSER);
        command.args(["--tuples-only", "--no-align", "--command", query]);
        run(&mut command, "psql", "")
    }

    /// Statements that cannot be in one transaction.
    fn each(&self, statements: &str) -> Result<(), LocalError> {
        let mut command = self.command(SUPERUSER);
        run(&mut command, "psql", statements).map(drop)
    }

    /// A whole file as `role`, in one transaction.
    fn apply(&self, role: &str, file: &str, statements: &str) -> Result<(), LocalError> {
        let mut command = self.command(role);
        command.arg("--single-transaction");
        run(&mut command, file, statements).map(drop)
    }

    /// One migration and the note that it was applied, in one transaction.
    fn migrate(&self, migration: &Migration) -> Result<(), LocalError> {
        let mut command = self.command(OWNER);
        command.args(["--single-transaction", "--file"]);
        command.arg(&migration.file).args(["--file", "-"]);
        let note = format!(
            "insert into supabase_migrations.schema_migrations (version, name)
             values ('{}', '{}');",
            migration.version, migration.name
        );
        run(&mut command, "a migration", &note).map(drop)
    }

    fn command(&self, role: &str) -> Command {
        let mut command = self.programs.client("psql");
        command.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]);
        command.arg("--host").arg(&self.address.socket_folder);
        command.args(["--port", &self.address.port.to_string()]);
        command.args(["--username", role, "--dbname", self.database]);
        command
    }
}
