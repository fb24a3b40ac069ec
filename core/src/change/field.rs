//! Fields: what is edited as one and carries one stamp. A new field touches this declaration only.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Stamp;

/// What is synced, as the outbox and the wire name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// A finished stretch of time.
    Particle,
    /// What particles are gathered under.
    Project,
    /// The sentence of a day.
    Intention,
    /// What a person set up.
    Setting,
}

impl Entity {
    /// The word in the outbox and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Particle => "particle",
            Self::Project => "project",
            Self::Intention => "intention",
            Self::Setting => "setting",
        }
    }
}

/// The fields of one entity.
pub trait Field: Copy + Ord + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Whose fields they are.
    const ENTITY: Entity;
    /// All of them.
    const ALL: &'static [Self];
    /// The one that says whether the person deleted the row.
    const DELETED: Self;
}

/// The fields of a particle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParticleField {
    /// Focus or a break.
    Kind,
    /// Start, end, planned, duration, overflow, UTC offset: one field, so that a merge of two edits
    /// cannot make an impossible row.
    Time,
    /// The task text.
    Task,
    /// The project.
    ProjectId,
    /// The preset it was started with.
    Preset,
    /// Whether the person deleted it.
    Deleted,
}

/// The fields of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectField {
    /// The name.
    Name,
    /// The grey of its dots.
    Brightness,
    /// Whether the person put it away.
    Archived,
    /// Whether the person deleted it.
    Deleted,
}

/// The fields of an intention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentionField {
    /// The sentence.
    Text,
    /// What became of it.
    Status,
    /// The project.
    ProjectId,
    /// Whether the person deleted it.
    Deleted,
}

/// The fields of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingField {
    /// The value.
    Value,
    /// Whether the person went back to the default.
    Deleted,
}

impl Field for ParticleField {
    const ENTITY: Entity = Entity::Particle;
    const ALL: &'static [Self] = &[
        Self::Kind,
        Self::Time,
        Self::Task,
        Self::ProjectId,
        Self::Preset,
        Self::Deleted,
    ];
    const DELETED: Self = Self::Deleted;
}

impl Field for ProjectField {
    const ENTITY: Entity = Entity::Project;
    const ALL: &'static [Self] = &[Self::Name, Self::Brightness, Self::Archived, Self::Deleted];
    const DELETED: Self = Self::Deleted;
}

impl Field for IntentionField {
    const ENTITY: Entity = Entity::Intention;
    const ALL: &'static [Self] = &[Self::Text, Self::Status, Self::ProjectId, Self::Deleted];
    const DELETED: Self = Self::Deleted;
}

impl Field for SettingField {
    const ENTITY: Entity = Entity::Setting;
    const ALL: &'static [Self] = &[Self::Value, Self::Deleted];
    const DELETED: Self = Self::Deleted;
}

/// The stamp of every field of a row, from its birth.
pub type Stamps<Field> = BTreeMap<Field, Stamp>;
