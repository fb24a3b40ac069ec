//! Rows of any content.

use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;
use serde_json::Value;

use crate::change::{Field, Incoming, ParticleField, Stamp, Stamped, Stamps};
use crate::model::{
    Brightness, Intention, IntentionId, IntentionStatus, IntentionText, Kind, Particle, ParticleId,
    ParticleTime, Preset, Project, ProjectId, ProjectName, Setting, SettingKey, Task,
};

/// As far as any clock of these tests goes.
const MILLIS_MAX: i64 = 1_790_000_000_000;

fn moment(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap()
}

fn stamps<F: Field + std::fmt::Debug>() -> BoxedStrategy<Stamps<F>> {
    let stamp = (0..MILLIS_MAX, 0..3u32, any::<u32>()).prop_map(|(millis, steps, tag)| {
        let start = Stamp::derived(moment(millis), tag);
        (0..steps).fold(start, |stamp, _| stamp.followed_by(start))
    });
    let stamps = prop::collection::vec(stamp, F::ALL.len());
    stamps
        .prop_map(|stamps| F::ALL.iter().copied().zip(stamps).collect())
        .boxed()
}

/// What a person may write, and what a spreadsheet makes of it.
fn text(chars: usize) -> BoxedStrategy<String> {
    let begin = prop::collection::vec(prop::sample::select(b"'=+@\"\\,;-x".to_vec()), 0..3);
    let tail = prop_oneof![
        9 => prop::collection::vec(prop::char::any(), 0..6),
        1 => prop::collection::vec(prop::char::any(), 0..chars),
    ];
    (begin, tail)
        .prop_map(|(begin, tail)| {
            let begin = begin.into_iter().map(char::from);
            begin.chain(tail).filter(|c| *c != '\0').collect()
        })
        .boxed()
}

fn project_id() -> BoxedStrategy<Option<ProjectId>> {
    prop::option::of((0..MILLIS_MAX, any::<[u8; 10]>()))
        .prop_map(|id| id.map(|(millis, content)| ProjectId::derived(moment(millis), &content)))
        .boxed()
}

fn time() -> BoxedStrategy<ParticleTime> {
    let seconds = || 0..=86_400u32;
    let parts = (
        prop_oneof![0..MILLIS_MAX, 0..253_402_200_000_000i64],
        0..90_000_000i64,
        seconds(),
        seconds(),
        0.0..=1.0f64,
        -1080..=1080i32,
    );
    parts
        .prop_map(
            |(start, length, planned, spent, over, utc_offset_minutes)| {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a part"
                )]
                let overflow_seconds = (f64::from(spent) * over) as u32;
                ParticleTime {
                    started_at: moment(start),
                    ended_at: moment(start + length),
                    planned_seconds: planned,
                    duration_seconds: spent,
                    overflow_seconds,
                    utc_offset_minutes,
                }
            },
        )
        .boxed()
}

pub(crate) fn particle() -> BoxedStrategy<Stamped<Particle, ParticleField>> {
    let kinds = prop::sample::select(vec![Kind::Focus, Kind::ShortBreak, Kind::LongBreak]);
    let presets = prop::sample::select(vec![
        Preset::Classic,
        Preset::DeepWork,
        Preset::Ultradian,
        Preset::Custom,
    ]);
    let id = (0..MILLIS_MAX, any::<[u8; 10]>());
    let values = (
        id,
        kinds,
        text(150),
        project_id(),
        time(),
        presets,
        any::<bool>(),
    );
    (values, stamps())
        .prop_map(
            |((id, kind, task, project_id, time, preset, deleted), stamps)| {
                let row = Particle {
                    id: ParticleId::derived(moment(id.0), &id.1),
                    kind,
                    task: Task::new(&task).unwrap(),
                    project_id,
                    time,
                    preset,
                    deleted,
                };
                Stamped { row, stamps }
            },
        )
        .boxed()
}

fn project() -> BoxedStrategy<Incoming> {
    let values = (
        project_id(),
        text(47),
        0.3..=1.0f64,
        any::<bool>(),
        any::<bool>(),
    );
    (values, stamps())
        .prop_map(|((id, name, grey, archived, deleted), stamps)| {
            let row = Project {
                id: id.unwrap_or_else(|| ProjectId::derived(moment(0), &[0; 10])),
                name: ProjectName::kept(&name).unwrap(),
                brightness: Brightness::new(grey).unwrap(),
                archived,
                deleted,
            };
            Incoming::Project(Stamped { row, stamps })
        })
        .boxed()
}

fn intention() -> BoxedStrategy<Incoming> {
    let status = prop::sample::select(IntentionStatus::ALL.to_vec());
    let values = (
        1..3_000_000i32,
        text(150),
        status,
        project_id(),
        any::<bool>(),
    );
    (values, stamps())
        .prop_map(|((day, text, status, project_id, deleted), stamps)| {
            let date = NaiveDate::from_num_days_from_ce_opt(day).unwrap();
            let row = Intention {
                id: IntentionId::new(date).unwrap(),
                text: IntentionText::kept(&text).unwrap(),
                status,
                project_id,
                deleted,
            };
            Incoming::Intention(Stamped { row, stamps })
        })
        .boxed()
}

fn json() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e30..1e30f64).prop_map(Value::from),
        "[a-zé\\\\\"]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-zé]{0,3}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
    .boxed()
}

fn setting() -> BoxedStrategy<Incoming> {
    let values = ("[a-z][a-z0-9_.]{0,20}", json(), any::<bool>());
    (values, stamps())
        .prop_map(|((key, value, deleted), stamps)| {
            let row = Setting {
                id: SettingKey::new(&key).unwrap(),
                value,
                deleted,
            };
            Incoming::Setting(Stamped { row, stamps })
        })
        .boxed()
}

pub(crate) fn no_particle() -> BoxedStrategy<Incoming> {
    prop_oneof![project(), intention(), setting()].boxed()
}

pub(crate) fn row() -> BoxedStrategy<Incoming> {
    prop_oneof![particle().prop_map(Incoming::Particle), no_particle()].boxed()
}
