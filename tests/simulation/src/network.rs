//! What may happen to a request and to its answer on the way.

use std::time::Duration;

use particle_core::remote::Failure;

use crate::chance::Chance;

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It arrives, and so does its answer.
    Arrives,
    /// Nothing arrives, and no connection stands.
    NoConnection,
    /// The server fails before it does anything.
    Fails,
    /// The server does it, and the answer is lost.
    AnswerLost,
    /// The server does it, and the answer is cut off.
    AnswerCut,
    /// The server is asked twice; the first answer is the one that comes.
    Doubled,
    /// The server asks to be left alone.
    TooMany,
}

/// How the network is at present.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    /// One request in so many has another fate than to arrive; 0 for none.
    pub(crate) bad_once_in: usize,
}

impl Weather {
    pub(crate) const CALM: Self = Self { bad_once_in: 0 };

    pub(crate) fn fate(self, chance: &mut Chance) -> Fate {
        if self.bad_once_in == 0 || !chance.once_in(self.bad_once_in) {
            return Fate::Arrives;
        }
        let fates = [
            Fate::NoConnection,
            Fate::Fails,
            Fate::AnswerLost,
            Fate::AnswerCut,
            Fate::Doubled,
            Fate::TooMany,
        ];
        *chance.pick(&fates).expect("a fate")
    }
}

/// What the device sees of a request that got no good answer.
pub(crate) fn failure(fate: Fate, chance: &mut Chance) -> Failure {
    let unavailable = |message: &str, retry_after| Failure::Unavailable {
        message: message.into(),
        retry_after,
    };
    match fate {
        Fate::NoConnection => Failure::Unreachable("no route".into()),
        Fate::TooMany => unavailable("too many", Some(Duration::from_secs(chance.number() % 90))),
        _ => unavailable("no answer", None),
    }
}
