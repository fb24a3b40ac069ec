//! The one window. It may not exist: closing it to the tray destroys it, showing it builds it anew.

use std::time::Duration;

use tauri::utils::config::Color;
use tauri::{
    AppHandle, Manager, Theme as WindowTheme, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
};

use crate::look::{LookStore, Theme};
use crate::profile::Profile;

const LABEL: &str = "main";
const SIZE: (f64, f64) = (400.0, 600.0);
const SIZE_MIN: (f64, f64) = (320.0, 400.0);

/// The page's background in each theme, as in ui/src/styles/tokens.css.
const DARK: Color = Color(0, 0, 0, 255);
const LIGHT: Color = Color(0xFA, 0xFA, 0xFA, 255);

/// How long the window waits for its page. One that failed to start must not leave an
/// invisible app.
const SHOW_ANYWAY_AFTER: Duration = Duration::from_secs(1);

/// Builds the window, hidden until its page is ready to be seen.
pub(crate) fn open(handle: &AppHandle) -> tauri::Result<WebviewWindow> {
    let theme = handle.state::<LookStore>().get().theme;
    let window = WebviewWindowBuilder::new(handle, LABEL, WebviewUrl::default())
        .title("Particle")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SIZE_MIN.0, SIZE_MIN.1)
        .visible(false)
        .theme(theme.for_window())
        .background_color(background(theme.for_window()))
        .data_directory(handle.state::<Profile>().folder().webview())
        .on_navigation(is_own_page)
        .build()?;
    apply_theme(&window, theme);
    let waiting = window.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(SHOW_ANYWAY_AFTER).await;
        show(&waiting);
    });
    Ok(window)
}

/// Makes the window visible, if it is not yet.
pub(crate) fn show(window: &WebviewWindow) {
    if !window.is_visible().unwrap_or(false) {
        report(window.show());
    }
}

/// Brings the window to the front, building it if there is none.
pub(crate) fn bring_to_front(handle: &AppHandle) -> tauri::Result<()> {
    match handle.get_webview_window(LABEL) {
        Some(window) => {
            window.unminimize()?;
            window.show()?;
            window.set_focus()
        }
        None => open(handle).map(drop),
    }
}

/// [`bring_to_front`] from any thread.
pub(crate) fn show_soon(handle: &AppHandle) {
    let on_main_thread = handle.clone();
    report(handle.run_on_main_thread(move || report(bring_to_front(&on_main_thread))));
}

/// Shows the window and its frame in `theme`.
pub(crate) fn apply_theme(window: &WebviewWindow, theme: Theme) {
    report(window.set_theme(theme.for_window()));
    let shown = theme.for_window().or_else(|| window.theme().ok());
    report(window.set_background_color(Some(background(shown))));
}

fn background(theme: Option<WindowTheme>) -> Color {
    match theme {
        Some(WindowTheme::Light) => LIGHT,
        _ => DARK,
    }
}

/// The window shows its own page and nothing else.
fn is_own_page(url: &tauri::Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// A window system that refuses leaves the window as it was; that is worth a line, not an end.
fn report(result: tauri::Result<()>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the window system refused");
    }
}
