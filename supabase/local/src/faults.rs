//! What is made to go wrong, on purpose and by request: the rules and who they are for.
//! How a fault looks on the wire is in `faults::wire`; who waits for whom in `faults::held`.

pub(crate) mod door;
mod held;
mod wire;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

pub(crate) use held::Gate;
pub use held::{Held, Moment};
pub(crate) use wire::{Closed, carry_out};

/// One thing that goes wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The connection is closed without an answer, and nothing has happened.
    DropBefore,
    /// The connection is closed without an answer, but the request was carried out.
    DropAfter,
    /// The connection stays open and is never answered; nothing has happened.
    Hang,
    /// Carried out twice, one after the other; the second answer is sent.
    Twice,
    /// Answered so, and nothing has happened.
    AnswerBefore(CannedAnswer),
    /// Answered so, but the request was carried out.
    AnswerAfter(CannedAnswer),
    /// Carried out; of the answer's body only this many bytes are sent, less than announced, and
    /// the connection is closed.
    Truncated(usize),
    /// A JSON text of this many bytes with status 200, and nothing has happened.
    Gigantic(u64),
}

impl Fault {
    /// Answered with a JSON text, and nothing has happened.
    pub fn status(status: u16, body: &str) -> Self {
        Self::AnswerBefore(CannedAnswer::new(
            status,
            "application/json; charset=utf-8",
            body,
        ))
    }

    /// 401 as of a token that the server does not take.
    pub fn unauthorized() -> Self {
        let body = r#"{"code":"PGRST303","message":"JWT expired","details":null,"hint":null}"#;
        let answer = CannedAnswer::new(401, "application/json; charset=utf-8", body);
        Self::AnswerBefore(answer.with(
            "WWW-Authenticate",
            "Bearer error=\"invalid_token\", error_description=\"JWT expired\"",
        ))
    }

    /// 429 with `Retry-After`.
    pub fn too_many_requests(retry_after_seconds: u64) -> Self {
        let body = r#"{"message":"API rate limit exceeded"}"#;
        let answer = CannedAnswer::new(429, "application/json; charset=utf-8", body);
        Self::AnswerBefore(answer.with("Retry-After", &retry_after_seconds.to_string()))
    }

    /// 200 with a page instead of data, as the network of a hotel answers.
    pub fn captive_portal() -> Self {
        let body = "<!doctype html><title>Welcome</title><p>Please sign in to the network.</p>";
        Self::AnswerBefore(CannedAnswer::new(200, "text/html; charset=utf-8", body))
    }
}

/// An answer that does not come from the doors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannedAnswer {
    /// The status, also one that no standard knows.
    pub status: u16,
    /// Names and values.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body as it is sent.
    #[serde(default)]
    pub body: String,
}

impl CannedAnswer {
    /// An answer with a body of one type.
    pub fn new(status: u16, content_type: &str, body: &str) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self {
            status,
            headers,
            body: body.to_owned(),
        }
    }

    /// The same answer with another header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A request that has arrived whole and is not yet carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// `GET`, `POST` …
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The user that its token names.
    pub user_id: Option<String>,
    /// The body as it was sent.
    pub body: Vec<u8>,
}

type Predicate = dyn Fn(&Arrival) -> bool + Send + Sync;

/// Which requests a rule is for. A text alone is the beginning of a path.
#[derive(Clone, Default)]
pub struct Matching {
    path_prefix: String,
    method: Option<String>,
    user_id: Option<String>,
    predicate: Option<Arc<Predicate>>,
}

impl Matching {
    /// Requests whose path begins so.
    pub fn path(prefix: &str) -> Self {
        Self {
            path_prefix: prefix.to_owned(),
            ..Self::default()
        }
    }

    /// Of these, only those of one method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_ascii_uppercase());
        self
    }

    /// Of these, only those of one user.
    #[must_use]
    pub fn user(mut self, user_id: &str) -> Self {
        self.user_id = Some(user_id.to_owned());
        self
    }

    /// Of these, only those that the predicate takes.
    #[must_use]
    pub fn when(mut self, predicate: impl Fn(&Arrival) -> bool + Send + Sync + 'static) -> Self {
        self.predicate = Some(Arc::new(predicate));
        self
    }

    fn takes(&self, arrival: &Arrival) -> bool {
        arrival.path.starts_with(&self.path_prefix)
            && self
                .method
                .as_ref()
                .is_none_or(|method| *method == arrival.method)
            && (self.user_id.is_none() || self.user_id == arrival.user_id)
            && self
                .predicate
                .as_ref()
                .is_none_or(|predicate| predicate(arrival))
    }
}

impl From<&str> for Matching {
    fn from(prefix: &str) -> Self {
        Self::path(prefix)
    }
}

impl fmt::Debug for Matching {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}{}…",
            self.method.as_deref().unwrap_or_default(),
            self.path_prefix
        )
    }
}

/// The rules of one server, in the order they were given; a request meets the first that takes it.
/// Clones share the rules.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Rules>>);

#[derive(Debug, Default)]
struct Rules {
    rules: Vec<Rule>,
    /// Requests held from outside this process.
    held: Vec<(String, Held)>,
}

#[derive(Debug)]
struct Rule {
    matching: Matching,
    /// None is without end.
    times_left: Option<u32>,
    step: Step,
}

/// What a rule does to a request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Something goes wrong.
    Fault(Fault),
    /// It waits until it is released.
    Hold(Gate),
}

impl Faults {
    /// The next matching request goes wrong.
    pub fn next(&self, matching: impl Into<Matching>, fault: Fault) {
        self.times(1, matching, fault);
    }

    /// The next `times` matching requests go wrong.
    pub fn times(&self, times: u32, matching: impl Into<Matching>, fault: Fault) {
        self.add(matching.into(), Some(times), Step::Fault(fault));
    }

    /// All matching requests go wrong until [`Faults::clear`].
    pub fn always(&self, matching: impl Into<Matching>, fault: Fault) {
        self.add(matching.into(), None, Step::Fault(fault));
    }

    /// The next matching request waits at `moment` until it is released. Dropping the handle
    /// releases it.
    pub fn hold(&self, matching: impl Into<Matching>, moment: Moment) -> Held {
        let (gate, held) = held::gate(moment);
        self.add(matching.into(), Some(1), Step::Hold(gate));
        held
    }

    /// How many rules wait for a request.
    pub fn waiting(&self) -> usize {
        self.rules().rules.len()
    }

    /// Forgets all rules and releases what was held from outside.
    pub fn clear(&self) {
        let forgotten = std::mem::take(&mut *self.rules());
        drop(forgotten);
    }

    /// What shall happen to this request; counts it.
    pub(crate) fn take(&self, arrival: &Arrival) -> Option<Step> {
        let mut rules = self.rules();
        let position = rules
            .rules
            .iter()
            .position(|rule| rule.matching.takes(arrival))?;
        let rule = &mut rules.rules[position];
        if let Some(times) = &mut rule.times_left {
            *times -= 1;
        }
        if rule.times_left == Some(0) {
            return Some(rules.rules.remove(position).step);
        }
        Some(rule.step.clone())
    }

    fn add(&self, matching: Matching, times_left: Option<u32>, step: Step) {
        if times_left != Some(0) {
            self.rules().rules.push(Rule {
                matching,
                times_left,
                step,
            });
        }
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
