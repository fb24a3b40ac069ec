//! Looking back at ten years with 100,000 particles: a day, a year, lists and searches, and what all of
//! it takes on the disk. Medians; prints what it saw and never fails because of a number.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a measurement"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use particle_core::app::PageRequest;
use particle_core::folder::DataFolder;
use particle_core::model::{
    Brightness, DayBoundary, Days, Kind, Particle, ParticleId, ParticleTime, Preset, Project,
    ProjectId, ProjectName, Task,
};
use particle_core::randomness::Randomness;
use particle_core::store::{Kinds, Store};

/// Names a data folder that is to keep the history; without it, it goes with the process.
const DATA_DIR: &str = "HISTORY_DATA_DIR";

const PARTICLES: usize = 100_000;
const AT_ONCE: usize = 5_000;
const PROJECTS: usize = 20;
const DAYS: i64 = 3_652;
const WORDS: usize = 3_000;
/// Calls that are counted, after the ones that warm up.
const ROUNDS: usize = 21;
const WARM_UP: usize = 3;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let temporary = tempfile::tempdir().unwrap();
    let wanted = std::env::var_os(DATA_DIR).map(std::path::PathBuf::from);
    let folder = DataFolder::locate(wanted.or(Some(temporary.path().into()))).unwrap();
    folder.create().unwrap();
    let path = folder.local_profile().database;
    let randomness = Randomness::seeded(7);
    let store = Store::open(&path, now(), &randomness).await.unwrap().store;
    let mut history = History::new(&randomness);
    for project in &history.projects {
        store.add_project(project, now()).await.unwrap();
    }
    let began = Instant::now();
    for _ in 0..PARTICLES / AT_ONCE {
        let some: Vec<_> = (0..AT_ONCE).map(|_| history.particle()).collect();
        store.record_particles(&some, now()).await.unwrap();
    }
    println!(
        "{PARTICLES} particles kept in {:.1} s",
        began.elapsed().as_secs_f64()
    );
    store.close().await;
    let bytes = u32::try_from(std::fs::metadata(&path).unwrap().len()).unwrap();
    println!("{:.0} kB for 1,000 particles\n", f64::from(bytes) / 1e5);

    let store = Store::open(&path, now(), &randomness).await.unwrap().store;
    println!("| what | median ms | slowest ms | budget |\n|---|---:|---:|---:|");
    statistics(&store).await;
    lists(&store).await;
    searches(&store, &history).await;
    one_more(&store, &mut history).await;
    store.close().await; // a log that is still written would be read first
    opening(&path, &randomness).await;
}

async fn statistics(store: &Store) {
    let boundary = DayBoundary::DEFAULT;
    let day = now().date_naive();
    measure("today's total", "2", async || {
        assert!(store.total(day, boundary).await.is_ok());
    })
    .await;
    for (name, budget, days) in [
        ("statistics of a day", "2", Days::one(day)),
        (
            "of a day five years ago",
            "2",
            Days::one(day - TimeDelta::days(1800)),
        ),
        (
            "of a month",
            "",
            Days {
                from: Some(day - TimeDelta::days(30)),
                to: Some(day),
            },
        ),
        ("of a year", "20", Days::year(2026).unwrap()),
        ("of ten years", "", Days::default()),
    ] {
        measure(name, budget, async || {
            drop(store.statistics(days, boundary).await.unwrap());
        })
        .await;
    }
}

async fn lists(store: &Store) {
    let day = now().date_naive();
    let page = |limit| PageRequest {
        limit: Some(limit),
        ..PageRequest::default()
    };
    let on = |day| PageRequest {
        from_day: Some(day),
        to_day: Some(day),
        ..page(1000)
    };
    let old = PageRequest {
        to_day: Some(day - TimeDelta::days(3000)),
        ..page(100)
    };
    for (name, budget, request) in [
        ("list of a day", "2", on(day)),
        (
            "list of a day five years ago",
            "2",
            on(day - TimeDelta::days(1800)),
        ),
        ("page of 100", "", page(100)),
        ("page of 100, eight years ago", "", old),
        ("page of 1,000", "", page(1000)),
    ] {
        read(store, name, budget, &request).await;
    }
}

async fn searches(store: &Store, history: &History<'_>) {
    let page = |text: &str| PageRequest {
        search: Some(text.into()),
        limit: Some(100),
        ..PageRequest::default()
    };
    let word = history.words[WORDS / 2].clone();
    let project = |text: &str, at: usize| PageRequest {
        project: Some(history.projects[at].id.into()),
        ..page(text)
    };
    let breaks = PageRequest {
        kinds: Kinds::Break,
        ..page("e")
    };
    let deleted = PageRequest {
        deleted: true,
        ..page("e")
    };
    let without = PageRequest {
        project: Some("none".parse().unwrap()),
        ..page("e")
    };
    for (name, request) in [
        ("search: absent", page("zzqqxx")),
        ("search: absent, two letters", page("qx")),
        ("search: absent, one letter", page("ж")),
        ("search: one letter", page("e")),
        ("search: Ü", page("Ü")),
        ("search: a word", page(&word)),
        ("search: a word, its upper case", page(&word.to_uppercase())),
        ("search: a rare one", page(&format!("{word} {word}"))),
        ("search: a word in a project", project(&word, 3)),
        (
            "search: one letter in a project without",
            project("e", PROJECTS - 1),
        ),
        ("search: absent in a project", project("zzqqxx", 3)),
        ("search: one letter among breaks without tasks", breaks),
        ("search: one letter among deleted", deleted),
        ("search: one letter without a project", without),
    ] {
        read(store, name, "20", &request).await;
    }
}

async fn one_more(store: &Store, history: &mut History<'_>) {
    let mut more: Vec<_> = (0..ROUNDS + WARM_UP).map(|_| history.particle()).collect();
    let next = std::cell::RefCell::new(&mut more);
    measure("one more is kept", "", async || {
        let particle = next.borrow_mut().pop().unwrap();
        store.record_particle(particle, now()).await.unwrap();
    })
    .await;
}

async fn opening(path: &Path, randomness: &Randomness) {
    measure("opening, today's total, closing", "", async || {
        let store = Store::open(path, now(), randomness).await.unwrap().store;
        store
            .total(now().date_naive(), DayBoundary::DEFAULT)
            .await
            .unwrap();
        store.close().await;
    })
    .await;
}

async fn read(store: &Store, name: &str, budget: &str, request: &PageRequest) {
    let found = request.read(store, now()).await.unwrap().particles.len();
    let name = format!("{name} ({found} found)");
    measure(&name, budget, async || {
        drop(request.read(store, now()).await.unwrap());
    })
    .await;
}

async fn measure(name: &str, budget: &str, call: impl AsyncFn()) {
    let mut times = Vec::new();
    for _ in 0..ROUNDS + WARM_UP {
        let began = Instant::now();
        call().await;
        times.push(began.elapsed());
    }
    times.drain(..WARM_UP);
    times.sort();
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let (median, slowest) = (millis(times[ROUNDS / 2]), millis(times[ROUNDS - 1]));
    println!("| {name} | {median:.2} | {slowest:.2} | {budget} |");
}

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 12, 31, 20, 0, 0).unwrap()
}

/// Ten years of somebody's days.
struct History<'a> {
    randomness: &'a Randomness,
    words: Vec<String>,
    projects: Vec<Project>,
    kept: usize,
}

impl<'a> History<'a> {
    fn new(randomness: &'a Randomness) -> Self {
        let letters: Vec<char> = "abcdefghijklmnoprstuvwyzäöüß".chars().collect();
        let number = |max: usize| usize::from(u16::from_be_bytes(randomness.bytes())) % max;
        let word = |_| {
            (0..3 + number(7))
                .map(|_| letters[number(letters.len())])
                .collect()
        };
        let project = |at| Project {
            id: ProjectId::new(now(), randomness),
            name: ProjectName::new(&format!("Project {at}")).unwrap(),
            brightness: Brightness::FULL,
            archived: false,
            deleted: false,
        };
        Self {
            randomness,
            words: (0..WORDS).map(word).collect(),
            projects: (0..PROJECTS).map(project).collect(),
            kept: 0,
        }
    }

    fn number(&self, max: usize) -> usize {
        usize::from(u16::from_be_bytes(self.randomness.bytes())) % max
    }

    /// The next one: 27 a day in the order of time, nearly every task another.
    fn particle(&mut self) -> Particle {
        let at =
            i64::try_from(self.kept).unwrap() * 86_400 * DAYS / i64::try_from(PARTICLES).unwrap();
        let started_at = now() - TimeDelta::days(DAYS) + TimeDelta::seconds(at);
        self.kept += 1;
        let is_focus = !self.kept.is_multiple_of(5);
        let task: Vec<_> = (0..2 + self.number(4))
            .map(|_| self.words[self.number(WORDS)].clone())
            .collect();
        let task = task.join(" ");
        let mut letters = task.chars();
        let first = letters.next().unwrap().to_uppercase();
        let task: String = first.chain(letters).collect();
        // The last project has none.
        let project = self.projects[self.number(PROJECTS - 1)].id;
        let spent = if is_focus { 1500 } else { 300 };
        Particle {
            id: ParticleId::new(started_at, self.randomness),
            kind: if is_focus {
                Kind::Focus
            } else {
                Kind::ShortBreak
            },
            task: Task::new(if is_focus { &task } else { "" }).unwrap(),
            project_id: is_focus.then_some(project),
            time: ParticleTime {
                started_at,
                ended_at: started_at + TimeDelta::seconds(spent + 60),
                planned_seconds: 1500,
                duration_seconds: u32::try_from(spent).unwrap(),
                overflow_seconds: 0,
                utc_offset_minutes: 60,
            },
            preset: Preset::Classic,
            deleted: false,
        }
    }
}
