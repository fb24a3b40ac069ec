//! The rules of this repository, checked on its files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The most lines that a file of source may have.
const LINES_MAX: usize = 400;
/// The most lines that the map of the code may have.
const MAP_LINES_MAX: usize = 150;
/// Written by a generator.
const GENERATED: &str = "ui/src/backend/bindings.ts";
/// Folders without source of ours.
const SKIPPED: &[&str] = &[".git", "artifacts", "dist", "gen", "node_modules", "target"];

/// A file of the repository, by its path from the root.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn is_test(&self) -> bool {
        let is_beside = self.path.ends_with("/tests.rs") || self.path.contains("/tests/");
        self.path.starts_with("tests/") || is_beside || self.path.ends_with(".test.ts")
    }

    /// Lines that contain `part`, as `path:line: text`.
    fn lines_with(&self, part: &str) -> Vec<String> {
        let found = self
            .text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains(part));
        found
            .map(|(at, line)| format!("{}:{}: {}", self.path, at + 1, line.trim()))
            .collect()
    }
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent()
        .expect("the package lies in the repository")
        .to_path_buf()
}

/// All files with one of these endings.
fn files(endings: &[&str]) -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)
            .expect("a folder of the repository")
            .flatten()
        {
            let (path, name) = (
                entry.path(),
                entry.file_name().into_string().expect("a name"),
            );
            if path.is_dir() && !SKIPPED.contains(&name.as_str()) {
                folders.push(path);
            } else if path.is_file() && endings.iter().any(|ending| name.ends_with(ending)) {
                let text = fs::read_to_string(&path).expect("a text");
                let path = path
                    .strip_prefix(&root)
                    .expect("below the root")
                    .display()
                    .to_string();
                found.push(Source { path, text });
            }
        }
    }
    assert!(!found.is_empty(), "no file ends with one of {endings:?}");
    found
}

fn check(broken: &[String], rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n{}", broken.join("\n"));
}

fn lines_with(sources: &[Source], parts: &[&str]) -> Vec<String> {
    sources
        .iter()
        .flat_map(|s| parts.iter().flat_map(|part| s.lines_with(part)))
        .collect()
}

#[test]
fn only_the_store_and_the_server_speak_sql() {
    let mut sources = files(&[".rs"]);
    let may = |path: &str| {
        ["core/src/store", "supabase/", "tests/"]
            .iter()
            .any(|folder| path.starts_with(folder))
    };
    sources.retain(|source| !may(&source.path));
    let sql = [
        "sqlx::",
        "\"select ",
        "\"insert into ",
        "\"update ",
        "\"delete from ",
        "\"pragma ",
        "\"create table ",
        "\"begin ",
    ];
    check(
        &lines_with(&sources, &sql),
        "SQL belongs into core/src/store, or into supabase",
    );
}

#[test]
fn only_the_core_and_the_tests_depend_on_the_database() {
    let mut manifests = files(&["Cargo.toml"]);
    manifests
        .retain(|m| !["Cargo.toml", "core/Cargo.toml", "tests/Cargo.toml"].contains(&&*m.path));
    check(
        &lines_with(&manifests, &["sqlx", "rusqlite"]),
        "the database of the client belongs into core",
    );
}

#[test]
fn only_the_backend_folder_of_the_ui_knows_tauri() {
    let mut sources = files(&[".ts", ".svelte", ".js"]);
    sources.retain(|s| s.path.starts_with("ui/src/") && !s.path.starts_with("ui/src/backend/"));
    check(
        &lines_with(&sources, &["@tauri-apps"]),
        "Tauri belongs into ui/src/backend",
    );
}

#[test]
fn the_core_and_the_command_line_know_no_tauri() {
    let mut sources = files(&[".rs", "Cargo.toml"]);
    sources.retain(|s| s.path.starts_with("core/") || s.path.starts_with("cli/"));
    sources.retain(|s| s.path.ends_with("/Cargo.toml") || s.text.contains("tauri::"));
    check(
        &lines_with(&sources, &["tauri"]),
        "Tauri belongs into the desktop shell",
    );
}

#[test]
fn a_module_is_a_file_with_its_name() {
    let broken: Vec<_> = files(&[".rs"])
        .into_iter()
        .map(|source| source.path)
        .collect();
    let broken: Vec<_> = broken
        .into_iter()
        .filter(|path| path.ends_with("mod.rs"))
        .collect();
    check(&broken, "no mod.rs");
}

#[test]
fn no_file_of_source_is_too_long_to_read() {
    let mut sources = files(&[".rs", ".ts", ".svelte"]);
    sources.retain(|source| source.path != GENERATED);
    let lengths = sources
        .iter()
        .map(|source| (&source.path, source.text.lines().count()));
    let broken = lengths.filter(|(_, lines)| *lines > LINES_MAX);
    let broken: Vec<_> = broken
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    check(&broken, "at most 400 lines");
}

#[test]
fn the_map_of_the_code_is_short() {
    let Ok(map) = fs::read_to_string(root().join("ARCHITECTURE.md")) else {
        return;
    };
    let lines = map.lines().count();
    assert!(
        lines <= MAP_LINES_MAX,
        "ARCHITECTURE.md has {lines} lines, {MAP_LINES_MAX} at most"
    );
}

#[test]
fn both_languages_have_the_same_texts() {
    let (english, german) = (texts("en"), texts("de"));
    let missing =
        |here: &BTreeMap<String, String>, there: &BTreeMap<String, String>, name: &str| {
            let keys = here.keys().filter(|key| !there.contains_key(*key));
            keys.map(|key| format!("{key} is missing in {name}"))
                .collect::<Vec<_>>()
        };
    let mut broken = missing(&english, &german, "de.json");
    broken.extend(missing(&german, &english, "en.json"));
    let pairs = english
        .iter()
        .filter_map(|(key, en)| Some((key, en, german.get(key)?)));
    for (key, en, de) in pairs {
        if placeholders(en) != placeholders(de) {
            broken.push(format!("{key} has other placeholders: {en:?}, {de:?}"));
        }
        if en.trim().is_empty() || de.trim().is_empty() {
            broken.push(format!("{key} is empty"));
        }
    }
    check(&broken, "en.json and de.json agree");
}

fn texts(language: &str) -> BTreeMap<String, String> {
    let path = root().join(format!("locales/{language}.json"));
    let json: Value =
        serde_json::from_str(&fs::read_to_string(path).expect("texts")).expect("JSON");
    let mut texts = BTreeMap::new();
    flatten("", &json, &mut texts);
    texts
}

fn flatten(prefix: &str, json: &Value, texts: &mut BTreeMap<String, String>) {
    let Some(object) = json.as_object() else {
        texts.insert(prefix.into(), json.as_str().expect("a text").into());
        return;
    };
    for (key, value) in object {
        let separator = if prefix.is_empty() { "" } else { "." };
        flatten(&format!("{prefix}{separator}{key}"), value, texts);
    }
}

fn placeholders(text: &str) -> Vec<&str> {
    let mut found: Vec<_> = text
        .split("%{")
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[test]
fn no_test_waits_for_a_duration_or_is_left_out() {
    let mut tests = files(&[".rs", ".ts"]);
    tests.retain(Source::is_test);
    // In two parts, because this file is a test, too. A computer may sleep; a test may not.
    let waits = [
        concat!("thread::sle", "ep"),
        concat!("time::sle", "ep"),
        concat!("pg_sle", "ep("),
        concat!("new(\"sle", "ep\")"),
        concat!("await sle", "ep("),
        concat!("#[ign", "ore"),
    ];
    let mut broken = lines_with(&tests, &waits);
    let imports = lines_with(&tests, &["time::{"]);
    broken.extend(
        imports
            .into_iter()
            .filter(|line| line.contains(concat!("sle", "ep"))),
    );
    check(
        &broken,
        "wait for a condition with a deadline; run every test",
    );
}

#[test]
fn nothing_is_left_undone_in_the_code() {
    let broken = lines_with(
        &files(&[".rs"]),
        &[concat!("tod", "o!("), concat!("unimpl", "emented!(")],
    );
    check(&broken, "finish it or leave it out");
}
