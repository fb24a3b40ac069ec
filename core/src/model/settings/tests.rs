//! What can be set, and what becomes of what cannot be understood.

use rstest::rstest;
use serde_json::json;

use super::*;

fn key(name: &str) -> SettingKey {
    name.parse().unwrap()
}

fn row(name: &str, value: Value) -> Setting {
    Setting::new(key(name), value)
}

#[rstest]
#[case("preset", "deep_work", SettingChange::Preset(Preset::DeepWork))]
#[case("overflow", "false", SettingChange::Overflow(false))]
#[case(
    "countdown_seconds",
    "10",
    SettingChange::CountdownSeconds(Countdown(10))
)]
#[case(
    "day_boundary_minutes",
    "0",
    SettingChange::DayBoundaryMinutes(DayBoundary(0))
)]
#[case("daily_goal", "none", SettingChange::DailyGoal(None))]
#[case("daily_goal", "9", SettingChange::DailyGoal(Some(DailyGoal(9))))]
fn a_setting_is_set_by_its_name_and_a_word(
    #[case] name: &str,
    #[case] text: &str,
    #[case] means: SettingChange,
) {
    assert_eq!(SettingChange::parse(&key(name), text), Ok(means));
    assert_eq!(means.row().id, key(name));
}

#[rstest]
#[case("preset", "long")]
#[case("overflow", "1")]
#[case("countdown_seconds", "4")]
#[case("day_boundary_minutes", "361")]
#[case("daily_goal", "0")]
#[case("daily_goal", "1e99")]
#[case("custom_cycle", "25")]
#[case(
    "custom_cycle",
    r#"{"focus_minutes":181,"short_break_minutes":5,"long_break_minutes":15,"focuses":4}"#
)]
#[case(
    "custom_cycle",
    r#"{"focus_minutes":25,"short_break_minutes":61,"long_break_minutes":15,"focuses":4}"#
)]
#[case(
    "custom_cycle",
    r#"{"focus_minutes":25,"short_break_minutes":5,"long_break_minutes":91,"focuses":4}"#
)]
#[case(
    "custom_cycle",
    r#"{"focus_minutes":25,"short_break_minutes":5,"long_break_minutes":15,"focuses":13}"#
)]
#[case("unknown", "true")]
fn a_value_out_of_range_is_refused(#[case] name: &str, #[case] text: &str) {
    assert!(SettingChange::parse(&key(name), text).is_err());
}

#[test]
fn every_setting_comes_back_from_its_row() {
    let settings = Settings {
        preset: Preset::Custom,
        custom_cycle: Cycle::of(Preset::Ultradian),
        overflow: false,
        auto_start_breaks: true,
        auto_start_focus: true,
        countdown_seconds: Countdown(3),
        day_boundary_minutes: DayBoundary(90),
        daily_goal: Some(DailyGoal(4)),
    };
    let rows = settings.all().map(SettingChange::row);
    assert_eq!(Settings::from_rows(&rows), settings);
    let default = Settings::default();
    for (changed, unchanged) in settings.all().iter().zip(default.all()) {
        assert_ne!(*changed, unchanged, "the test changes each of them");
    }
}

#[test]
fn what_cannot_be_understood_has_its_default_and_harms_no_other() {
    let rows = [
        row("preset", json!({"a": 1})),
        row("from_a_newer_version", json!([1, 2])),
        row("overflow", json!(false)),
        Setting {
            deleted: true,
            ..row("daily_goal", json!(3))
        },
    ];
    let expected = Settings {
        overflow: false,
        ..Settings::default()
    };
    assert_eq!(Settings::from_rows(&rows), expected);
}

#[rstest]
#[case("a")]
#[case("auto_start.breaks2")]
fn a_key_is_what_the_server_takes_too(#[case] name: &str) {
    assert!(SettingKey::new(name).is_ok());
}

#[rstest]
#[case("")]
#[case("A")]
#[case("1a")]
#[case("a-b")]
#[case("ä")]
#[case(&"a".repeat(65))]
fn another_key_is_refused(#[case] name: &str) {
    assert!(SettingKey::new(name).is_err());
}

#[test]
fn the_custom_lengths_count_only_where_they_are_chosen() {
    let mut settings = Settings {
        custom_cycle: Cycle::of(Preset::Ultradian),
        ..Settings::default()
    };
    assert_eq!(settings.cycle(), Cycle::of(Preset::Classic));
    settings.preset = Preset::Custom;
    assert_eq!(settings.cycle(), Cycle::of(Preset::Ultradian));
}
