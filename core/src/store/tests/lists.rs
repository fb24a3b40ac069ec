//! Lists and searches beside a filter that looks at everything.

use chrono::{Duration, FixedOffset, NaiveDate};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::model::{Assignment, Correction, DayBoundary, Days};
use crate::store::rows::Synced;
use crate::store::search::FEW;

const PARTICLES: usize = 3_000;
const DAYS: i64 = 60;
const EDITS: usize = 300;
const QUERIES: usize = 400;

/// Letters of both cases, some that are two of the other case, and what means something to a pattern.
const LETTERS: [char; 18] = [
    'a', 'A', 'b', 'ü', 'Ü', 'ß', 'ẞ', 'S', 'Σ', 'ς', 'ж', 'Ж', ' ', '*', '?', '[', ']', '%',
];

fn text(rng: &mut StdRng, most: usize) -> String {
    let count = rng.random_range(0..=most);
    (0..count)
        .map(|_| LETTERS[rng.random_range(0..LETTERS.len())])
        .collect()
}

fn any_particle(rng: &mut StdRng, projects: &[ProjectId]) -> Particle {
    let start = 1_799_000_000_000 + rng.random_range(0..DAYS * 86_400_000);
    let mut particle = particle(rng.random(), &text(rng, 9));
    particle.kind = [Kind::Focus, Kind::ShortBreak][rng.random_range(0..2)];
    particle.project_id = projects.get(rng.random_range(0..3)).copied();
    particle.time.started_at = DateTime::from_timestamp_millis(start).unwrap();
    particle.time.ended_at = particle.time.started_at + Duration::minutes(25);
    particle.time.utc_offset_minutes = rng.random_range(-1080..=1080);
    particle
}

fn loud(text: &str) -> String {
    text.to_lowercase().to_uppercase()
}

#[derive(Debug)]
struct Query {
    filter: ParticleFilter,
    days: Days,
    boundary: DayBoundary,
    is_deleted: bool,
}

impl Query {
    fn any(rng: &mut StdRng, projects: &[ProjectId]) -> Self {
        let first = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
        let day = |rng: &mut StdRng| {
            let day = first + Duration::days(rng.random_range(0..DAYS));
            (rng.random_range(0..3) > 0).then_some(day)
        };
        let days = Days {
            from: day(rng),
            to: day(rng),
        };
        let boundary = DayBoundary::minutes(rng.random_range(0..=360)).unwrap();
        let is_deleted = rng.random_range(0..5) == 0;
        let project = match rng.random_range(0..4) {
            0 => Some(Assignment::Nothing),
            1 => Some(Assignment::Project(projects[0])),
            _ => None,
        };
        let filter = ParticleFilter {
            kinds: [Kinds::Focus, Kinds::Break, Kinds::All][rng.random_range(0..3)],
            project,
            search: (rng.random_range(0..4) > 0).then(|| text(rng, 3)),
            deleted_since: is_deleted.then_some(DateTime::UNIX_EPOCH),
            limit: Some([1, 7, 500][rng.random_range(0..3)]),
            ..ParticleFilter::default()
        };
        Self {
            filter: filter.within(days, boundary),
            days,
            boundary,
            is_deleted,
        }
    }

    fn has(&self, particle: &Particle, known: &[ProjectId]) -> bool {
        let wall = FixedOffset::east_opt(particle.time.utc_offset_minutes * 60).unwrap();
        let night = Duration::minutes(self.boundary.as_minutes().into());
        let day = (particle.time.started_at - night)
            .with_timezone(&wall)
            .date_naive();
        let is_focus = particle.kind == Kind::Focus;
        let of_kind = match self.filter.kinds {
            Kinds::Focus => is_focus,
            Kinds::Break => !is_focus,
            Kinds::All => true,
        };
        let of_project = match self.filter.project {
            None => true,
            Some(Assignment::Project(id)) => particle.project_id == Some(id),
            Some(Assignment::Nothing) => particle.project_id.is_none_or(|id| !known.contains(&id)),
        };
        let searched = self.filter.search.as_deref().unwrap_or_default();
        let is_found = loud(particle.task.as_str()).contains(&loud(searched));
        let is_in = self.days.contains(day) && of_kind && of_project && is_found;
        is_in && particle.deleted == self.is_deleted
    }
}

#[tokio::test]
async fn every_list_has_what_belongs_to_it_newest_first_and_in_pages() {
    let mut rng = StdRng::seed_from_u64(4);
    let profile = Profile::new();
    let store = profile.open().await.store;
    let book = crate::model::Project {
        id: ProjectId::new(at(0), &Randomness::seeded(1)),
        name: crate::model::ProjectName::new("Book").unwrap(),
        brightness: crate::model::Brightness::FULL,
        archived: false,
        deleted: false,
    };
    store.add_project(&book, at(0)).await.unwrap();
    let projects = [book.id, ProjectId::new(at(0), &Randomness::seeded(2))];
    let mut kept: Vec<_> = (0..PARTICLES)
        .map(|_| any_particle(&mut rng, &projects))
        .collect();
    store.record_particles(&kept, at(0)).await.unwrap();
    for _ in 0..EDITS {
        edit(&store, &mut rng, &mut kept).await;
    }
    kept.sort_by_key(|p| std::cmp::Reverse((p.time.started_at, p.id)));

    let mut found = 0;
    for _ in 0..QUERIES {
        let query = Query::any(&mut rng, &projects);
        let has = |p: &&Particle| query.has(p, &projects[..1]);
        let expected: Vec<_> = kept.iter().filter(has).cloned().collect();
        let first = |most: usize| &expected[..most.min(expected.len())];
        let listed = first_twenty(&store, &query.filter).await;
        assert_eq!(listed, first(20), "{query:?}");
        let page = usize::try_from(query.filter.limit.unwrap()).unwrap();
        let by_times = by_times(&store, &query.filter).await;
        assert_eq!(by_times, first(page), "{query:?}");
        found += listed.len();
    }
    assert!(
        found > QUERIES,
        "most lists have something in them: {found}"
    );
}

async fn edit(store: &Store, rng: &mut StdRng, kept: &mut [Particle]) {
    let at_random = rng.random_range(0..kept.len());
    let particle = &mut kept[at_random];
    if rng.random() && !particle.deleted {
        let deleted = store.delete_particle(particle.id, at(0)).await.unwrap();
        *particle = deleted.row;
        return;
    }
    if particle.deleted {
        *particle = store
            .restore_particle(particle.id, at(1))
            .await
            .unwrap()
            .row;
    }
    let correction = Correction {
        task: Some(Task::new(&text(rng, 9)).unwrap()),
        started_at: Some(particle.time.started_at - Duration::hours(rng.random_range(0..90))),
        ..Correction::default()
    };
    let corrected = store
        .correct_particle(particle.id, &correction, at(0))
        .await;
    *particle = corrected.unwrap().row;
}

/// The first page, read the way that suits filters which let many through.
async fn by_times(store: &Store, filter: &ParticleFilter) -> Vec<Particle> {
    let mut query = sqlx::QueryBuilder::new("");
    filter.push_to(&mut query, None, filter.limit.unwrap());
    let rows = query.build().fetch_all(&store.pool).await.unwrap();
    rows.iter()
        .map(|row| Particle::read(row).unwrap())
        .collect()
}

async fn first_twenty(store: &Store, filter: &ParticleFilter) -> Vec<Particle> {
    let (mut found, mut filter) = (Vec::new(), filter.clone());
    while found.len() < 20 {
        let (page, next) = store.list_page(&filter).await.unwrap();
        found.extend(page);
        let Some(next) = next else { break };
        filter.below = Some(next);
    }
    found.truncate(20);
    found
}

async fn count(store: &Store, search: &str) -> usize {
    let filter = ParticleFilter {
        search: Some(search.into()),
        ..ParticleFilter::default()
    };
    store.list_particles(&filter).await.unwrap().len()
}

#[tokio::test]
async fn a_search_knows_no_case_in_any_script_and_takes_its_text_literally() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    for (seed, task) in (1..).zip(["Übung am Flügel", "STRASSENBAHN", "100% *fertig*", "Жук"])
    {
        store
            .record_particle(particle(seed, task), at(0))
            .await
            .unwrap();
    }
    for (search, found) in [
        ("übung", 1),
        ("FLÜ", 1),
        ("ü", 1),
        ("straße", 1),
        ("ж", 1),
        ("уК", 1),
        ("0%", 1),
        ("*F", 1),
        ("0% *", 1),
        ("b", 2),
        ("?", 0),
        ("[a-z]", 0),
        ("%", 1),
        ("_", 0),
        ("", 4),
    ] {
        assert_eq!(count(&store, search).await, found, "{search:?}");
    }
}

#[tokio::test]
async fn a_time_with_more_tasks_than_it_can_know_is_still_searched() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let long = |seed: u64| format!("{seed} {}", "long ".repeat(30));
    let many: Vec<_> = (1..200).map(|seed| particle(seed, &long(seed))).collect();
    store.record_particles(&many, at(0)).await.unwrap();
    assert_eq!(count(&store, "199 LONG").await, 1);
    assert_eq!(count(&store, "absent").await, 0);
    assert_eq!(count(&store, "long").await, 199);
    let known: i64 = sqlx::query_scalar("select sum(length(tasks)) from searched_times")
        .fetch_one(&store.pool)
        .await
        .unwrap_or(0);
    assert!(known < 10_000, "{known} characters are known");
}

/// A project with so many particles, all begun in one minute, half of them breaks.
async fn crowd(particles: u32) -> (Profile, Store, ProjectId) {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let id = ProjectId::new(at(0), &Randomness::seeded(1));
    sqlx::query(
        "with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ?)
         insert into particles (id, kind, started_at, ended_at, planned_seconds, duration_seconds, overflow_seconds,
                                utc_offset_minutes, task, project_id, preset, deleted, stamps, task_folded)
         select format('0199a1b2-c3d4-7e5f-8a6b-%012d', n), iif(n % 2, 'focus', 'long_break'), 1800000000000 + n,
                1800000060000, 60, 60, 0, 60, 'Task', ?, 'classic', 0, '{}', 'task'
           from numbers",
    )
    .bind(particles)
    .bind(id.to_string())
    .execute(&store.pool)
    .await
    .unwrap();
    (profile, store, id)
}

#[rstest]
#[case(FEW, true)]
#[case(FEW + 1, false)]
#[tokio::test]
async fn only_few_are_searched_one_by_one(#[case] particles: u32, #[case] are_few: bool) {
    let (_profile, store, id) = crowd(particles).await;
    let filter = ParticleFilter {
        project: Some(Assignment::Project(id)),
        kinds: Kinds::All,
        search: Some("TASK".into()),
        ..ParticleFilter::default()
    };
    assert_eq!(store.few(&filter).await.unwrap().is_some(), are_few);
    assert_eq!(store.list_particles(&filter).await.unwrap().len(), 1000);
    let everywhere = ParticleFilter {
        project: None,
        ..filter.clone()
    };
    assert!(store.few(&everywhere).await.unwrap().is_none());
    let breaks = ParticleFilter {
        kinds: Kinds::Break,
        ..everywhere
    };
    assert!(store.few(&breaks).await.unwrap().is_some(), "half of them");
    let trash = filter.restorable(at(0));
    assert!(store.few(&trash).await.unwrap().is_some(), "none");
    assert_eq!(store.list_particles(&trash).await.unwrap(), []);
}
