//! The rows of each entity as they travel.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Travels;
use crate::change::{IntentionField, ParticleField, ProjectField, SettingField};
use crate::model::{
    Brightness, Intention, IntentionStatus, IntentionText, Kind, Particle, ParticleTime, Preset,
    Project, ProjectId, ProjectName, Setting, Task,
};

/// The fields of a particle.
#[derive(Debug, Serialize, Deserialize)]
pub struct ParticleWire {
    kind: Kind,
    time: TimeWire,
    task: Task,
    project_id: Option<ProjectId>,
    preset: Preset,
    deleted: bool,
}

/// Moments in milliseconds of Unix time.
#[derive(Debug, Serialize, Deserialize)]
struct TimeWire {
    started_at: i64,
    ended_at: i64,
    planned_seconds: u32,
    duration_seconds: u32,
    overflow_seconds: u32,
    utc_offset_minutes: i32,
}

/// The fields of a project.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProjectWire {
    name: ProjectName,
    brightness: Brightness,
    archived: bool,
    deleted: bool,
}

/// The fields of an intention.
#[derive(Debug, Serialize, Deserialize)]
pub struct IntentionWire {
    text: IntentionText,
    status: IntentionStatus,
    project_id: Option<ProjectId>,
    deleted: bool,
}

/// The fields of a setting.
#[derive(Debug, Serialize, Deserialize)]
pub struct SettingWire {
    value: Value,
    deleted: bool,
}

impl Travels for Particle {
    type Field = ParticleField;
    type Wire = ParticleWire;

    fn to_wire(&self) -> ParticleWire {
        let time = &self.time;
        ParticleWire {
            kind: self.kind,
            time: TimeWire {
                started_at: time.started_at.timestamp_millis(),
                ended_at: time.ended_at.timestamp_millis(),
                planned_seconds: time.planned_seconds,
                duration_seconds: time.duration_seconds,
                overflow_seconds: time.overflow_seconds,
                utc_offset_minutes: time.utc_offset_minutes,
            },
            task: self.task.clone(),
            project_id: self.project_id,
            preset: self.preset,
            deleted: self.deleted,
        }
    }

    fn from_wire(id: &str, wire: ParticleWire) -> Result<Self, String> {
        let moment = |millis| {
            DateTime::<Utc>::from_timestamp_millis(millis)
                .ok_or("its time is beyond every calendar")
        };
        let time = ParticleTime {
            started_at: moment(wire.time.started_at)?,
            ended_at: moment(wire.time.ended_at)?,
            planned_seconds: wire.time.planned_seconds,
            duration_seconds: wire.time.duration_seconds,
            overflow_seconds: wire.time.overflow_seconds,
            utc_offset_minutes: wire.time.utc_offset_minutes,
        };
        time.check().map_err(|error| error.to_string())?;
        Ok(Self {
            id: id.parse().map_err(|error| format!("{error}"))?,
            kind: wire.kind,
            task: wire.task,
            project_id: wire.project_id,
            time,
            preset: wire.preset,
            deleted: wire.deleted,
        })
    }
}

impl Travels for Project {
    type Field = ProjectField;
    type Wire = ProjectWire;

    fn to_wire(&self) -> ProjectWire {
        ProjectWire {
            name: self.name.clone(),
            brightness: self.brightness,
            archived: self.archived,
            deleted: self.deleted,
        }
    }

    fn from_wire(id: &str, wire: ProjectWire) -> Result<Self, String> {
        Ok(Self {
            id: id.parse().map_err(|error| format!("{error}"))?,
            name: wire.name,
            brightness: wire.brightness,
            archived: wire.archived,
            deleted: wire.deleted,
        })
    }
}

impl Travels for Intention {
    type Field = IntentionField;
    type Wire = IntentionWire;

    fn to_wire(&self) -> IntentionWire {
        IntentionWire {
            text: self.text.clone(),
            status: self.status,
            project_id: self.project_id,
            deleted: self.deleted,
        }
    }

    fn from_wire(id: &str, wire: IntentionWire) -> Result<Self, String> {
        Ok(Self {
            id: id.parse().map_err(|error| format!("{error}"))?,
            text: wire.text,
            status: wire.status,
            project_id: wire.project_id,
            deleted: wire.deleted,
        })
    }
}

impl Travels for Setting {
    type Field = SettingField;
    type Wire = SettingWire;

    fn to_wire(&self) -> SettingWire {
        SettingWire {
            value: self.value.clone(),
            deleted: self.deleted,
        }
    }

    fn from_wire(id: &str, wire: SettingWire) -> Result<Self, String> {
        Ok(Self {
            id: id.parse().map_err(|error| format!("{error}"))?,
            value: wire.value,
            deleted: wire.deleted,
        })
    }
}
