//! A sign-in in a real keyring: the Secret Service of GNOME on a bus of its own. A process finds its
//! bus in its environment; so each test here is run by itself once more, as a process on that bus.

use std::time::Duration;

use chrono::{SubsecRound, Utc};
use particle_core::folder::DataFolder;
use particle_core::remote::{AccessToken, RefreshToken, UserId};
use particle_core::sync::vault::{KeptAccess, KeyringUse, Secrets, Vault, VaultError, VaultKind};
use particle_tests::{Bus, Machine, Program, eventually};

const INNER: &str = "PARTICLE_TEST_INSIDE";
const SERVER: &str = "https://abcd.supabase.co";
const USER: &str = "7d2e4c1a-33f1-4c55-9f3b-0d6f3b1f0c11";

/// Whether this is the process on the bus of a test, which then names what to do there.
fn inside() -> Option<String> {
    std::env::var(INNER).ok()
}

/// Runs the current test once more, as a process of `machine`.
fn run_inside(machine: &Machine, bus: Option<&Bus>, what: &str) {
    let thread = std::thread::current();
    let name = thread.name().expect("a test has a name");
    let mut command = machine.command(std::env::current_exe().expect("this binary"));
    command.args(["--exact", name, "--nocapture"]);
    command.env(INNER, what);
    if let Some(bus) = bus {
        bus.host(&mut command);
    }
    let ended = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&ended.stdout);
    let complained = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{said}\n{complained}");
    assert!(said.contains("1 passed"), "{said}");
}

/// An unlocked keyring on `bus`.
async fn unlocked_keyring(machine: &Machine, bus: &Bus) -> Program {
    machine.write(&machine.home().join("password"), b"master password");
    let mut command = machine.command("sh");
    let daemon = "exec gnome-keyring-daemon --unlock --components=secrets --foreground < password";
    command.args(["-c", daemon]);
    bus.host(&mut command);
    let keyring = Program::start("gnome-keyring-daemon", &mut command);
    eventually("the keyring is on the bus", async || {
        let mut ask = machine.command("dbus-send");
        ask.args(["--session", "--print-reply", "--dest=org.freedesktop.DBus"]);
        ask.args(["/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"]);
        ask.arg("string:org.freedesktop.secrets");
        bus.host(&mut ask);
        let said = ask.output().expect("dbus-send runs").stdout;
        let said = String::from_utf8_lossy(&said).into_owned();
        said.contains("true").then_some(()).ok_or(said)
    })
    .await;
    keyring
}

fn folder() -> DataFolder {
    let folder = DataFolder::locate(std::env::var_os("PARTICLE_DATA_DIR").map(Into::into));
    let folder = folder.expect("the machine's data folder");
    folder.create().expect("its folders");
    folder
}

fn user() -> UserId {
    USER.parse().expect("an id")
}

fn secrets(letter: &str) -> Secrets {
    Secrets {
        refresh: RefreshToken::new(letter.repeat(12)),
        access: Some(KeptAccess {
            token: AccessToken::new(letter.repeat(1500)),
            obtained_at: Utc::now().trunc_subsecs(3),
            lifetime: Duration::from_hours(1),
        }),
    }
}

async fn choose(keyring: KeyringUse) -> Vault {
    let chosen = Vault::choose(&folder(), SERVER, user(), keyring).await;
    chosen.expect("there is always a file")
}

async fn find(keyring: KeyringUse) -> Result<Option<Vault>, VaultError> {
    Vault::find(&folder(), SERVER, user(), keyring).await
}

fn written_files() -> String {
    let files = std::fs::read_dir(folder().sessions()).expect("a folder");
    files
        .flatten()
        .map(|file| std::fs::read_to_string(file.path()).expect("a text"))
        .collect()
}

#[tokio::test]
async fn a_sign_in_is_kept_in_the_keyring_and_its_absence_is_no_sign_out() {
    match inside().as_deref() {
        None => {
            let machine = Machine::new();
            let (bus, empty) = (Bus::start(&machine), Bus::start(&machine));
            let _keyring = unlocked_keyring(&machine, &bus).await;
            run_inside(&machine, Some(&bus), "keep");
            run_inside(&machine, Some(&empty), "miss");
            run_inside(&machine, None, "miss");
            run_inside(&machine, Some(&bus), "forget");
        }
        Some("keep") => {
            let vault = choose(KeyringUse::Allowed).await;
            assert_eq!(vault.kind(), VaultKind::Keyring);
            let lock = vault.lock().await.unwrap();
            for letter in ["q", "w"] {
                let secrets = secrets(letter);
                vault.keep(&secrets, &lock).await.unwrap();
                assert_eq!(vault.read().await.unwrap(), Some(secrets));
            }
            let files = written_files();
            assert!(!files.contains("www"), "no token in a file: {files}");
        }
        Some("miss") => {
            let vault = find(KeyringUse::Allowed).await.unwrap().unwrap();
            assert_eq!(vault.kind(), VaultKind::Keyring);
            let read = vault.read().await;
            assert!(matches!(read, Err(VaultError::Keyring(_))), "{read:?}");
            let off = find(KeyringUse::Off).await;
            assert!(matches!(off, Err(VaultError::KeyringOff)), "{off:?}");
        }
        Some(_) => {
            let vault = find(KeyringUse::Allowed).await.unwrap().unwrap();
            let kept = vault
                .read()
                .await
                .unwrap()
                .expect("it outlives its process");
            assert_eq!(kept.refresh, secrets("w").refresh);
            let lock = vault.lock().await.unwrap();
            vault.forget(&lock).await.unwrap();
            assert_eq!(vault.read().await.unwrap(), None);
            assert!(find(KeyringUse::Allowed).await.unwrap().is_none());
        }
    }
}

#[tokio::test]
async fn without_a_keyring_a_sign_in_is_kept_in_a_file() {
    if inside().is_none() {
        let machine = Machine::new();
        run_inside(&machine, None, "no bus");
        let empty = Bus::start(&machine);
        run_inside(&machine, Some(&empty), "no keyring");
        return;
    }
    let vault = choose(KeyringUse::Allowed).await;
    assert_eq!(vault.kind(), VaultKind::File);
    let lock = vault.lock().await.unwrap();
    let secrets = secrets("q");
    vault.keep(&secrets, &lock).await.unwrap();
    assert_eq!(vault.read().await.unwrap(), Some(secrets));
}
