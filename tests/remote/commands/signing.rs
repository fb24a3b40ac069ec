//! Signing up, in and out.

use rstest::rstest;

use local_supabase::{Fault, Settings};

use super::{Computer, assert_agree};
use crate::support::{EMAIL, EXCHANGE, World, start, start_with};

const OTHER: &str = "other@example.com";

/// The newest code that was sent to somebody.
fn code(world: &World, to: &str) -> String {
    world.server.mailbox().newest(to).expect("a mail").code
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_up_is_signed_in() {
    let world = start().await;
    let desk = Computer::before(&world);
    desk.add("Before");
    let mut account = desk.sign("signup", EMAIL, &[]).object();
    assert_eq!(
        (
            &account["signed_in"],
            &account["email"],
            &account["kept_in"]
        ),
        (&true.into(), &EMAIL.into(), &"file".into())
    );
    // Known with the first exchange, which begins with the sign-in.
    desk.cli().object(&["sync"]);
    account["tier"] = "free".into();
    assert_eq!(desk.cli().object(&["account"]), account);
    let doctor = desk.cli().object(&["doctor"]);
    assert_eq!(doctor["ok"], true, "{doctor}");
    assert_eq!(
        (
            &doctor["account"]["server"],
            &doctor["account"]["sign_in_kept_in"]
        ),
        (&world.server.url().into(), &"file".into())
    );
    assert_eq!(Computer::of(&world, EMAIL).tasks(), ["Before"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_confirmed_by_the_code_in_the_mail() {
    let world = start_with(Settings {
        confirm_email: true,
        ..Settings::default()
    })
    .await;
    let desk = Computer::before(&world);
    let account = desk.sign("signup", EMAIL, &[]).object();
    assert_eq!(
        (&account["signed_in"], &account["mail_sent_to"]),
        (&false.into(), &EMAIL.into())
    );
    let (refused, _) = desk.sign("login", EMAIL, &[]).error();
    assert_eq!(refused, "email_unconfirmed");
    let code = code(&world, EMAIL);
    let arguments = desk.with_server(&["signup", "--email", EMAIL, "--code", &code]);
    assert_eq!(desk.cli().object(&arguments)["signed_in"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_from_a_mail_signs_in_once() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::before(&world);
    let arguments = desk.with_server(&["login", "--email", EMAIL, "--send-code"]);
    assert_eq!(desk.cli().object(&arguments)["mail_sent_to"], EMAIL);
    let code = code(&world, EMAIL);
    let arguments = desk.with_server(&["login", "--email", EMAIL, "--code", &code]);
    assert_eq!(desk.cli().object(&arguments)["signed_in"], true);
    desk.cli().object(&["logout"]);
    assert_eq!(desk.cli().error(&arguments).0, "code_wrong");
}

#[rstest]
#[case::wrong_password("login", EMAIL, "wrong", "credentials_wrong")]
#[case::nobody("login", "nobody@example.com", "correct horse", "credentials_wrong")]
#[case::taken("signup", EMAIL, "correct horse", "account_exists")]
#[case::weak("signup", OTHER, "abc", "password_weak")]
#[case::no_address("signup", "nobody", "correct horse", "email_invalid")]
#[case::no_password("login", EMAIL, "", "usage")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_that_is_refused_changes_nothing(
    #[case] verb: &str,
    #[case] email: &str,
    #[case] password: &str,
    #[case] expected: &str,
) {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::before(&world);
    desk.add("Before");
    let (refused, message) = desk.sign_with(verb, email, password, &[]).error();
    assert_eq!(refused, expected, "{message}");
    assert!(!message.contains(crate::support::PASSWORD), "{message}");
    assert_eq!(desk.cli().object(&["account"])["signed_in"], false);
    assert!(desk.machine.profile().exists());
    assert_eq!(desk.tasks(), ["Before"]);
}

#[rstest]
#[case::none(&[], "server_missing")]
#[case::no_address(&["--server", "example", "--key", "sb_publishable_a"], "server_invalid")]
#[case::not_safe(&["--server", "http://example.org", "--key", "sb_publishable_a"], "server_invalid")]
#[case::no_key(&["--server", "https://example.org"], "server_invalid")]
#[case::the_secret_key(&["--server", "https://example.org", "--key", "sb_secret_a"], "server_invalid")]
#[case::nobody_there(&["--server", "http://127.0.0.1:1", "--key", "sb_publishable_a"], "offline")]
fn a_server_that_cannot_be_one_is_told_of(#[case] server: &[&str], #[case] expected: &str) {
    let machine = particle_tests::Machine::new();
    let cli = particle_tests::Cli::on(&machine);
    let login = ["login", "--email", EMAIL, "--password-stdin", "--json"];
    let (code, message) = cli.run_with_input(&[&login, server].concat(), "a").error();
    assert_eq!(code, expected, "{message}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_key_is_told_apart_from_a_wrong_password() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::before(&world);
    let wrong = ["--key", "sb_publishable_wrong", "--server"];
    let url = world.server.url();
    let login = ["login", "--email", EMAIL, "--password-stdin", "--json"];
    let said = desk
        .cli()
        .run_with_input(&[&login[..], &wrong, &[&url]].concat(), "a");
    assert_eq!(said.error().0, "server_unfit", "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_person_leaves_waiting_is_never_sent_for_another() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::of(&world, EMAIL);
    desk.add("Theirs");
    desk.sync();
    desk.cli().object(&["logout"]);
    desk.add("Theirs, waiting");
    desk.cli().object(&["project", "add", "Theirs"]);

    desk.sign("signup", OTHER, &[]).object();
    let nothing: [&str; 0] = [];
    assert_eq!(desk.tasks(), nothing, "another person sees nothing of it");
    desk.add("Of another");
    desk.sync();
    assert_eq!(Computer::of(&world, OTHER).tasks(), ["Of another"]);
    desk.cli().object(&["logout"]);

    desk.sign("login", EMAIL, &[]).object();
    assert_eq!(desk.tasks(), ["Theirs", "Theirs, waiting"]);
    assert_agree(&[&desk, &Computer::of(&world, EMAIL)]);
    assert_eq!(Computer::of(&world, OTHER).tasks(), ["Of another"]);
}

/// The same person under the same address, and nobody signed out before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_one_server_is_never_sent_to_another() {
    let (world, elsewhere) = (start().await, start().await);
    world.sign_up().await;
    elsewhere.sign_up().await;
    let mut desk = Computer::of(&world, EMAIL);
    desk.add("There");
    desk.sync();
    let faults = world.server.faults();
    faults.always(EXCHANGE, Fault::status(503, "{}"));
    desk.add("There, waiting");

    desk.turn_to(&elsewhere);
    desk.sign("login", EMAIL, &[]).object();
    let nothing: [&str; 0] = [];
    assert_eq!(desk.tasks(), nothing, "the other server has nothing yet");
    desk.add("Elsewhere");
    desk.sync();
    assert_eq!(Computer::of(&elsewhere, EMAIL).tasks(), ["Elsewhere"]);

    faults.clear();
    desk.turn_to(&world);
    desk.sign("login", EMAIL, &[]).object();
    assert_eq!(desk.tasks(), ["There", "There, waiting"]);
    assert_agree(&[&desk, &Computer::of(&world, EMAIL)]);
    assert_eq!(Computer::of(&elsewhere, EMAIL).tasks(), ["Elsewhere"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_timer_runs_nobody_else_signs_in() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::of(&world, EMAIL);
    Computer::before(&world).sign("signup", OTHER, &[]).object();
    let running = desk.cli().object(&["start", "Theirs"]);
    let (code, _) = desk.sign("login", OTHER, &[]).error();
    assert_eq!(code, "profile_busy");
    assert_eq!(desk.cli().status()["ends_at"], running["ends_at"]);
    assert_eq!(desk.cli().object(&["account"])["email"], EMAIL);
    desk.cli().object(&["stop"]);
    desk.sign("login", OTHER, &[]).object();
    assert_eq!(desk.cli().object(&["account"])["email"], OTHER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_kept_without_an_account_can_stay_apart() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::before(&world);
    desk.add("Apart");
    desk.sign("login", EMAIL, &["--keep-apart"]).object();
    let nothing: [&str; 0] = [];
    assert_eq!(desk.tasks(), nothing);
    desk.add("Shared");
    desk.sync();
    assert_eq!(Computer::of(&world, EMAIL).tasks(), ["Shared"]);
    desk.cli().object(&["logout", "--remove-local"]);
    assert_eq!(desk.tasks(), ["Apart"], "it was there all the time");
    // Signed in again, now with what was apart.
    desk.sign("login", EMAIL, &[]).object();
    assert_agree(&[&desk, &Computer::of(&world, EMAIL)]);
    assert_eq!(desk.tasks(), ["Apart", "Shared"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_nobody_join_an_account_that_has_a_profile_here_already() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::of(&world, EMAIL);
    desk.add("Of the account");
    desk.sync();
    // A backup of the time before, say: a profile of nobody beside that of the account.
    let other = Computer::before(&world);
    other.add("Of nobody");
    other.cli().object(&["project", "add", "Book"]);
    let profiles = desk.machine.profile();
    std::fs::copy(other.machine.profile(), &profiles).unwrap();
    std::fs::remove_file(profiles.with_file_name("active")).unwrap();
    assert_eq!(desk.tasks(), ["Of nobody"]);

    desk.sign("login", EMAIL, &[]).object();
    assert_eq!(desk.tasks(), ["Of nobody", "Of the account"]);
    assert!(!profiles.exists(), "its rows are the account's now");
    assert_agree(&[&desk, &Computer::of(&world, EMAIL)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_local_copy_is_removed_only_when_nothing_of_it_waits() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::of(&world, EMAIL);
    desk.add("Write");
    desk.sync();
    desk.cli().object(&["logout"]);
    desk.add("Waiting");
    let (code, message) = desk.cli().error(&["logout", "--remove-local"]);
    assert_eq!(code, "changes_wait");
    assert!(message.contains("One change is not"), "{message}");
    assert_eq!(desk.tasks(), ["Waiting", "Write"]);

    desk.sign("login", EMAIL, &[]).object();
    desk.cli().object(&["logout", "--remove-local"]);
    let nothing: [&str; 0] = [];
    assert_eq!(desk.tasks(), nothing);
    let profiles = std::fs::read_dir(desk.machine.profile().parent().unwrap()).unwrap();
    let left: Vec<_> = profiles.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["local.db"]);
    assert_eq!(Computer::of(&world, EMAIL).tasks(), ["Waiting", "Write"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_the_server_signed_out_says_so_and_keeps_everything() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::of(&world, EMAIL);
    desk.add("Write");
    desk.sync();
    world.sql("delete from auth.sessions").await;
    world.pass(std::time::Duration::from_hours(2));
    desk.add("Waiting");
    let said = desk.cli().run(&["sync", "--json"]);
    assert_eq!((said.code, said.error().0.as_str()), (3, "not_signed_in"));
    assert_eq!(desk.tasks(), ["Waiting", "Write"]);
    desk.sign("login", EMAIL, &[]).object();
    assert_agree(&[&desk, &Computer::of(&world, EMAIL)]);
}
