//! The programs of PostgreSQL: where they are, and running them as a user who may.

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::error::LocalError;

/// Names the folder of `initdb` and `postgres` for machines where they are not found.
pub(crate) const VARIABLE: &str = "LOCAL_SUPABASE_PG_BIN";
/// Where Debian puts each major version, newest wins.
const DEBIAN_FOLDER: &str = "/usr/lib/postgresql";
/// Who runs PostgreSQL when we are root.
const USER: &str = "postgres";

/// One installed PostgreSQL.
pub(crate) struct Programs {
    folder: PathBuf,
    own_uid: u32,
    /// Set when we are root.
    user: Option<User>,
}

/// A user of this machine, by number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct User {
    /// The user's number.
    pub(crate) uid: u32,
    /// The number of the user's group.
    pub(crate) gid: u32,
}

impl Programs {
    /// Those in `folder`, else those that the environment names, else the newest of Debian's, else
    /// those of the `pg_config` on the path.
    pub(crate) fn find(folder: Option<PathBuf>) -> Result<Self, LocalError> {
        let named = folder.or_else(|| std::env::var_os(VARIABLE).map(PathBuf::from));
        let folder = named
            .or_else(newest_of_debian)
            .or_else(asked_of_pg_config)
            .filter(|folder| has_programs(folder))
            .ok_or(LocalError::PostgresMissing)?;
        let own_uid = ask_id(&["-u"])?;
        let user = if own_uid == 0 {
            Some(postgres_user()?)
        } else {
            None
        };
        Ok(Self {
            folder,
            own_uid,
            user,
        })
    }

    /// Who owns what PostgreSQL writes; `None` when that is us.
    pub(crate) fn user(&self) -> Option<User> {
        self.user
    }

    /// True when the file or folder belongs to us or to the user who runs PostgreSQL for us.
    pub(crate) fn is_ours(&self, metadata: &fs::Metadata) -> bool {
        let is_users = |user: User| user.uid == metadata.uid();
        metadata.uid() == self.own_uid || self.user.is_some_and(is_users)
    }

    /// Whether PostgreSQL gets into `folder`, and with it through all folders above.
    pub(crate) fn check_reachable(&self, folder: &Path) -> Result<(), LocalError> {
        let path = folder.display().to_string();
        let outcome = self.run_as_server(Path::new("test"), &["-x", &path]);
        outcome.map_err(|_| LocalError::FolderUnreachable {
            folder: folder.to_owned(),
        })
    }

    /// The major version, as `PG_VERSION` of a data folder says it.
    pub(crate) fn major_version(&self) -> Result<String, LocalError> {
        let output = run(self.client("postgres").arg("--version"), "postgres", "")?;
        let digits = output.split_whitespace().find_map(|word| {
            let major = word.split(|letter: char| !letter.is_ascii_digit()).next()?;
            (!major.is_empty()).then(|| major.to_owned())
        });
        Ok(digits.unwrap_or(output))
    }

    /// A program that talks to the server, as ourselves.
    pub(crate) fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command.env("LC_ALL", "C").current_dir("/");
        command
    }

    /// The words that start the server, which refuses to run as root.
    pub(crate) fn server(&self) -> Vec<String> {
        self.words(&self.folder.join("postgres"))
    }

    /// Runs another program of the server to its end.
    pub(crate) fn run_server(&self, program: &str, arguments: &[&str]) -> Result<(), LocalError> {
        self.run_as_server(&self.folder.join(program), arguments)
    }

    fn run_as_server(&self, program: &Path, arguments: &[&str]) -> Result<(), LocalError> {
        let words = self.words(program);
        let (first, rest) = words.split_first().ok_or(LocalError::PostgresMissing)?;
        let mut command = Command::new(first);
        command.args(rest).args(arguments);
        command.env("LC_ALL", "C").current_dir("/");
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        run(&mut command, &name, "").map(drop)
    }

    fn words(&self, program: &Path) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(User { uid, gid }) = self.user {
            words.push("setpriv".to_owned());
            words.push(format!("--reuid={uid}"));
            words.push(format!("--regid={gid}"));
            words.push("--clear-groups".to_owned());
            words.push("--".to_owned());
        }
        words.push(program.display().to_string());
        words
    }
}

/// Runs `command` to its end, gives it `input`, and returns what it printed.
pub(crate) fn run(command: &mut Command, name: &str, input: &str) -> Result<String, LocalError> {
    let unable = || LocalError::system(format!("{name} could not be run"));
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(unable())?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends before it has read everything says why on its own.
        drop(stdin.write_all(input.as_bytes()));
    }
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().map_err(unable())?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).trim().to_owned());
    }
    Err(LocalError::Program {
        program: name.to_owned(),
        output: String::from_utf8_lossy(&stderr).trim().to_owned(),
    })
}

fn has_programs(folder: &Path) -> bool {
    ["initdb", "postgres", "psql"]
        .iter()
        .all(|program| folder.join(program).exists())
}

fn newest_of_debian() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN_FOLDER).ok()?.flatten();
    let installed = versions.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let folder = entry.path().join("bin");
        has_programs(&folder).then_some((version, folder))
    });
    installed.max().map(|(_, folder)| folder)
}

fn asked_of_pg_config() -> Option<PathBuf> {
    let mut pg_config = Command::new("pg_config");
    let answer = run(pg_config.arg("--bindir"), "pg_config", "").ok()?;
    Some(PathBuf::from(answer))
}

fn postgres_user() -> Result<User, LocalError> {
    Ok(User {
        uid: ask_id(&["-u", USER])?,
        gid: ask_id(&["-g", USER])?,
    })
}

fn ask_id(arguments: &[&str]) -> Result<u32, LocalError> {
    let answer = run(Command::new("id").args(arguments), "id", "");
    let number = answer.ok().and_then(|digits| digits.parse().ok());
    number.ok_or(LocalError::PostgresUserMissing)
}
