//! Debian packages: which purpose needs which, and installing those that are missing.

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

/// To compile the desktop app. Tauri links `WebKitGTK`, the sound ALSA; the tray library is loaded at run time.
pub(crate) const BUILD: &[&str] = &[
    "build-essential",
    "libasound2-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libwebkit2gtk-4.1-dev",
    "libxdo-dev",
    "pkg-config",
];

/// To open the app on a screen and a session bus of its own.
pub(crate) const HEADLESS: &[&str] = &["dbus", "fonts-dejavu-core", "xvfb"];

/// To drive the window as a person would, to keep a sign-in in a real keyring, to see which sockets are
/// opened, and to try the package in a clean Debian.
pub(crate) const TEST: &[&str] = &[
    "dbus-x11",
    "debootstrap",
    "faketime",
    "gnome-keyring",
    "imagemagick",
    "openbox",
    "strace",
    "tzdata",
    "webkit2gtk-driver",
    "xdotool",
];

/// To run a Supabase for this machine. The package also starts a server of its own, which is not
/// used.
pub(crate) const DATABASE: &[&str] = &["postgresql"];

/// To run pgTAP. Its extension and the checker of functions are made for one version of PostgreSQL.
const DATABASE_TEST: &[&str] = &["libtap-parser-sourcehandler-pgtap-perl", "procps"];

/// Where Debian keeps its versions of PostgreSQL.
const POSTGRESQL: &str = "/usr/lib/postgresql";

/// Installs PostgreSQL and what its database is tested and checked with.
///
/// # Errors
/// As [`require`].
pub(crate) fn require_database(shell: &Shell) -> Result<()> {
    require(shell, &[DATABASE, DATABASE_TEST])?;
    let versions = std::fs::read_dir(POSTGRESQL)
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .max();
    let Some(version) = newest else {
        // Not Debian: the counterparts were named.
        return Ok(());
    };
    let names = ["pgtap", "plpgsql-check"].map(|name| format!("postgresql-{version}-{name}"));
    require(shell, &[&names.each_ref().map(String::as_str)])
}

/// Installs what is missing of `lists`, without a question. Other systems than Debian and its
/// children only get told: their package names differ.
///
/// # Errors
/// When a package is missing and cannot be installed; the message names the packages.
pub(crate) fn require(shell: &Shell, lists: &[&[&str]]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let wanted: Vec<&str> = lists.iter().copied().flatten().copied().collect();
    if !is_debian() {
        println!(
            "This is not Debian, so nothing is installed. Needed are the counterparts of: {}",
            wanted.join(" ")
        );
        return Ok(());
    }
    let missing = missing(shell, &wanted)?;
    if missing.is_empty() {
        return Ok(());
    }
    println!("Installing {}", missing.join(" "));
    install(shell, &missing).with_context(|| {
        format!(
            "please install by hand: apt-get install {}",
            missing.join(" ")
        )
    })
}

/// True where `apt-get` and `dpkg-query` are the way to a package.
fn is_debian() -> bool {
    std::path::Path::new("/usr/bin/dpkg-query").exists()
        && std::path::Path::new("/usr/bin/apt-get").exists()
}

fn missing<'a>(shell: &Shell, wanted: &[&'a str]) -> Result<Vec<&'a str>> {
    // dpkg-query fails when it does not know one of the names; what it knows stands on stdout.
    let known = cmd!(
        shell,
        "dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' {wanted...}"
    )
    .quiet()
    .ignore_status()
    .ignore_stderr()
    .read()?;
    let installed: Vec<&str> = known
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .collect();
    Ok(wanted
        .iter()
        .copied()
        .filter(|name| !installed.contains(name))
        .collect())
}

fn install(shell: &Shell, names: &[&str]) -> Result<()> {
    let apt_get = |arguments: &[&str]| {
        as_root(shell, "env")?
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet=2"])
            .args(arguments)
            .run()
            .map_err(anyhow::Error::from)
    };
    apt_get(&["update"])?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(names);
    apt_get(&arguments)
}

/// `program` with the rights of root: by itself for root, else through sudo.
pub(crate) fn as_root<'a>(shell: &'a Shell, program: &str) -> Result<xshell::Cmd<'a>> {
    if cmd!(shell, "id -u").quiet().read()? == "0" {
        return Ok(shell.cmd(program));
    }
    if cmd!(shell, "sudo --version")
        .quiet()
        .ignore_stderr()
        .read()
        .is_err()
    {
        bail!("this needs root: become root or install sudo");
    }
    Ok(shell.cmd("sudo").args(["--preserve-env", "--", program]))
}
