//! What a person chose that the timer goes by, and how many focuses make a round.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Plan, Recorded};
use crate::model::{FocusLength, Kind, Preset, Settings};

/// What the timer goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// What the person set up.
    pub settings: Settings,
    /// Where the person is.
    pub zone: FixedOffset,
}

/// The focuses since the last long break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Round {
    done: u32,
    /// The day of the last of them: another day begins another round.
    day: Option<NaiveDate>,
}

impl Rules {
    /// The plan of a stretch of `kind`; `adjusted` is what a focus is to take instead.
    pub fn plan(&self, kind: Kind, adjusted: Option<FocusLength>) -> Plan {
        let cycle = self.settings.cycle();
        match kind {
            Kind::Focus => adjusted.unwrap_or(cycle.focus).into(),
            Kind::ShortBreak => cycle.short_break.into(),
            Kind::LongBreak => cycle.long_break.into(),
        }
    }

    /// How many focuses make a round.
    pub fn focuses(&self) -> u32 {
        self.settings.cycle().focuses.as_focuses()
    }

    /// What a stretch of `kind` with `planned` is kept as: a length of one's own is no preset.
    pub(super) fn preset(&self, kind: Kind, planned: Plan) -> Preset {
        if planned == self.plan(kind, None) {
            self.settings.preset
        } else {
            Preset::Custom
        }
    }

    /// When something that could begin by itself after `at` does.
    pub(super) fn begins_at(&self, next: Kind, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let countdown = self.settings.countdown_seconds.as_span();
        self.begins_by_itself(next).then(|| at + countdown)
    }

    /// Whether something begins without being asked for.
    pub(super) fn begins_by_itself(&self, next: Kind) -> bool {
        match next {
            Kind::Focus => self.settings.auto_start_focus,
            Kind::ShortBreak | Kind::LongBreak => self.settings.auto_start_breaks,
        }
    }

    /// For a while in which nobody was there: nothing begins by itself.
    pub(super) fn unattended(&self) -> Self {
        let settings = Settings {
            auto_start_breaks: false,
            auto_start_focus: false,
            ..self.settings
        };
        Self { settings, ..*self }
    }

    /// For a while in which no process ran: nobody is known to have gone on.
    pub(super) fn unseen(&self) -> Self {
        let settings = Settings {
            overflow: false,
            ..self.unattended().settings
        };
        Self { settings, ..*self }
    }

    /// The person's day that `moment` belongs to.
    fn day(&self, moment: DateTime<Utc>) -> NaiveDate {
        let boundary = self.settings.day_boundary_minutes.as_minutes();
        let local = moment.with_timezone(&self.zone);
        (local - Duration::minutes(boundary.into())).date_naive()
    }
}

impl Round {
    /// How many are done at `now`, at most a whole round.
    pub fn done(self, rules: &Rules, now: DateTime<Utc>) -> u32 {
        self.count(rules, now).min(rules.focuses())
    }

    /// The round with another focus that is kept.
    pub(super) fn with(self, recorded: &Recorded, rules: &Rules) -> Self {
        let ended_at = recorded.ended_at();
        Self {
            done: self.count(rules, ended_at).saturating_add(1),
            day: Some(rules.day(ended_at)),
        }
    }

    /// The break that is due after the last focus.
    pub(super) fn due(self, rules: &Rules) -> Kind {
        if self.done >= rules.focuses() {
            Kind::LongBreak
        } else {
            Kind::ShortBreak
        }
    }

    fn count(self, rules: &Rules, now: DateTime<Utc>) -> u32 {
        let is_today = self.day == Some(rules.day(now));
        if is_today { self.done } else { 0 }
    }
}
