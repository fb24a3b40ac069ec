//! Tauri's build step. A placeholder stands in while the user interface has not been built, so that
//! `cargo check` works before npm.

use std::path::Path;
use std::{fs, io};

const PLACEHOLDER: &str = "<!doctype html><title>Particle</title><p>Build the user interface first: cargo xtask run</p>\n";

fn main() -> io::Result<()> {
    let page = Path::new("ui/dist/index.html");
    if !page.exists() {
        fs::create_dir_all("ui/dist")?;
        fs::write(page, PLACEHOLDER)?;
    }
    println!("cargo::rerun-if-changed=locales");
    tauri_build::build();
    Ok(())
}
