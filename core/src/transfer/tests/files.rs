//! Files as they come: of other programs, of other versions, made to harm.

use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;
use tempfile::TempDir;

use super::*;
use crate::model::{Kind, Preset};

fn file(content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    // The name says nothing.
    let path = folder.path().join("export.txt");
    fs::write(&path, content).unwrap();
    (folder, path)
}

fn read(path: &Path) -> (FileKind, Vec<Found>) {
    let Source::Text(file) = Source::open(path).unwrap() else {
        panic!("it is a text")
    };
    let mut found = Vec::new();
    file.read(&|_| 60, |part| {
        found.push(part);
        true
    })
    .unwrap();
    (file.kind(), found)
}

fn error(content: &[u8]) -> TransferError {
    let (_folder, path) = file(content);
    Source::open(&path).expect_err("there is nothing to import")
}

const PROJECT: &str = r#"{"id":"0199a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b","name":"Book","brightness":0.5,"archived":false,"deleted":false,"stamps":{"name":"018e00000000000000000001","brightness":"018e00000000000000000001","archived":"018e00000000000000000001","deleted":"018e00000000000000000001"}}"#;

fn with_projects(rows: &[&str]) -> String {
    let rows = rows.join(",");
    format!(r#"{{"version":1,"projects":[{rows}]}}"#)
}

fn reasons(found: &[Found]) -> Vec<(&str, &str)> {
    let skipped = found.iter().filter_map(|found| match found {
        Found::Skipped(skipped) => Some((&*skipped.place, &*skipped.reason)),
        Found::Row(_) => None,
    });
    skipped.collect()
}

#[test]
fn a_file_is_known_by_what_is_in_it() {
    let json = with_projects(&[PROJECT]);
    let sorted = format!("\u{feff} \n{{\"projects\":[{PROJECT}],\"version\":1}}");
    let header = csv_text::COLUMNS.join(";");
    let sessions = "id,started_at,ended_at,round_type,duration_secs,completed\n";
    for (content, kind) in [
        (&*json, FileKind::ParticleJson),
        (&*sorted, FileKind::ParticleJson),
        (&*header, FileKind::ParticleCsv),
        (sessions, FileKind::PomotroidCsv),
    ] {
        let (_folder, path) = file(content.as_bytes());
        assert_eq!(read(&path).0, kind, "{content}");
    }
}

#[rstest]
#[case::empty(b"")]
#[case::a_text(b"Dear diary")]
#[case::another_document(br#"{"name":"left-pad","version":"1.3.0"}"#)]
#[case::no_version(br#"{"particles":[]}"#)]
#[case::another_table(b"id,name\n1,Book\n")]
#[case::a_list(b"[]")]
#[case::nul(&[0; 4096])]
#[case::utf_16(b"\xff\xfe{\x00}\x00")]
fn what_is_no_export_is_refused(#[case] content: &[u8]) {
    assert!(matches!(error(content), TransferError::Unknown { .. }));
}

#[test]
fn a_newer_export_is_refused_wherever_it_says_so() {
    for content in [
        r#"{"version":2,"particles":[]}"#,
        r#"{"particles":[],"version":18446744073709551615}"#,
    ] {
        let error = error(content.as_bytes());
        assert!(matches!(error, TransferError::Newer { known: 1, .. }));
    }
}

#[test]
fn what_is_no_file_is_refused() {
    for path in ["/dev/zero", "/", "/nowhere/export.json"] {
        assert!(Source::open(Path::new(path)).is_err(), "{path}");
    }
}

#[rstest]
#[case::wrong_type(&PROJECT.replace("0.5", "\"grey\""))]
#[case::out_of_range(&PROJECT.replace("0.5", "1e999"))]
#[case::huge_number(&PROJECT.replace("0.5", &"9".repeat(2000)))]
#[case::no_id(&PROJECT.replace("0199a1b2", "x"))]
#[case::nul_in_a_text(&PROJECT.replace("Book", "a\\u0000b"))]
#[case::too_long(&PROJECT.replace("Book", &"x".repeat(51)))]
#[case::stamp_missing(&PROJECT.replace("\"archived\":\"018e00000000000000000001\",", ""))]
#[case::no_stamp(&PROJECT.replace("\"archived\":\"018e", "\"archived\":\"018E"))]
#[case::no_stamps(&PROJECT.replace("\"stamps\"", "\"other\""))]
#[case::field_missing(&PROJECT.replace("\"name\":\"Book\",", ""))]
#[case::twice(&PROJECT.replace("\"name\":\"Book\",", "\"name\":\"Book\",\"name\":\"Other\","))]
#[case::null("null")]
#[case::a_number("7")]
#[case::deep(&("[".repeat(100_000) + &"]".repeat(100_000)))]
fn a_bad_row_is_skipped_alone_and_its_place_is_told(#[case] bad: &str) {
    let (_folder, path) = file(with_projects(&[PROJECT, bad, PROJECT]).as_bytes());
    let (_, found) = read(&path);
    assert!(
        matches!(found[..], [Found::Row(_), Found::Skipped(_), Found::Row(_)]),
        "{found:?}"
    );
    assert_eq!(reasons(&found)[0].0, "projects[1]");
}

#[test]
fn what_a_later_version_adds_is_read_over() {
    let row = PROJECT
        .replace("\"name\":\"Book", "\"icon\":{\"a\":[1]},\"name\":\"Book")
        .replace(
            "\"stamps\":{",
            "\"stamps\":{\"icon\":\"018e00000000000000000001\",",
        );
    let themes = format!("\"themes\":[{}1]", "{\"a\":[\"b\"]},".repeat(200_000));
    let content =
        format!("{{\"version\":1,{themes},\"note\":{{\"x\":[{{}}]}},\"projects\":[{row}]}}");
    let (_folder, path) = file(content.as_bytes());
    assert!(matches!(
        read(&path).1[..],
        [Found::Row(Incoming::Project(_))]
    ));
}

#[test]
fn a_list_that_is_none_is_told() {
    for other in ["7", "\"x\"", "{\"a\":[]}", "null", "true", "-1", "0.5"] {
        let content = format!("{{\"version\":1,\"particles\":{other},\"projects\":[{PROJECT}]}}");
        let (_folder, path) = file(content.as_bytes());
        let (_, found) = read(&path);
        assert_eq!(reasons(&found), [("particles", "this is no list of rows")]);
        assert_eq!(found.len(), 2, "and the rest is read");
    }
}

#[rstest]
#[case::a_text(r#"{"version":1,"projects":["#, b'x', Some('"'))]
#[case::nesting(r#"{"version":1,"projects":["#, b'[', None)]
#[case::nesting_elsewhere(r#"{"version":1,"other":["#, b'[', None)]
#[case::a_key(r#"{"version":1,"#, b'k', Some('"'))]
#[case::white_space(r#"{"version":1,"projects":["#, b' ', None)]
fn a_line_of_100_mib_is_given_up_after_one(
    #[case] begin: &str,
    #[case] filling: u8,
    #[case] quote: Option<char>,
) {
    let mut content = begin.replace('[', &format!("[{PROJECT},"));
    content.extend(quote);
    let mut content = content.into_bytes();
    content.resize(100 * 1024 * 1024, filling);
    let (_folder, path) = file(&content);
    let (_, found) = read(&path);
    let told = reasons(&found);
    assert!(
        told.len() == 1 && told[0].1.contains("more than 1 MiB"),
        "{told:?}"
    );
}

#[test]
fn a_table_with_a_cell_of_100_mib_is_given_up_after_one() {
    let mut content = (csv_text::COLUMNS.join(",") + "\r\n\"").into_bytes();
    content.resize(100 * 1024 * 1024, b',');
    let (_folder, path) = file(&content);
    let (_, found) = read(&path);
    let told = reasons(&found);
    assert!(
        told.len() == 1 && told[0].1.contains("more than 1 MiB"),
        "{told:?}"
    );
}

#[test]
fn a_bad_row_of_a_table_is_skipped_alone() {
    let header = csv_text::COLUMNS.join(",");
    let good = "0199a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b,focus,'=1+1,,2027-01-15T08:00:00Z,\
                2027-01-15T08:25:00Z,1500,1500,0,60,classic,FALSE,";
    let bad = [
        good.replace("focus", "nap"),
        good.replace("1500,1500", "1500,99999999999999999999"),
        good.replace("08:25", "07:25"),
        good.replace("0199a1b2", "="),
        good.replace("classic", "classic,"),
        good.replace(",60,", ",6000,"),
        good.replace("FALSE,", "FALSE,{}"),
        good.replace("1+1", &"x".repeat(300)),
    ];
    let table = format!("{header}\n{good}\n{}\n{good}\n", bad.join("\n"));
    let (_folder, path) = file(table.as_bytes());
    let (_, found) = read(&path);
    assert_eq!(reasons(&found).len(), bad.len(), "{found:?}");
    assert_eq!(reasons(&found)[0].0, "line 3");
    let Found::Row(Incoming::Particle(row)) = &found[0] else {
        panic!("the first is a row")
    };
    assert_eq!(row.row.task.as_str(), "=1+1");
    let stamp = row.stamps.values().next().unwrap();
    assert_eq!(
        stamp.moment(),
        row.row.time.ended_at,
        "without stamps it is as old as its end"
    );
}

#[test]
fn a_table_of_pomotroid_becomes_the_same_particles_each_time() {
    let table = b"id,started_at,ended_at,round_type,duration_secs,completed\n\
                  1,1800000000,1800001560,work,1500,1\n\
                  2,1800001560,1800001860,short-break,300,1\n\
                  3,1800002000,1800002100,work,1500,0\n\
                  4,1800003000,,long-break,900,1\n\
                  5,1800004000,1800005000,nap,900,1\n\
                  6,-5,1800005000,work,900,1\n\
                  7,1800004000,1800005000,work,99999999,1\n";
    let (_folder, path) = file(table);
    let (_, found) = read(&path);
    let rows: Vec<_> = found
        .iter()
        .filter_map(|found| match found {
            Found::Row(Incoming::Particle(row)) => Some(&row.row),
            _ => None,
        })
        .collect();
    let kinds: Vec<_> = rows.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [Kind::Focus, Kind::ShortBreak, Kind::LongBreak]);
    assert_eq!(rows[0].preset, Preset::Classic);
    assert_eq!(
        rows[0].time.ended_at,
        at(1560),
        "pauses are between start and end"
    );
    assert_eq!(rows[0].time.duration_seconds, 1500);
    assert_eq!(rows[0].time.utc_offset_minutes, 60);
    assert_eq!(rows[2].time.ended_at, at(3900));
    assert!(
        rows[0].id.to_string().starts_with("01a3185c-5000-7"),
        "{}",
        rows[0].id
    );
    assert_eq!(reasons(&found).len(), 4);
    assert_eq!(read(&path).1, found);
}
