//! What may happen to a person with a timer, as numbers that a test can draw and make smaller.

use crate::model::{FocusLength, Settings};
use crate::timer::{Begin, SleepAnswer, Step};

/// Something that happens. All times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Time passes.
    Wait(i64),
    /// After a few seconds the computer sleeps.
    Sleep(i64, i64),
    /// The person leaves the computer and comes back, which the system tells.
    Leave(i64),
    /// The wall clock is set.
    Jump(i64),
    /// The process is killed, and another one starts later.
    Down(i64),
    /// The process is killed, the wall clock is put back by so much, and another process starts.
    Back(i64),
    /// A focus of so many minutes is started, or whatever is next.
    Start(Option<i32>),
    Toggle,
    Pause,
    Resume,
    Finish,
    Stop,
    Skip,
    Undo,
    Answer(SleepAnswer),
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
/// A clock put back by less is one at which time seems to have stood still, or a little of it.
const LONGER_THAN_ANYTHING: i64 = 24 * 60 * MINUTE;

impl Act {
    /// The act that a number stands for: 0 is the simplest.
    pub(crate) fn decode(number: u32) -> Self {
        let rest = i64::from(number / 32);
        match number % 32 {
            0..=8 => Self::Wait(span(rest)),
            9..=11 => Self::Finish,
            12 => Self::Start(Some(1 + i32::try_from(rest % 4).unwrap())),
            13 => Self::Toggle,
            14 if rest % 4 == 0 => Self::Leave(span(rest / 4)),
            14 => Self::Pause,
            15 => Self::Resume,
            16 if rest % 2 == 0 => Self::Leave(span(rest / 2)),
            16 | 17 => Self::Start(None),
            18 => Self::Stop,
            19 => Self::Skip,
            20 | 21 => Self::Undo,
            22 => Self::Answer(SleepAnswer::Continue),
            23 | 24 => Self::Answer(SleepAnswer::Count),
            25 => Self::Answer(SleepAnswer::Trim),
            26..=28 => Self::Sleep(rest % 7 * SECOND, span(rest / 7)),
            29 => Self::Down(span(rest)),
            30 if rest % 2 == 0 => Self::Down(span(rest / 2)),
            30 => Self::Back(LONGER_THAN_ANYTHING + jump(rest / 2).abs()),
            _ => Self::Jump(jump(rest)),
        }
    }

    /// What it asks of the timer, if it is the person who acts.
    pub(crate) fn step(self) -> Option<Step> {
        let begin = |minutes: Option<i32>| Begin {
            length: minutes.map(|minutes| FocusLength::minutes(minutes).unwrap()),
            ..Begin::default()
        };
        Some(match self {
            Self::Start(minutes) => Step::Start(begin(minutes)),
            Self::Toggle => Step::Toggle(begin(None)),
            Self::Pause => Step::Pause,
            Self::Resume => Step::Resume,
            Self::Finish => Step::Finish,
            Self::Stop => Step::Stop,
            Self::Skip => Step::Skip,
            Self::Undo => Step::Undo,
            Self::Answer(answer) => Step::AnswerSleep(answer),
            Self::Wait(_)
            | Self::Sleep(..)
            | Self::Leave(_)
            | Self::Jump(_)
            | Self::Down(_)
            | Self::Back(_) => return None,
        })
    }
}

/// From nothing to two and a half hours, the short ones more often.
fn span(number: i64) -> i64 {
    let most = match number % 8 {
        0 => 12 * SECOND,
        1 => 40 * SECOND,
        2..=4 => 3 * MINUTE,
        5 => 15 * MINUTE,
        6 => 70 * MINUTE,
        _ => 150 * MINUTE,
    };
    (number / 8 * 37) % most
}

/// More than is taken for the clock's own inaccuracy, back or forth.
fn jump(number: i64) -> i64 {
    let far = 3 * SECOND + number / 2 * 1_009 % (30 * 60 * MINUTE);
    if number % 2 == 0 { far } else { -far }
}

/// Lengths of one to three minutes, both breaks alike, and every switch either way.
pub(crate) fn settings(number: u32) -> Settings {
    let is = |bit: u32| number >> bit & 1 == 1;
    let cycle = serde_json::json!({
        "focus_minutes": 1 + number % 3, "short_break_minutes": 2, "long_break_minutes": 2,
        "focuses": 2,
    });
    Settings {
        preset: crate::model::Preset::Custom,
        custom_cycle: serde_json::from_value(cycle).unwrap(),
        overflow: !is(4),
        auto_start_breaks: is(5),
        auto_start_focus: is(6),
        ..Settings::default()
    }
}
