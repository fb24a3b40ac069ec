//! Where things are: the repository, its target folder and the tools kept between clones.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use xshell::{Cmd, Shell};

/// The repository that this xtask belongs to, with a shell that stands in its root.
pub(crate) struct Workspace {
    /// Runs commands in the root of the repository.
    pub(crate) shell: Shell,
    /// The root of the repository, absolute.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, absolute, wherever it was configured to be.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Asks Cargo; fails outside of a checkout.
    pub(crate) fn find() -> Result<Self> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let shell = Shell::new()?;
        shell.change_dir(manifest);
        let metadata = cargo(&shell)
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .quiet()
            .read()?;
        let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
        let folder = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .ok_or_else(|| anyhow!("cargo metadata has no {key}"))
        };
        let (root, target) = (folder("workspace_root")?, folder("target_directory")?);
        shell.change_dir(&root);
        Ok(Self {
            shell,
            root,
            target,
        })
    }

    /// `cargo`, as a person would call it in the root of the repository.
    pub(crate) fn cargo(&self) -> Cmd<'_> {
        cargo(&self.shell)
    }

    /// A binary of this workspace, built with `profile` (`debug` or `release`).
    pub(crate) fn binary(&self, profile: &str, name: &str) -> PathBuf {
        self.target
            .join(profile)
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}

/// The folder for tools and Debian roots that every clone of this user shares.
pub(crate) fn cache_dir() -> Result<PathBuf> {
    let variable = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    variable("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| variable("LOCALAPPDATA"))
        .or_else(|| variable("HOME").map(|home| home.join(".cache")))
        .map(|cache| cache.join("particle"))
        .context("neither XDG_CACHE_HOME nor HOME is set, so there is no folder for a cache")
}

/// A number over the names and contents of `files`: a stamp asks what they say, not when they
/// were written.
pub(crate) fn fingerprint(files: &[PathBuf]) -> Result<String> {
    use std::hash::{DefaultHasher, Hasher};
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher.write(file.as_os_str().as_encoded_bytes());
        hasher.write(&std::fs::read(file).with_context(|| file.display().to_string())?);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// All files below `folder`, sorted, without those whose first folder is in `except`.
pub(crate) fn files_below(folder: &Path, except: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).with_context(|| next.display().to_string())? {
            let entry = entry?;
            let skipped = next == folder && except.iter().any(|name| entry.file_name() == *name);
            match entry.file_type()? {
                _ if skipped => {}
                kind if kind.is_dir() => folders.push(entry.path()),
                kind if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.sort();
    Ok(files)
}

/// `cargo run` hands its own variables down. Build scripts watch some of them, so with them each
/// change between `cargo xtask` and a plain `cargo build` would compile half the tree again.
fn cargo(shell: &Shell) -> Cmd<'_> {
    let inherited = std::env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
            || name == "CARGO"
    });
    inherited.fold(shell.cmd("cargo"), Cmd::env_remove)
}
