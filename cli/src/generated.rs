//! What is made from the declaration of the command line: completions and man pages.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;

const NAME: &str = "particle";

/// What to make.
pub(crate) enum Generated {
    /// The completions of one shell, on stdout.
    Completions(Shell),
    /// Man pages and completions, in the folders below `/usr/share`.
    PackageFiles(PathBuf),
}

impl Generated {
    pub(crate) fn write(self) -> io::Result<()> {
        match self {
            Self::Completions(shell) => {
                // Written at once: a shell that reads only the beginning is no failure of ours.
                let mut text = Vec::new();
                clap_complete::generate(shell, &mut Args::command(), NAME, &mut text);
                io::Write::write_all(&mut io::stdout().lock(), &text)
            }
            Self::PackageFiles(folder) => write_package_files(&folder),
        }
    }
}

fn write_package_files(folder: &Path) -> io::Result<()> {
    let manual = folder.join("man/man1");
    fs::create_dir_all(&manual)?;
    let mut command = Args::command();
    // Hidden verbs are no part of the manual, and the name is one word where a page is named by it.
    command.build();
    clap_mangen::generate_to(command, &manual)?;
    let completions = [
        (Shell::Bash, "bash-completion/completions/particle"),
        (Shell::Fish, "fish/vendor_completions.d/particle.fish"),
        (Shell::Zsh, "zsh/vendor-completions/_particle"),
    ];
    for (shell, name) in completions {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        let mut file = fs::File::create(path)?;
        clap_complete::generate(shell, &mut Args::command(), NAME, &mut file);
    }
    Ok(())
}
