//! Every write verb, dying after each of its writes to the disk, and with a disk that is full at each of
//! them: what was acknowledged is there, what was not is there whole or not at all, and the file is sound.
//! Writes are counted, not SQL statements: one statement is several of them. That a disk keeps what it
//! was told to sync is taken for granted.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests"
)]

use std::fs;
use std::path::Path;

use particle_tests::{Cli, Daemon, Fault, Faults, FileStep, Machine, Said};
use rstest::rstest;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

const PARTICLE: &str = "0199a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b";
const DELETED: &str = "0199a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2c";
const NEW: &str = "0199a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2d";

/// Two sessions, which come in together.
const SESSIONS: &str = "id,started_at,ended_at,round_type,duration_secs,completed\n\
                        1,1700000000,1700001500,work,1500,1\n\
                        2,1700002000,1700003500,work,1500,1\n";

/// Exit code of a program that was killed, as `tests/faults` does it.
const KILLED: i32 = 137;

/// Everything that is kept, but for what differs from run to run: new ids, moments, stamps.
const KEPT: &str = "
    select 'particle ' || task || ' ' || kind || ' ' || planned_seconds || ' deleted ' || is_deleted || ' of '
           || coalesce((select name from projects where projects.id = project_id), 'none')
      from particles
    union all
    select 'project ' || name || ' archived ' || archived || ' deleted ' || is_deleted from projects
    union all
    select 'intention ' || id || ' ' || text || ' ' || status || ' deleted ' || is_deleted from intentions
    union all
    select 'setting ' || id || ' ' || value || ' deleted ' || is_deleted from settings
    union all
    select 'waits ' || entity || ' '
           || coalesce((select name from projects where projects.id = row_id),
                       (select task from particles where particles.id = row_id), row_id) || ' '
           || (select group_concat(value, ',') from (select value from json_each(fields) order by value))
      from outbox
    union all
    select 'timer ' || (state ->> 'state') || ' ' || coalesce(state ->> '$.next', '') || ' '
           || coalesce(state ->> '$.stretch.task', '')
      from timer
    order by 1";

/// What the timer is doing before the verb.
#[derive(Debug, Clone, Copy)]
enum Timer {
    Idle,
    Running,
    Paused,
    /// A break is offered.
    Finished,
    /// It has been finished this moment, each time anew.
    JustFinished,
}

/// A machine, and its data folder as it was before the verb.
struct Story {
    machine: Machine,
    timer: Timer,
    kept_aside: std::path::PathBuf,
}

impl Story {
    async fn with(timer: Timer) -> Self {
        let machine = Machine::new();
        let cli = Cli::on(&machine);
        cli.object(&["add", "Kept", "--minutes", "30", "--id", PARTICLE]);
        cli.object(&["add", "Deleted", "--minutes", "30", "--id", DELETED]);
        cli.object(&["delete", DELETED]);
        cli.object(&["project", "add", "Book"]);
        cli.object(&["project", "add", "Archived"]);
        cli.object(&["project", "archive", "Archived"]);
        cli.object(&["project", "add", "Gone"]);
        cli.object(&["project", "delete", "Gone"]);
        cli.object(&["intention", "Draft", "--date", "2026-03-01"]);
        cli.object(&["intention", "Gone", "--date", "2026-03-02"]);
        cli.object(&["intention", "delete", "2026-03-02"]);
        cli.object(&["setting", "set", "daily_goal", "3"]);
        machine.write(&machine.home().join("sessions"), SESSIONS.as_bytes());
        if !matches!(timer, Timer::Idle) {
            cli.run_in_the_past("-5m", &["start", "Write"]);
        }
        if matches!(timer, Timer::Paused) {
            cli.object(&["pause"]);
        }
        if matches!(timer, Timer::Finished) {
            cli.object(&["finish"]);
        }
        acknowledge(&machine.profile()).await;
        let kept_aside = machine.home().join("before");
        copy(&machine.data(), &kept_aside);
        let story = Self {
            machine,
            timer,
            kept_aside,
        };
        story.go_back();
        story
    }

    /// From now on this is how it was before.
    fn remember(&mut self, name: &str) {
        self.kept_aside = self.machine.home().join(name);
        copy(&self.machine.data(), &self.kept_aside);
    }

    /// Runs `verb`, which is killed as soon as its change is on the disk.
    fn leave_in_the_log(&self, verb: &[&str]) {
        let (said, steps) = Faults::on(&self.machine).watch(verb);
        assert_eq!(said.code, 0, "{said:?}");
        let commit = |step: &FileStep| step.name == "sync" && step.file == "local.db-wal";
        let at = steps.iter().rposition(commit).expect("it is synced") + 1;
        self.go_back();
        let faults = Faults::on(&self.machine);
        let said = faults.run(verb, Fault::Die, at);
        assert_eq!(said.code, KILLED, "{said:?}");
        // They are none of the next verb.
        faults.steps();
        let log = self.machine.profile().with_file_name("local.db-wal");
        assert_ne!(fs::metadata(log).expect("a log").len(), 0);
    }

    fn beside_the_profile(&self) -> Vec<String> {
        let profile = self.machine.profile();
        let entries = fs::read_dir(profile.parent().expect("a folder")).expect("a folder");
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into();
        let mut names: Vec<String> = entries.flatten().map(name).collect();
        names.sort();
        names
    }

    fn go_back(&self) {
        fs::remove_dir_all(self.machine.data()).expect("our own folder");
        copy(&self.kept_aside, &self.machine.data());
        if matches!(self.timer, Timer::JustFinished) {
            Cli::on(&self.machine).object(&["finish"]);
        }
    }

    /// What is kept, from a file that is sound.
    async fn kept(&self) -> Vec<String> {
        kept(&self.machine.profile()).await
    }

    /// The command is run again and nothing stands in its way.
    fn recover(&self) {
        let said = Cli::on(&self.machine).run(&["status"]);
        assert_eq!(said.code, 0, "it opens again: {said:?}");
        assert_eq!(said.stderr, "", "nothing was moved aside");
    }
}

/// A server answered for everything, so that every mark in the outbox is the verb's.
async fn acknowledge(profile: &Path) {
    let options = SqliteConnectOptions::new().filename(profile);
    let mut database = options.connect().await.expect("a database");
    let cleared = sqlx::query("delete from outbox").execute(&mut database);
    cleared.await.expect("an outbox");
    database.close().await.expect("it closes");
}

async fn kept(profile: &Path) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(profile);
    let mut database = options.connect().await.expect("a database");
    let verdict: String = sqlx::query_scalar("pragma integrity_check")
        .fetch_one(&mut database)
        .await
        .expect("a verdict");
    assert_eq!(verdict, "ok");
    let rows = sqlx::query_scalar(KEPT).fetch_all(&mut database).await;
    database.close().await.expect("it closes");
    rows.expect("everything that is kept")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &copied);
        } else {
            fs::copy(&path, &copied).expect("a copy");
        }
    }
}

#[rstest]
#[case::start(Timer::Idle, &["start", "Write"])]
#[case::pause(Timer::Running, &["pause"])]
#[case::resume(Timer::Paused, &["resume"])]
#[case::finish(Timer::Running, &["finish"])]
#[case::stop(Timer::Paused, &["stop"])]
#[case::add(Timer::Idle, &["add", "New", "--minutes", "5", "--project", "Book", "--id", NEW])]
#[case::edit(Timer::Idle, &["edit", PARTICLE, "--task", "Other", "--minutes", "29", "--project", "Book"])]
#[case::delete(Timer::Idle, &["delete", PARTICLE])]
#[case::restore(Timer::Idle, &["restore", DELETED])]
#[case::add_project(Timer::Idle, &["project", "add", "Garden"])]
#[case::rename_project(Timer::Idle, &["project", "rename", "Book", "Novel"])]
#[case::delete_project(Timer::Idle, &["project", "delete", "Book"])]
#[case::skip(Timer::Finished, &["skip"])]
#[case::undo(Timer::JustFinished, &["undo"])]
#[case::archive_project(Timer::Idle, &["project", "archive", "Book"])]
#[case::unarchive_project(Timer::Idle, &["project", "unarchive", "Archived"])]
#[case::brightness_of_project(Timer::Idle, &["project", "brightness", "Book", "0.5"])]
#[case::restore_project(Timer::Idle, &["project", "restore", "Gone"])]
#[case::intend(Timer::Idle, &["intention", "Rest", "--date", "2026-03-01"])]
#[case::delete_intention(Timer::Idle, &["intention", "delete", "2026-03-01"])]
#[case::restore_intention(Timer::Idle, &["intention", "restore", "2026-03-02"])]
#[case::import(Timer::Idle, &["import", "sessions"])]
#[case::reset(Timer::Idle, &["setting", "reset", "daily_goal"])]
#[case::set(Timer::Idle, &["setting", "set", "overflow", "false"])]
#[tokio::test]
async fn a_verb_happens_whole_or_not_at_all(#[case] timer: Timer, #[case] verb: &[&str]) {
    let story = Story::with(timer).await;
    let before = story.kept().await;
    let (said, steps) = Faults::on(&story.machine).watch(verb);
    assert_eq!(said.code, 0, "{said:?}");
    let after = story.kept().await;
    assert_ne!(before, after, "it changes something");

    for (step, at) in steps.iter().zip(1..) {
        for &fault in faults_at(&steps, at) {
            story.go_back();
            let said = Faults::on(&story.machine).run(verb, fault, at);
            let context = format!("{fault:?} at step {at}, {step:?}: {said:?}");
            check_end(fault, &said, &context);
            story.recover();
            let kept = story.kept().await;
            if is_acknowledged(&said) {
                assert_eq!(kept, after, "it was acknowledged; {context}");
            } else if kept != before {
                assert_eq!(kept, after, "whole or not at all; {context}");
            }
        }
    }
}

/// The last change before it still waits in the log, and a focus ran when the backup was made.
#[tokio::test]
async fn a_restore_happens_whole_or_not_at_all_and_what_was_there_is_kept() {
    let mut story = Story::with(Timer::Running).await;
    let made = Cli::on(&story.machine).object(&["backup", "make"]);
    let name = made["name"].as_str().expect("a name");
    story.remember("with a backup");
    story.leave_in_the_log(&["add", "Later", "--minutes", "5", "--id", NEW]);
    story.remember("with a log");
    let before = story.kept().await;
    story.go_back();
    let verb = ["backup", "restore", name];
    let (said, steps) = Faults::on(&story.machine).watch(&verb);
    assert_eq!(said.code, 0, "{said:?}");
    let after = story.kept().await;
    assert!(
        before.iter().any(|row| row.contains("particle Later")),
        "{before:?}"
    );
    assert!(after.contains(&"timer idle  ".into()), "{after:?}");

    for (step, at) in steps.iter().zip(1..) {
        for &fault in faults_at(&steps, at) {
            story.go_back();
            let said = Faults::on(&story.machine).run(&verb, fault, at);
            let context = format!("{fault:?} at step {at}, {step:?}: {said:?}");
            check_end(fault, &said, &context);
            story.recover();
            let kept = story.kept().await;
            let beside = story.beside_the_profile();
            let aside = beside.iter().find(|name| name.contains(".replaced-"));
            if kept == before {
                assert!(!is_acknowledged(&said), "{context}");
                assert_eq!(beside, ["local.db"], "nothing is left over; {context}");
                continue;
            }
            assert_eq!(kept, after, "whole or not at all; {context}");
            let aside = story
                .machine
                .profile()
                .with_file_name(aside.expect("it is kept"));
            assert_eq!(self::kept(&aside).await, before, "with its log; {context}");
            assert_eq!(story.beside_the_profile().len(), 2, "{beside:?}; {context}");
        }
    }
}

#[tokio::test]
async fn a_backup_is_whole_or_has_no_name() {
    let story = Story::with(Timer::Running).await;
    let before = story.kept().await;
    let verb = ["backup", "make"];
    let (said, steps) = Faults::on(&story.machine).watch(&verb);
    assert_eq!(said.code, 0, "{said:?}");
    for (step, at) in steps.iter().zip(1..) {
        for &fault in faults_at(&steps, at) {
            story.go_back();
            let said = Faults::on(&story.machine).run(&verb, fault, at);
            let context = format!("{fault:?} at step {at}, {step:?}: {said:?}");
            check_end(fault, &said, &context);
            story.recover();
            assert_eq!(story.kept().await, before, "{context}");
            let listed = Cli::on(&story.machine).run(&["backup", "list", "--json"]);
            // The one of the day is from before, and is named after no moment.
            let mut wanted = listed.objects();
            wanted.retain(|backup| backup["name"].as_str().is_some_and(|n| n.contains('T')));
            assert!(!wanted.is_empty() || !is_acknowledged(&said), "{context}");
            for backup in wanted {
                let path = backup["path"].as_str().expect("a path");
                assert_eq!(kept(Path::new(path)).await, before, "{context}");
            }
        }
    }
}

/// A profile that is just being made.
#[tokio::test]
async fn the_first_opening_can_be_interrupted_anywhere() {
    let machine = Machine::new();
    let verb = ["setting", "set", "overflow", "false"];
    let (said, steps) = Faults::on(&machine).watch(&verb);
    assert_eq!(said.code, 0, "{said:?}");
    let after = kept(&machine.profile()).await;
    for (step, at) in steps.iter().zip(1..) {
        for &fault in faults_at(&steps, at) {
            fs::remove_dir_all(machine.data()).expect("our own folder");
            let said = Faults::on(&machine).run(&verb, fault, at);
            let context = format!("{fault:?} at step {at}, {step:?}: {said:?}");
            check_end(fault, &said, &context);
            let again = Cli::on(&machine).run(&verb);
            assert_eq!(again.code, 0, "{again:?}; {context}");
            assert_eq!(again.stderr, "", "{context}");
            assert_eq!(kept(&machine.profile()).await, after, "{context}");
        }
    }
}

/// What can go wrong at a step. What the index of the log (`-shm`) holds is made anew at each opening, so
/// only its first write is of interest, which takes the space for it.
fn faults_at(steps: &[FileStep], at: usize) -> &'static [Fault] {
    let step = &steps[at - 1];
    let is_of_index = |step: &FileStep| step.fills() && step.file.ends_with("-shm");
    match step {
        step if is_of_index(step) && steps[..at - 1].iter().any(is_of_index) => &[],
        step if step.fills() => &[Fault::Die, Fault::Torn, Fault::Full, Fault::FullOnce],
        _ => &[Fault::Die],
    }
}

/// It was killed; or it succeeded, or says that the disk is full.
fn check_end(fault: Fault, said: &Said, context: &str) {
    match fault {
        Fault::Die | Fault::Torn => assert_eq!(said.code, KILLED, "{context}"),
        Fault::Full | Fault::FullOnce if said.code == 0 => {}
        Fault::Full | Fault::FullOnce => {
            let (code, message) = said.error();
            assert_eq!(code, "disk_full", "{message}; {context}");
        }
    }
}

/// The whole answer was printed: somebody may rely on it.
fn is_acknowledged(said: &Said) -> bool {
    said.stdout.ends_with('\n')
}

/// A daemon keeps the file open, so that nothing but the commit can have synced it.
#[tokio::test]
async fn a_change_is_synced_before_it_is_acknowledged() {
    let machine = Machine::new();
    let faults = Faults::on(&machine);
    let _daemon = Daemon::start_with(&machine, faults.environment());
    faults.steps();
    let said = Cli::on(&machine).run(&["add", "New", "--minutes", "5", "--json"]);
    assert!(is_acknowledged(&said), "{said:?}");
    let steps = faults.steps();
    let of_log = || steps.iter().filter(|step| step.file == "local.db-wal");
    assert!(of_log().any(|step| step.name == "write"), "{steps:?}");
    let last = of_log().next_back().map(|step| step.name.as_str());
    assert_eq!(last, Some("sync"), "{steps:?}");
}
