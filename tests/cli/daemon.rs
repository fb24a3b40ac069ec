//! `particle daemon`: the owner without a window.

use particle_tests::{Cli, Daemon, Desktop, DesktopApp, Machine};

#[tokio::test]
async fn a_daemon_that_is_asked_to_end_leaves_everything_in_one_file() {
    let machine = Machine::new();
    let daemon = Daemon::start(&machine);
    let running = Cli::on(&machine).object(&["start", "Write"]);
    assert!(daemon.stop().await.success());
    for left in ["profiles/local.db-wal", "owner.address"] {
        let path = machine.data().join(left);
        assert!(!path.exists(), "{} is left", path.display());
    }
    assert_eq!(Cli::on(&machine).status()["ends_at"], running["ends_at"]);
}

#[tokio::test]
async fn a_second_daemon_is_refused_and_the_first_goes_on() {
    let machine = Machine::new();
    let mut daemon = Daemon::start(&machine);
    let (code, _) = Cli::on(&machine).error(&["daemon"]);
    assert_eq!(code, "profile_in_use");
    daemon.program().check_alive();
    assert_eq!(Cli::on(&machine).object(&["start"])["state"], "running");
}

#[tokio::test]
async fn an_app_with_a_window_takes_the_place_of_a_daemon() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let mut daemon = Daemon::start(&machine);
    let cli = Cli::on(&machine);
    let running = cli.object(&["start", "Write"]);
    let mut app = DesktopApp::start_only(&machine, &desktop);
    let ended = daemon.program().ended().await;
    assert!(ended.success(), "it made room: {ended}");
    app.answers(&machine).await;
    assert_eq!(cli.status()["ends_at"], running["ends_at"]);
    let (code, _) = cli.error(&["daemon"]);
    assert_eq!(code, "profile_in_use", "the app owns the folder");
    app.program().check_alive();
}
