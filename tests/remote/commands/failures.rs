//! Processes that are killed, refused and left by those whom they send for.

use std::fmt::Write;
use std::process::{Child, Stdio};

use local_supabase::Moment;
use particle_tests::{Daemon, eventually};
use rstest::rstest;
use serde_json::{Value, json};

use super::{Computer, assert_agree};
use crate::failures::{arrived, exchange_ends, hold_after, particles_on_the_server};
use crate::support::{EMAIL, PASSWORD, start};

const OTHER: &str = "other@example.com";
/// Three requests.
const ROWS: u32 = 2600;

async fn nothing_waits_on(computer: &Computer) {
    eventually("everything was sent", async || {
        match computer.state_of_sync() {
            sync if sync["pending"] == 0 && sync["state"] == "synced" => Ok(()),
            sync => Err(sync),
        }
    })
    .await;
}

/// A history of so many particles, as another timer left it.
fn import(computer: &Computer, rows: u32) {
    let mut table = "started_at,ended_at,round_type,duration_secs,completed\n".to_owned();
    for row in 0..rows {
        let started = 1_700_000_000 + row * 1800;
        let ended = started + 1500;
        writeln!(table, "{started},{ended},work,1500,1").unwrap();
    }
    let file = computer.machine.home().join("history.csv");
    computer.machine.write(&file, table.as_bytes());
    let report = computer.cli().object(&["import", file.to_str().unwrap()]);
    assert_eq!(report["particles"]["new"], rows);
}

/// `particle login`, which was told the password and is not waited for.
fn begin_login(computer: &Computer) -> Child {
    let mut command = computer.signing("login", EMAIL, &[]);
    command.stdin(Stdio::piped());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut login = command.spawn().expect("setpriv is there");
    let mut input = login.stdin.take().expect("it is piped");
    std::io::Write::write_all(&mut input, format!("{PASSWORD}\n").as_bytes()).unwrap();
    login
}

fn upload(computer: &Computer) -> Value {
    computer.state_of_sync()["upload"].clone()
}

#[rstest]
#[case::before_they_are_carried_out(Moment::Before)]
#[case::after_they_were_carried_out(Moment::After)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_are_killed_in_every_request_of_a_first_upload_send_each_row_once(
    #[case] moment: Moment,
) {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::before(&world);
    import(&desk, ROWS);
    let mut held = hold_after(&world, 0, moment);
    let mut login = begin_login(&desk);
    arrived(&mut held).await;
    login.kill().unwrap();
    login.wait().unwrap();
    drop(held);
    let mut progress = vec![upload(&desk)];
    for _ in 0..2 {
        let mut held = hold_after(&world, 1, moment);
        let mut daemon = Daemon::start(&desk.machine);
        arrived(&mut held).await;
        progress.push(upload(&desk));
        daemon.program().kill();
        drop(held);
        progress.push(upload(&desk));
    }
    let done = |done: u32| json!({ "done": done, "total": ROWS });
    let expected = [0, 1000, 1000, 2000, 2000].map(done);
    assert_eq!(progress, expected, "it never goes back");
    let daemon = Daemon::start(&desk.machine);
    nothing_waits_on(&desk).await;
    assert_eq!(upload(&desk), Value::Null);
    assert!(daemon.stop().await.success());
    assert_agree(&[&desk, &Computer::of(&world, EMAIL)]);
    assert_eq!(particles_on_the_server(&world).await, i64::from(ROWS));
}

#[rstest]
#[case::before_it_was_carried_out(Moment::Before)]
#[case::before_its_answer_came(Moment::After)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_in_while_the_request_of_another_hangs_sees_nothing_of_it(
    #[case] moment: Moment,
) {
    let world = start().await;
    world.sign_up().await;
    let (desk, lap) = (Computer::of(&world, EMAIL), Computer::of(&world, EMAIL));
    lap.add("From the lap");
    lap.sync();
    let daemon = Daemon::start(&desk.machine);
    nothing_waits_on(&desk).await;
    let mut held = hold_after(&world, 0, moment);
    desk.add("Theirs");
    arrived(&mut held).await;
    desk.cli().object(&["logout"]);
    desk.sign("signup", OTHER, &[]).object();
    let mut answered = world.server.requests().from_now();
    drop(held);
    exchange_ends(&mut answered).await;
    desk.add("Of another");
    nothing_waits_on(&desk).await;
    assert_eq!(desk.tasks(), ["Of another"]);
    assert_eq!(Computer::of(&world, OTHER).tasks(), ["Of another"]);

    desk.cli().object(&["logout"]);
    desk.sign("login", EMAIL, &[]).object();
    assert_agree(&[&desk, &lap]);
    assert_eq!(lap.tasks(), ["From the lap", "Theirs"]);
    assert!(daemon.stop().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_row_is_told_with_its_reason_until_it_is_edited() {
    let world = start().await;
    world.sign_up().await;
    let (desk, lap) = (Computer::of(&world, EMAIL), Computer::of(&world, EMAIL));
    world
        .sql(
            "alter table public.particles
               add constraint particles_are_no_poison check (task <> 'Poison')",
        )
        .await;
    let id = desk.add("Poison");
    desk.add("Beside");
    eventually("all is settled", async || match desk.state_of_sync() {
        sync if (&sync["pending"], &sync["refused"]) == (&json!(0), &json!(1)) => Ok(()),
        sync => Err(sync),
    })
    .await;
    let waiting = desk.cli().object(&["queue"]);
    assert_eq!(
        (&waiting["entity"], &waiting["id"], &waiting["title"]),
        (&json!("particle"), &json!(id), &json!("Poison"))
    );
    let refusal = &waiting["refusal"];
    assert_eq!(refusal["code"], "particles_are_no_poison", "{waiting}");
    let reason = refusal["message"].as_str().expect("a sentence");
    let told = desk.cli().run(&["queue"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(
        told.stdout.contains(&format!("refused: {reason}")),
        "{told:?}"
    );
    assert!(told.stdout.contains(&id), "{told:?}");
    lap.sync();
    assert_eq!(lap.tasks(), ["Beside"]);

    desk.cli().object(&["edit", &id, "--task", "Food"]);
    assert_agree(&[&desk, &lap]);
    assert_eq!(lap.tasks(), ["Beside", "Food"]);
    let nothing: [Value; 0] = [];
    assert_eq!(desk.cli().run(&["queue", "--json"]).objects(), nothing);
}
