//! Any sequence of additions, edits, deletions and restores, beside a model that is as small as can be.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::{Kept, Synced};
use super::*;
use crate::change::ProjectField;
use crate::model::{Assignment, Brightness, Correction, ParticleLength, Project, ProjectName};

/// So many particles, and so many projects.
const ROWS: usize = 2;

#[derive(Debug, Clone)]
enum Op {
    AddParticle(usize),
    Correct(usize, Correction),
    SetProject(usize, Option<usize>),
    DeleteParticle(usize),
    RestoreParticle(usize),
    AddProject(usize),
    Edit(usize, ProjectEdit),
    /// The clock is `hours` further, or set back.
    Pass(i64),
    /// A server answered for everything.
    Acknowledge,
}

fn op() -> impl Strategy<Value = Op> {
    let row = || 0..ROWS;
    let edit = prop_oneof![
        (0..3u8).prop_map(|n| ProjectEdit::Rename(ProjectName::new(&format!("Name {n}")).unwrap())),
        (0..3u8).prop_map(|n| {
            ProjectEdit::SetBrightness(Brightness::new(0.3 + f64::from(n) / 10.0).unwrap())
        }),
        (0..3u8, 0..3u8).prop_map(|(name, grey)| {
            let name = ProjectName::new(&format!("Name {name}")).unwrap();
            let grey = Brightness::new(0.3 + f64::from(grey) / 10.0).unwrap();
            ProjectEdit::Dress(Some(name), Some(grey))
        }),
        any::<bool>().prop_map(ProjectEdit::SetArchived),
        Just(ProjectEdit::Delete),
        Just(ProjectEdit::Restore),
    ];
    prop_oneof![
        2 => row().prop_map(Op::AddParticle),
        3 => (row(), correction()).prop_map(|(row, correction)| Op::Correct(row, correction)),
        2 => (row(), prop::option::of(row())).prop_map(|(row, p)| Op::SetProject(row, p)),
        2 => row().prop_map(Op::DeleteParticle),
        2 => row().prop_map(Op::RestoreParticle),
        2 => row().prop_map(Op::AddProject),
        6 => (row(), edit).prop_map(|(row, edit)| Op::Edit(row, edit)),
        1 => (-50..1000i64).prop_map(Op::Pass),
        1 => Just(Op::Acknowledge),
    ]
}

fn correction() -> impl Strategy<Value = Correction> {
    let task = (0..3u8).prop_map(|n| Task::new(&format!("Task {n}")).unwrap());
    let length = (1..60i32).prop_map(|minutes| ParticleLength::minutes(minutes).unwrap());
    let start = (-9..2i64).prop_map(|minutes| at(60 * minutes));
    let parts = (
        prop::option::of(task),
        prop::option::of(start),
        prop::option::of(length),
    );
    parts.prop_map(|(task, started_at, length)| Correction {
        task,
        started_at,
        length,
        project: None,
    })
}

/// A row as it should be kept.
#[derive(Debug, Clone)]
struct Expected<R: Synced> {
    row: R,
    stamps: BTreeMap<R::Field, Stamp>,
    waiting: BTreeSet<R::Field>,
}

struct World {
    store: Store,
    seed: u64,
    now: DateTime<Utc>,
    /// The greatest stamp that was ever given.
    newest: Stamp,
    particles: [Option<Expected<Particle>>; ROWS],
    projects: [Option<Expected<Project>>; ROWS],
}

/// What an operation does to a row: nothing, or these fields of it.
type Changed<R> = Option<(R, Vec<<R as Synced>::Field>)>;

impl World {
    fn particle(&self, at: usize) -> Particle {
        particle(self.seed + at as u64, "Task 0")
    }

    fn project(&self, at: usize) -> Project {
        Project {
            id: self.project_id(at),
            name: ProjectName::new("Name 0").unwrap(),
            brightness: Brightness::FULL,
            archived: false,
            deleted: false,
        }
    }

    fn project_id(&self, at: usize) -> ProjectId {
        ProjectId::new(super::at(0), &Randomness::seeded(self.seed + at as u64))
    }

    async fn run(&mut self, op: &Op) {
        let now = self.now;
        match op {
            Op::Pass(hours) => self.now += chrono::Duration::hours(*hours),
            Op::Acknowledge => self.acknowledge().await,
            Op::AddParticle(at) => {
                let new = self.particle(*at);
                self.store.record_particle(new.clone(), now).await.unwrap();
                let is_new = self.particles[*at].is_none();
                let changed = is_new.then(|| (new, ParticleField::ALL.to_vec()));
                self.check_particle(*at, changed).await;
            }
            Op::AddProject(at) => {
                let new = self.project(*at);
                self.store.add_project(&new, now).await.unwrap();
                let is_new = self.projects[*at].is_none();
                let changed = is_new.then(|| (new, ProjectField::ALL.to_vec()));
                self.check_project(*at, changed).await;
            }
            Op::Correct(at, correction) => self.correct(*at, correction.clone()).await,
            Op::SetProject(at, project) => {
                let project = project.map(|at| Assignment::Project(self.project_id(at)));
                let project = Some(project.unwrap_or(Assignment::Nothing));
                let correction = Correction {
                    project,
                    ..Correction::default()
                };
                self.correct(*at, correction).await;
            }
            Op::DeleteParticle(at) => {
                let done = self.store.delete_particle(self.particle(*at).id, now).await;
                let changed = deleted(self.particles[*at].as_ref());
                assert_eq!(
                    done.is_ok_and(|edited| edited.has_changed),
                    changed.is_some()
                );
                self.check_particle(*at, changed).await;
            }
            Op::RestoreParticle(at) => {
                let done = self
                    .store
                    .restore_particle(self.particle(*at).id, now)
                    .await;
                let changed = restored(self.particles[*at].as_ref(), now);
                assert_eq!(
                    done.is_ok_and(|edited| edited.has_changed),
                    changed.is_some()
                );
                self.check_particle(*at, changed).await;
            }
            Op::Edit(at, edit) => {
                let changed = edited_project(self.projects[*at].as_ref(), edit, now);
                let id = self.project_id(*at);
                let done = self.store.edit_project(id, edit.clone(), now).await;
                assert_eq!(
                    done.is_ok_and(|edited| edited.has_changed),
                    changed.is_some()
                );
                self.check_project(*at, changed).await;
            }
        }
    }

    async fn correct(&mut self, at: usize, correction: Correction) {
        let id = self.particle(at).id;
        let changed = corrected(self.particles[at].as_ref(), &correction, self.now);
        let done = self.store.correct_particle(id, &correction, self.now).await;
        assert_eq!(
            done.is_ok_and(|edited| edited.has_changed),
            changed.is_some()
        );
        self.check_particle(at, changed).await;
    }

    async fn acknowledge(&mut self) {
        sqlx::query("delete from outbox")
            .execute(&self.store.pool)
            .await
            .unwrap();
        self.particles
            .iter_mut()
            .flatten()
            .for_each(|row| row.waiting.clear());
        self.projects
            .iter_mut()
            .flatten()
            .for_each(|row| row.waiting.clear());
    }

    /// No row waits but those that should.
    async fn check_outbox(&self) {
        let particles = self
            .particles
            .iter()
            .flatten()
            .filter(|row| !row.waiting.is_empty());
        let projects = self
            .projects
            .iter()
            .flatten()
            .filter(|row| !row.waiting.is_empty());
        let waiting: i64 = sqlx::query_scalar("select count(*) from outbox")
            .fetch_one(&self.store.pool)
            .await
            .unwrap();
        assert_eq!(
            usize::try_from(waiting),
            Ok(particles.count() + projects.count())
        );
    }

    async fn check_particle(&mut self, at: usize, changed: Changed<Particle>) {
        let expected = self.particles[at].take();
        let id = self.particle(at).id;
        self.particles[at] = self.check(id, expected, changed).await;
    }

    async fn check_project(&mut self, at: usize, changed: Changed<Project>) {
        let expected = self.projects[at].take();
        self.projects[at] = self.check(self.project_id(at), expected, changed).await;
    }

    /// The row is as expected; exactly the changed fields have a newer stamp and wait for a server.
    async fn check<R: Synced + PartialEq + std::fmt::Debug>(
        &mut self,
        id: R::Id,
        before: Option<Expected<R>>,
        changed: Changed<R>,
    ) -> Option<Expected<R>>
    where
        R::Field: std::fmt::Debug,
    {
        let mut write = self.store.begin(self.now).await.unwrap();
        let found: Option<Kept<R>> = write.find(id.clone()).await.unwrap();
        write.abandon().await.unwrap();
        let (row, fields) = match (&before, changed) {
            (_, Some(changed)) => changed,
            (Some(before), None) => (before.row.clone(), Vec::new()),
            (None, None) => {
                assert!(found.is_none(), "what was never added is not there");
                return None;
            }
        };
        let found = found.expect("it was added");
        assert_eq!(found.row, row);
        let mut waiting = before
            .as_ref()
            .map(|b| b.waiting.clone())
            .unwrap_or_default();
        waiting.extend(&fields);
        for (field, stamp) in &found.stamps {
            match before.as_ref().filter(|_| !fields.contains(field)) {
                Some(before) => assert_eq!(stamp, &before.stamps[field], "{field:?} stays"),
                None => assert!(*stamp > self.newest, "{field:?} has a stamp newer than all"),
            }
        }
        assert_eq!(found.stamps.len(), R::Field::ALL.len());
        self.newest = found
            .stamps
            .values()
            .copied()
            .max()
            .unwrap()
            .max(self.newest);
        assert_eq!(
            self.waiting::<R>(id).await,
            waiting,
            "what waits for a server"
        );
        Some(Expected {
            row,
            stamps: found.stamps,
            waiting,
        })
    }

    async fn waiting<R: Synced>(&self, id: R::Id) -> BTreeSet<R::Field> {
        let marked: Option<String> =
            sqlx::query_scalar("select fields from outbox where row_id = ? and entity = ?")
                .bind(id.to_string())
                .bind(R::Field::ENTITY.as_str())
                .fetch_optional(&self.store.pool)
                .await
                .unwrap();
        marked
            .map(|json| serde_json::from_str(&json).unwrap())
            .unwrap_or_default()
    }
}

fn corrected(
    before: Option<&Expected<Particle>>,
    correction: &Correction,
    now: DateTime<Utc>,
) -> Changed<Particle> {
    let before = &before.filter(|before| !before.row.deleted)?.row;
    let after = correction.apply(before, now).ok()?;
    let mut fields = Vec::new();
    if after.task != before.task {
        fields.push(ParticleField::Task);
    }
    if after.time != before.time {
        fields.push(ParticleField::Time);
    }
    if after.project_id != before.project_id {
        fields.push(ParticleField::ProjectId);
    }
    (!fields.is_empty()).then_some((after, fields))
}

fn edited_project(
    before: Option<&Expected<Project>>,
    edit: &ProjectEdit,
    now: DateTime<Utc>,
) -> Changed<Project> {
    let mut after = before?.row.clone();
    match edit {
        ProjectEdit::Delete => return deleted(before),
        ProjectEdit::Restore => return restored(before, now),
        _ if after.deleted => return None,
        ProjectEdit::Rename(name) => after.name = name.clone(),
        ProjectEdit::SetBrightness(grey) => after.brightness = *grey,
        ProjectEdit::Dress(name, grey) => {
            after.name = name.clone().unwrap_or(after.name);
            after.brightness = grey.unwrap_or(after.brightness);
        }
        ProjectEdit::SetArchived(archived) => after.archived = *archived,
    }
    let before = &before?.row;
    let mut fields = Vec::new();
    if after.name != before.name {
        fields.push(ProjectField::Name);
    }
    if after.brightness != before.brightness {
        fields.push(ProjectField::Brightness);
    }
    if after.archived != before.archived {
        fields.push(ProjectField::Archived);
    }
    (!fields.is_empty()).then_some((after, fields))
}

fn deleted<R: Synced>(before: Option<&Expected<R>>) -> Changed<R> {
    let row = &before?.row;
    (!row.is_deleted()).then(|| (row.with_deleted(true), vec![R::Field::DELETED]))
}

fn restored<R: Synced>(before: Option<&Expected<R>>, now: DateTime<Utc>) -> Changed<R> {
    let before = before.filter(|before| before.row.is_deleted())?;
    let deleted_at = before.stamps[&R::Field::DELETED].moment();
    let is_recent = now - deleted_at <= chrono::Duration::days(30);
    is_recent.then(|| (before.row.with_deleted(false), vec![R::Field::DELETED]))
}

#[test]
fn any_history_leaves_the_values_the_stamps_and_the_marks_that_it_should() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let profile = Profile::new();
    let store = runtime.block_on(profile.open()).store;
    let config = ProptestConfig::with_cases(96);
    proptest!(config, |(seed in any::<u32>(), ops in prop::collection::vec(op(), 1..60))| {
        runtime.block_on(async {
            // The clock of the case before may be years ahead.
            sqlx::query("update logical_clock set last_stamp = ?")
                .bind(Stamp::ZERO.to_string())
                .execute(&store.pool)
                .await
                .unwrap();
            let mut world = World {
                store: store.clone(),
                // Rows of their own.
                seed: u64::from(seed) << 8,
                now: at(i64::from(seed % 1000)),
                newest: Stamp::ZERO,
                particles: [None, None],
                projects: [None, None],
            };
            sqlx::query("delete from particles").execute(&store.pool).await.unwrap();
            sqlx::query("delete from projects").execute(&store.pool).await.unwrap();
            world.acknowledge().await;
            for op in &ops {
                world.run(op).await;
                world.check_outbox().await;
            }
        });
    });
}
