mod files;
pub(crate) mod rows;

use std::io::Cursor;

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::csv_text::{guarded, unguarded};
use super::*;
use crate::change::Incoming;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

/// The document with these rows.
fn as_json(rows: &[Incoming]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut document = JsonExport::begin(&mut bytes, at(0)).unwrap();
    for list in ["particles", "projects", "intentions", "settings"] {
        document.list(list).unwrap();
        for row in rows {
            match (list, row) {
                ("particles", Incoming::Particle(row)) => document.row(row).unwrap(),
                ("projects", Incoming::Project(row)) => document.row(row).unwrap(),
                ("intentions", Incoming::Intention(row)) => document.row(row).unwrap(),
                ("settings", Incoming::Setting(row)) => document.row(row).unwrap(),
                _ => {}
            }
        }
    }
    document.end().unwrap();
    bytes
}

fn as_csv(rows: &[Incoming]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut table = CsvExport::begin(&mut bytes).unwrap();
    for row in rows {
        if let Incoming::Particle(row) = row {
            table.row(row).unwrap();
        }
    }
    table.end().unwrap();
    bytes
}

/// Everything in a document, in its order.
pub(crate) fn from_json(bytes: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    let tell = |part| {
        found.push(part);
        true
    };
    json_file::read(Cursor::new(bytes), tell).expect("memory can be read");
    found
}

fn from_csv(bytes: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    let form = csv_file::recognise(bytes).expect("it is a table that is known");
    let tell = |part| {
        found.push(part);
        true
    };
    csv_file::read(Cursor::new(bytes), form, &|_| 60, tell).expect("memory can be read");
    found
}

fn taken(rows: Vec<Incoming>) -> Vec<Found> {
    rows.into_iter().map(Found::Row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(51_000))]

    #[test]
    fn every_field_of_a_particle_comes_back_out_of_json_and_csv(row in rows::particle()) {
        let row = Incoming::Particle(row);
        let (json, csv) = (as_json(std::slice::from_ref(&row)), as_csv(std::slice::from_ref(&row)));
        prop_assert_eq!(from_json(&json), taken(vec![row.clone()]));
        prop_assert_eq!(from_csv(&csv), taken(vec![row]));
    }

    #[test]
    fn every_field_of_all_else_comes_back_out_of_json(row in rows::no_particle()) {
        prop_assert_eq!(from_json(&as_json(std::slice::from_ref(&row))), taken(vec![row]));
    }

    #[test]
    fn a_guarded_text_is_no_formula_and_comes_back(text in "['=+@＝-]{0,4}\\PC{0,5}") {
        let guarded = guarded(&text);
        prop_assert_eq!(unguarded(&guarded), &text);
        prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '＝']), "{guarded}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_cut_keeps_the_rows_before_it_and_says_where_it_is(
        rows in prop::collection::vec(rows::row(), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let whole = as_json(&rows);
        let cut = cut.index(whole.len() - 1);
        let found = from_json(&whole[..cut]);
        let (kept, last) = found.split_at(found.len().saturating_sub(1));
        let is_row = |found: &Found| matches!(found, Found::Row(row) if rows.contains(row));
        prop_assert!(kept.iter().all(is_row));
        // All but the last line break may be missing.
        let is_end = cut >= whole.len() - 1;
        prop_assert!(is_end || matches!(last, [Found::Skipped(_)]), "{:?}", last);
    }

    #[test]
    fn any_damage_is_no_crash(
        rows in prop::collection::vec(rows::row(), 1..4),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        for mut bytes in [as_json(&rows), as_csv(&rows)] {
            for (at, byte) in &damage {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            from_json(&bytes);
            if csv_file::recognise(&bytes).is_some() {
                from_csv(&bytes);
            }
        }
    }
}

/// A file on a disk that fails after its first bytes.
fn failing(bytes: &[u8]) -> impl std::io::BufRead {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::from_raw_os_error(5))
        }
    }
    std::io::BufReader::new(std::io::Read::chain(Cursor::new(bytes.to_vec()), Broken))
}

#[test]
fn a_disk_that_cannot_be_read_is_no_row_that_is_skipped() {
    let table = b"started_at,ended_at,round_type,duration_secs,completed\n1,,work,60,1\n2,,wo";
    let form = csv_file::recognise(table).expect("it is a table that is known");
    let document = br#"{"version":1,"particles":[{},"#;
    let nobody = |_: Found| true;
    let refused = [
        csv_file::count(failing(&table[..10]), form).err(),
        csv_file::count(failing(table), form).err(),
        csv_file::read(failing(table), form, &|_| 60, nobody).err(),
        json_file::survey(failing(document)).err(),
        json_file::read(failing(document), nobody).err(),
    ];
    for error in refused {
        let error = error.expect("it is an error");
        assert_eq!(error.raw_os_error(), Some(5), "{error}");
    }
}

#[test]
fn a_report_fits_into_an_answer_whatever_was_skipped() {
    for reason in ["\u{1}", "\"", "\u{20ac}", "\u{1f600}", "x"] {
        let mut report = ImportReport::new(FileKind::ParticleCsv);
        for _ in 0..500 {
            report.skip(Skipped::new(&reason.repeat(300), &reason.repeat(300)));
        }
        let line = serde_json::to_vec(&report).unwrap();
        assert!(line.len() < 32 * 1024, "{reason:?}: {}", line.len());
        assert_eq!(report.skipped_count, 500);
        assert!(!report.skipped.is_empty());
    }
    let mut short = ImportReport::new(FileKind::ParticleCsv);
    for line in 0..500 {
        short.skip(Skipped::new(
            &format!("line {line}"),
            "it is neither work nor a break",
        ));
    }
    assert_eq!(short.skipped.len(), 100);
}
