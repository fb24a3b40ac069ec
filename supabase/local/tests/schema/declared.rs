//! What is synced: the entities, their fields, and which values each field takes.

use serde_json::Value;

/// One kind of row.
pub(crate) struct Entity {
    pub(crate) name: &'static str,
    pub(crate) table: &'static str,
    pub(crate) fields: &'static [Field],
    /// The check on the id.
    pub(crate) id_check: &'static str,
    pub(crate) is_id: fn(&str) -> bool,
}

/// What is edited as one.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    /// Whether the value has the right JSON type.
    pub(crate) fits: fn(&Value) -> bool,
    /// The checks that a value of the right type breaks.
    pub(crate) broken: fn(&Value) -> Vec<&'static str>,
}

impl Entity {
    /// The entity of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        ENTITIES.iter().find(|entity| entity.name == name)
    }

    /// The field of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Field {
    /// Whether `"*"` stands for it.
    pub(crate) fn is_starred(&self) -> bool {
        self.name != "deleted"
    }
}

/// The six numbers of the field `time`.
const TIME_PARTS: [&str; 6] = [
    "started_at",
    "ended_at",
    "planned_seconds",
    "duration_seconds",
    "overflow_seconds",
    "utc_offset_minutes",
];

pub(crate) const ENTITIES: [Entity; 4] = [
    Entity {
        name: "intention",
        table: "intentions",
        id_check: "intentions_id_date",
        is_id: is_date,
        fields: &[
            Field {
                name: "text",
                fits: Value::is_string,
                broken: |value| check(is_longer(value, 200), "intentions_text_length"),
            },
            Field {
                name: "status",
                fits: Value::is_string,
                broken: |value| {
                    check(
                        !is_one_of(value, &["open", "done", "partly", "moved", "let_go"]),
                        "intentions_status_known",
                    )
                },
            },
            Field {
                name: "project_id",
                fits: is_text_or_null,
                broken: |value| check(!is_uuid_or_null(value), "intentions_project_uuid"),
            },
            DELETED,
        ],
    },
    Entity {
        name: "particle",
        table: "particles",
        id_check: "particles_id_uuid",
        is_id: is_uuid,
        fields: &[
            Field {
                name: "kind",
                fits: Value::is_string,
                broken: |value| {
                    check(
                        !is_one_of(value, &["focus", "short_break", "long_break"]),
                        "particles_kind_known",
                    )
                },
            },
            Field {
                name: "time",
                fits: is_time,
                broken: broken_time,
            },
            Field {
                name: "task",
                fits: Value::is_string,
                broken: |value| check(is_longer(value, 200), "particles_task_length"),
            },
            Field {
                name: "project_id",
                fits: is_text_or_null,
                broken: |value| check(!is_uuid_or_null(value), "particles_project_uuid"),
            },
            Field {
                name: "preset",
                fits: Value::is_string,
                broken: |value| {
                    check(
                        !is_one_of(value, &["classic", "deep_work", "ultradian", "custom"]),
                        "particles_preset_known",
                    )
                },
            },
            DELETED,
        ],
    },
    Entity {
        name: "project",
        table: "projects",
        id_check: "projects_id_uuid",
        is_id: is_uuid,
        fields: &[
            Field {
                name: "name",
                fits: Value::is_string,
                broken: |value| check(is_longer(value, 50), "projects_name_length"),
            },
            Field {
                name: "brightness",
                fits: Value::is_number,
                broken: |value| {
                    check(
                        !(0.3..=1.0).contains(&value.as_f64().unwrap()),
                        "projects_brightness_range",
                    )
                },
            },
            Field {
                name: "archived",
                fits: Value::is_boolean,
                broken: |_| Vec::new(),
            },
            DELETED,
        ],
    },
    Entity {
        name: "setting",
        table: "settings",
        id_check: "settings_id_key",
        is_id: is_key,
        fields: &[
            // Only texts and small values are tried: their length in the database is known.
            Field {
                name: "value",
                fits: |_| true,
                broken: broken_setting,
            },
            DELETED,
        ],
    },
];

const DELETED: Field = Field {
    name: "deleted",
    fits: Value::is_boolean,
    broken: |_| Vec::new(),
};

fn check(is_broken: bool, name: &'static str) -> Vec<&'static str> {
    if is_broken { vec![name] } else { Vec::new() }
}

fn is_longer(value: &Value, characters: usize) -> bool {
    value.as_str().unwrap().chars().count() > characters
}

fn is_one_of(value: &Value, known: &[&str]) -> bool {
    known.contains(&value.as_str().unwrap())
}

fn is_text_or_null(value: &Value) -> bool {
    value.is_string() || value.is_null()
}

fn is_uuid_or_null(value: &Value) -> bool {
    value.as_str().is_none_or(is_uuid)
}

fn is_uuid(id: &str) -> bool {
    let groups: Vec<_> = id.split('-').collect();
    let lengths: Vec<_> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups
            .concat()
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_date(id: &str) -> bool {
    id.len() == 10 && id.parse::<chrono::NaiveDate>().is_ok()
}

fn is_key(id: &str) -> bool {
    id.len() <= 64
        && id.starts_with(|first: char| first.is_ascii_lowercase())
        && id
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'))
}

fn is_time(value: &Value) -> bool {
    value.as_object().is_some_and(|time| {
        time.len() == TIME_PARTS.len()
            && TIME_PARTS.iter().all(|part| {
                time.get(*part)
                    .is_some_and(|number| fits_column(part, number))
            })
    })
}

fn broken_setting(value: &Value) -> Vec<&'static str> {
    let is_too_large = value.to_string().len() > 4096 || has_huge_number(value);
    [
        check(levels(value) > 63, "settings_value_depth"),
        check(is_too_large, "settings_value_size"),
    ]
    .concat()
}

fn parts(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(parts) => parts.iter().collect(),
        Value::Object(parts) => parts.values().collect(),
        _ => Vec::new(),
    }
}

fn levels(value: &Value) -> usize {
    let deepest = parts(value).into_iter().map(levels).max();
    deepest.map_or(0, |deepest| deepest + 1)
}

// As text it may be far longer than on the wire.
fn has_huge_number(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number.abs() > 1e30)
        || parts(value).into_iter().any(has_huge_number)
}

// Moments have 64 bits, all else has 32.
fn fits_column(part: &str, number: &Value) -> bool {
    let is_moment = part.ends_with("_at");
    let number = number.as_i64();
    number.is_some_and(|number| is_moment || i32::try_from(number).is_ok())
}

fn broken_time(value: &Value) -> Vec<&'static str> {
    let [started_at, ended_at, planned, duration, overflow, offset] =
        TIME_PARTS.map(|part| value[part].as_i64().unwrap());
    [
        check(started_at < 0, "particles_started_at_range"),
        check(ended_at >= 253_402_300_800_000, "particles_ended_at_range"),
        check(ended_at < started_at, "particles_end_after_start"),
        check(!(0..=86_400).contains(&planned), "particles_planned_range"),
        check(
            !(0..=86_400).contains(&duration),
            "particles_duration_range",
        ),
        check(
            !(0..=duration).contains(&overflow),
            "particles_overflow_within_duration",
        ),
        check(!(-1080..=1080).contains(&offset), "particles_offset_range"),
    ]
    .concat()
}
