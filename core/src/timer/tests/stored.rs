//! Timers that an older version kept.

use super::*;
use crate::model::Preset;

const STRETCH: &str = r#""stretch":{"id":"0199a1b2-c3d4-7e5f-8a6b-000000000001","kind":"focus",
    "task":"Write","project_id":null,"planned":52,"started_at":"2027-01-15T08:00:00Z"}"#;

fn read(json: &str) -> Session {
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_timer_of_the_first_release_goes_on() {
    assert_eq!(read(r#"{"state":"idle"}"#), Session::default());
    let running = format!(r#"{{"state":"running",{STRETCH},"ends_at":"2027-01-15T08:52:00Z"}}"#);
    let finished = particle(step(&read(&running), Step::Finish, 600));
    assert_eq!(
        (finished.preset, finished.task.as_str()),
        (Preset::DeepWork, "Write")
    );
    let paused = format!(
        r#"{{"state":"paused",{STRETCH},"remaining_millis":2520000,"since":"2027-01-15T08:10:00Z"}}"#
    );
    let resumed = step(&read(&paused), Step::Resume, 1000).session;
    assert_eq!(resumed.timer.deadline(), Some(at(1000 + 2520)));
    let over = format!(r#"{{"state":"overflow",{STRETCH},"since":"2027-01-15T08:52:00Z"}}"#);
    check(step(&read(&over), Step::Finish, 3180), 3180, 60, 3180);
    let left = read(&over).settle(&occasion(3120 + 3600));
    check(left.expect("an hour"), 3120, 0, 3120);
}

#[test]
fn a_timer_is_read_as_it_was_written() {
    let over = started(25)
        .settle(&occasion(1500))
        .expect("it is reached")
        .session;
    let finished = step(&over, Step::Finish, 1600).session;
    let frozen = over.sleep(
        crate::clock::Sleep {
            from: at(1600),
            until: at(9000),
        },
        &occasion(9000),
    );
    let adjusted = finished.with_length(FocusLength::minutes(30).ok(), at(9000));
    for session in [started(25), over, finished, frozen.session, adjusted] {
        let json = serde_json::to_string(&session).unwrap();
        assert_eq!(read(&json), session, "{json}");
    }
}
