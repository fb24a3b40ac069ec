//! Where this machine takes its Debian packages from, read from its own apt configuration, so
//! that a clean root can use the same mirror, proxy and keys.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

/// One place that holds packages of one release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// The address of the mirror.
    pub(super) uri: String,
    suites: Vec<String>,
    components: Vec<String>,
    /// The file with the keys that its lists are signed with, where apt was told one.
    pub(super) keys: Option<PathBuf>,
}

/// The apt configuration of this machine, as far as it matters for another root.
pub(super) struct Host {
    /// The release, such as `bookworm`.
    pub(super) codename: String,
    /// The architecture, such as `amd64`.
    pub(super) architecture: String,
    /// Never empty; the first one holds the release itself.
    pub(super) sources: Vec<Source>,
    /// The `Acquire` settings in apt's own syntax: proxies, time-outs, checks.
    pub(super) acquire: String,
    /// The proxy for plain HTTP, for programs that do not read apt's settings.
    pub(super) proxy: Option<String>,
}

impl Host {
    /// Reads it.
    ///
    /// # Errors
    /// When no source of the machine's own release can be used from another root.
    pub(super) fn read(shell: &Shell) -> Result<Self> {
        let release = std::fs::read_to_string("/etc/os-release")?;
        let codename = release
            .lines()
            .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
            .map(|name| name.trim_matches('"').to_owned())
            .context("/etc/os-release names no VERSION_CODENAME")?;
        let mut sources: Vec<Source> = configured_sources()?
            .into_iter()
            .filter_map(|source| source.of_release(&codename))
            .collect();
        sources.sort_by_key(|source| !source.suites.contains(&codename));
        if !sources
            .first()
            .is_some_and(|source| source.suites.contains(&codename))
        {
            bail!("apt has no source for {codename} here that a clean root could use");
        }
        let dump = cmd!(shell, "apt-config dump").quiet().read()?;
        let proxy = dump.lines().find_map(|line| {
            let value = line.strip_prefix("Acquire::http::Proxy \"")?;
            value.strip_suffix("\";").filter(|value| *value != "DIRECT")
        });
        Ok(Self {
            codename,
            architecture: cmd!(shell, "dpkg --print-architecture").quiet().read()?,
            sources,
            acquire: acquire_settings(&dump),
            proxy: proxy.filter(|value| !value.is_empty()).map(str::to_owned),
        })
    }

    /// The content of a `sources.list` with the same sources.
    pub(super) fn sources_list(&self) -> String {
        let lines = self.sources.iter().flat_map(|source| {
            let keys = source.keys.as_ref();
            let options = keys.map_or_else(String::new, |file| {
                format!("[signed-by={}] ", file.display())
            });
            let components = source.components.join(" ");
            let line = move |suite| format!("deb {options}{} {suite} {components}\n", source.uri);
            source.suites.iter().map(line)
        });
        lines.collect()
    }
}

impl Source {
    /// Only what belongs to the release and its updates; nothing when that is not reachable from
    /// another root.
    fn of_release(mut self, codename: &str) -> Option<Self> {
        let wanted = ["", "-updates", "-security"].map(|suffix| format!("{codename}{suffix}"));
        self.suites.retain(|suite| wanted.contains(suite));
        if let Some(list) = self.uri.strip_prefix("mirror+file:") {
            let file = format!("/{}", list.trim_start_matches('/'));
            let list = std::fs::read_to_string(file).ok()?;
            list.split_whitespace().next()?.clone_into(&mut self.uri);
        }
        let reachable = self.uri.starts_with("http://") || self.uri.starts_with("https://");
        (reachable && !self.suites.is_empty()).then_some(self)
    }
}

fn configured_sources() -> Result<Vec<Source>> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    let parts = Path::new("/etc/apt/sources.list.d");
    for entry in std::fs::read_dir(parts).into_iter().flatten() {
        files.push(entry?.path());
    }
    files.sort();
    let mut sources = Vec::new();
    for file in files.into_iter().filter(|file| file.is_file()) {
        let text = || std::fs::read_to_string(&file).with_context(|| file.display().to_string());
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("list") => sources.extend(text()?.lines().filter_map(from_line)),
            Some("sources") => sources.extend(from_stanzas(&text()?)),
            _ => {}
        }
    }
    Ok(sources)
}

/// `deb [signed-by=FILE] URI SUITE COMPONENT…`, the one-line format of sources.list(5).
fn from_line(line: &str) -> Option<Source> {
    let line = line.split('#').next()?.trim();
    let rest = line.strip_prefix("deb")?;
    let rest = rest.strip_prefix([' ', '\t'])?.trim_start();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']')?,
        None => ("", rest),
    };
    let keys = options
        .split_whitespace()
        .find_map(|option| option.strip_prefix("signed-by="));
    let mut words = rest.split_whitespace().map(str::to_owned);
    Some(Source {
        uri: words.next()?,
        suites: vec![words.next()?],
        components: words.collect(),
        keys: keys.map(PathBuf::from),
    })
}

/// The deb822 format of sources.list(5): stanzas of `Field: values`.
fn from_stanzas(text: &str) -> Vec<Source> {
    let without_comments: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let stanzas = without_comments.split(|line| line.trim().is_empty());
    stanzas.flat_map(from_stanza).collect()
}

fn from_stanza(lines: &[&str]) -> Vec<Source> {
    let values = |name: &str| -> Vec<String> {
        lines
            .iter()
            .filter_map(|line| line.split_once(':'))
            .filter(|(field, _)| field.eq_ignore_ascii_case(name))
            .flat_map(|(_, values)| values.split_whitespace().map(str::to_owned))
            .collect()
    };
    let off = values("Enabled").iter().any(|value| value == "no");
    if off || !values("Types").iter().any(|kind| kind == "deb") {
        return Vec::new();
    }
    // A key may also stand in the file itself; such a source is left to apt's own key ring.
    let keys = values("Signed-By")
        .into_iter()
        .find(|key| key.starts_with('/'));
    let source = |uri| Source {
        uri,
        suites: values("Suites"),
        components: values("Components"),
        keys: keys.clone().map(PathBuf::from),
    };
    values("URIs").into_iter().map(source).collect()
}

/// The lines below `Acquire` that say how packages are fetched, not which lists.
fn acquire_settings(dump: &str) -> String {
    let mut settings = String::new();
    for line in dump.lines() {
        if line.starts_with("Acquire::") && !line.starts_with("Acquire::IndexTargets") {
            settings.push_str(line);
            settings.push('\n');
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_line_format_is_read_with_its_keys() {
        let line = "deb [arch=amd64 signed-by=/k.gpg] http://m/debian bookworm main contrib # x";
        let source = from_line(line).expect("a source");
        assert_eq!(source.uri, "http://m/debian");
        assert_eq!(source.suites, ["bookworm"]);
        assert_eq!(source.components, ["main", "contrib"]);
        assert_eq!(source.keys, Some(PathBuf::from("/k.gpg")));
    }

    #[test]
    fn comments_and_source_packages_are_no_sources() {
        for line in [
            "# deb http://m/debian bookworm main",
            "deb-src http://m x main",
            "",
        ] {
            assert_eq!(from_line(line), None, "{line}");
        }
    }

    #[test]
    fn stanzas_are_read_and_disabled_ones_left_out() {
        let text = "Types: deb\n# old\nURIs: http://m/debian\nSuites: bookworm bookworm-updates\n\
                    Components: main\nSigned-By: /k.gpg\n\nTypes: deb\nEnabled: no\n\
                    URIs: http://n\nSuites: bookworm\nComponents: main\n";
        let sources = from_stanzas(text);
        assert_eq!(sources.len(), 1);
        assert_eq!(sources[0].suites, ["bookworm", "bookworm-updates"]);
        assert_eq!(sources[0].keys, Some(PathBuf::from("/k.gpg")));
    }

    #[test]
    fn another_release_and_backports_are_left_out() {
        let line =
            |suite: &str| from_line(&format!("deb http://m {suite} main")).expect("a source");
        assert!(line("bookworm").of_release("bookworm").is_some());
        assert!(line("bookworm-security").of_release("bookworm").is_some());
        assert!(line("bookworm-backports").of_release("bookworm").is_none());
        assert!(line("nodistro").of_release("bookworm").is_none());
    }
}
