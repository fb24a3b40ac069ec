//! A device that runs the loop, and how its exchanges can end.

use std::time::Duration;

use chrono::{TimeDelta, TimeZone, Utc};

use super::MINUTE;
use crate::clock::Reading;
use crate::randomness::Randomness;
use crate::remote::Failure;
use crate::sync::exchange::{Action, ExchangeLoop, Input, Trigger};
use crate::sync::{Done, Setback};

/// A device that runs the loop, with clocks that are moved by hand.
pub(super) struct Device {
    pub(super) exchange: ExchangeLoop,
    pub(super) now: Reading,
    randomness: Randomness,
    kept: String,
}

/// What an exchange was begun with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Begun {
    pub(super) number: u64,
    pub(super) changes_max: usize,
    pub(super) refuses: bool,
}

impl Device {
    pub(super) fn signed_in() -> Self {
        let now = Reading {
            wall: Utc.timestamp_opt(1_800_000_000, 0).unwrap(),
            awake: MINUTE,
            total: MINUTE,
        };
        Self {
            exchange: ExchangeLoop::new(true, "{}", &now),
            now,
            randomness: Randomness::seeded(5),
            kept: "{}".into(),
        }
    }

    pub(super) fn tell(&mut self, input: Input) -> Option<Begun> {
        let actions = self.exchange.step(input, &self.now, &self.randomness);
        let mut begun = None;
        for action in actions {
            match action {
                Action::Exchange {
                    number,
                    changes_max,
                    refuses,
                } => {
                    begun = Some(Begun {
                        number,
                        changes_max,
                        refuses,
                    });
                }
                Action::KeepWaits(waits) => self.kept = waits,
                Action::Cancel => {}
            }
        }
        begun
    }

    pub(super) fn hear(&mut self, trigger: Trigger) -> Option<Begun> {
        self.tell(Input::Trigger(trigger))
    }

    /// The exchange that begins, and the moment after the clocks went on by `passed`.
    pub(super) fn pass(&mut self, passed: Duration) -> Option<Begun> {
        self.now.total += passed;
        self.now.awake += passed;
        self.now.wall += TimeDelta::from_std(passed).unwrap();
        self.tell(Input::Alarm)
    }

    /// Waits for the alarm, and says how long that was.
    pub(super) fn wait(&mut self) -> (Duration, Option<Begun>) {
        let alarm = self.exchange.alarm(self.now.total).expect("it is armed");
        let wait = alarm.saturating_sub(self.now.total);
        (wait, self.pass(wait))
    }

    pub(super) fn end(
        &mut self,
        begun: Option<Begun>,
        result: Result<Done, Setback>,
    ) -> Option<Begun> {
        let begun = begun.expect("an exchange runs");
        self.tell(Input::Exchanged(begun.number, result))
    }

    pub(super) fn restart(&mut self) -> Option<Begun> {
        self.exchange = ExchangeLoop::new(true, &self.kept, &self.now);
        self.tell(Input::Alarm)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as an exchange ends")]
pub(super) fn done() -> Result<Done, Setback> {
    Ok(Done::default())
}

#[expect(clippy::unnecessary_wraps, reason = "as an exchange ends")]
pub(super) fn waiting(sendable: u32) -> Result<Done, Setback> {
    Ok(Done {
        sendable,
        ..Done::default()
    })
}

pub(super) fn failed(failure: Failure, sent: usize) -> Result<Done, Setback> {
    Err(Setback::Remote { failure, sent })
}

pub(super) fn unavailable(sent: usize) -> Result<Done, Setback> {
    let message = "busy".into();
    failed(
        Failure::Unavailable {
            message,
            retry_after: None,
        },
        sent,
    )
}

pub(super) fn unreachable() -> Result<Done, Setback> {
    failed(Failure::Unreachable("no route".into()), 1)
}
