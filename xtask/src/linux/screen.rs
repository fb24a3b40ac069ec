//! Looks at an X screen: which window is there, whether something is painted in it, and a PNG of
//! it all. Talks the X protocol itself, so it needs no program and is quick enough to be polled.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufWriter;
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt, ImageFormat, MapState, Window};
use x11rb::rust_connection::{DefaultStream, RustConnection};

/// GTK and the clipboard own a few tiny windows, too.
const LEAST: u16 = 100;

/// One pixel: red, green, blue.
pub(crate) type Colour = [u8; 3];

/// A connection to an X server with one 24 bit screen.
pub(crate) struct Screen {
    connection: RustConnection,
    root: Window,
    width: u16,
    height: u16,
}

/// A part of the screen, in pixels from its upper left corner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area {
    x: i16,
    y: i16,
    width: u16,
    height: u16,
}

impl Screen {
    /// Connects to the server that listens on this socket.
    pub(crate) fn connect(socket: &Path) -> Result<Self> {
        let stream = UnixStream::connect(socket).with_context(|| socket.display().to_string())?;
        let (stream, _) = DefaultStream::from_unix_stream(stream)?;
        let connection = RustConnection::connect_to_stream(stream, 0)?;
        let screen = connection
            .setup()
            .roots
            .first()
            .context("an X server without a screen")?;
        let (root, width, height) = (screen.root, screen.width_in_pixels, screen.height_in_pixels);
        Ok(Self {
            connection,
            root,
            width,
            height,
        })
    }

    /// The largest visible window, where there is one of at least 100 by 100 pixels: GTK and the
    /// clipboard own a few tiny ones beside it.
    pub(crate) fn window(&self) -> Result<Option<Area>> {
        let mut largest: Option<Area> = None;
        for child in self.connection.query_tree(self.root)?.reply()?.children {
            // A window may be gone between the two questions.
            let Ok(attributes) = self.connection.get_window_attributes(child)?.reply() else {
                continue;
            };
            let Ok(place) = self.connection.get_geometry(child)?.reply() else {
                continue;
            };
            let area = Area {
                x: place.x,
                y: place.y,
                width: place.width,
                height: place.height,
            };
            let visible = attributes.map_state == MapState::VIEWABLE
                && area.width >= LEAST
                && area.height >= LEAST;
            if visible && largest.is_none_or(|other| other.pixels() < area.pixels()) {
                largest = Some(area);
            }
        }
        Ok(largest.map(|area| self.visible_part(area)))
    }

    /// True once the window shows text or another drawing, and not just one colour.
    pub(crate) fn is_painted(&self) -> Result<bool> {
        match self.window()? {
            Some(area) => self.has_a_picture(area),
            None => Ok(false),
        }
    }

    fn has_a_picture(&self, area: Area) -> Result<bool> {
        // A caret or a frame is not yet a picture; the big clock alone has thousands.
        const FEWEST_PIXELS: usize = 200;
        let pixels = self.pixels(area.inner())?;
        let mut counts: HashMap<Colour, usize> = HashMap::new();
        for pixel in &pixels {
            *counts.entry(*pixel).or_default() += 1;
        }
        let background = counts.values().copied().max().unwrap_or_default();
        Ok(pixels.len() - background >= FEWEST_PIXELS)
    }

    /// True once the middle of the window has this colour.
    pub(crate) fn is_filled_with(&self, colour: Colour) -> Result<bool> {
        let Some(area) = self.window()? else {
            return Ok(false);
        };
        let pixels = self.pixels(area.inner())?;
        Ok(pixels.get(pixels.len() / 2) == Some(&colour))
    }

    /// Every pixel of the screen, line by line.
    pub(crate) fn look(&self) -> Result<Vec<Colour>> {
        self.pixels(self.whole())
    }

    /// True once something is painted left of `x`, where a window began that has but one colour at first.
    pub(crate) fn is_painted_left_of(&self, x: u16) -> Result<bool> {
        self.has_a_picture(Area {
            width: x,
            ..self.whole()
        })
    }

    /// Moves the window that is on top of the others; without a window manager nobody else does.
    pub(crate) fn move_newest_window_to(&self, x: i32, y: i32) -> Result<()> {
        let children = self.connection.query_tree(self.root)?.reply()?.children;
        let is_shown = |child: &Window| -> Result<bool> {
            let attributes = self.connection.get_window_attributes(*child)?.reply()?;
            let place = self.connection.get_geometry(*child)?.reply()?;
            Ok(attributes.map_state == MapState::VIEWABLE && place.width >= LEAST)
        };
        // The last one is on top.
        for child in children.into_iter().rev() {
            if is_shown(&child)? {
                let place = ConfigureWindowAux::new().x(x).y(y);
                self.connection.configure_window(child, &place)?.check()?;
                break;
            }
        }
        Ok(())
    }

    /// Writes the window as a PNG, or the whole screen where there is none.
    pub(crate) fn save(&self, file: &Path) -> Result<()> {
        self.save_area(self.window()?.unwrap_or(self.whole()), file)
    }

    /// Writes the whole screen as a PNG.
    pub(crate) fn save_all(&self, file: &Path) -> Result<()> {
        self.save_area(self.whole(), file)
    }

    fn save_area(&self, area: Area, file: &Path) -> Result<()> {
        let pixels = self.pixels(area)?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let target = File::create(file).with_context(|| file.display().to_string())?;
        let mut encoder = png::Encoder::new(
            BufWriter::new(target),
            u32::from(area.width),
            u32::from(area.height),
        );
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels.concat())?;
        writer.finish()?;
        Ok(())
    }

    fn whole(&self) -> Area {
        Area {
            x: 0,
            y: 0,
            width: self.width,
            height: self.height,
        }
    }

    fn pixels(&self, area: Area) -> Result<Vec<Colour>> {
        let image = self
            .connection
            .get_image(
                ImageFormat::Z_PIXMAP,
                self.root,
                area.x,
                area.y,
                area.width,
                area.height,
                u32::MAX,
            )?
            .reply()?;
        // 24 bit screens send four bytes a pixel: blue, green, red, nothing.
        Ok(image
            .data
            .chunks_exact(4)
            .map(|bgr| [bgr[2], bgr[1], bgr[0]])
            .collect())
    }

    /// The server refuses to send pixels from beyond the edge of the screen.
    fn visible_part(&self, area: Area) -> Area {
        let right = self.width.saturating_sub(area.x.max(0).unsigned_abs());
        let bottom = self.height.saturating_sub(area.y.max(0).unsigned_abs());
        Area {
            x: area.x.max(0),
            y: area.y.max(0),
            width: area.width.min(right),
            height: area.height.min(bottom),
        }
    }
}

impl Area {
    fn pixels(self) -> u32 {
        u32::from(self.width) * u32::from(self.height)
    }

    /// Without the outermost tenth on each side, where a theme may draw a frame or a title bar.
    fn inner(self) -> Self {
        Self {
            x: self.x.saturating_add_unsigned(self.width / 10),
            y: self.y.saturating_add_unsigned(self.height / 10),
            width: self.width - self.width / 5,
            height: self.height - self.height / 5,
        }
    }
}
