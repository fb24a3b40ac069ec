//! `--data`: what a kept folder keeps, and which folders are refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::running::{Running, folder, is_empty, refused, until};

#[tokio::test]
async fn a_kept_folder_keeps_rows_and_keys() {
    let (temp, kept) = (folder(), folder());
    let data = kept.path().join("data").display().to_string();
    let arguments = ["--data", data.as_str()];
    let first = Running::start(temp.path(), &arguments);
    let publishable_key = first.text("publishable_key").to_owned();
    let insert = "create table public.notes (note text); insert into public.notes values ('kept')";
    first
        .database()
        .await
        .batch_execute(insert)
        .await
        .expect("it can be written");
    first.end("TERM");
    assert!(is_empty(temp.path()), "only the data is kept");

    let second = Running::start(temp.path(), &arguments);

    let rows = second
        .database()
        .await
        .query("select note from public.notes", &[])
        .await;
    assert_eq!(rows.expect("the table is there").len(), 1);
    assert_eq!(second.text("publishable_key"), publishable_key);
    let keys = fs::metadata(kept.path().join("data/keys.json")).expect("the keys are kept");
    assert_eq!(keys.permissions().mode() & 0o777, 0o600, "they sign tokens");
    second.end("TERM");
}

#[tokio::test]
async fn a_kept_folder_survives_sigkill() {
    let (temp, kept) = (folder(), folder());
    let data = kept.path().display().to_string();
    let arguments = ["--data", data.as_str()];
    let first = Running::start(temp.path(), &arguments);
    let client = first.database().await;
    client
        .batch_execute("create table public.notes (note text)")
        .await
        .expect("it is written");
    let (fsync, ()) = (client.query_one("show fsync", &[]).await, drop(client));
    assert_eq!(
        fsync.expect("a row").get::<_, String>(0),
        "on",
        "kept data is written out"
    );
    first.end("KILL");
    until("the first one lets go", || is_empty(temp.path())).await;

    let second = Running::start(temp.path(), &arguments);

    let rows = second
        .database()
        .await
        .query("select note from public.notes", &[])
        .await;
    assert!(rows.is_ok(), "{rows:?}");
    second.end("TERM");
}

#[test]
fn a_folder_in_use_is_refused() {
    let (temp, kept) = (folder(), folder());
    let data = kept.path().display().to_string();
    let arguments = ["--data", data.as_str()];
    let first = Running::start(temp.path(), &arguments);

    let sentence = refused(temp.path(), &arguments);

    assert_eq!(
        sentence,
        format!("local-supabase: {data} is in use by another local-supabase\n")
    );
    first.end("TERM");
}

#[test]
fn a_folder_with_other_things_in_it_is_refused_and_left_alone() {
    let (temp, kept) = (folder(), folder());
    fs::write(kept.path().join("letter"), "mine").expect("a file");

    let sentence = refused(temp.path(), &["--data", &kept.path().display().to_string()]);

    assert!(
        sentence.contains("is not a data folder of local-supabase"),
        "{sentence}"
    );
    assert_eq!(fs::read_dir(kept.path()).expect("it is there").count(), 1);
}

#[test]
fn data_of_another_major_version_is_refused() {
    let (temp, kept) = (folder(), folder());
    let data = kept.path().display().to_string();
    let arguments = ["--data", data.as_str()];
    Running::start(temp.path(), &arguments).end("TERM");
    fs::write(kept.path().join("postgres/PG_VERSION"), "9\n").expect("a file");

    let sentence = refused(temp.path(), &arguments);

    assert!(
        sentence.contains("belongs to PostgreSQL 9, but PostgreSQL 1"),
        "{sentence}"
    );
    assert!(is_empty(temp.path()), "a refused start leaves nothing");
}
