//! The icon and its menu as the system has them.

use particle_core::app::{StartRequest, TimerRequest};
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry};

use super::Tray;
use super::face::Face;
use super::picture::Pictures;
use crate::profile::Profile;
use crate::window;

const TOGGLE: &str = "toggle";
const FINISH: &str = "finish";
const SHOW: &str = "show";
const QUIT: &str = "quit";
/// Behind the count of today.
const SYNC_PLACE: usize = 4;

/// The icon, its entries, and what they show now.
pub(super) struct Icon {
    tray: TrayIcon,
    menu: Menu<Wry>,
    toggle: MenuItem<Wry>,
    finish: MenuItem<Wry>,
    today: MenuItem<Wry>,
    /// In the menu only while somebody is signed in.
    sync: MenuItem<Wry>,
    show: MenuItem<Wry>,
    quit: MenuItem<Wry>,
    /// None where the app has no icon.
    pictures: Option<Pictures>,
    drawn: Option<Face>,
}

impl Icon {
    /// Shows the icon. On the main thread only.
    pub(super) fn build(handle: &AppHandle) -> tauri::Result<Self> {
        let entry = |id: &str, enabled| MenuItem::with_id(handle, id, "", enabled, None::<&str>);
        let (toggle, finish) = (entry(TOGGLE, true)?, entry(FINISH, false)?);
        let sync = entry("sync", false)?;
        let (today, show, quit) = (
            entry("today", false)?,
            entry(SHOW, true)?,
            entry(QUIT, true)?,
        );
        let line = PredefinedMenuItem::separator(handle)?;
        let menu = Menu::with_items(handle, &[&toggle, &finish, &line, &today, &show, &quit])?;
        let mut builder = TrayIconBuilder::with_id("particle")
            .menu(&menu)
            .on_menu_event(on_menu_event);
        if let Some(image) = handle.default_window_icon() {
            builder = builder.icon(image.clone());
        }
        let tray = builder.build(handle)?;
        Ok(Self {
            tray,
            menu,
            sync,
            toggle,
            finish,
            today,
            show,
            quit,
            pictures: handle
                .default_window_icon()
                .map(|image| Pictures::over(image.clone().to_owned())),
            drawn: None,
        })
    }

    /// Draws what differs from what is shown.
    pub(super) fn draw(&mut self, face: Face) {
        if let Err(error) = self.draw_changes(&face) {
            tracing::warn!(%error, "the tray could not be drawn");
        }
        self.drawn = Some(face);
    }

    fn draw_sync(&self, face: &Face) -> tauri::Result<()> {
        let drawn = self.drawn.as_ref().and_then(|drawn| drawn.sync.as_ref());
        match (drawn, &face.sync) {
            (before, Some(text)) => {
                if before != Some(text) {
                    self.sync.set_text(text)?;
                }
                if before.is_none() {
                    self.menu.insert(&self.sync, SYNC_PLACE)?;
                }
                Ok(())
            }
            (Some(_), None) => self.menu.remove(&self.sync),
            (None, None) => Ok(()),
        }
    }

    fn draw_picture(&mut self, face: &Face) -> tauri::Result<()> {
        // It is drawn with the app's icon at first.
        let drawn = self.drawn.as_ref().and_then(|drawn| drawn.progress);
        match &mut self.pictures {
            Some(pictures) if drawn != face.progress => {
                self.tray.set_icon(Some(pictures.of(face.progress)))
            }
            _ => Ok(()),
        }
    }

    fn draw_changes(&mut self, face: &Face) -> tauri::Result<()> {
        self.draw_picture(face)?;
        let drawn = self.drawn.as_ref();
        let differs = |part: fn(&Face) -> &str| drawn.is_none_or(|drawn| part(drawn) != part(face));
        if differs(|face| &face.label) {
            self.tray.set_title(Some(&face.label))?;
        }
        if differs(|face| &face.toggle) {
            self.toggle.set_text(&face.toggle)?;
        }
        if differs(|face| &face.finish) {
            self.finish.set_text(&face.finish)?;
        }
        if drawn.is_none_or(|drawn| drawn.can_finish != face.can_finish) {
            self.finish.set_enabled(face.can_finish)?;
        }
        if differs(|face| &face.today) {
            self.today.set_text(&face.today)?;
        }
        self.draw_sync(face)?;
        if differs(|face| &face.show) {
            self.show.set_text(&face.show)?;
        }
        if differs(|face| &face.quit) {
            self.quit.set_text(&face.quit)?;
        }
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "Tauri's signature")]
fn on_menu_event(handle: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        TOGGLE => steer(handle, TimerRequest::Toggle(StartRequest::default())),
        FINISH => steer(handle, TimerRequest::Finish),
        SHOW => window::show_soon(handle),
        QUIT => handle.exit(0),
        _ => {}
    }
}

fn steer(handle: &AppHandle, request: TimerRequest) {
    let Ok(app) = handle.state::<Profile>().app().cloned() else {
        return;
    };
    // The menu may have been open while the timer moved on.
    let tray = handle.state::<Tray>();
    let meant_for = tray
        .icon()
        .as_ref()
        .and_then(|icon| Some(icon.drawn.as_ref()?.version));
    tauri::async_runtime::spawn(async move {
        if let Err(error) = app.profile().timer(request, meant_for).await {
            tracing::info!(%error, "the tray's command was refused");
        }
    });
}
