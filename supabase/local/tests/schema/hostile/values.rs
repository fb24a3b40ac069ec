//! Values that are just good enough, and those just beyond.

use rstest::rstest;
use serde_json::{Value, json};

use super::{body, good_stamp, outcomes};
use crate::attack::ground::{Ground, Sender, WRITTEN_MS};
use crate::wire::{particle, patch, project, setting, stamp, uuid, whole};

/// Right to left, beyond 16 bits, joined, combined, and control characters that JSON escapes.
const LETTERS: [&str; 7] = ["ש", "ع", "🌍", "e\u{301}", "\u{200d}", "\u{202e}", "\u{1}"];

fn repeated(letter: &str, count: usize) -> String {
    letter.chars().cycle().take(count).collect()
}

fn intention(id: &str, text: &str) -> Value {
    let fields = json!({"text": text, "status": "open", "project_id": null, "deleted": false});
    whole("intention", id, &fields, &good_stamp())
}

#[tokio::test]
async fn texts_of_exactly_the_limit_come_back_as_they_were_and_longer_ones_are_refused() {
    let ground = Ground::start().await;
    for (number, letter) in LETTERS.iter().enumerate() {
        let (full, over) = (repeated(letter, 200), repeated(letter, 201));
        let (name, long_name) = (repeated(letter, 50), repeated(letter, 51));
        let day = format!("2026-01-{:02}", number + 1);
        let changes = [
            particle(100 + number, &full, &good_stamp()),
            intention(&day, &full),
            project(100 + number, &name, &good_stamp()),
            particle(200 + number, &over, &good_stamp()),
            intention(&format!("2027-01-{:02}", number + 1), &over),
            project(200 + number, &long_name, &good_stamp()),
        ];
        let answer = ground.hostile(body(&changes)).await;
        let expected = [
            "applied",
            "applied",
            "applied",
            "particles_task_length",
            "intentions_text_length",
            "projects_name_length",
        ];
        assert_eq!(outcomes(&answer), expected, "{letter:?}");

        let seen = ground
            .exchange(Sender::Bearer(&ground.other.token), &[])
            .await
            .json();
        let rows = seen["rows"].as_array().expect("rows");
        let row = |id: &str| rows.iter().find(|row| row["id"] == id).expect("the row");
        assert_eq!(row(&day)["fields"]["text"], full);
        let particle = rows
            .iter()
            .find(|row| row["id"] == uuid(100 + number) && row["entity"] == "particle");
        assert_eq!(particle.expect("the row")["fields"]["task"], full);
    }
}

#[rstest]
#[case::empty("")]
#[case::blank(" ")]
#[case::no_uuid("1")]
#[case::upper_case("00000000-0000-4000-8000-00000000ABCD")]
#[case::braced("{00000000-0000-4000-8000-000000000001}")]
#[case::with_a_newline("00000000-0000-4000-8000-000000000001\n")]
#[case::in_other_digits("٠٠٠٠٠٠٠٠-0000-4000-8000-000000000001")]
#[case::sql("'; drop table public.particles; --")]
#[tokio::test]
async fn an_id_that_is_none_is_refused(#[case] id: &str) {
    let ground = Ground::start().await;
    let mut changes = vec![
        particle(1, "", &good_stamp()),
        project(1, "", &good_stamp()),
        intention("2026-01-01", ""),
        setting("key", &json!(1), &good_stamp()),
    ];
    for change in &mut changes {
        change["id"] = json!(id);
    }
    let answer = ground.hostile(body(&changes)).await;
    let expected = [
        "particles_id_uuid",
        "projects_id_uuid",
        "intentions_id_date",
        "settings_id_key",
    ];
    assert_eq!(outcomes(&answer), expected);
}

#[tokio::test]
async fn an_id_of_a_megabyte_is_refused_like_any_other() {
    let ground = Ground::start().await;
    let mut change = particle(1, "", &good_stamp());
    change["id"] = json!("0".repeat(1024 * 1024));
    let answer = ground
        .hostile(body(&[change, particle(30, "", &good_stamp())]))
        .await;
    assert_eq!(outcomes(&answer), ["particles_id_uuid", "applied"]);
}

#[rstest]
#[case("0000-00-00", "intentions_id_date")]
#[case("2026-00-10", "intentions_id_date")]
#[case("2026-13-10", "intentions_id_date")]
#[case("2026-10-32", "intentions_id_date")]
#[case("2026-1-1", "intentions_id_date")]
#[case("20260101", "intentions_id_date")]
#[case("-026-01-01", "intentions_id_date")]
#[case("12026-01-01", "intentions_id_date")]
#[case("2026-01-01T00:00:00Z", "intentions_id_date")]
#[case("infinity", "intentions_id_date")]
#[case("2026-02-31", "intentions_id_date")]
#[case("2026-04-31", "intentions_id_date")]
#[case("2025-02-29", "intentions_id_date")]
#[case("0000-01-01", "intentions_id_date")]
#[case("2024-02-29", "applied")]
#[case("2026-12-31", "applied")]
#[tokio::test]
async fn a_day_is_a_day(#[case] id: &str, #[case] expected: &str) {
    let ground = Ground::start().await;
    let answer = ground.hostile(body(&[intention(id, "")])).await;
    assert_eq!(outcomes(&answer), [expected]);
}

#[rstest]
#[case::upper_case("018BCFE568000000000000FF")]
#[case::short("018bcfe56800000000000")]
#[case::long("018bcfe5680000000000000001")]
#[case::empty("")]
#[case::no_hex("018bcfe5680000000000000g")]
#[case::blank("018bcfe568000000 0000001")]
#[case::signed("-18bcfe56800000000000001")]
#[case::other_digits("٠18bcfe56800000000000001")]
#[case::two("018bcfe56800000000000001018bcfe56800000000000001")]
#[tokio::test]
async fn a_stamp_that_is_none_is_refused(#[case] stamp: &str) {
    let ground = Ground::start().await;
    let mut partly = particle(41, "", &good_stamp());
    partly["stamps"]["task"] = json!(stamp);
    let changes = [
        particle(40, "", stamp),
        patch("particle", &uuid(1), &json!({"task": "x"}), stamp),
        partly,
        setting("key", &json!(1), &good_stamp()),
    ];
    let answer = ground.hostile(body(&changes)).await;
    assert_eq!(
        outcomes(&answer),
        ["invalid_stamp", "invalid_stamp", "invalid_stamp", "applied"]
    );
}

#[rstest]
#[case::no_stamp(json!({"task": "x"}), json!({}), "stamps_mismatch")]
#[case::another(json!({"task": "x"}), json!({"kind": "s"}), "stamps_mismatch")]
#[case::too_many(json!({"task": "x"}), json!({"task": "s", "kind": "s"}), "stamps_mismatch")]
#[case::star_for_one(json!({"task": "x"}), json!({"*": "s"}), "stamps_mismatch")]
#[case::unknown_field(json!({"mood": "x"}), json!({"mood": "s"}), "unknown_field")]
#[case::unknown_stamp(json!({"task": "x"}), json!({"task": "s", "mood": "s"}), "unknown_field")]
#[case::user(json!({"user_id": "x"}), json!({"user_id": "s"}), "unknown_field")]
#[case::version(json!({"version": 9}), json!({"version": "s"}), "unknown_field")]
#[case::column(json!({"started_at": 9}), json!({"started_at": "s"}), "unknown_field")]
#[tokio::test]
async fn fields_and_stamps_name_the_same(
    #[case] fields: Value,
    #[case] stamps: Value,
    #[case] expected: &str,
) {
    let ground = Ground::start().await;
    let stamps = stamps
        .to_string()
        .replace("\"s\"", &json!(good_stamp()).to_string());
    let stamps: Value = serde_json::from_str(&stamps).expect("stamps");
    let change = json!({"entity": "particle", "id": uuid(1), "fields": fields, "stamps": stamps});
    let answer = ground.hostile(body(&[change])).await;
    assert_eq!(outcomes(&answer), [expected]);
}

#[rstest]
#[case::fraction("planned_seconds", "0.5")]
#[case::fraction_of_a_moment("started_at", "1699999999999.5")]
#[case::text("ended_at", r#""1700000000000""#)]
#[case::huge("duration_seconds", "99999999999999999999")]
#[case::beyond_64_bits("started_at", "9223372036854775808")]
#[case::beyond_32_bits("utc_offset_minutes", "4294967296")]
#[case::huger("ended_at", "1e400")]
#[case::tiny("overflow_seconds", "0.1e-400")]
#[case::none("started_at", "null")]
#[case::list("started_at", "[1]")]
#[tokio::test]
async fn a_part_of_a_time_is_a_whole_number(#[case] part: &str, #[case] value: &str) {
    let ground = Ground::start().await;
    let mut change = particle(1, "", &good_stamp());
    change["fields"]["time"][part] = json!("BLANK");
    let text = body(&[change, setting("key", &json!(1), &good_stamp())]);
    let answer = ground.hostile(text.replace("\"BLANK\"", value)).await;
    assert_eq!(outcomes(&answer), ["wrong_type", "applied"]);
}

#[rstest]
#[case("0", 200)]
#[case("-1", 200)]
#[case("0.5", 200)]
#[case("1e9", 200)]
#[case("1e131071", 200)]
#[case("-1e131071", 200)]
#[case("1e-16383", 200)]
#[case("1e131072", 400)]
#[case("NaN", 400)]
#[case("Infinity", 400)]
#[case(r#""NaN""#, 400)]
#[case(r#""1""#, 400)]
#[case("null", 400)]
#[case("[]", 400)]
#[tokio::test]
async fn a_limit_is_any_number(#[case] limit: &str, #[case] status: u16) {
    let ground = Ground::start().await;
    let more = [
        project(1, "", &good_stamp()),
        setting("key", &json!(1), &good_stamp()),
    ];
    ground.exchange_well(&ground.other, more.to_vec()).await;
    let text = body(&[]).replace("1000", limit);
    let answer = ground.hostile(text).await;
    assert_eq!(answer.status, status, "{answer:?}");
    if status == 200 {
        let rows = answer.json()["rows"].as_array().map_or(0, Vec::len);
        let is_huge = limit == "1e9" || limit == "1e131071";
        assert_eq!(
            rows,
            if is_huge { 3 } else { 1 },
            "between one and a thousand: {answer:?}"
        );
    }
}

#[rstest]
#[case(r#""999999999999999999""#, 200)]
#[case(r#""000000000000000001""#, 200)]
#[case(r#""1000000000000000000""#, 400)]
#[case(r#""9223372036854775808""#, 400)]
#[case(r#""""#, 400)]
#[case(r#""-1""#, 400)]
#[case(r#""+1""#, 400)]
#[case(r#"" 1""#, 400)]
#[case(r#""1\n""#, 400)]
#[case(r#""0x10""#, 400)]
#[case(r#""1e3""#, 400)]
#[case(r#""NaN""#, 400)]
#[case(r#""١""#, 400)]
#[case("0", 400)]
#[case("null", 400)]
#[tokio::test]
async fn since_is_a_text_of_digits(#[case] since: &str, #[case] status: u16) {
    let ground = Ground::start().await;
    let text = body(&[]).replace(r#""since":"0""#, &format!(r#""since":{since}"#));
    assert!(text.contains(since));
    let answer = ground.hostile(text).await;
    assert_eq!(answer.status, status, "{answer:?}");
    ground.assert_answers().await;
}

#[tokio::test]
async fn the_same_row_twice_in_a_request_is_merged_one_after_the_other() {
    let ground = Ground::start().await;
    let (first, second) = (stamp(WRITTEN_MS, 5), stamp(WRITTEN_MS, 6));
    let changes = [
        particle(50, "first", &first),
        particle(50, "second", &second),
        patch("particle", &uuid(50), &json!({"task": "third"}), &first),
        patch(
            "particle",
            &uuid(50),
            &json!({"kind": "short_break"}),
            &good_stamp(),
        ),
        patch(
            "particle",
            &uuid(50),
            &json!({"kind": "nonsense"}),
            &good_stamp(),
        ),
    ];
    let answer = ground.hostile(body(&changes)).await;
    // The last one is not even tried: its stamp is not greater than that of the one before.
    let outcomes = outcomes(&answer);
    assert_eq!(outcomes[..4], ["applied", "applied", "applied", "applied"]);
    let seen = ground
        .exchange(Sender::Bearer(&ground.other.token), &[])
        .await
        .json();
    let rows = seen["rows"].as_array().expect("rows");
    let row = rows
        .iter()
        .find(|row| row["id"] == uuid(50))
        .expect("the row");
    assert_eq!(
        (&row["fields"]["task"], &row["fields"]["kind"]),
        (&json!("second"), &json!("short_break"))
    );
}
