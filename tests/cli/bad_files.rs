//! Databases that are not as they should be: told in a sentence; no byte of them is lost.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use particle_tests::{Cli, Machine, Person};
use rstest::rstest;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

/// What a newer version leaves in a profile.
const NEWER: &str =
    "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
     values (9999, 'the future', true, x'00', 0)";

/// SQLite's page size, which nobody changed.
const PAGE_BYTES: usize = 4096;

/// File names and contents of the folder that the profile lies in.
type Files = BTreeMap<String, Vec<u8>>;

fn files(machine: &Machine) -> Files {
    let folder = machine
        .profile()
        .parent()
        .expect("a file lies in a folder")
        .to_path_buf();
    let entries = fs::read_dir(folder).expect("the folder is there").flatten();
    let name = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    entries
        .map(|entry| (name(&entry), fs::read(entry.path()).expect("a file")))
        .collect()
}

/// Lets another program do something with the database of `machine`.
async fn with_database(machine: &Machine, journal: SqliteJournalMode, statements: &[&'static str]) {
    let options = SqliteConnectOptions::new().filename(machine.profile());
    let options = options.create_if_missing(true).journal_mode(journal);
    fs::create_dir_all(machine.profile().parent().expect("a folder")).expect("a folder");
    let mut connection: SqliteConnection = options.connect().await.expect("a database");
    for statement in statements {
        sqlx::query(*statement)
            .execute(&mut connection)
            .await
            .expect("valid SQL");
    }
    connection.close().await.expect("it closes");
}

/// A profile with two particles, all of it in one file.
async fn used_machine(person: Person) -> Machine {
    let machine = Machine::of(person);
    for task in ["Read a paper", "Write the report"] {
        Cli::on(&machine).object(&["add", task, "--minutes", "30"]);
    }
    with_database(
        &machine,
        SqliteJournalMode::Wal,
        &["pragma wal_checkpoint(truncate)"],
    )
    .await;
    machine
}

/// Every verb refuses with `code` and says `words`, and every file stays as it is.
fn check_untouched(machine: &Machine, code: &str, words: &str) {
    let before = files(machine);
    let verbs = [
        &["status"][..],
        &["start", "Task"],
        &["add", "T", "--minutes", "5"],
        &["list"],
    ];
    for verb in verbs {
        let (found, message) = Cli::on(machine).error(verb);
        assert_eq!(found, code, "{verb:?}: {message}");
        assert!(
            message.contains(words),
            "{verb:?}: {message:?} says {words:?}"
        );
        assert!(
            message.contains("local.db"),
            "{verb:?}: {message:?} names the file"
        );
        let after = files(machine);
        let names: Vec<_> = after.keys().collect();
        assert!(
            after == before,
            "{verb:?} changed the files; there are now {names:?}"
        );
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_not_touched() {
    let machine = used_machine(Person::Tester).await;
    let statements = [NEWER, "pragma wal_checkpoint(truncate)"];
    with_database(&machine, SqliteJournalMode::Wal, &statements).await;
    check_untouched(&machine, "database_newer", "newer version of Particle");
}

#[tokio::test]
async fn a_newer_version_that_was_killed_loses_nothing_to_an_older_one() {
    let machine = used_machine(Person::Tester).await;
    let options = SqliteConnectOptions::new().filename(machine.profile());
    let mut newer: SqliteConnection = options.connect().await.expect("a database");
    sqlx::query(NEWER)
        .execute(&mut newer)
        .await
        .expect("valid SQL");
    let killed = files(&machine);
    newer.close().await.expect("it closes");
    for (name, bytes) in killed.iter().filter(|(name, _)| !name.ends_with("-shm")) {
        machine.write(&machine.profile().with_file_name(name), bytes);
    }

    let (code, message) = Cli::on(&machine).error(&["start", "Task"]);
    assert_eq!(code, "database_newer", "{message}");
    let after = files(&machine);
    for name in ["local.db", "local.db-wal"] {
        assert!(
            after.get(name) == killed.get(name),
            "{name} is as the newer version left it"
        );
    }
}

#[rstest]
#[tokio::test]
async fn a_database_of_another_program_is_refused_and_not_touched(
    #[values(SqliteJournalMode::Delete, SqliteJournalMode::Wal)] journal: SqliteJournalMode,
) {
    let machine = Machine::new();
    let statements = [
        "create table songs (title text)",
        "insert into songs values ('Imagine')",
    ];
    with_database(&machine, journal, &statements).await;
    check_untouched(&machine, "database_foreign", "another program");
}

#[tokio::test]
async fn a_database_that_may_not_be_written_is_refused_and_not_touched() {
    let machine = used_machine(Person::Nobody).await;
    fs::set_permissions(machine.profile(), fs::Permissions::from_mode(0o444))
        .expect("our own file");
    check_untouched(&machine, "database_read_only", "cannot be written");
}

#[tokio::test]
async fn a_folder_that_may_not_be_written_is_named() {
    let machine = used_machine(Person::Nobody).await;
    let before = files(&machine);
    for folder in [machine.data().join("profiles"), machine.data()] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).expect("our own folder");
    }
    fs::remove_file(machine.data().join("owner.lock")).expect("root, or the owner by the parent");
    let (code, message) = Cli::on(&machine).error(&["start", "Task"]);
    assert_eq!(code, "io", "{message}");
    let data = machine.data().display().to_string();
    assert!(
        message.contains(&data) && message.contains("Check who owns it"),
        "{message}"
    );
    assert!(files(&machine) == before, "nothing changed");
}

#[rstest]
#[case::half_of_the_header(|_| 50)]
#[case::the_header_alone(|_| 100)]
#[case::one_page(|_| PAGE_BYTES)]
#[case::half_of_it(|all| all / 2)]
#[case::all_but_a_page(|all| all - PAGE_BYTES)]
#[tokio::test]
async fn a_truncated_database_is_moved_aside_with_every_byte(#[case] kept: fn(usize) -> usize) {
    let machine = used_machine(Person::Tester).await;
    let whole = fs::read(machine.profile()).expect("the profile");
    check_moved_aside(&machine, &whole[..kept(whole.len())]);
}

#[rstest]
#[case::text("This is not a database.\n".repeat(500).into_bytes())]
#[case::zeros(vec![0; 8192])]
#[case::noise((0..8192_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect())]
#[case::a_good_header_and_noise([&b"SQLite format 3\0"[..], &[0xA5; 8176]].concat())]
fn garbage_is_moved_aside_with_every_byte(#[case] garbage: Vec<u8>) {
    check_moved_aside(&Machine::new(), &garbage);
}

#[tokio::test]
async fn a_database_with_a_damaged_page_is_in_the_way_once_at_most() {
    let used = used_machine(Person::Tester).await;
    let whole = fs::read(used.profile()).expect("the profile");
    for page in 1..whole.len() / PAGE_BYTES {
        let mut bytes = whole.clone();
        bytes[page * PAGE_BYTES..][..PAGE_BYTES].fill(0xA5);
        let machine = Machine::new();
        machine.write(&machine.profile(), &bytes);
        let cli = Cli::on(&machine);
        // Damage may show itself only when the page is used; the next start moves the file aside.
        cli.run(&["add", "First", "--minutes", "5"]);
        let second = cli.run(&["add", "Second", "--minutes", "5", "--json"]);
        assert_eq!(second.code, 0, "page {page}: {second:?}");
        assert!(
            cli.list().contains(&second.object()),
            "page {page}: what was acknowledged is listed: {second:?}"
        );
    }
}

/// The first command makes a new database and says where the old bytes went.
fn check_moved_aside(machine: &Machine, bytes: &[u8]) {
    machine.write(&machine.profile(), bytes);
    let cli = Cli::on(machine);
    let said = cli.run(&["add", "Afterwards", "--minutes", "5"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.stderr.contains("was damaged. It was moved to"),
        "{said:?}"
    );
    assert!(
        said.stderr.contains("`particle backup restore`"),
        "the way out: {said:?}"
    );

    let after = files(machine);
    let aside: Vec<_> = after
        .keys()
        .filter(|name| name.contains(".damaged-"))
        .collect();
    let Some(moved) = aside.iter().find(|name| after[**name] == bytes) else {
        panic!("all {} bytes lie beside: {aside:?}", bytes.len());
    };
    assert!(
        said.stderr.contains(moved.as_str()),
        "{said:?} names {moved}"
    );
    assert_eq!(cli.list().len(), 1, "the new database keeps what is added");
    assert_eq!(cli.list()[0]["task"], "Afterwards");
    assert_eq!(
        files(machine)
            .keys()
            .filter(|name| name.contains(".damaged-"))
            .count(),
        aside.len()
    );

    machine.write(&machine.profile(), bytes);
    let said = cli.run(&["status", "--json"]);
    assert_eq!(
        (said.code, said.stderr.as_str()),
        (0, ""),
        "a program finds nothing on stderr but an error"
    );
}

#[test]
fn an_empty_file_becomes_a_database() {
    let machine = Machine::new();
    machine.write(&machine.profile(), b"");
    assert_eq!(Cli::on(&machine).status()["state"], "idle");
}
