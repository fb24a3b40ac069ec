//! The one owner of the running timer. Commands and the deadline come in through one loop; every
//! transition is on disk before anybody hears of it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use thiserror::Error;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::clock::{Clock, SLEEP_FROM, Sleep, Watch};
use crate::model::{FocusLength, ParticleId};
use crate::randomness::Randomness;
use crate::store::{Consequence, Store, StoreError, TimerRow};
use crate::timer::{Moved, Occasion, Refused, Rules, Session, Step};

mod event;
#[cfg(test)]
mod tests;

pub use event::{EVENTS_MAX, Event};

/// Commands that may wait while one is being stored.
const INPUTS_MAX: usize = 64;

/// How long a deadline that could not be stored waits for the next try.
const STORE_RETRY: Duration = Duration::from_mins(1);

/// An end that took effect so much too late is no news any more.
const NEWS_FOR: chrono::Duration = chrono::Duration::minutes(2);

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
    Step(Step, Option<u32>),
    /// The length of the next focuses; nothing for that of the preset.
    SetLength(Option<FocusLength>),
    /// The rules may be others.
    FollowRules,
    /// Something may have happened to the clocks.
    Look,
    /// The person was away from the computer since then, and has just come back.
    Away(DateTime<Utc>),
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
    watch: Watch,
    /// When somebody last asked this process for something: they were there.
    touched: Option<DateTime<Utc>>,
}

impl Engine {
    /// Takes over the timer of `store`: what passed while no process ran takes effect first. What happens is
    /// told to `events`.
    pub async fn start(
        store: Store,
        clock: Arc<dyn Clock>,
        randomness: Arc<Randomness>,
        events: broadcast::Sender<Event>,
    ) -> Result<Self, EngineError> {
        let (inputs, receiver) = mpsc::channel(INPUTS_MAX);
        let state = watch::Sender::new(store.timer().await?);
        let engine = Self {
            inputs,
            state: state.subscribe(),
            events: events.clone(),
        };
        let owner = Owner {
            watch: Watch::new(clock.reading()),
            touched: None,
            store,
            clock,
            randomness,
            state,
            events,
        };
        let occasion = owner.occasion(owner.clock.now()).await?;
        if let Some(moved) = owner.session().recover(&occasion) {
            owner.keep(moved, occasion.now).await?;
        }
        tokio::spawn(owner.run(receiver));
        Ok(engine)
    }

    /// Does `step`. With `meant_for`, only if the timer still has that version.
    pub async fn step(&self, step: Step, meant_for: Option<u32>) -> Result<TimerRow, EngineError> {
        self.request(Input::Step(step, meant_for)).await
    }

    /// Chooses the length of the next focuses; `None` goes back to that of the preset.
    pub async fn set_length(&self, length: Option<FocusLength>) -> Result<TimerRow, EngineError> {
        self.request(Input::SetLength(length)).await
    }

    /// Goes by other settings at once: what began by itself before and does not any more, is not counted
    /// down to any more.
    pub async fn follow_rules(&self) -> Result<TimerRow, EngineError> {
        self.request(Input::FollowRules).await
    }

    /// Compares the clocks now: a hint that the computer is about to sleep, has just woken, or that
    /// somebody set the clock. Without it the same is noticed some seconds later.
    pub async fn look(&self) -> Result<TimerRow, EngineError> {
        self.request(Input::Look).await
    }

    /// The person was away from the computer since `from`, as the system tells, and has just come back. A focus
    /// that went on all the time is frozen and asked about, as after a sleep.
    pub async fn was_away(&self, from: DateTime<Utc>) -> Result<TimerRow, EngineError> {
        self.request(Input::Away(from)).await
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
    async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut retry_at = None;
        loop {
            let deadline = self
                .session()
                .timer
                .deadline()
                .max(self.on_the_wall(retry_at));
            tokio::select! {
                // What was asked comes first: it lets the deadline take effect anyway, and an engine
                // that nobody holds any more does nothing.
                biased;
                request = requests.recv() => match request {
                    // A caller that no longer waits can still read the state.
                    Some(Request { input, reply }) => drop(reply.send(self.handle(input).await)),
                    None => return,
                },
                () = alarm(&*self.clock, deadline) => if retry_at <= Some(self.clock.reading().total) {
                    retry_at = self.catch_up_or_retry().await;
                },
            }
        }
    }

    /// What the wall clock will show when the one that nobody sets shows `total`.
    fn on_the_wall(&self, total: Option<Duration>) -> Option<DateTime<Utc>> {
        let reading = self.clock.reading();
        total.map(|total| reading.wall + total.saturating_sub(reading.total))
    }

    /// Lets what happened take effect. What cannot be stored stays due until the moment given back, by the
    /// clock that nobody sets, or until the next command.
    async fn catch_up_or_retry(&mut self) -> Option<Duration> {
        let error = self.catch_up().await.err()?;
        tracing::error!(%error, "the timer moved and could not be stored yet");
        Some(self.clock.reading().total + STORE_RETRY)
    }

    async fn handle(&mut self, input: Input) -> Result<TimerRow, EngineError> {
        let now = self.catch_up().await?;
        let row = self.state.borrow().clone();
        match input {
            Input::Look => Ok(row),
            Input::Away(from) => {
                let from = self.touched.map_or(from, |touched| from.max(touched));
                if now - from >= SLEEP_FROM {
                    let away = Sleep { from, until: now };
                    self.keep_if_different(row.session.away(away), now).await?;
                }
                Ok(self.state.borrow().clone())
            }
            Input::SetLength(length) => {
                self.touched = Some(now);
                let session = row.session.with_length(length, now);
                self.keep(Moved::to(session), now).await
            }
            Input::FollowRules => {
                let occasion = self.occasion(now).await?;
                self.keep_if_different(row.session.following(&occasion.rules), now)
                    .await?;
                Ok(self.state.borrow().clone())
            }
            Input::Step(_, Some(version)) if version != row.version => Err(EngineError::Stale),
            Input::Step(step, _) => {
                self.touched = Some(now);
                let occasion = self.occasion(now).await?;
                let session = match step {
                    Step::Undo => self.corrected(row.session).await?,
                    _ => row.session,
                };
                self.keep(session.step(step, &occasion)?, now).await
            }
        }
    }

    /// With what a person has corrected since about the particle of an ending that can be taken back: if it is,
    /// that goes on.
    async fn corrected(&self, session: Session) -> Result<Session, EngineError> {
        let Some(id) = session.kept_of_undo() else {
            return Ok(session);
        };
        let kept = self.store.particle(id).await?;
        Ok(match kept.filter(|particle| !particle.deleted) {
            Some(particle) => session.with_correction(particle.task, particle.project_id),
            None => session,
        })
    }

    /// Lets everything take effect that happened since the clocks were compared last, in its order: a
    /// wall clock that was set, what was due before the computer slept, the sleep, what is due since.
    async fn catch_up(&mut self) -> Result<DateTime<Utc>, EngineError> {
        let reading = self.clock.reading();
        self.watch.look(reading);
        if let Some(jump) = self.watch.jump() {
            self.touched = self.touched.map(|touched| touched + jump);
            let session = self.session().shifted(jump);
            self.keep_if_different(Moved::to(session), reading.wall)
                .await?;
            self.watch.forget_jump();
        }
        if let Some(sleep) = self.watch.sleep() {
            self.settle(sleep.from).await?;
            let occasion = self.occasion(reading.wall).await?;
            let moved = self.session().sleep(sleep, &occasion);
            self.keep_if_different(moved, reading.wall).await?;
            self.watch.forget_sleep();
        }
        let end = self.session().timer.end_ahead();
        self.settle(reading.wall).await?;
        if let Some((kind, at)) = end
            && (at..=at + NEWS_FOR).contains(&reading.wall)
        {
            announce(&self.events, Event::EndReached { kind });
        }
        Ok(reading.wall)
    }

    /// Lets every deadline up to `now` take effect.
    async fn settle(&self, now: DateTime<Utc>) -> Result<(), EngineError> {
        let is_due = self
            .session()
            .timer
            .deadline()
            .is_some_and(|due| due <= now);
        if !is_due {
            return Ok(());
        }
        let occasion = self.occasion(now).await?;
        match self.session().settle(&occasion) {
            Some(moved) => self.keep(moved, now).await.map(drop),
            None => Ok(()),
        }
    }

    async fn occasion(&self, now: DateTime<Utc>) -> Result<Occasion, EngineError> {
        Ok(Occasion {
            now,
            rules: Rules {
                settings: self.store.settings().await?,
                zone: *self.clock.local(now).offset(),
            },
            fresh: ParticleId::new(now, &self.randomness),
        })
    }

    async fn keep_if_different(&self, moved: Moved, now: DateTime<Utc>) -> Result<(), EngineError> {
        if moved.session == self.session() {
            return Ok(());
        }
        self.keep(moved, now).await.map(drop)
    }

    async fn keep(&self, moved: Moved, now: DateTime<Utc>) -> Result<TimerRow, EngineError> {
        let before = self.state.borrow().clone();
        let kept = moved.recorded.map(|recorded| {
            let local = self.clock.local(recorded.ended_at());
            recorded.into_particle(local.offset().local_minus_utc() / 60)
        });
        // Another task is no other state: a click that was meant for this one still is.
        let has_moved = !before.session.timer.looks_like(&moved.session.timer);
        let row = TimerRow {
            version: before.version + u32::from(has_moved),
            session: moved.session,
        };
        let consequence = Consequence {
            kept,
            deleted: moved.undone,
        };
        self.store
            .record_transition(&row, &consequence, now)
            .await?;
        self.state.send_replace(row.clone());
        self.tell(&consequence);
        Ok(row)
    }

    fn tell(&self, consequence: &Consequence) {
        announce(&self.events, Event::TimerChanged);
        let kept = consequence.kept.as_ref().map(|particle| particle.id);
        if let Some(id) = kept {
            announce(&self.events, Event::ParticleFinished { id });
        }
        let ids: Vec<_> = kept.into_iter().chain(consequence.deleted).collect();
        if !ids.is_empty() {
            announce(&self.events, Event::ParticlesChanged { ids });
        }
    }

    fn session(&self) -> Session {
        self.state.borrow().session.clone()
    }
}

async fn alarm(clock: &dyn Clock, deadline: Option<DateTime<Utc>>) {
    match deadline {
        Some(deadline) => clock.wait_until(deadline).await,
        None => std::future::pending().await,
    }
}

fn announce(events: &broadcast::Sender<Event>, event: Event) {
    // An error means that nobody listens.
    drop(events.send(event));
}
