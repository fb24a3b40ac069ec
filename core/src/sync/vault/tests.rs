use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use chrono::TimeZone;
use rstest::rstest;
use tempfile::TempDir;

use super::*;

const SERVER: &str = "https://abcd.supabase.co";
const USER: &str = "7d2e4c1a-33f1-4c55-9f3b-0d6f3b1f0c11";

fn folder() -> (TempDir, DataFolder) {
    let path = TempDir::new().unwrap();
    let folder = DataFolder::locate(Some(path.path().into())).unwrap();
    folder.create().unwrap();
    (path, folder)
}

fn user() -> UserId {
    USER.parse().unwrap()
}

fn secrets(letter: &str, length: usize) -> Secrets {
    Secrets {
        refresh: RefreshToken::new(letter.repeat(length)),
        access: Some(KeptAccess {
            token: AccessToken::new(letter.repeat(length)),
            obtained_at: Utc.timestamp_millis_opt(1_795_400_000_123).unwrap(),
            lifetime: Duration::from_hours(1),
        }),
    }
}

async fn in_a_file(folder: &DataFolder) -> Vault {
    let vault = Vault::choose(folder, SERVER, user(), KeyringUse::Off).await;
    vault.unwrap()
}

async fn find(folder: &DataFolder, keyring: KeyringUse) -> Result<Option<Vault>, VaultError> {
    Vault::find(folder, SERVER, user(), keyring).await
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_session_is_found_again_until_it_is_forgotten() {
    let (_path, folder) = folder();
    assert!(find(&folder, KeyringUse::Off).await.unwrap().is_none());
    let vault = in_a_file(&folder).await;
    let lock = vault.lock().await.unwrap();
    vault.keep(&secrets("a", 40), &lock).await.unwrap();

    let found = find(&folder, KeyringUse::Allowed).await.unwrap().unwrap();
    assert_eq!(found.kind(), VaultKind::File, "it stays where it is");
    assert_eq!(found.read().await.unwrap(), Some(secrets("a", 40)));

    vault.forget(&lock).await.unwrap();
    vault.forget(&lock).await.unwrap();
    assert_eq!(found.read().await.unwrap(), None);
    assert!(find(&folder, KeyringUse::Off).await.unwrap().is_none());
}

#[tokio::test]
async fn nobody_else_can_read_the_file() {
    let (_path, folder) = folder();
    let vault = in_a_file(&folder).await;
    let lock = vault.lock().await.unwrap();
    // What a killed process left, with the rights of a careless one.
    let unfinished = vault.place.file().with_extension("new");
    fs::write(&unfinished, "{").unwrap();
    fs::set_permissions(&unfinished, fs::Permissions::from_mode(0o644)).unwrap();

    vault.keep(&secrets("a", 40), &lock).await.unwrap();
    assert_eq!(mode(&vault.place.file()), 0o600);
    assert_eq!(mode(&folder.sessions()), 0o700);
    assert!(!unfinished.exists());
}

#[tokio::test]
async fn a_file_is_never_seen_half_written() {
    const ROUNDS: usize = 200;
    let (_path, folder) = folder();
    let vault = in_a_file(&folder).await;
    let lock = vault.lock().await.unwrap();
    let (short, long) = (secrets("a", 40), secrets("b", 100_000));
    vault.keep(&short, &lock).await.unwrap();
    let place = vault.place.clone();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let reader = std::thread::spawn(move || {
        let mut lengths = std::collections::BTreeSet::new();
        while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            let Some(Kept::File(written)) = file::read(&place).expect("a whole file") else {
                panic!("it is there all the time");
            };
            lengths.insert(written.refresh_token.len());
        }
        lengths
    });
    for round in 0..ROUNDS {
        let secrets = if round % 2 == 0 { &long } else { &short };
        vault.keep(secrets, &lock).await.unwrap();
    }
    drop(stop);
    let lengths = reader.join().unwrap();
    assert!(
        lengths.iter().all(|length| [40, 100_000].contains(length)),
        "{lengths:?}"
    );
}

#[tokio::test]
async fn a_file_of_something_else_is_damaged_and_no_end_of_the_session() {
    let (_path, folder) = folder();
    let vault = in_a_file(&folder).await;
    fs::write(vault.place.file(), r#"{"kept_in":"fi"#).unwrap();
    assert!(matches!(vault.read().await, Err(VaultError::Damaged)));
    let found = find(&folder, KeyringUse::Off).await;
    assert!(matches!(found, Err(VaultError::Damaged)));
}

#[tokio::test]
async fn a_session_in_a_keyring_that_may_not_be_used_is_not_over() {
    let (_path, folder) = folder();
    let vault = in_a_file(&folder).await;
    fs::write(vault.place.file(), r#"{"kept_in":"keyring"}"#).unwrap();
    let found = find(&folder, KeyringUse::Off).await;
    assert!(matches!(found, Err(VaultError::KeyringOff)), "{found:?}");
}

#[rstest]
#[case::server(SERVER, "http://localhost", USER, USER)]
#[case::user(SERVER, SERVER, USER, "7d2e4c1a-33f1-4c55-9f3b-0d6f3b1f0c12")]
fn another_account_is_another_place(
    #[case] server: &str,
    #[case] other_server: &str,
    #[case] user: &str,
    #[case] other_user: &str,
) {
    let (_path, folder) = folder();
    let place = Place::of(&folder, server, user.parse().unwrap());
    let other = Place::of(&folder, other_server, other_user.parse().unwrap());
    assert_ne!(place.name, other.name);
}

#[test]
fn a_copy_of_a_data_folder_is_another_place_and_a_link_to_it_is_not() {
    let ((path, folder), (_other_path, other)) = (folder(), folder());
    let name = |folder: &DataFolder| Place::of(folder, SERVER, user()).name;
    assert_ne!(name(&folder), name(&other));
    let link = path.path().join("link");
    std::os::unix::fs::symlink(path.path(), &link).unwrap();
    let linked = DataFolder::locate(Some(link)).unwrap();
    assert_eq!(name(&folder), name(&linked));
}

#[tokio::test]
async fn who_has_the_lock_keeps_all_others_out() {
    let (_path, folder) = folder();
    let (mine, yours) = (in_a_file(&folder).await, in_a_file(&folder).await);
    let lock = mine.lock().await.unwrap();
    let waiting = tokio::spawn(async move { yours.lock().await.is_ok() });
    let other = fs::File::open(mine.place.lock()).unwrap();
    assert!(other.try_lock().is_err(), "it is held");
    assert!(!waiting.is_finished());
    drop(lock);
    assert!(waiting.await.unwrap(), "it is free again");
}

#[test]
fn tokens_print_as_their_names() {
    let printed = format!("{:?}", secrets("secret", 3));
    assert!(!printed.contains("secretsecret"), "{printed}");
    assert!(printed.contains("RefreshToken"), "{printed}");
}
