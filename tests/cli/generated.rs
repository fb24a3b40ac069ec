//! Completions and man pages, made from the declaration of the command line.

use std::fs;

use particle_tests::{Cli, Machine};
use rstest::rstest;

const VERBS: &[&str] = &["status", "start", "list", "project", "setting", "daemon"];

#[rstest]
#[case("bash")]
#[case("zsh")]
#[case("fish")]
#[case("powershell")]
#[case("elvish")]
fn a_shell_is_told_every_verb(#[case] shell: &str) {
    let machine = Machine::new();
    let said = Cli::on(&machine).run(&["completions", shell]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    for verb in VERBS {
        assert!(said.stdout.contains(verb), "{verb} in {shell}");
    }
    assert!(!machine.profile().exists(), "nothing was opened for it");
}

#[test]
fn a_package_gets_a_page_for_every_verb() {
    let machine = Machine::new();
    let share = machine.home().join("share");
    let path = share.to_str().expect("a plain path");
    let said = Cli::on(&machine).run(&["package-files", path]);
    assert_eq!(said.code, 0, "{said:?}");
    let read = |name: &str| {
        let file = share.join(name);
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    assert!(read("man/man1/particle.1").starts_with(".ie"), "it is roff");
    for verb in VERBS {
        let page = read(&format!("man/man1/particle-{verb}.1"));
        assert!(
            page.contains(&format!("particle {verb}"))
                || page.contains(&format!("particle\\-{verb}")),
            "{page}"
        );
    }
    read("bash-completion/completions/particle");
    read("zsh/vendor-completions/_particle");
    read("fish/vendor_completions.d/particle.fish");
}
