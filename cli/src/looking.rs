//! Verbs that look at what is there: statistics, backups, and whether all is well.

use std::io::{self, Write};
use std::sync::Arc;

use clap::Subcommand;
use particle_core::app::{Backups, Diagnosis, diagnose, list_backups, restore_backup};
use particle_core::clock::{Clock, SystemClock};
use particle_core::error::AppError;
use particle_core::folder::DataFolder;
use particle_core::ipc::{self, Reached};
use particle_core::model::Days;
use particle_core::statistics::{Statistics, Tally};
use particle_core::store::backup::Backup;
use particle_core::sync::vault::KeyringUse;
use serde_json::json;

use crate::access::Access;
use crate::output::{Output, minutes};
use crate::verbs::VerbError;

/// Verbs of which none changes a row.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Add up what was done: in all, by project, by day.
    Stats {
        /// Only this year.
        #[arg(long, value_name = "Y", value_parser = parse_year)]
        year: Option<Days>,
    },
    /// Look whether everything is as it should be.
    Doctor,
    /// Copies of the database, one a day by itself.
    #[command(subcommand)]
    Backup(BackupVerb),
}

#[derive(Debug, Subcommand)]
pub(crate) enum BackupVerb {
    /// List backups, newest first.
    List,
    /// Make one now.
    Make,
    /// Put a backup in the place of the database, which is moved aside.
    Restore {
        /// Which, as `backup list` prints it.
        name: String,
    },
}

pub(crate) async fn run(verb: Verb, folder: &DataFolder, output: &Output) -> Result<(), VerbError> {
    match verb {
        Verb::Stats { year } => stats(year.unwrap_or_default(), folder, output).await,
        Verb::Doctor => {
            let found = diagnose(
                folder,
                Arc::new(SystemClock),
                KeyringUse::from_environment(),
            )
            .await;
            output.shown(&found, write_diagnosis)?;
            found.ok.then_some(()).ok_or(VerbError::Unwell)
        }
        Verb::Backup(BackupVerb::List) => Ok(output.lines(&list_backups(folder)?, write_backup)?),
        Verb::Backup(BackupVerb::Make) => make_backup(folder, output).await,
        Verb::Backup(BackupVerb::Restore { name }) => restore(&name, folder, output).await,
    }
}

async fn stats(days: Days, folder: &DataFolder, output: &Output) -> Result<(), VerbError> {
    let access = Access::open(folder, output).await?;
    let store = access.into_store(folder).await?;
    let settings = store.settings().await.map_err(AppError::from)?;
    let found = store.statistics(days, settings.day_boundary_minutes).await;
    store.close().await;
    Ok(output.shown(&found.map_err(AppError::from)?, write_statistics)?)
}

async fn make_backup(folder: &DataFolder, output: &Output) -> Result<(), VerbError> {
    let access = Access::open(folder, output).await?;
    let store = access.into_store(folder).await?;
    let files = folder.active_profile().map_err(AppError::from)?;
    let backups = Backups::new(store.clone(), &files, Arc::new(SystemClock));
    let made = backups.make().await;
    store.close().await;
    Ok(output.shown(&made.map_err(AppError::from)?, write_backup)?)
}

async fn restore(name: &str, folder: &DataFolder, output: &Output) -> Result<(), VerbError> {
    let Reached::Free(ownership) = ipc::reach(folder).await? else {
        return Err(AppError::Running.into());
    };
    let aside = restore_backup(folder, name, &ownership, SystemClock.now()).await?;
    let restored = json!({ "name": name, "moved_aside": aside });
    Ok(output.shown(&restored, |out, _| {
        writeln!(out, "{:<12}{name}", "restored")?;
        match &aside {
            Some(path) => writeln!(out, "{:<12}{}", "moved aside", path.display()),
            None => Ok(()),
        }
    })?)
}

fn write_statistics(out: &mut dyn Write, found: &Statistics) -> io::Result<()> {
    writeln!(out, "{:<12}{}", "total", told(&found.total))?;
    writeln!(
        out,
        "{:<12}{}",
        "breaks",
        minutes(found.total.break_seconds)
    )?;
    if let Some(rhythm) = found.rhythm {
        let (planned, spent) = (
            minutes(rhythm.planned_seconds),
            minutes(rhythm.spent_seconds),
        );
        writeln!(
            out,
            "{:<12}{planned} planned, {spent} spent on average",
            "rhythm"
        )?;
    }
    for project in &found.projects {
        let tally = Tally {
            particles: project.particles,
            focus_seconds: project.focus_seconds,
            break_seconds: 0,
        };
        let name = project
            .name
            .as_ref()
            .map_or("no project", |name| name.as_str());
        writeln!(out, "{:<12}{}  {name}", "project", told(&tally))?;
    }
    for day in &found.days {
        writeln!(out, "{:<12}{}", day.day.to_string(), told(&day.tally))?;
    }
    Ok(())
}

fn told(tally: &Tally) -> String {
    let length = minutes(tally.focus_seconds);
    let unit = if tally.particles == 1 {
        "particle "
    } else {
        "particles"
    };
    format!("{:>6} {unit} {length:>14}", tally.particles)
}

fn write_backup(out: &mut dyn Write, backup: &Backup) -> io::Result<()> {
    let made_at = backup.made_at.with_timezone(&chrono::Local);
    let made_at = made_at.format("%Y-%m-%d %H:%M");
    writeln!(
        out,
        "{:<18}  {made_at}  {:>8} kB",
        backup.name,
        backup.bytes.div_ceil(1000)
    )
}

fn write_diagnosis(out: &mut dyn Write, found: &Diagnosis) -> io::Result<()> {
    writeln!(out, "{:<12}{}", "version", found.version)?;
    writeln!(out, "{:<12}{}", "data", found.folders.data.display())?;
    if let Some(database) = &found.database {
        let schema = database
            .schema
            .map_or("unknown".into(), |schema| schema.to_string());
        writeln!(
            out,
            "{:<12}{schema} of {}",
            "schema", database.newest_schema
        )?;
        writeln!(out, "{:<12}{} kB", "size", database.bytes.div_ceil(1000))?;
    }
    for (entity, count) in found.counts.iter().flatten() {
        writeln!(
            out,
            "{entity:<12}{}, and {} deleted",
            count.kept, count.deleted
        )?;
    }
    if let Some(account) = &found.account {
        let signed_in = if account.sign_in_kept_in.is_some() {
            ""
        } else {
            ", signed out"
        };
        writeln!(out, "{:<12}{}{signed_in}", "server", account.server)?;
        let (pending, refused) = (account.pending, account.refused);
        writeln!(out, "{:<12}{pending}, and {refused} refused", "waiting")?;
    }
    if let Some(newest) = found.backups.first() {
        let count = found.backups.len();
        writeln!(
            out,
            "{:<12}{count}, the newest of {}",
            "backups", newest.name
        )?;
    }
    for path in &found.moved_aside {
        writeln!(out, "{:<12}{}", "moved aside", path.display())?;
    }
    for problem in &found.problems {
        writeln!(out, "{:<12}{problem}", "wrong")?;
    }
    if found.ok {
        writeln!(out, "All is well.")?;
    }
    Ok(())
}

/// Four digits, as in a day.
fn parse_year(text: &str) -> Result<Days, String> {
    let is_plain = text.len() == 4 && text.chars().all(|c| c.is_ascii_digit());
    let year = is_plain.then(|| text.parse().ok()).flatten();
    year.and_then(Days::year)
        .ok_or_else(|| "a year looks like 2026".into())
}
