//! The sentence of a day.

use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use particle_core::app::{Command, IntentionChange, IntentionRequest, current_day};
use particle_core::clock::{Clock, SystemClock};
use particle_core::error::AppError;
use particle_core::model::{IntentionId, IntentionStatus, InvalidValue, ProjectKey};
use particle_core::store::{IntentionFilter, Store};

use super::{Request, VerbError};
use crate::args::parse_day;
use crate::output::Output;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Intention {
    #[command(subcommand)]
    verb: Option<IntentionVerb>,
    #[command(flatten)]
    change: Change,
}

#[derive(Debug, Subcommand)]
enum IntentionVerb {
    /// List intentions, newest first.
    List(Filter),
    /// Delete the intention of a day; it can be restored for 30 days.
    Delete {
        /// Which, like 2026-03-01. Today, if not given.
        #[arg(value_name = "DAY", value_parser = parse_day)]
        day: Option<NaiveDate>,
    },
    /// Bring a deleted intention back.
    Restore {
        /// Which, like 2026-03-01. Today, if not given.
        #[arg(value_name = "DAY", value_parser = parse_day)]
        day: Option<NaiveDate>,
    },
}

/// Without anything to change, the intention of the day is shown.
#[derive(Debug, clap::Args)]
struct Change {
    /// The sentence, at most 200 characters.
    text: Option<String>,
    /// Which day, like 2026-03-01. Today, if not given.
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    date: Option<NaiveDate>,
    /// What became of it.
    #[arg(long, value_enum)]
    status: Option<Status>,
    /// The id or exact name of its project, or none.
    #[arg(long, value_name = "P")]
    project: Option<ProjectKey>,
}

#[derive(Debug, clap::Args)]
struct Filter {
    /// The first day, like 2026-03-01.
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    from: Option<NaiveDate>,
    /// The last day.
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    to: Option<NaiveDate>,
    /// Deleted ones that can be restored, instead of those that are not deleted.
    #[arg(long)]
    deleted: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Status {
    Open,
    Done,
    Partly,
    Moved,
    LetGo,
}

/// What is only read.
pub(super) enum Reading {
    /// The intention of a day, or of today.
    Day(Option<IntentionId>),
    /// Several.
    List(IntentionFilter),
}

impl Intention {
    pub(super) fn request(self) -> Result<Request, AppError> {
        let Some(verb) = self.verb else {
            return self.change.request();
        };
        let command = match verb {
            IntentionVerb::List(filter) => {
                return Ok(Request::Intentions(Reading::List(filter.parse()?)));
            }
            IntentionVerb::Delete { day: date } => IntentionRequest::Delete(day(date)?),
            IntentionVerb::Restore { day: date } => IntentionRequest::Restore(day(date)?),
        };
        Ok(Request::Do(Command::Intention(command)))
    }
}

impl Change {
    fn request(self) -> Result<Request, AppError> {
        let day = day(self.date)?;
        if let (None, None, None) = (&self.text, self.status, &self.project) {
            return Ok(Request::Intentions(Reading::Day(day)));
        }
        let change = IntentionChange {
            day,
            text: self.text,
            status: self.status.map(IntentionStatus::from),
            project: self.project,
        };
        let request = IntentionRequest::Set(change);
        Ok(Request::Do(Command::Intention(request)))
    }
}

impl Filter {
    fn parse(self) -> Result<IntentionFilter, InvalidValue> {
        let filter = IntentionFilter {
            from: day(self.from)?,
            to: day(self.to)?,
            ..IntentionFilter::default()
        };
        Ok(if self.deleted {
            filter.restorable(SystemClock.now())
        } else {
            filter
        })
    }
}

impl Reading {
    pub(super) async fn print(self, store: &Store, output: &Output) -> Result<(), VerbError> {
        match self {
            Self::Day(day) => {
                let day = match day {
                    Some(day) => day,
                    None => current_day(store, &SystemClock).await?,
                };
                let intention = store.intention(day).await.map_err(AppError::from)?;
                output.intention(&intention)?;
            }
            Self::List(filter) => {
                let mut next = Some(filter);
                while let Some(filter) = next {
                    let page = store.list_intentions(&filter).await;
                    let page = page.map_err(AppError::from)?;
                    output.intentions(&page)?;
                    next = filter.after(&page);
                }
            }
        }
        Ok(())
    }
}

impl From<Status> for IntentionStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Open => Self::Open,
            Status::Done => Self::Done,
            Status::Partly => Self::Partly,
            Status::Moved => Self::Moved,
            Status::LetGo => Self::LetGo,
        }
    }
}

fn day(date: Option<NaiveDate>) -> Result<Option<IntentionId>, InvalidValue> {
    date.map(IntentionId::new).transpose()
}
