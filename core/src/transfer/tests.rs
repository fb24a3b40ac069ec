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
fn from_json(bytes: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    json_file::read(Cursor::new(bytes), |part| {
        found.push(part);
        true
    });
    found
}

fn from_csv(bytes: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    let form = csv_file::recognise(bytes).expect("it is a table that is known");
    csv_file::read(Cursor::new(bytes), form, &|_| 60, |part| {
        found.push(part);
        true
    });
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
