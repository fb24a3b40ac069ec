//! A clean Debian in a folder: made once by debootstrap, kept as an archive, unpacked for each
//! try. Runs as root in mount and process namespaces of its own, so that whatever happens nothing
//! stays mounted and nothing goes on running.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

use super::deb;
use super::mirror::Host;
use crate::debian;

/// Raised when the content of the archive changes.
const ARCHIVE_VERSION: u32 = 1;
/// An older archive is made again: its packages would all be replaced by updates.
const ARCHIVE_LIFE: Duration = Duration::from_hours(30 * 24);
/// Who uses the app in the clean root.
const PERSON: &str = "person";

/// What the hidden verb `clean-root` is told by `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The Debian package to try
    #[arg(long)]
    package: PathBuf,
    /// The folder where archives of clean roots are kept
    #[arg(long)]
    cache: PathBuf,
    /// Where a picture of the installed app goes
    #[arg(long)]
    picture: PathBuf,
}

/// Unpacks a clean root, lets [`deb::story`] play in it and takes it away again.
pub(crate) fn perform(options: &Options) -> Result<()> {
    let shell = Shell::new()?;
    let host = Host::read(&shell)?;
    let archive = archive(&shell, &host, &options.cache)?;
    // Not below the target folder: the path of a socket in it may have 108 bytes at most.
    let folder = tempfile::Builder::new()
        .prefix("particle-root-")
        .tempdir_in("/var/tmp")?;
    let root = CleanRoot::unpack(&shell, &archive, folder.path())?;
    deb::story(&root, &options.package, &options.picture)?;
    drop(root);
    folder
        .close()
        .context("the clean root could not be removed")
}

/// A Debian below a folder, with `/proc` and what else programs expect, until it is dropped.
pub(super) struct CleanRoot<'a> {
    shell: &'a Shell,
    folder: &'a Path,
}

impl<'a> CleanRoot<'a> {
    fn unpack(shell: &'a Shell, archive: &Path, folder: &'a Path) -> Result<Self> {
        cmd!(
            shell,
            "tar --extract --numeric-owner --file {archive} --directory {folder}"
        )
        .run()?;
        // A temporary folder is closed to others; the person must get through.
        cmd!(shell, "chmod 755 {folder}").quiet().run()?;
        let root = Self { shell, folder };
        root.mount("proc", "proc")?;
        root.mount("tmpfs", "dev/shm")?;
        root.mount("devpts", "dev/pts")?;
        // Names resolve as they do outside, whatever the archive was made with.
        for file in ["etc/resolv.conf", "etc/hosts"] {
            let outside = Path::new("/").join(file);
            if outside.exists() {
                std::fs::copy(outside, folder.join(file))?;
            }
        }
        Ok(root)
    }

    /// Where the root stands.
    pub(super) fn folder(&self) -> &Path {
        self.folder
    }

    /// The home folder of the person, seen from outside.
    pub(super) fn home(&self) -> PathBuf {
        self.folder.join("home").join(PERSON)
    }

    /// A command for `program` of the root, as root.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("chroot");
        command.arg(self.folder).arg(program);
        command
            .env("HOME", "/root")
            .env("DEBIAN_FRONTEND", "noninteractive");
        command
    }

    /// A command for `program` of the root, as the person who uses the app.
    pub(super) fn command_of_person(&self, program: &str) -> Command {
        let mut command = Command::new("chroot");
        command
            .arg(format!("--userspec={PERSON}:{PERSON}"))
            .arg(self.folder)
            .arg(program)
            .env("HOME", format!("/home/{PERSON}"))
            .env("USER", PERSON)
            .env("LANG", "C.UTF-8")
            .env("XDG_RUNTIME_DIR", format!("/run/{PERSON}"));
        command
    }

    fn mount(&self, kind: &str, below: &str) -> Result<()> {
        let (shell, place) = (self.shell, self.folder.join(below));
        std::fs::create_dir_all(&place)?;
        cmd!(shell, "mount -t {kind} {kind} {place}")
            .quiet()
            .run()?;
        Ok(())
    }
}

impl Drop for CleanRoot<'_> {
    fn drop(&mut self) {
        for below in ["dev/pts", "dev/shm", "proc"] {
            let (shell, place) = (self.shell, self.folder.join(below));
            // What is not mounted yet, or still busy, ends with the namespace.
            drop(
                cmd!(shell, "umount --lazy {place}")
                    .quiet()
                    .ignore_stderr()
                    .run(),
            );
        }
    }
}

/// Runs a command to its end and fails with its name when it does.
pub(super) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}

/// The archive of a clean root with a screen and a bus in it, made when missing or too old.
fn archive(shell: &Shell, host: &Host, cache: &Path) -> Result<PathBuf> {
    let name = format!(
        "debian-{}-{}-v{ARCHIVE_VERSION}.tar.gz",
        host.codename, host.architecture
    );
    let archive = cache.join(&name);
    if let Ok(made) = archive.metadata().and_then(|data| data.modified())
        && made.elapsed().is_ok_and(|age| age < ARCHIVE_LIFE)
    {
        return Ok(archive);
    }
    println!(
        "Making a clean Debian root, kept for the next time: {}",
        archive.display()
    );
    std::fs::create_dir_all(cache)?;
    let folder = tempfile::Builder::new()
        .prefix("particle-base-")
        .tempdir_in("/var/tmp")?;
    let root = folder.path();
    bootstrap(shell, host, root)?;
    furnish(shell, host, root)?;
    let unfinished = cache.join(format!("{name}.unfinished"));
    cmd!(shell, "tar --create --numeric-owner --use-compress-program 'gzip -1' --file {unfinished} --directory {root} .").run()?;
    std::fs::rename(&unfinished, &archive)?;
    Ok(archive)
}

fn bootstrap(shell: &Shell, host: &Host, root: &Path) -> Result<()> {
    let source = &host.sources[0];
    let (codename, uri) = (&host.codename, &source.uri);
    let keys = source
        .keys
        .iter()
        .map(|file| format!("--keyring={}", file.display()));
    let proxy = host.proxy.iter().map(|proxy| ("http_proxy", proxy));
    // Quiet: the command line carries the address of the mirror.
    cmd!(
        shell,
        "debootstrap --variant=minbase --include=ca-certificates {keys...} {codename} {root} {uri}"
    )
    .envs(proxy)
    .quiet()
    .ignore_stdout()
    .run()
    .map_err(|_| anyhow::anyhow!("debootstrap could not make a clean {codename}"))
}

/// The machine's own apt settings, no services, a screen and a bus, and somebody to use them.
fn furnish(shell: &Shell, host: &Host, root: &Path) -> Result<()> {
    let write = |file: &str, content: &str| shell.write_file(root.join(file), content);
    write("etc/apt/sources.list", &host.sources_list())?;
    write("etc/apt/apt.conf.d/90outside", &host.acquire)?;
    write("etc/dpkg/dpkg.cfg.d/quick", "force-unsafe-io\n")?;
    write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n")?;
    let policy = root.join("usr/sbin/policy-rc.d");
    cmd!(shell, "chmod 755 {policy}").quiet().run()?;
    for keys in host
        .sources
        .iter()
        .filter_map(|source| source.keys.as_ref())
    {
        let inside = root.join(keys.strip_prefix("/").unwrap_or(keys));
        shell.copy_file(keys, inside)?;
    }
    let tools = debian::HEADLESS;
    let chroot = |arguments: &[&str]| {
        cmd!(shell, "chroot {root} {arguments...}")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .ignore_stdout()
            .run()
    };
    chroot(&["apt-get", "--quiet=2", "update"])?;
    let install = [
        "apt-get",
        "--quiet=2",
        "install",
        "--yes",
        "--no-install-recommends",
    ];
    chroot(&[&install, tools].concat())?;
    chroot(&["apt-get", "clean"])?;
    chroot(&["useradd", "--create-home", "--user-group", PERSON])?;
    chroot(&[
        "install",
        "-d",
        "-o",
        PERSON,
        "-m",
        "700",
        &format!("/run/{PERSON}"),
    ])?;
    chroot(&["install", "-d", "-m", "1777", "/tmp/.X11-unix"])?;
    Ok(())
}
