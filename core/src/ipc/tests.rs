use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use interprocess::local_socket::ListenerOptions;
use interprocess::local_socket::tokio::Stream;
use interprocess::local_socket::traits::tokio::{Listener as _, Stream as _};
use tokio::io::BufReader;

use super::address::{self, Address};
use super::server::Owner;
use super::*;
use crate::app::{
    App, Environment, NewParticle, ParticleRequest, ProjectRequest, StartRequest, TimerRequest,
};
use crate::error::{AppError, ErrorCode};
use crate::folder::DataFolder;
use crate::model::Brightness;

fn folder(path: &Path) -> DataFolder {
    DataFolder::locate(Some(path.into())).unwrap()
}

async fn owner(folder: &DataFolder) -> (Server, Arc<AtomicUsize>) {
    let Ok(Reached::Free(ownership)) = reach(folder).await else {
        panic!("nobody owns the folder yet")
    };
    let app = App::open(folder, ownership, Environment::system())
        .await
        .unwrap()
        .app;
    let shown = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&shown);
    let on_show = Arc::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        Welcome::Shown
    });
    (
        Server::listen(folder, Arc::new(app), on_show).unwrap(),
        shown,
    )
}

async fn client(folder: &DataFolder) -> Client {
    Client::connect(folder).await.expect("the owner answers")
}

fn start(minutes: i32) -> Command {
    Command::Timer(TimerRequest::Start(StartRequest {
        task: Some("Write".into()),
        minutes: Some(minutes),
        project: None,
    }))
}

/// A file of so many sessions.
fn import_of(sessions: i64, place: &Path) -> Command {
    let path = place.join("sessions.csv");
    let header = "id,started_at,ended_at,round_type,duration_secs,completed\n";
    let row = |n| format!("{n},{},,work,60,1", 1_700_000_000 + n * 60);
    let rows: Vec<String> = (0..sessions).map(row).collect();
    std::fs::write(&path, header.to_owned() + &rows.join("\n")).unwrap();
    Command::Import(path.to_str().unwrap().into())
}

#[tokio::test]
async fn a_second_process_steers_the_timer_of_the_first() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path());
    let (_server, shown) = owner(&folder).await;
    let Ok(Reached::Owner(second)) = reach(&folder).await else {
        panic!("the folder has an owner")
    };
    let Ok(Answer::Status(status)) = second.run(start(50)).await else {
        panic!("a start answers with a status")
    };
    assert_eq!(
        (status.task.as_str(), status.planned_seconds),
        ("Write", 3000)
    );
    client(&folder).await.show().await.unwrap();
    assert_eq!(shown.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_second_process_corrects_the_past_through_the_first() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path());
    let _owner = owner(&folder).await;
    let run = async |command| client(&folder).await.run(command).await;
    let add = ProjectRequest::Add {
        name: "Book".into(),
        brightness: Some(Brightness::new(0.55).unwrap()),
    };
    let Ok(Answer::Project(book)) = run(Command::Project(add)).await else {
        panic!("a project answers with itself")
    };
    assert_eq!(
        (book.name.as_str(), book.brightness.as_f64()),
        ("Book", 0.55)
    );
    let add = Command::Add(NewParticle {
        task: "Write".into(),
        minutes: 30,
        ended_at: None,
        project: Some("Book".parse().unwrap()),
        id: None,
    });
    let Ok(Answer::Particle(before)) = run(add).await else {
        panic!("an addition answers with the particle")
    };
    assert_eq!(before.project_id, Some(book.id));
    let edit = |minutes| {
        Command::EditParticle(ParticleRequest {
            id: before.id,
            task: Some("Read".into()),
            started_at: None,
            minutes: Some(minutes),
            project: Some("none".parse().unwrap()),
        })
    };
    let Ok(Answer::Particle(edited)) = run(edit(20)).await else {
        panic!("a correction answers with the particle")
    };
    let parts = (
        edited.task.as_str(),
        edited.time.duration_seconds,
        edited.project_id,
    );
    assert_eq!(parts, ("Read", 1200, None));
    let Ok(Answer::Particle(deleted)) = run(Command::DeleteParticle(before.id)).await else {
        panic!("a deletion answers with the particle")
    };
    assert!(deleted.deleted);
    let Err(AppError::Elsewhere(view)) = run(edit(25)).await else {
        panic!("what is deleted is not corrected")
    };
    assert_eq!(view.code, ErrorCode::IsDeleted);
    let restored = run(Command::RestoreParticle(before.id)).await.unwrap();
    assert_eq!(restored, Answer::Particle(edited));
}

#[tokio::test]
async fn an_error_keeps_its_code_on_the_way() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path());
    let _owner = owner(&folder).await;
    let pause = Command::Timer(TimerRequest::Pause);
    let Err(AppError::Elsewhere(view)) = client(&folder).await.run(pause).await else {
        panic!("nothing runs that could be paused")
    };
    assert_eq!(view.code, ErrorCode::TimerIdle);
}

#[tokio::test]
async fn a_task_too_long_for_a_line_is_refused_before_it_is_sent() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path());
    let _owner = owner(&folder).await;
    let rename = Command::Timer(TimerRequest::Rename("x".repeat(100_000)));
    let refused = client(&folder).await.run(rename).await;
    assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
}

#[tokio::test]
async fn a_socket_that_does_not_greet_belongs_to_nobody() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path());
    folder.create().unwrap();
    let dying = Address::choose(&folder, "dying").unwrap();
    let name = address::name(dying.text()).unwrap();
    let listener = ListenerOptions::new().name(name).create_tokio().unwrap();
    dying.publish(&folder).unwrap();
    let hung_up = tokio::spawn(async move { drop(listener.accept().await) });
    assert!(Client::connect(&folder).await.is_none());
    hung_up.await.unwrap();
}

#[tokio::test]
async fn an_owner_that_is_gone_leaves_a_folder_that_can_be_owned() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path());
    drop(owner(&folder).await);
    std::fs::write(folder.owner_address(), "/nowhere/owner.socket").unwrap();
    drop(owner(&folder).await);
}

#[tokio::test]
async fn a_folder_with_a_long_path_is_reached_too() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(&place.path().join("long".repeat(40)));
    let _owner = owner(&folder).await;
    assert!(matches!(
        client(&folder).await.run(Command::Status).await,
        Ok(Answer::Status(_))
    ));
}

#[tokio::test]
async fn a_caller_that_talks_nonsense_is_hung_up_on_and_others_are_served() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path());
    let _owner = owner(&folder).await;
    for line in [
        b"nonsense\n".to_vec(),
        vec![b'['; 100_000],
        b"\xff\xfe\n".to_vec(),
    ] {
        let text = std::fs::read_to_string(folder.owner_address()).unwrap();
        let mut stream = BufReader::new(
            Stream::connect(address::name(&text).unwrap())
                .await
                .unwrap(),
        );
        read_line::<Greeting>(&mut stream).await.unwrap();
        // The other side may hang up before all of it is written.
        drop(stream.write_all(&line).await);
        assert!(
            read_line::<Response>(&mut stream).await.is_err(),
            "there is no answer to nonsense"
        );
    }
    assert!(matches!(
        client(&folder).await.run(Command::Status).await,
        Ok(Answer::Status(_))
    ));
}

#[tokio::test]
async fn a_second_process_has_the_first_import_a_file_and_hears_how_far_it_is() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path());
    let _owner = owner(&folder).await;
    let import = import_of(1200, place.path());
    let progress = tokio::sync::watch::Sender::default();
    let mut made = progress.subscribe();
    let told = client(&folder).await.run_told(import, &progress).await;
    let Ok(Answer::Imported(report)) = told else {
        panic!("an import answers with its report: {told:?}")
    };
    assert_eq!((report.particles.new, report.skipped_count), (1200, 0));
    assert!(made.has_changed().unwrap(), "it was told on the way");
    assert_eq!(made.borrow_and_update().total, Some(1200));
    let nowhere = Command::Import("/nowhere/export.json".into());
    let Err(AppError::Elsewhere(view)) = client(&folder).await.run(nowhere).await else {
        panic!("there is no such file")
    };
    assert_eq!(view.code, ErrorCode::Io);
}

#[tokio::test]
async fn a_client_that_does_not_read_how_far_it_is_holds_nothing_up() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path());
    let Ok(Reached::Free(ownership)) = reach(&folder).await else {
        panic!("nobody owns the folder yet")
    };
    let opened = App::open(&folder, ownership, Environment::system()).await;
    let (_closing, is_closing) = tokio::sync::watch::channel(());
    let owner = Owner {
        app: Arc::new(opened.unwrap().app),
        on_show: Arc::new(|| Welcome::Shown),
        is_closing,
    };
    let (lines, unread) = tokio::sync::mpsc::channel(1);
    let done = owner.run(import_of(1200, place.path()), &lines).await;
    let Some(Ok(Answer::Imported(report))) = done else {
        panic!("it is done to its end: {done:?}")
    };
    assert_eq!((report.particles.new, unread.len()), (1200, 1));
    drop(unread);
    let left = owner.run(import_of(1200, place.path()), &lines).await;
    assert!(left.is_none(), "nobody listens: {left:?}");
}

#[tokio::test]
async fn an_owner_hears_when_nobody_waits_for_an_answer_any_more() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path());
    let (server, _) = owner(&folder).await;
    server.answered().await;
    let import = import_of(1200, place.path());
    let progress = tokio::sync::watch::Sender::default();
    let mut made = progress.subscribe();
    let importing = async { client(&folder).await.run_told(import, &progress).await };
    let waiting = async {
        made.wait_for(|made| made.done > 0).await.unwrap();
        server.answered().await;
        server.close().await;
    };
    let (told, ()) = tokio::join!(importing, waiting);
    assert!(matches!(told, Ok(Answer::Imported(_))), "{told:?}");
}

#[tokio::test]
async fn an_owner_that_ends_stops_an_import_and_says_so() {
    const SESSIONS: i64 = 40_000;
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path());
    let (server, _) = owner(&folder).await;
    let import = import_of(SESSIONS, place.path());
    let progress = tokio::sync::watch::Sender::default();
    let mut made = progress.subscribe();
    let importing = async { client(&folder).await.run_told(import, &progress).await };
    let closing = async {
        made.wait_for(|made| made.done > 0).await.unwrap();
        server.close().await;
    };
    let (told, ()) = tokio::join!(importing, closing);
    let Err(AppError::Elsewhere(view)) = told else {
        panic!("it is told that it was stopped: {told:?}")
    };
    assert_eq!(view.code, ErrorCode::ProfileInUse);
    assert!(view.message.contains("do it again and the rest"), "{view}");
    let store = crate::store::Store::open_for_reading(&folder.local_profile().database)
        .await
        .unwrap();
    let kept = store.snapshot().await.unwrap().count_rows().await.unwrap()["particle"].kept;
    assert!(
        (1..40_000).contains(&kept),
        "{kept} were taken in whole batches"
    );
    assert_eq!(kept % 500, 0, "a transaction is whole or not at all");
}
