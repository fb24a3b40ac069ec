//! A process dies, or its disk is full, at a write of a first sign-in: whoever tries again has everything.

use std::fs;
use std::path::Path;

use local_supabase::Settings;
use particle_tests::{Cli, Fault, Faults, Said};
use rstest::rstest;

use super::{Computer, assert_agree};
use crate::support::{EMAIL, PASSWORD, start_with};

/// So many writes apart does it happen in CI; at each of them with `PARTICLE_LONG`.
const APART: usize = 7;

/// A first sign-in in a folder that is put back after each.
struct SignIn {
    computer: Computer,
    before: std::path::PathBuf,
}

impl SignIn {
    /// Signs in with `environment`; the answer says how that ended.
    fn run(&self, environment: &[(&'static str, String)]) -> Said {
        let mut command = self.computer.signing("login", EMAIL, &[]);
        command.envs(Faults::on(&self.computer.machine).environment());
        command.envs(environment.iter().cloned());
        Cli::tell(command, PASSWORD)
    }

    fn go_back(&self) {
        fs::remove_dir_all(self.computer.machine.data()).expect("our own folder");
        copy(&self.before, &self.computer.machine.data());
    }
}

#[rstest]
#[case::dying(Fault::Die)]
#[case::torn(Fault::Torn)]
#[case::full(Fault::Full)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_sign_in_that_ends_at_any_write_is_done_by_trying_again(#[case] fault: Fault) {
    let world = start_with(Settings {
        sign_in_attempts_max: 100_000,
        ..Settings::default()
    })
    .await;
    world.sign_up().await;
    let computer = Computer::before(&world);
    computer.add("Before");
    computer.cli().object(&["project", "add", "Book"]);
    let running = computer.cli().object(&["start", "Now"]);
    let before = computer.machine.home().join("before");
    copy(&computer.machine.data(), &before);
    let sign_in = SignIn { computer, before };
    let faults = Faults::on(&sign_in.computer.machine);
    sign_in.run(&[]).object();
    let steps = faults.steps().len();
    assert!(steps > 20, "{steps} writes");
    let apart = if std::env::var_os("PARTICLE_LONG").is_some() {
        1
    } else {
        APART
    };
    let other = Computer::of(&world, EMAIL);
    for at in (1..=steps).step_by(apart) {
        sign_in.go_back();
        sign_in.run(&Faults::at(fault, at));
        faults.steps();
        let computer = &sign_in.computer;
        assert_eq!(computer.tasks(), ["Before"], "after write {at}");
        let status = computer.cli().status();
        assert_eq!(status["ends_at"], running["ends_at"], "after write {at}");
        computer.sign("login", EMAIL, &[]).object();
        assert_agree(&[computer, &other]);
        assert_eq!(other.tasks(), ["Before"], "after write {at}");
        let status = computer.cli().status();
        assert_eq!(status["ends_at"], running["ends_at"], "after write {at}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().expect("a type").is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).expect("a file");
        }
    }
}
