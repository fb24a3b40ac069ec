//! Statistics beside a sum that is as naive as can be, over many more particles than a person has.

use chrono::{Datelike, Duration, FixedOffset, NaiveDate};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::model::{Brightness, DayBoundary, Days, Project, ProjectName};
use crate::statistics::{Statistics, Tally};

const PARTICLES: usize = 100_000;
/// Some of them last long, so that there is always something that overlaps.
const DAYS: i64 = 3650;
/// How many stretches of days are compared, most of them short.
const QUERIES: usize = 300;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// A particle as the naive sum has it.
#[derive(Debug, Clone)]
struct Row {
    particle: Particle,
    /// What it lasts, as the naive sum understands the rules.
    lasts: i64,
}

impl Row {
    fn start(&self) -> i64 {
        self.particle.time.started_at.timestamp_millis()
    }

    fn spent(&self) -> i64 {
        i64::from(self.particle.time.duration_seconds)
    }

    /// Whole seconds spent after `millis` of it.
    fn spent_after(&self, millis: i64) -> i64 {
        millis * self.spent() / self.lasts
    }

    fn day_at(&self, millis: i64, boundary: DayBoundary) -> NaiveDate {
        let wall = FixedOffset::east_opt(self.particle.time.utc_offset_minutes * 60).unwrap();
        let at = DateTime::from_timestamp_millis(millis).unwrap();
        let night = Duration::minutes(boundary.as_minutes().into());
        (at - night).with_timezone(&wall).date_naive()
    }

    fn is_focus(&self) -> bool {
        self.particle.kind == Kind::Focus
    }
}

fn any_row(rng: &mut StdRng, projects: &[ProjectId]) -> Row {
    let start = 1_700_000_000_000 + rng.random_range(0..DAYS * 24 * HOUR);
    let spent: i64 = match rng.random_range(0..10) {
        0 => rng.random_range(0..=86_400),
        1 => 0,
        _ => rng.random_range(60..7200),
    };
    let span = match rng.random_range(0..10) {
        0 => rng.random_range(0..=spent * 1000), // from elsewhere
        1 => rng.random_range(0..4 * 24 * HOUR),
        2 => spent * 1000 + rng.random_range(0..HOUR),
        _ => spent * 1000,
    };
    let offset = match rng.random_range(0..4) {
        0 => rng.random_range(-1080..=1080),
        1 => 60,
        _ => 120,
    };
    let is_possible = span >= spent * 1000 && span <= 48 * HOUR;
    let mut particle = particle(rng.random(), "Task");
    particle.kind =
        [Kind::Focus, Kind::Focus, Kind::ShortBreak, Kind::LongBreak][rng.random_range(0..4)];
    particle.project_id = projects
        .get(rng.random_range(0..projects.len() + 1))
        .copied();
    particle.deleted = rng.random_range(0..10) == 0;
    particle.time = ParticleTime {
        started_at: DateTime::from_timestamp_millis(start).unwrap(),
        ended_at: DateTime::from_timestamp_millis(start + span).unwrap(),
        planned_seconds: rng.random_range(0..7200),
        duration_seconds: u32::try_from(spent).unwrap(),
        overflow_seconds: 0,
        utc_offset_minutes: offset,
    };
    Row {
        particle,
        lasts: if is_possible { span } else { spent * 1000 },
    }
}

/// Everything that `days` saw: every moment at which anything changes is a border, and between two of
/// them all rows are looked through.
fn naive(rows: &[Row], days: Days, boundary: DayBoundary, kept: &[ProjectId]) -> Sums {
    let mut sums = Sums::default();
    let far = Duration::days(4);
    let begin = boundary.begin(days.from.unwrap()).and_utc() - far;
    let end = boundary.end(days.to.unwrap()).and_utc() + far;
    let near = rows.iter().filter(|row| {
        !row.particle.deleted
            && row.particle.time.started_at >= begin
            && row.particle.time.started_at <= end
    });
    let near: Vec<_> = near.collect();
    let project = |row: &Row| row.particle.project_id.filter(|id| kept.contains(id));
    for row in near.iter().filter(|row| row.is_focus()) {
        let day = row.day_at(row.start(), boundary);
        if days.contains(day) {
            sums.days.entry(day).or_default().particles += 1;
            sums.projects.entry(project(row)).or_default().0 += 1;
        }
    }
    for is_focus in [true, false] {
        let alike = near
            .iter()
            .filter(|row| row.is_focus() == is_focus && row.spent() > 0);
        let alike: Vec<_> = alike.copied().collect();
        let mut borders: Vec<i64> = Vec::new();
        for row in &alike {
            let first = row.start() + i64::from(row.particle.time.utc_offset_minutes) * MINUTE
                - i64::from(boundary.as_minutes()) * MINUTE;
            let midnight = row.start() - first.rem_euclid(24 * HOUR);
            let midnights = (1..=3).map(|n| midnight + n * 24 * HOUR);
            let last = row.start() + row.lasts;
            borders.extend([row.start(), last]);
            borders.extend(midnights.filter(|at| *at < last));
        }
        borders.sort_unstable();
        borders.dedup();
        for pair in borders.windows(2) {
            let over = |row: &&&Row| row.start() <= pair[0] && pair[1] <= row.start() + row.lasts;
            let denser = |a: &&&Row, b: &&&Row| {
                let (a, b) = (**a, **b);
                (a.spent() * b.lasts)
                    .cmp(&(b.spent() * a.lasts))
                    .then(b.start().cmp(&a.start()))
                    .then(b.particle.id.to_string().cmp(&a.particle.id.to_string()))
            };
            let Some(row) = alike.iter().filter(over).max_by(denser) else {
                continue;
            };
            let day = row.day_at(pair[0], boundary);
            let seconds =
                row.spent_after(pair[1] - row.start()) - row.spent_after(pair[0] - row.start());
            let seconds = u32::try_from(seconds).unwrap();
            if !days.contains(day) || seconds == 0 {
                continue;
            }
            let tally = sums.days.entry(day).or_default();
            if is_focus {
                tally.focus_seconds += seconds;
                sums.projects.entry(project(row)).or_default().1 += seconds;
            } else {
                tally.break_seconds += seconds;
            }
        }
    }
    sums
}

#[derive(Debug, Default, PartialEq)]
struct Sums {
    days: std::collections::BTreeMap<NaiveDate, Tally>,
    projects: std::collections::BTreeMap<Option<ProjectId>, (u32, u32)>,
}

impl From<&Statistics> for Sums {
    fn from(found: &Statistics) -> Self {
        let projects = found.projects.iter();
        Self {
            days: found.days.iter().map(|day| (day.day, day.tally)).collect(),
            projects: projects
                .map(|p| (p.project_id, (p.particles, p.focus_seconds)))
                .collect(),
        }
    }
}

/// As a merge leaves it: a row that is deleted has a newer stamp there.
async fn keep(profile: &Profile, rows: &[Row]) {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let mut json = serde_json::to_value(&row.particle).unwrap();
            json["start"] = row.start().into();
            json["end"] = row.particle.time.ended_at.timestamp_millis().into();
            json
        })
        .collect();
    let mut sql = profile.sql().await;
    sqlx::query(
        r#"insert into particles (id, kind, started_at, ended_at, planned_seconds, duration_seconds, overflow_seconds,
                                  utc_offset_minutes, task, project_id, preset, deleted, stamps, task_folded)
           select value ->> 'id', value ->> 'kind', value ->> 'start', value ->> 'end', value ->> 'planned_seconds',
                  value ->> 'duration_seconds', 0, value ->> 'utc_offset_minutes', 'Task', value ->> 'project_id', 'classic',
                  value ->> 'deleted', '{"kind":"018e00000000000000000001","deleted":"018e00000000000000000002"}', 'task'
             from json_each(?)"#,
    )
    .bind(serde_json::to_string(&rows).unwrap())
    .execute(&mut sql)
    .await
    .unwrap();
}

#[tokio::test]
async fn statistics_of_100_000_particles_equal_a_naive_sum() {
    let mut rng = StdRng::seed_from_u64(20);
    let profile = Profile::new();
    let store = profile.open().await.store;
    let mut projects = Vec::new();
    for seed in 0..4 {
        let project = Project {
            id: ProjectId::new(at(0), &Randomness::seeded(seed)),
            name: ProjectName::new("Book").unwrap(),
            brightness: Brightness::FULL,
            archived: false,
            deleted: false,
        };
        projects.push(project.id);
        if seed < 3 {
            store.add_project(&project, at(0)).await.unwrap(); // the last one has not arrived
        }
    }
    let deleted = store.edit_project(projects[2], ProjectEdit::Delete, at(0));
    assert!(deleted.await.unwrap().has_changed);
    let rows: Vec<_> = (0..PARTICLES)
        .map(|_| any_row(&mut rng, &projects))
        .collect();
    keep(&profile, &rows).await;

    for query in 0..QUERIES {
        let boundary = DayBoundary::minutes(rng.random_range(0..=360)).unwrap();
        let first = NaiveDate::from_ymd_opt(2023, 11, 10).unwrap();
        let from = first + Duration::days(rng.random_range(0..DAYS));
        let more = if query % 100 == 0 {
            365
        } else {
            rng.random_range(0..3)
        };
        let days = Days {
            from: Some(from),
            to: Some(from + Duration::days(more)),
        };
        let found = store.statistics(days, boundary).await.unwrap();
        let expected = naive(&rows, days, boundary, &projects[..2]);
        assert_eq!(Sums::from(&found), expected, "{days:?}, {boundary:?}");
        assert_consistent(&found);
        if more == 0 {
            assert_eq!(store.total(from, boundary).await.unwrap(), found.total);
        }
    }
}

/// What a person sees adds up, and a day has no more seconds than a day can have on walls that differ.
fn assert_consistent(found: &Statistics) {
    let total = found.days.iter().fold(Tally::default(), |sum, day| Tally {
        particles: sum.particles + day.tally.particles,
        focus_seconds: sum.focus_seconds + day.tally.focus_seconds,
        break_seconds: sum.break_seconds + day.tally.break_seconds,
    });
    assert_eq!(found.total, total);
    let of_projects: u32 = found.projects.iter().map(|p| p.focus_seconds).sum();
    assert_eq!(of_projects, total.focus_seconds);
    let most = (24 + 36) * 3600;
    assert!(found.days.iter().all(|day| day.tally.focus_seconds <= most));
}

/// A store with particles of minutes on the afternoon of 2027-01-15, told as (start, minutes).
async fn afternoon(stretches: &[(i64, i64)]) -> Statistics {
    let profile = Profile::new();
    let store = profile.open().await.store;
    for (seed, (start, minutes)) in (1..).zip(stretches) {
        let mut particle = particle(seed, "Task");
        particle.time.started_at = at(start * 60);
        particle.time.ended_at = at((start + minutes) * 60);
        particle.time.duration_seconds = u32::try_from(minutes * 60).unwrap();
        store.record_particle(particle, at(0)).await.unwrap();
    }
    let statistics = store.statistics(Days::year(2027).unwrap(), DayBoundary::DEFAULT);
    statistics.await.unwrap()
}

#[rstest]
#[case::apart(&[(0, 30), (60, 30)], 60)]
#[case::one_after_the_other(&[(0, 30), (30, 30)], 60)]
#[case::the_same(&[(0, 30), (0, 30)], 30)]
#[case::half_of_it(&[(0, 30), (15, 30)], 45)]
#[case::one_inside(&[(0, 90), (30, 10)], 90)]
#[case::three(&[(0, 30), (10, 30), (20, 30)], 50)]
#[tokio::test]
async fn no_minute_is_counted_twice(#[case] stretches: &[(i64, i64)], #[case] minutes: u32) {
    let found = afternoon(stretches).await;
    assert_eq!(found.total.focus_seconds, minutes * 60);
    assert_eq!(found.total.particles as usize, stretches.len());
    assert_consistent(&found);
}

#[rstest]
#[case(4, None)]
#[case(5, Some((1500, 600)))]
#[tokio::test]
async fn a_rhythm_shows_itself_from_five_focuses_on(
    #[case] focuses: i64,
    #[case] rhythm: Option<(u32, u32)>,
) {
    let stretches: Vec<_> = (0..focuses).map(|n| (n * 60, 10)).collect();
    let found = afternoon(&stretches).await.rhythm;
    let found = found.map(|rhythm| (rhythm.planned_seconds, rhythm.spent_seconds));
    assert_eq!(found, rhythm);
}

/// 03:30 to 04:45 on the wall, and 15 minutes of pause in it.
#[tokio::test]
async fn a_focus_that_crosses_the_boundary_is_split_by_what_was_spent() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let mut particle = particle(1, "Late");
    particle.time.started_at = "2027-03-28T02:30:00Z".parse().unwrap();
    particle.time.ended_at = particle.time.started_at + Duration::minutes(75);
    particle.time.duration_seconds = 3600;
    store.record_particle(particle, at(0)).await.unwrap();
    let days = Days::year(2027).unwrap();
    let found = store.statistics(days, DayBoundary::DEFAULT).await.unwrap();
    let told = found
        .days
        .iter()
        .map(|d| (d.day.day(), d.tally.particles, d.tally.focus_seconds));
    assert!(told.eq([(27, 1, 1440), (28, 0, 2160)]), "{:?}", found.days);
}

/// The one that a list of projects would no longer hold.
#[tokio::test]
async fn a_project_beyond_the_longest_list_keeps_its_time_and_its_name() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    sqlx::query(
        "with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n < ?)
         insert into projects (id, name, brightness, archived, deleted, stamps)
         select format(?, n), format('%06d', n), 1.0, 0, 0, '{}' from numbers",
    )
    .bind(PROJECTS_MAX)
    .bind("0199a1b2-c3d4-7e5f-8a6b-%012d")
    .execute(&store.pool)
    .await
    .unwrap();
    let listed = store.list_projects().await.unwrap();
    assert_eq!(listed.len(), PROJECTS_MAX as usize, "one is too many");
    let last = format!("0199a1b2-c3d4-7e5f-8a6b-{PROJECTS_MAX:012}");
    let mut particle = particle(1, "Task");
    particle.project_id = last.parse().ok();
    store
        .record_particle(particle.clone(), at(0))
        .await
        .unwrap();
    let found = store.statistics(Days::default(), DayBoundary::DEFAULT);
    let of_projects = found.await.unwrap().projects;
    let name = of_projects[0].name.as_ref().unwrap();
    assert_eq!(
        (of_projects[0].project_id, name.as_str()),
        (particle.project_id, "010000")
    );
}
