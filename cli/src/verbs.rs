//! What each verb asks of the app.

use std::io;

use particle_core::app::{Answer, Command, NewParticle, StartRequest, TimerRequest};
use particle_core::clock::SystemClock;
use particle_core::error::AppError;
use particle_core::folder::DataFolder;
use particle_core::model::Day;
use particle_core::store::ParticleFilter;
use thiserror::Error;

use crate::access::Access;
use crate::args::{Args, Filter, Focus, Particle, Verb};
use crate::output::Output;

#[derive(Debug, Error)]
pub(crate) enum VerbError {
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Output(#[from] io::Error),
}

pub(crate) async fn run(args: Args, output: &Output) -> Result<(), VerbError> {
    let folder = DataFolder::locate(args.data_dir).map_err(AppError::from)?;
    let access = Access::open(&folder, output).await?;
    let command = match args.verb.unwrap_or(Verb::Status) {
        Verb::List(filter) => {
            let particles = access.list(&folder, &filter.into()).await?;
            return Ok(output.particles(&particles)?);
        }
        Verb::Status => Command::Status,
        Verb::Start(focus) => Command::Timer(TimerRequest::Start(focus.into())),
        Verb::Toggle(focus) => Command::Timer(TimerRequest::Toggle(focus.into())),
        Verb::Pause => Command::Timer(TimerRequest::Pause),
        Verb::Resume => Command::Timer(TimerRequest::Resume),
        Verb::Finish => Command::Timer(TimerRequest::Finish),
        Verb::Stop => Command::Timer(TimerRequest::Stop),
        Verb::Add(particle) => Command::Add(particle.into()),
    };
    match access.run(command).await? {
        Answer::Status(status) => output.status(&status)?,
        Answer::Particle(particle) => output.particle(&particle)?,
    }
    Ok(())
}

impl From<Focus> for StartRequest {
    fn from(focus: Focus) -> Self {
        Self {
            task: focus.task(),
            minutes: focus.minutes,
        }
    }
}

impl From<Particle> for NewParticle {
    fn from(
        Particle {
            task,
            minutes,
            ended_at,
            id,
        }: Particle,
    ) -> Self {
        Self {
            task,
            minutes,
            ended_at,
            id,
        }
    }
}

impl From<Filter> for ParticleFilter {
    fn from(filter: Filter) -> Self {
        Self {
            from: filter.from.map(|date| Day::on(date, &SystemClock).from),
            until: filter.to.map(|date| Day::on(date, &SystemClock).until),
            search: filter.search,
            deleted: false,
        }
    }
}
