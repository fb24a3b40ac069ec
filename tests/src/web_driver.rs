//! `WebKitWebDriver`: opens the app as its "browser" and speaks W3C `WebDriver`.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Stdio;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::desktop_app::Desktop;
use crate::machine::Machine;
use crate::program::Program;
use crate::wait::{DEADLINE, eventually};

/// A driver that listens. The apps it opened end with it.
#[derive(Debug)]
pub(crate) struct WebDriver {
    driver: Program,
    port: u16,
}

impl WebDriver {
    pub(crate) async fn start(
        machine: &Machine,
        desktop: &Desktop,
        environment: &[(&str, &str)],
    ) -> Self {
        let port = free_port();
        let mut command = desktop.command(machine, "WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .args(["--host=127.0.0.1"])
            .stdout(Stdio::null())
            // It and the app complain of a screen without a person.
            .stderr(Stdio::null());
        // What Tauri looks at, to allow a driver into its web view.
        command
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.envs(environment.iter().copied());
        let mut driver = Program::start("WebKitWebDriver", &mut command);
        eventually("WebKitWebDriver listens", async || {
            driver.check_alive();
            TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        })
        .await;
        Self { driver, port }
    }

    /// Opens the app of `machine`.
    pub(crate) async fn open(&mut self, machine: &Machine) -> Client {
        self.driver.check_alive();
        let app = machine.binary("particle-desktop");
        // Through setpriv, so that the app ends when the driver does.
        let options = json!({
            "binary": "/usr/bin/setpriv",
            "args": ["--pdeathsig", "KILL", "--", app, "--data-dir", machine.data()],
        });
        let capabilities = [("webkitgtk:browserOptions".to_owned(), options)];
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities.into_iter().collect());
        let address = format!("http://127.0.0.1:{}", self.port);
        let opened = tokio::time::timeout(DEADLINE, builder.connect(&address)).await;
        opened
            .expect("WebKitWebDriver answers")
            .expect("WebKitWebDriver opens the app")
    }
}

/// A port that nobody listens on at the moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a bound port").port()
}
