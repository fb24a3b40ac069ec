//! Whatever happens in whatever order: the minutes that are kept are the minutes that were focused.

use std::time::Duration as Span;

use proptest::prelude::*;

use super::oracle::{Kept, Oracle};
use super::world::{self, Act};
use super::*;
use crate::clock::{Clock, ManualClock, SLEEP_FROM, Sleep, Watch};

/// How many days are made up for each property.
const CASES_OF_THE_ORACLE: u32 = 90_000;
const CASES_OF_RESTARTS: u32 = 12_000;
/// How much happens in one of them.
const ACTS: std::ops::Range<usize> = 1..36;

/// What an engine does, without a disk and without waiting.
struct Machine {
    clock: ManualClock,
    watch: Watch,
    session: Session,
    settings: Settings,
    chance: Randomness,
    kept: Vec<Particle>,
}

impl Machine {
    fn new(settings: Settings) -> Self {
        let clock = ManualClock::new(at(0), 60);
        Self {
            watch: Watch::new(clock.reading()),
            session: Session::default(),
            chance: Randomness::seeded(1),
            kept: Vec::new(),
            clock,
            settings,
        }
    }

    fn occasion(&self, now: DateTime<Utc>) -> Occasion {
        let fresh = ParticleId::new(now, &self.chance);
        let rules = Rules {
            settings: self.settings,
            zone: *self.clock.local(now).offset(),
        };
        Occasion { now, rules, fresh }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Wait(millis) => self.wait(millis),
            Act::Sleep(before, millis) => {
                self.wait(before % 1000);
                let to_go = before - before % 1000;
                // The last seconds before a sleep are not looked at, unless something is due.
                if self.until_due().is_some_and(|due| due <= to_go) {
                    self.wait(to_go);
                } else {
                    self.clock.advance(span(to_go));
                }
                self.clock.sleep(span(millis));
            }
            Act::Leave(millis) => {
                let from = self.clock.now();
                self.wait(millis);
                self.catch_up();
                let until = self.clock.now();
                if millis >= SLEEP_FROM.num_milliseconds() {
                    self.keep(self.session.away(Sleep { from, until }));
                }
            }
            Act::Jump(millis) => {
                let now = self.clock.now() + Duration::milliseconds(millis);
                self.clock.set(now);
            }
            Act::Down(millis) => {
                self.clock.advance(span(millis));
                self.restart();
            }
            Act::Back(millis) => {
                self.clock.set(self.clock.now() - span(millis));
                self.restart();
            }
            act => self.step(act),
        }
        self.catch_up();
    }

    fn wait(&mut self, millis: i64) {
        let mut left = millis;
        while let Some(due) = self.until_due().filter(|due| *due <= left) {
            self.clock.advance(span(due));
            left -= due;
            self.catch_up();
        }
        self.clock.advance(span(left));
    }

    fn until_due(&self) -> Option<i64> {
        let deadline = self.session.timer.deadline()?;
        Some((deadline - self.clock.now()).num_milliseconds())
    }

    /// A process dies, and another one finds what it left.
    fn restart(&mut self) {
        let json = serde_json::to_string(&self.session).unwrap();
        self.session = serde_json::from_str(&json).unwrap();
        self.watch = Watch::new(self.clock.reading());
        let occasion = self.occasion(self.clock.now());
        if let Some(moved) = self.session.recover(&occasion) {
            self.keep(moved);
        }
    }

    fn step(&mut self, act: Act) {
        let Some(step) = act.step() else { return };
        let occasion = self.occasion(self.clock.now());
        // What is refused changes nothing, which the oracle knows.
        if let Ok(moved) = self.session.step(step, &occasion) {
            self.keep(moved);
        }
    }

    fn catch_up(&mut self) {
        let reading = self.clock.reading();
        self.watch.look(reading);
        if let Some(jump) = self.watch.jump() {
            self.session = self.session.shifted(jump);
            self.watch.forget_jump();
        }
        if let Some(sleep) = self.watch.sleep() {
            self.settle(sleep.from);
            let moved = self.session.sleep(sleep, &self.occasion(reading.wall));
            self.keep(moved);
            self.watch.forget_sleep();
        }
        self.settle(reading.wall);
    }

    fn settle(&mut self, now: DateTime<Utc>) {
        if let Some(moved) = self.session.settle(&self.occasion(now)) {
            self.keep(moved);
        }
    }

    fn keep(&mut self, moved: Moved) {
        self.session = moved.session;
        self.kept.retain(|kept| Some(kept.id) != moved.undone);
        if let Some(recorded) = moved.recorded {
            self.kept.retain(|kept| kept.id != recorded.id());
            self.kept.push(recorded.into_particle(60));
        }
    }

    fn face(&self) -> (&'static str, i64, bool) {
        let timer = &self.session.timer;
        let word = match timer {
            Timer::Idle(_) => "idle",
            Timer::Running { .. } => "running",
            Timer::Paused {
                cause: Cause::Person,
                ..
            } => "paused",
            Timer::Paused { .. } => "asleep",
            Timer::Overflow { .. } => "overflow",
        };
        let next = match timer {
            Timer::Idle(offer) => offer.next,
            _ => timer.stretch().map_or(Kind::Focus, |stretch| stretch.kind),
        };
        let spent = timer.spent(self.clock.now()).num_milliseconds();
        (word, spent, next == Kind::Focus)
    }
}

fn span(millis: i64) -> Span {
    Span::from_millis(millis.unsigned_abs())
}

/// Whether `particle` is what was to be kept.
fn agrees(particle: &Particle, kept: &Kept) -> bool {
    let time = &particle.time;
    let seconds = |millis: i64| u32::try_from(millis / 1000).unwrap();
    (particle.kind == Kind::Focus) == kept.is_focus
        && time.duration_seconds == seconds(kept.spent)
        && time.overflow_seconds == seconds(kept.beyond)
}

fn check_possible(particle: &Particle) -> Result<(), TestCaseError> {
    let time = &particle.time;
    let most = time.planned_seconds + u32::try_from(OVERFLOW_MAX.num_seconds()).unwrap();
    prop_assert!((60..=most).contains(&time.duration_seconds), "{time:?}");
    let lasted = (time.ended_at - time.started_at).num_seconds();
    prop_assert!(lasted >= time.duration_seconds.into(), "{time:?}");
    Ok(())
}

fn days() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(any::<u32>(), ACTS)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES_OF_THE_ORACLE))]

    #[test]
    fn the_minutes_that_are_kept_are_the_minutes_that_were_focused(
        chosen in any::<u32>(), day in days(),
    ) {
        let settings = world::settings(chosen);
        let (mut machine, mut oracle) = (Machine::new(settings), Oracle::new(settings));
        let mut story = Vec::new();
        for act in day.into_iter().map(Act::decode) {
            machine.act(act);
            oracle.act(act);
            story.push((act, oracle.face()));
            prop_assert_eq!(machine.face(), oracle.face(), "{:?}", story);
            let deadline = machine.session.timer.deadline();
            prop_assert!(deadline.is_none_or(|at| at > machine.clock.now()), "{:?}", story);
        }
        let (found, kept) = (&machine.kept, &oracle.kept);
        let is_the_same = found.len() == kept.len()
            && found.iter().zip(kept).all(|(particle, kept)| agrees(particle, kept));
        prop_assert!(is_the_same, "{found:?}\n{kept:?}\n{story:?}");
        for particle in found {
            check_possible(particle)?;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES_OF_RESTARTS))]

    #[test]
    fn with_a_restart_after_everything_that_happens_the_history_is_the_same(
        chosen in any::<u32>(), day in days(),
    ) {
        let settings = world::settings(chosen);
        let (mut calm, mut killed) = (Machine::new(settings), Machine::new(settings));
        for act in day.into_iter().map(Act::decode) {
            // What happens while no process runs is told apart from what happens while one does.
            let act = if let Act::Down(millis) | Act::Back(millis) = act { Act::Wait(millis) } else { act };
            calm.act(act);
            killed.act(act);
            killed.restart();
            prop_assert_eq!(killed.face(), calm.face(), "{:?}", act);
        }
        let times = |machine: &Machine| -> Vec<_> {
            machine.kept.iter().map(|kept| kept.time.clone()).collect()
        };
        prop_assert_eq!(times(&killed), times(&calm));
    }
}
