//! The one owner of the running timer. Commands and the deadline come in through one loop; every
//! transition is on disk before anybody hears of it.

use std::mem::discriminant;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::clock::Clock;
use crate::model::{Assignment, FocusLength, Kind, Particle, ParticleId, Task};
use crate::randomness::Randomness;
use crate::store::{Store, StoreError, TimerRow};
use crate::timer::{Refused, Step, Stretch, Timer, Transition};

#[cfg(test)]
mod tests;

/// Commands that may wait while one is being stored.
const INPUTS_MAX: usize = 64;

/// Events that a slow listener may lag behind. An event is a hint: losing one harms nothing.
const EVENTS_MAX: usize = 64;

/// How long a deadline that could not be stored waits for the next try.
const STORE_RETRY: chrono::Duration = chrono::Duration::minutes(1);

/// What a person asks of the timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerCommand {
    /// Begin a focus; out of an overflow, finish that first.
    Start(Start),
    /// Interrupt.
    Pause,
    /// Go on.
    Resume,
    /// Idle: start. Running: pause. Paused: resume. Overflow: finish and start the next.
    Toggle(Start),
    /// End it and keep the true time.
    Finish,
    /// End it and keep the true time, without going to a break.
    Stop,
    /// Give the running focus another task.
    Rename(Task),
}

/// How a focus begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Start {
    /// What on; `None` keeps the task of the focus before, if one flows over.
    pub task: Option<Task>,
    /// How long; `None` for the chosen length.
    pub length: Option<FocusLength>,
    /// Which project it belongs to; `None` keeps that of the focus before, if one flows over.
    pub project: Option<Assignment>,
}

/// What happened, told after it was stored. Never the carrier of truth: ask for the state itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The timer moved.
    TimerChanged,
    /// A stretch was finished on this device and is kept.
    ParticleFinished {
        /// Which.
        id: ParticleId,
    },
    /// These particles are new or different.
    ParticlesChanged {
        /// Which.
        ids: Vec<ParticleId>,
    },
    /// Projects are new or different.
    ProjectsChanged,
    /// Intentions are new or different.
    IntentionsChanged,
    /// Settings that follow the person have other values.
    SettingsChanged,
}

/// Why a command did nothing.
#[derive(Debug, Error)]
pub enum EngineError {
    /// It means nothing in the present state.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// It was meant for a state that is gone, like a second click of a double click.
    #[error("The timer has moved on since. Nothing was changed.")]
    Stale,
    /// It could not be stored; the timer is as before.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine has ended.
    #[error("Particle is closing.")]
    Closed,
}

/// The door to the engine. The engine ends when the last one is dropped.
#[derive(Debug, Clone)]
pub struct Engine {
    inputs: mpsc::Sender<Request>,
    state: watch::Receiver<TimerRow>,
    events: broadcast::Sender<Event>,
}

/// What comes in through the one loop.
#[derive(Debug)]
enum Input {
    /// A command, and the version of the timer that it was meant for.
    Timer(TimerCommand, Option<u32>),
    /// The length of the next focus.
    SetLength(FocusLength),
}

#[derive(Debug)]
struct Request {
    input: Input,
    reply: oneshot::Sender<Result<TimerRow, EngineError>>,
}

/// Runs on its own task and alone may move the timer.
struct Owner {
    store: Store,
    clock: Arc<dyn Clock>,
    randomness: Arc<Randomness>,
    state: watch::Sender<TimerRow>,
    events: broadcast::Sender<Event>,
}

impl Engine {
    /// Takes over the timer of `store`: what passed while no process ran takes effect first.
    pub async fn start(
        store: Store,
        clock: Arc<dyn Clock>,
        randomness: Arc<Randomness>,
    ) -> Result<Self, EngineError> {
        let (inputs, receiver) = mpsc::channel(INPUTS_MAX);
        let events = broadcast::Sender::new(EVENTS_MAX);
        let state = watch::Sender::new(store.timer().await?);
        let engine = Self {
            inputs,
            state: state.subscribe(),
            events: events.clone(),
        };
        let owner = Owner {
            store,
            clock,
            randomness,
            state,
            events,
        };
        let now = owner.clock.now();
        if let Some(transition) = owner.timer().recover(now) {
            owner.keep(transition, now).await?;
        }
        tokio::spawn(owner.run(receiver));
        Ok(engine)
    }

    /// Does `command`. With `meant_for`, only if the timer still has that version.
    pub async fn command(
        &self,
        command: TimerCommand,
        meant_for: Option<u32>,
    ) -> Result<TimerRow, EngineError> {
        self.request(Input::Timer(command, meant_for)).await
    }

    /// Chooses the length of the next focus.
    pub async fn set_length(&self, length: FocusLength) -> Result<TimerRow, EngineError> {
        self.request(Input::SetLength(length)).await
    }

    async fn request(&self, input: Input) -> Result<TimerRow, EngineError> {
        let (reply, answer) = oneshot::channel();
        self.inputs
            .send(Request { input, reply })
            .await
            .map_err(|_| EngineError::Closed)?;
        answer.await.map_err(|_| EngineError::Closed)?
    }

    /// The timer as of the last transition.
    pub fn timer(&self) -> TimerRow {
        self.state.borrow().clone()
    }

    /// What happens from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Tells of something that was stored outside of the engine.
    pub fn announce(&self, event: Event) {
        announce(&self.events, event);
    }
}

impl Owner {
    async fn run(self, mut requests: mpsc::Receiver<Request>) {
        let mut retry_at = None;
        loop {
            let deadline = self.timer().deadline().max(retry_at);
            tokio::select! {
                // What was asked comes first: it lets the deadline take effect anyway, and an engine
                // that nobody holds any more does nothing.
                biased;
                request = requests.recv() => match request {
                    // A caller that no longer waits can still read the state.
                    Some(Request { input, reply }) => drop(reply.send(self.handle(input).await)),
                    None => return,
                },
                () = self.alarm(deadline) => retry_at = self.settle_or_retry().await,
            }
        }
    }

    async fn alarm(&self, deadline: Option<DateTime<Utc>>) {
        match deadline {
            Some(deadline) => self.clock.wait_until(deadline).await,
            None => std::future::pending().await,
        }
    }

    /// Lets a due deadline take effect. One that cannot be stored stays due until the moment given
    /// back, or until the next command.
    async fn settle_or_retry(&self) -> Option<DateTime<Utc>> {
        let now = self.clock.now();
        let error = self.settle(now).await.err()?;
        tracing::error!(%error, "the end of a stretch could not be stored yet");
        Some(now + STORE_RETRY)
    }

    async fn handle(&self, input: Input) -> Result<TimerRow, EngineError> {
        let now = self.clock.now();
        self.settle(now).await?;
        let row = self.state.borrow().clone();
        match input {
            Input::SetLength(length) => self.store(TimerRow { length, ..row }, None, now).await,
            Input::Timer(_, Some(version)) if version != row.version => Err(EngineError::Stale),
            Input::Timer(command, _) => {
                let step = self.step(command, &row, now);
                self.keep(row.timer.step(step, now)?, now).await
            }
        }
    }

    /// Turns what a person asked into what the timer understands.
    fn step(&self, command: TimerCommand, row: &TimerRow, now: DateTime<Utc>) -> Step {
        match command {
            TimerCommand::Start(start) => Step::Start(self.stretch(start, row, now)),
            TimerCommand::Toggle(start) => match row.timer {
                Timer::Running { .. } => Step::Pause,
                Timer::Paused { .. } => Step::Resume,
                Timer::Idle | Timer::Overflow { .. } => Step::Start(self.stretch(start, row, now)),
            },
            TimerCommand::Pause => Step::Pause,
            TimerCommand::Resume => Step::Resume,
            TimerCommand::Rename(task) => Step::Rename(task),
            // Without breaks there is nothing to go to, or not to go to.
            TimerCommand::Finish | TimerCommand::Stop => Step::Finish,
        }
    }

    fn stretch(&self, start: Start, row: &TimerRow, now: DateTime<Utc>) -> Stretch {
        let before = row.timer.stretch();
        Stretch {
            id: ParticleId::new(now, &self.randomness),
            kind: Kind::Focus,
            task: start
                .task
                .or_else(|| before.map(|stretch| stretch.task.clone()))
                .unwrap_or_default(),
            project_id: start.project.map_or_else(
                || before.and_then(|stretch| stretch.project_id),
                Assignment::project_id,
            ),
            planned: start.length.unwrap_or(row.length),
            started_at: now,
        }
    }

    async fn settle(&self, now: DateTime<Utc>) -> Result<(), EngineError> {
        match self.timer().settle(now) {
            Some(transition) => self.keep(transition, now).await.map(drop),
            None => Ok(()),
        }
    }

    async fn keep(
        &self,
        transition: Transition,
        now: DateTime<Utc>,
    ) -> Result<TimerRow, EngineError> {
        let row = self.state.borrow().clone();
        let particle = transition.recorded.map(|recorded| {
            let local = self.clock.local(recorded.ended_at());
            recorded.into_particle(local.offset().local_minus_utc() / 60)
        });
        // Another task is no other state: a click that was meant for this one still is.
        let has_moved = discriminant(&row.timer) != discriminant(&transition.timer);
        let version = row.version + u32::from(has_moved);
        let row = TimerRow {
            version,
            timer: transition.timer,
            ..row
        };
        self.store(row, particle, now).await
    }

    async fn store(
        &self,
        row: TimerRow,
        particle: Option<Particle>,
        now: DateTime<Utc>,
    ) -> Result<TimerRow, EngineError> {
        self.store
            .record_transition(&row, particle.as_ref(), now)
            .await?;
        self.state.send_replace(row.clone());
        announce(&self.events, Event::TimerChanged);
        if let Some(particle) = particle {
            announce(&self.events, Event::ParticleFinished { id: particle.id });
            announce(
                &self.events,
                Event::ParticlesChanged {
                    ids: vec![particle.id],
                },
            );
        }
        Ok(row)
    }

    fn timer(&self) -> Timer {
        self.state.borrow().timer.clone()
    }
}

fn announce(events: &broadcast::Sender<Event>, event: Event) {
    // An error means that nobody listens.
    drop(events.send(event));
}
