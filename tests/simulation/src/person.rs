//! What people do to a device, and what they had seen when they did it.

use std::collections::BTreeMap;
use std::time::Duration;

use particle_core::change::Entity;
use particle_core::model::{
    Assignment, Brightness, Correction, IntentionId, IntentionText, Kind, Particle, ParticleId,
    ParticleLength, ParticleTime, Preset, Project, ProjectId, ProjectName, Setting, Task,
};
use particle_core::store::{IntentionEdit, ParticleFilter, ProjectEdit, Store, StoreError};
use serde_json::json;

use crate::chance::Chance;
use crate::device::Device;
use crate::server::POISON;

/// An edit of a text or a length, by which it is told whether an edit was lost that had seen another.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    pub(crate) id: String,
    /// What the person wrote; no two write the same.
    pub(crate) value: String,
    /// What stood there.
    pub(crate) saw: String,
}

/// How long a focus of a simulation can be.
const FOCUS_MINUTES_MAX: i32 = 50;
/// As long as a particle can be.
const MINUTES_MAX: i32 = 24 * 60;

/// What people did until now.
#[derive(Debug, Default)]
pub(crate) struct Deeds {
    written: u64,
    lengths: i32,
    pub(crate) particles: Vec<ParticleId>,
    pub(crate) edits: Vec<Edit>,
    /// How many seconds each focus took at first.
    pub(crate) began_with: BTreeMap<String, u32>,
}

impl Deeds {
    /// A length in minutes that nobody gave before, and none that a focus has by itself.
    fn length(&mut self) -> i32 {
        self.lengths += 1;
        FOCUS_MINUTES_MAX + self.lengths % (MINUTES_MAX - FOCUS_MINUTES_MAX)
    }

    fn text(&mut self) -> String {
        self.written += 1;
        format!("t{}", self.written)
    }

    fn edited(&mut self, id: &impl ToString, value: &str, saw: &str) {
        self.edits.push(Edit {
            id: id.to_string(),
            value: value.into(),
            saw: saw.into(),
        });
    }
}

/// Somebody does something on `device`. Says what.
pub(crate) async fn act(
    device: &mut Device,
    passed: Duration,
    chance: &mut Chance,
    deeds: &mut Deeds,
) -> String {
    let done = match chance.below(16) {
        0..=3 => focus(device, passed, deeds, chance).await,
        4..=6 => rename_particle(device, passed, deeds, chance).await,
        7 => change_length(device, passed, deeds, chance).await,
        8 => move_to_project(device, passed, chance).await,
        9 => delete_or_restore(device, passed, chance).await,
        10 => add_project(device, passed, deeds).await,
        11..=12 => change_project(device, passed, deeds, chance).await,
        13 => set_up(device, passed, chance).await,
        14 => intend(device, passed, deeds).await,
        _ => many_edits(device, passed, deeds, chance).await,
    };
    match done {
        Ok(what) => what,
        // What does not fit is told to the person, and nothing happens.
        Err(StoreError::Declined(why)) => format!("declined: {why}"),
        Err(StoreError::Invalid(why)) => format!("invalid: {why}"),
        Err(error) => panic!("a write failed: {error}"),
    }
}

type Done = Result<String, StoreError>;

async fn focus(device: &Device, passed: Duration, deeds: &mut Deeds, chance: &mut Chance) -> Done {
    let now = device.now(passed);
    let minutes = i64::from(FOCUS_MINUTES_MAX);
    let minutes = i64::try_from(chance.number()).map_or(1, |drawn| drawn % minutes + 1);
    let seconds = u32::try_from(minutes * 60).expect("small");
    let task = if chance.once_in(25) {
        POISON.into()
    } else {
        deeds.text()
    };
    let particle = Particle {
        id: ParticleId::new(now, &device.randomness),
        kind: Kind::Focus,
        task: Task::new(&task)?,
        project_id: None,
        time: ParticleTime {
            started_at: now - chrono::TimeDelta::minutes(minutes),
            ended_at: now,
            planned_seconds: seconds,
            duration_seconds: seconds,
            overflow_seconds: 0,
            utc_offset_minutes: 60,
        },
        preset: Preset::Classic,
        deleted: false,
    };
    deeds.particles.push(particle.id);
    deeds.began_with.insert(particle.id.to_string(), seconds);
    device.store.record_particle(particle.clone(), now).await?;
    Ok(format!("focus {} {task}", particle.id))
}

async fn some_particle(store: &Store, chance: &mut Chance) -> Result<Option<Particle>, StoreError> {
    let kept = store.list_particles(&ParticleFilter::default()).await?;
    Ok(chance.pick(&kept).cloned())
}

async fn rename_particle(
    device: &Device,
    passed: Duration,
    deeds: &mut Deeds,
    chance: &mut Chance,
) -> Done {
    let Some(particle) = some_particle(&device.store, chance).await? else {
        return Ok("nothing to name".into());
    };
    write_task(device, passed, &particle, deeds).await
}

/// Writes another task on a particle.
pub(crate) async fn write_task(
    device: &Device,
    passed: Duration,
    particle: &Particle,
    deeds: &mut Deeds,
) -> Done {
    let task = deeds.text();
    let correction = Correction {
        task: Some(Task::new(&task)?),
        ..Correction::default()
    };
    let now = device.now(passed);
    device
        .store
        .correct_particle(particle.id, &correction, now)
        .await?;
    deeds.edited(&particle.id, &task, particle.task.as_str());
    Ok(format!("task {} {} → {task}", particle.id, particle.task))
}

async fn many_edits(
    device: &Device,
    passed: Duration,
    deeds: &mut Deeds,
    chance: &mut Chance,
) -> Done {
    for _ in 0..5 {
        rename_particle(device, passed, deeds, chance).await?;
    }
    Ok("five names".into())
}

async fn change_length(
    device: &Device,
    passed: Duration,
    deeds: &mut Deeds,
    chance: &mut Chance,
) -> Done {
    let Some(particle) = some_particle(&device.store, chance).await? else {
        return Ok("nothing to correct".into());
    };
    let minutes = deeds.length();
    let correction = Correction {
        length: Some(ParticleLength::minutes(minutes)?),
        ..Correction::default()
    };
    let now = device.now(passed);
    device
        .store
        .correct_particle(particle.id, &correction, now)
        .await?;
    let saw = particle.time.duration_seconds.to_string();
    deeds.edited(&particle.id, &(minutes * 60).to_string(), &saw);
    Ok(format!("length {} {minutes}", particle.id))
}

async fn move_to_project(device: &Device, passed: Duration, chance: &mut Chance) -> Done {
    let Some(particle) = some_particle(&device.store, chance).await? else {
        return Ok("nothing to move".into());
    };
    let projects = device.store.list_projects().await?;
    let project = chance.pick(&projects).map(|project| project.id);
    let correction = Correction {
        project: Some(project.map_or(Assignment::Nothing, Assignment::Project)),
        ..Correction::default()
    };
    let now = device.now(passed);
    device
        .store
        .correct_particle(particle.id, &correction, now)
        .await?;
    Ok(format!("project of {}: {project:?}", particle.id))
}

async fn delete_or_restore(device: &Device, passed: Duration, chance: &mut Chance) -> Done {
    let now = device.now(passed);
    if chance.once_in(2) {
        let deleted = ParticleFilter::default().restorable(now);
        let deleted = device.store.list_particles(&deleted).await?;
        if let Some(particle) = chance.pick(&deleted) {
            device.store.restore_particle(particle.id, now).await?;
            return Ok(format!("restore {}", particle.id));
        }
    }
    let Some(particle) = some_particle(&device.store, chance).await? else {
        return Ok("nothing to delete".into());
    };
    device.store.delete_particle(particle.id, now).await?;
    Ok(format!("delete {}", particle.id))
}

async fn add_project(device: &Device, passed: Duration, deeds: &mut Deeds) -> Done {
    let now = device.now(passed);
    let name = deeds.text();
    let project = Project {
        id: ProjectId::new(now, &device.randomness),
        name: ProjectName::new(&name)?,
        brightness: Brightness::FULL,
        archived: false,
        deleted: false,
    };
    device.store.add_project(&project, now).await?;
    Ok(format!("project {} {name}", project.id))
}

async fn change_project(
    device: &Device,
    passed: Duration,
    deeds: &mut Deeds,
    chance: &mut Chance,
) -> Done {
    let now = device.now(passed);
    let projects = device.store.list_projects().await?;
    let Some(project) = chance.pick(&projects) else {
        return Ok("no project".into());
    };
    let edit = match chance.below(4) {
        0 => ProjectEdit::SetArchived(!project.archived),
        1 => ProjectEdit::Delete,
        _ => {
            let name = deeds.text();
            deeds.edited(&project.id, &name, project.name.as_str());
            ProjectEdit::Rename(ProjectName::new(&name)?)
        }
    };
    let what = format!("{} {edit:?}", project.id);
    device.store.edit_project(project.id, edit, now).await?;
    Ok(what)
}

async fn set_up(device: &Device, passed: Duration, chance: &mut Chance) -> Done {
    let now = device.now(passed);
    let keys = ["overflow", "daily_goal", "later.than.this"];
    let key = *chance.pick(&keys).expect("a key");
    let id = key.parse()?;
    if chance.once_in(4) {
        device.store.reset_setting(id, now).await?;
        return Ok(format!("{key} as before"));
    }
    let value = json!(chance.below(9) + 1);
    let setting = Setting {
        id,
        value: value.clone(),
        deleted: false,
    };
    device.store.set_setting(setting, now).await?;
    Ok(format!("{key} {value}"))
}

async fn intend(device: &Device, passed: Duration, deeds: &mut Deeds) -> Done {
    let now = device.now(passed);
    let day = IntentionId::new(now.date_naive())?;
    let text = deeds.text();
    let edit = IntentionEdit {
        text: Some(IntentionText::new(&text)?),
        ..IntentionEdit::default()
    };
    let before = device.store.intention(day).await.ok();
    device.store.edit_intention(day, &edit, now).await?;
    if let Some(before) = before {
        deeds.edited(&day, &text, before.text.as_str());
    }
    Ok(format!("intention {day} {text}"))
}

/// Corrects whatever a server refused.
pub(crate) async fn mend(device: &Device, passed: Duration, deeds: &mut Deeds) -> usize {
    let waiting = device.store.list_waiting().await.expect("a list");
    let refused = waiting.iter().filter(|waiting| waiting.refusal.is_some());
    let mut mended = 0;
    for row in refused.filter(|row| row.entity == Entity::Particle) {
        let now = device.now(passed);
        let id: ParticleId = row.id.parse().expect("an id");
        let kept = device
            .store
            .list_particles(&ParticleFilter::default())
            .await;
        let deleted = ParticleFilter::default().restorable(now);
        let deleted = device.store.list_particles(&deleted).await.expect("a list");
        if deleted.iter().any(|particle| particle.id == id) {
            device
                .store
                .restore_particle(id, now)
                .await
                .expect("restored");
        }
        let kept = kept.expect("a list").into_iter().chain(deleted);
        let particle = kept.into_iter().find(|particle| particle.id == id);
        let particle = particle.expect("what waits is kept");
        write_task(device, passed, &particle, deeds)
            .await
            .expect("mended");
        mended += 1;
    }
    mended
}
