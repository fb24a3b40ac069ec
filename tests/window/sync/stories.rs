//! What one does in one window is in the other.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use local_supabase::{Answered, Moment};
use particle_tests::{
    Cli, Desktop, DesktopApp, Machine, TrayHost, eventually, kill_9, living_with,
};

use super::people::{ANOTHER_EMAIL, EMAIL, EXCHANGE, Person, World, agree, signs_in_by_command};

/// How often an app asks without an occasion.
const TICK: Duration = Duration::from_secs(30);
/// How often the focus goes over to the other window, and how often with `PARTICLE_LONG`.
const VISITS: [usize; 2] = [3, 20];
/// An exchange has at most so many changes.
const PAGE: i64 = 1000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_in_one_window_is_in_the_other_when_it_gets_the_focus() {
    let world = World::start().await;
    let (desk, laptop) = (Machine::new(), Machine::new());
    let desktop = Desktop::start(&desk);
    let _manager = desktop.manage_windows(&desk).await;
    let desk = Person::before(&desk, &desktop).await;
    desk.signs_up(&world).await;
    desk.leaves().await;
    let laptop = Person::before(&laptop, &desktop).await;
    laptop.signs_in(&world).await;
    laptop.leaves().await;

    let visits = VISITS[usize::from(std::env::var_os("PARTICLE_LONG").is_some())];
    let mut waits = Vec::new();
    for visit in 1..=visits {
        desktop.focus(desk.machine, desk.window.app()).await;
        let mut requests = world.server.requests().from_now();
        desk.keeps(&format!("Write {visit}"));
        requests.next(has_exchanged).await;
        desk.is_told("synced").await;
        let mut requests = world.server.requests().from_now();
        let begun = Instant::now();
        desktop.focus(laptop.machine, laptop.window.app()).await;
        laptop.sees(visit).await;
        waits.push(begun.elapsed());
        requests.next(has_exchanged).await;
    }
    waits.sort();
    let median = waits[visits / 2];
    println!("focus to shown: median {median:?} of {visits}");
    // Without being asked, the other window would look after half a minute.
    assert!(median < TICK / 3, "{median:?}");
    agree(&desk, &laptop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_that_nobody_touches_and_an_app_without_one_hear_of_it_by_themselves() {
    let world = World::start().await;
    let (desk, laptop, closed) = (Machine::new(), Machine::new(), Machine::new());
    let desktops = [&desk, &laptop, &closed].map(Desktop::start);
    let _tray = TrayHost::start(desktops[2].bus()).await;
    let _manager = desktops[2].manage_windows(&closed).await;
    let desk = Person::before(&desk, &desktops[0]).await;
    desk.signs_up(&world).await;
    let laptop = Person::before(&laptop, &desktops[1]).await;
    laptop.signs_in(&world).await;
    laptop.leaves().await;
    let app = DesktopApp::start(&closed, &desktops[2]).await;
    signs_in_by_command(&closed, &world);
    desktops[2].close(&closed, app.id()).await;
    eventually("there is no window any more", async || {
        match living_with(&closed, "WebKitWebProcess") {
            none if none.is_empty() => Ok(()),
            some => Err(some),
        }
    })
    .await;

    desk.keeps("Write");
    laptop.sees(1).await;
    eventually("the app in the tray has it, too", async || {
        let tasks: Vec<_> = Cli::on(&closed)
            .list()
            .iter()
            .map(|p| p["task"].clone())
            .collect();
        if tasks == ["Write"] {
            Ok(())
        } else {
            Err(tasks)
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_machines_that_were_cut_off_are_equal_again_without_a_click() {
    let world = World::start().await;
    let (desk, laptop) = (Machine::new(), Machine::new());
    let desktops = [&desk, &laptop].map(Desktop::start);
    let desk = Person::before(&desk, &desktops[0]).await;
    desk.signs_up(&world).await;
    let shared = desk.keeps("Draft");
    let id = shared["id"].as_str().expect("an id");
    desk.cli().object(&["project", "add", "Book"]);
    desk.leaves().await;
    desk.is_told("synced").await;
    let laptop = Person::before(&laptop, &desktops[1]).await;
    laptop.signs_in(&world).await;
    laptop.leaves().await;
    laptop.sees(1).await;

    let cut = world.cut().await;
    desk.cli().object(&["edit", id, "--task", "Final"]);
    laptop.cli().object(&["edit", id, "--minutes", "40"]);
    desk.cli().object(&["project", "rename", "Book", "Novel"]);
    let doomed = desk.keeps("By mistake");
    let doomed = doomed["id"].as_str().expect("an id");
    desk.cli().object(&["delete", doomed]);
    laptop.keeps("On the train");
    desk.is_told("offline").await;
    laptop.is_told("offline").await;

    let world = cut.mend().await;
    // Each asks within half a minute, and hears of the other within the next.
    desk.is_told("synced").await;
    laptop.is_told("synced").await;
    desk.sees(2).await;
    laptop.sees(2).await;
    agree(&desk, &laptop).await;
    let kept = laptop.cli().list();
    let both = kept.iter().find(|particle| particle["id"] == id);
    let both = both.expect("it is there");
    assert_eq!(
        (&both["task"], &both["duration_seconds"]),
        (&"Final".into(), &2400.into())
    );
    assert_eq!(world.particles().await, 3, "a deletion travels, too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_upload_that_is_killed_goes_on_and_never_goes_back() {
    let world = World::start().await;
    let desk = Machine::new();
    let desktop = Desktop::start(&desk);
    let file = desk.home().join("history.csv");
    desk.write(&file, history(5 * PAGE).as_bytes());
    Cli::on(&desk).object(&["import", file.to_str().expect("a path")]);
    let person = Person::before(&desk, &desktop).await;
    person.opens_account().await;
    person.enters(&world, "sign-up-submit").await;
    person.window.shows_so_many(1, "[data-testid=join]").await;
    let question = person.window.text("join").await;
    assert!(question.contains("5,000 particles"), "{question}");

    // The question itself asked once; of the pages, the third is held.
    let third = world.server.faults().hold(nth_upload(3), Moment::After);
    person.window.click("join-now").await;
    is_so_far(&person, 2 * PAGE).await;
    kill_9(person.window.app());
    third.release();
    drop(person);

    let person = Person::before(&desk, &desktop).await;
    person.opens_account().await;
    eventually("everything is on the server", async || {
        match (progress(&person).await, world.particles().await) {
            (None, n) if n == 5 * PAGE => Ok(()),
            (Some(done), _) if done < 2 * PAGE => panic!("it went back to {done}"),
            seen => Err(seen),
        }
    })
    .await;
    person.leaves().await;
    person.is_told("synced").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_out_leaves_what_waits_and_finds_it_again() {
    let world = World::start().await;
    let desk = Machine::new();
    let desktop = Desktop::start(&desk);
    let desk = Person::before(&desk, &desktop).await;
    desk.signs_up(&world).await;
    let cut = world.cut().await;
    desk.keeps("On the train");
    desk.window.click("sign-out").await;
    desk.window.click("sign-out-remove").await;
    let refused =
        "return document.querySelector('[data-testid=account-error]')?.innerText.length > 0";
    desk.window.answers(refused, true).await;
    desk.window.click("sign-out-keep").await;
    desk.window
        .shows_so_many(1, "[data-testid=sign-in-submit]")
        .await;
    desk.keeps("Signed out");

    let world = cut.mend().await;
    desk.enters(&world, "sign-in-submit").await;
    desk.is_signed_in().await;
    desk.leaves().await;
    desk.sees(2).await;
    desk.is_told("synced").await;
    assert_eq!(world.tasks_of(EMAIL).await, ["On the train", "Signed out"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_take_turns_at_one_machine_and_nothing_is_lost_or_mixed() {
    let world = World::start().await;
    let desk = Machine::new();
    let desktop = Desktop::start(&desk);
    let desk = Person::before(&desk, &desktop).await;
    desk.signs_up(&world).await;
    let cut = world.cut().await;
    for task in ["Ours 1", "Ours 2", "Ours 3"] {
        desk.keeps(task);
    }
    desk.signs_out().await;

    let world = cut.mend().await;
    desk.enters_as(&world, ANOTHER_EMAIL, "sign-up-submit")
        .await;
    desk.leaves().await;
    desk.sees(0).await;
    desk.keeps("Theirs");
    desk.sees(1).await;
    desk.is_told("synced").await;
    assert_eq!(world.tasks_of(ANOTHER_EMAIL).await, ["Theirs"]);
    assert_eq!(world.tasks_of(EMAIL).await, [""; 0], "nobody sends it");
    desk.opens_account().await;
    desk.signs_out().await;

    desk.enters_as(&world, EMAIL, "sign-in-submit").await;
    desk.leaves().await;
    desk.sees(3).await;
    desk.is_told("synced").await;
    assert_eq!(world.tasks_of(EMAIL).await, ["Ours 1", "Ours 2", "Ours 3"]);
    assert_eq!(world.tasks_of(ANOTHER_EMAIL).await, ["Theirs"]);
}

fn has_exchanged(answered: &Answered) -> bool {
    answered.path == EXCHANGE && answered.status == Some(200)
}

/// The request that brings the `nth` page of changes.
fn nth_upload(nth: usize) -> local_supabase::Matching {
    let seen = std::sync::atomic::AtomicUsize::new(0);
    local_supabase::Matching::path(EXCHANGE).when(move |arrival| {
        let has_changes = arrival.body.len() > 10_000;
        has_changes && seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1 == nth
    })
}

/// How far the upload is, as the window shows it; nothing where none is shown.
async fn progress(person: &Person<'_>) -> Option<i64> {
    let asked = "return document.querySelector('[data-testid=upload] progress')?.value ?? null";
    #[expect(clippy::cast_possible_truncation, reason = "thousands")]
    person
        .window
        .ask(asked)
        .await
        .as_f64()
        .map(|done| done as i64)
}

async fn is_so_far(person: &Person<'_>, rows: i64) {
    eventually("two pages are on the server", async || {
        match progress(person).await {
            Some(done) if done == rows => Ok(()),
            seen => Err(seen),
        }
    })
    .await;
}

/// Particles half an hour apart, as the own CSV has them.
fn history(rows: i64) -> String {
    let mut table = String::from(
        "id,kind,task,project_id,started_at,ended_at,planned_seconds,duration_seconds,\
         overflow_seconds,preset,utc_offset_minutes,deleted\n",
    );
    for number in 0..rows {
        let moment = |seconds| {
            let moment =
                chrono::DateTime::from_timestamp(1_700_000_000 - number * 1800 + seconds, 0);
            moment.expect("a moment").to_rfc3339()
        };
        let (started, ended) = (moment(0), moment(1500));
        writeln!(
            table,
            "00000000-0000-7000-8000-{number:012x},focus,Chapter {number},,{started},{ended},1500,1500,0,classic,60,false"
        )
        .expect("a text grows");
    }
    table
}
