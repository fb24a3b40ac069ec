//! Rows of other timers, which have neither ids nor stamps of ours. Both follow from what a row says, so
//! that importing it again, or on another machine, makes the same row.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::change::{ParticleField, Stamp, Stamped};
use crate::model::{FocusLength, Kind, Particle, ParticleId, ParticleTime, Preset, Task};

/// How many minutes east of UTC this machine was at a moment. Other timers do not keep it.
pub(super) type Offset<'a> = &'a dyn Fn(DateTime<Utc>) -> i32;

/// A row of the table `sessions` of Pomotroid. Its moments are seconds of Unix time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// When the round began.
    pub started_at: i64,
    /// When it ended; nothing when Pomotroid was quit in it.
    pub ended_at: Option<i64>,
    /// `work`, `short-break` or `long-break`.
    pub round_type: String,
    /// How long it was to take.
    pub duration_seconds: i64,
    /// Whether it took that long.
    pub completed: bool,
}

impl Session {
    /// A row whose columns hold something else than sessions do.
    pub const MALFORMED: &'static str = "its columns hold something else than Pomotroid writes";

    /// The particle that it was; an error when it was none. Of a round that was not completed Pomotroid
    /// does not know how long it ran, and does not count it either.
    pub fn particle(&self, offset: Offset<'_>) -> Result<Stamped<Particle, ParticleField>, String> {
        if !self.completed {
            return Err("it was not completed, so Pomotroid did not count it".into());
        }
        let kind = match self.round_type.as_str() {
            "work" => Kind::Focus,
            "short-break" => Kind::ShortBreak,
            "long-break" => Kind::LongBreak,
            _ => return Err("it is neither work nor a break".into()),
        };
        let time = self.time(offset)?;
        time.check().map_err(|error| error.to_string())?;
        Ok(born(Particle {
            id: ParticleId::derived(time.started_at, &self.content()),
            kind,
            task: Task::default(),
            project_id: None,
            preset: preset(time.planned_seconds),
            time,
            deleted: false,
        }))
    }

    fn time(&self, offset: Offset<'_>) -> Result<ParticleTime, String> {
        let moment = |seconds| DateTime::from_timestamp(seconds, 0);
        let seconds = u32::try_from(self.duration_seconds).ok();
        let (Some(started_at), Some(seconds)) = (moment(self.started_at), seconds) else {
            return Err("its start or its length is impossible".into());
        };
        let full = started_at + TimeDelta::seconds(seconds.into());
        // A clock that was set back may have ended it before its time.
        let ended_at = self.ended_at.and_then(moment).unwrap_or(full).max(full);
        Ok(ParticleTime {
            started_at,
            ended_at,
            planned_seconds: seconds,
            duration_seconds: seconds,
            overflow_seconds: 0,
            utc_offset_minutes: offset(ended_at),
        })
    }

    /// Tells it from every other round that began in the same second.
    fn content(&self) -> [u8; 10] {
        let Self {
            round_type,
            started_at,
            duration_seconds,
            ..
        } = self;
        digest(&format!(
            "pomotroid {started_at} {round_type} {duration_seconds}"
        ))
    }
}

/// A particle that was never stamped: every edit of it is as old as its end.
pub(super) fn born(particle: Particle) -> Stamped<Particle, ParticleField> {
    // A particle that differs, in its offset say, has another stamp: of two one is the greater
    // everywhere.
    let content = serde_json::to_string(&particle).unwrap_or_default();
    let tag = u32::from_be_bytes(digest(&content));
    let stamp = Stamp::derived(particle.time.ended_at, tag);
    Stamped::at_once(particle, stamp)
}

fn preset(planned_seconds: u32) -> Preset {
    let minutes = i32::try_from(planned_seconds / 60).unwrap_or(i32::MAX);
    let length = FocusLength::minutes(minutes).ok();
    let is_whole = planned_seconds.is_multiple_of(60);
    length
        .filter(|_| is_whole)
        .map_or(Preset::Custom, FocusLength::preset)
}

fn digest<const N: usize>(text: &str) -> [u8; N] {
    let digest = Sha256::digest(text);
    std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())
}
