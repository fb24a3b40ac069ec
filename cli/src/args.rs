//! The command line.

use std::path::PathBuf;

use crate::verbs::account::{SignIn, SignOut, SignUp};
use crate::verbs::intention::Intention;
use crate::verbs::transfer::{Export, Import};
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Parser, Subcommand, ValueEnum};
use particle_core::model::{ParticleId, ProjectKey, SettingKey};

use crate::looking;

/// A focus timer whose every finished focus is kept.
#[derive(Debug, Parser)]
#[command(
    name = "particle",
    version,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(crate) struct Args {
    /// The folder that holds everything; another folder is another machine.
    #[arg(long, global = true, value_name = "DIR", env = "PARTICLE_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Print JSON: one object, or one per line for lists.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The address of the server to sign in to; the one that was used last, if not given.
    #[arg(long, global = true, value_name = "URL", env = "PARTICLE_SUPABASE_URL")]
    pub(crate) server: Option<String>,
    /// The publishable key of that server.
    #[arg(
        long = "key",
        global = true,
        value_name = "KEY",
        env = "PARTICLE_SUPABASE_KEY",
        hide_env_values = true
    )]
    pub(crate) server_key: Option<String>,
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Show what the timer is doing, and what was done today.
    Status,
    /// Start a focus, or the break that is offered if none is named.
    Start(Focus),
    /// Interrupt the focus or the break.
    Pause,
    /// Go on; after a sleep of the computer, from where it was before.
    Resume {
        /// Count the time that the computer slept as focus.
        #[arg(long)]
        count: bool,
    },
    /// Start, pause or resume; out of an overflow, finish and start the next focus.
    Toggle(Focus),
    /// Finish the focus and keep it (from one minute on); a break is offered. After a sleep of the
    /// computer, without the time that it slept.
    Finish,
    /// Finish the focus without going to a break; cancel a countdown.
    Stop,
    /// Skip the break: nothing of it is kept.
    Skip,
    /// Take back what was finished, stopped or skipped in the last ten seconds.
    Undo,
    /// Keep a particle that was not timed.
    Add(Particle),
    /// List particles, newest first.
    List(Filter),
    /// Correct a particle: what is not named stays as it is.
    Edit(Correction),
    /// Delete a particle; it can be restored for 30 days.
    Delete {
        /// Which, as `list` prints it.
        id: ParticleId,
    },
    /// Bring a deleted particle back.
    Restore {
        /// Which, as `list --deleted` prints it.
        id: ParticleId,
    },
    /// Make, change and list projects.
    #[command(subcommand)]
    Project(ProjectVerb),
    /// Say in one sentence what a day is to bring, and what became of it.
    Intention(Intention),
    /// Write everything to a file, losslessly.
    Export(Export),
    /// Take in what a file has and what is newer: an export, or the history of Pomotroid.
    Import(Import),
    /// Settings that follow you to every machine.
    #[command(subcommand)]
    Setting(SettingVerb),
    /// Make an account, so that every machine of yours shows the same.
    Signup(SignUp),
    /// Sign in. What was kept here until then becomes the account's.
    Login(SignIn),
    /// Sign out on this device: nothing is sent any more, everything stays.
    Logout(SignOut),
    /// Show who is signed in.
    Account,
    /// Exchange with the server until nothing waits.
    Sync,
    /// List what waits for the server, and what it refused.
    Queue,
    /// Send what waits, and say nothing. Verbs that change something start it and do not wait.
    #[command(hide = true)]
    Push,
    /// Run the timer and the exchange without a window until it is told to end.
    Daemon,
    /// Print what a shell needs to complete this command.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Write man pages and completions as a package installs them below /usr/share.
    #[command(hide = true)]
    PackageFiles {
        /// Where to.
        folder: PathBuf,
    },
    #[command(flatten)]
    Looking(looking::Verb),
}

#[derive(Debug, Subcommand)]
pub(crate) enum SettingVerb {
    /// List settings and their values.
    List,
    /// Give a setting another value.
    Set {
        /// Which, as `setting list` prints it.
        #[arg(value_name = "KEY")]
        key: SettingKey,
        /// A word, a number, true, false, none, or JSON as `setting list` prints it.
        #[arg(value_name = "VALUE", allow_negative_numbers = true)]
        value: String,
    },
    /// Give a setting its default back.
    Reset {
        /// Which.
        #[arg(value_name = "KEY")]
        key: SettingKey,
    },
}

/// P is a project's id or its exact name.
#[derive(Debug, Subcommand)]
pub(crate) enum ProjectVerb {
    /// Make a project.
    Add {
        /// Its name, 1 to 50 characters.
        name: String,
        /// The grey of its dots, 0.3 to 1.0, which is white.
        #[arg(long, value_name = "GREY", allow_negative_numbers = true)]
        brightness: Option<f64>,
    },
    /// List projects by name, archived ones last.
    List {
        /// Deleted ones that can be restored, instead of those that are not deleted.
        #[arg(long)]
        deleted: bool,
    },
    /// Give a project another name.
    Rename {
        /// Which.
        #[arg(value_name = "P")]
        project: ProjectKey,
        /// Its new name, 1 to 50 characters.
        name: String,
    },
    /// Give the dots of a project another grey.
    Brightness {
        /// Which.
        #[arg(value_name = "P")]
        project: ProjectKey,
        /// 0.3 to 1.0, which is white.
        #[arg(value_name = "GREY", allow_negative_numbers = true)]
        brightness: f64,
    },
    /// Put a project away; its particles stay.
    Archive {
        /// Which.
        #[arg(value_name = "P")]
        project: ProjectKey,
    },
    /// Take an archived project out again.
    Unarchive {
        /// Which.
        #[arg(value_name = "P")]
        project: ProjectKey,
    },
    /// Delete a project; its particles stay, and it can be restored for 30 days.
    Delete {
        /// Which.
        #[arg(value_name = "P")]
        project: ProjectKey,
    },
    /// Bring a deleted project back, with what it lost when it was merged.
    Restore {
        /// Which.
        #[arg(value_name = "P")]
        project: ProjectKey,
    },
    /// Give everything of a project to another, and delete it. `project restore` takes that back.
    Merge {
        /// Which ends.
        #[arg(value_name = "P")]
        project: ProjectKey,
        /// Which stays, and has everything.
        into: ProjectKey,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Focus {
    /// What the focus is on.
    #[arg(value_name = "TASK")]
    task: Vec<String>,
    /// How long, 1 to 180 minutes.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) minutes: Option<i32>,
    /// The id or exact name of its project.
    #[arg(long, value_name = "P")]
    pub(crate) project: Option<ProjectKey>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Particle {
    /// What it was spent on.
    #[arg(value_name = "TASK")]
    pub(crate) task: String,
    /// How long, 1 to 1440 minutes.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) minutes: i32,
    /// When it ended, like 2026-03-01T17:30:00+01:00. Now, if not given.
    #[arg(long, value_name = "RFC3339", value_parser = parse_moment)]
    pub(crate) ended_at: Option<DateTime<Utc>>,
    /// The id or exact name of its project.
    #[arg(long, value_name = "P")]
    pub(crate) project: Option<ProjectKey>,
    /// An id of one's own: repeating the command then changes nothing.
    #[arg(long, value_name = "UUID")]
    pub(crate) id: Option<ParticleId>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Correction {
    /// Which, as `list` prints it.
    pub(crate) id: ParticleId,
    /// What it was spent on.
    #[arg(long, value_name = "T")]
    pub(crate) task: Option<String>,
    /// When it began, like 2026-03-01T17:30:00+01:00. It moves as a whole.
    #[arg(long, value_name = "RFC3339", value_parser = parse_moment)]
    pub(crate) started_at: Option<DateTime<Utc>>,
    /// How long it took, 1 to 1440 minutes. Its start stays.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) minutes: Option<i32>,
    /// The id or exact name of its project, or none.
    #[arg(long, value_name = "P")]
    pub(crate) project: Option<ProjectKey>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Filter {
    /// The first day, like 2026-03-01.
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(crate) from: Option<NaiveDate>,
    /// The last day.
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(crate) to: Option<NaiveDate>,
    /// Only those of this project, by its id or exact name; none for those without.
    #[arg(long, value_name = "P")]
    pub(crate) project: Option<ProjectKey>,
    /// Only those whose task contains this.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// Deleted ones that can be restored, instead of those that are not deleted.
    #[arg(long)]
    pub(crate) deleted: bool,
    /// Focuses, breaks or both.
    #[arg(long, value_enum, default_value_t = Kind::Focus)]
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Kind {
    Focus,
    Break,
    All,
}

impl Focus {
    /// The words of the task as one line; `None` when none was given.
    pub(crate) fn task(&self) -> Option<String> {
        (!self.task.is_empty()).then(|| self.task.join(" "))
    }
}

/// Four digits for the year: what lies beyond is no day of anybody's history.
pub(crate) fn parse_day(text: &str) -> Result<NaiveDate, String> {
    let is_plain =
        text.len() == "2026-03-01".len() && text.starts_with(|c: char| c.is_ascii_digit());
    let day = is_plain.then(|| text.parse().ok()).flatten();
    day.ok_or_else(|| "a day looks like 2026-03-01".into())
}

fn parse_moment(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|moment| moment.to_utc())
        .map_err(|_| "a moment looks like 2026-03-01T17:30:00+01:00".into())
}
