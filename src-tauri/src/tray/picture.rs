//! The icon while a stretch runs: the app's own, and a ring around the dot for what has gone by.

use std::collections::HashMap;
use std::f32::consts::TAU;

use tauri::image::Image;
use tiny_skia::{
    ColorU8, IntSize, LineCap, Paint, Path, PathBuilder, Pixmap, PremultipliedColorU8,
};
use tiny_skia::{Stroke, Transform};

/// The ring, in parts of the icon's side: clear of the dot, and inside the corners.
const RADIUS: f32 = 0.29;
const WIDTH: f32 = 0.075;
/// How much of the light the part of the ring has that is still to come.
const TO_COME: u8 = 70;
const GONE_BY: u8 = 255;

/// The whole percents of a plan that have gone by, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Percent(u8);

impl Percent {
    /// How much of `planned` seconds has gone by when `left` seconds are left, rounded down.
    pub(super) fn gone_by(planned: u32, left: u32) -> Self {
        let gone = u64::from(planned.saturating_sub(left));
        let percent = (gone * 100).checked_div(planned.into()).unwrap_or(100);
        Self(u8::try_from(percent).unwrap_or(100))
    }
}

/// Each picture is drawn once.
pub(super) struct Pictures {
    base: Image<'static>,
    drawn: HashMap<Percent, Image<'static>>,
}

impl Pictures {
    /// Pictures over the app's icon.
    pub(super) fn over(base: Image<'static>) -> Self {
        Self {
            base,
            drawn: HashMap::new(),
        }
    }

    /// The app's icon, with a ring while a stretch runs.
    pub(super) fn of(&mut self, progress: Option<Percent>) -> Image<'static> {
        let Some(percent) = progress else {
            return self.base.clone();
        };
        let base = &self.base;
        let drawn = self.drawn.entry(percent);
        drawn.or_insert_with(|| with_ring(base, percent)).clone()
    }
}

/// The icon as it is where it cannot be drawn upon.
fn with_ring(base: &Image<'static>, percent: Percent) -> Image<'static> {
    let Some(mut pixmap) = pixmap(base) else {
        return base.clone();
    };
    draw_arc(&mut pixmap, 1.0, TO_COME);
    if percent.0 > 0 {
        draw_arc(&mut pixmap, f32::from(percent.0) / 100.0, GONE_BY);
    }
    let pixels = pixmap.pixels().iter().map(PremultipliedColorU8::demultiply);
    let rgba = pixels.flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]);
    Image::new_owned(rgba.collect(), base.width(), base.height())
}

fn pixmap(image: &Image<'_>) -> Option<Pixmap> {
    let pixels = image.rgba().chunks_exact(4).flat_map(|pixel| {
        let pixel = ColorU8::from_rgba(pixel[0], pixel[1], pixel[2], pixel[3]).premultiply();
        [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
    });
    let size = IntSize::from_wh(image.width(), image.height())?;
    Pixmap::from_vec(pixels.collect(), size)
}

/// So much of the ring, from the top with the hands of a clock.
fn draw_arc(pixmap: &mut Pixmap, share: f32, light: u8) {
    #[expect(clippy::cast_precision_loss, reason = "an icon has few pixels")]
    let side = pixmap.width() as f32;
    let Some(path) = arc(side, share) else {
        return;
    };
    let mut paint = Paint::default();
    paint.set_color_rgba8(255, 255, 255, light);
    let stroke = Stroke {
        width: WIDTH * side,
        line_cap: LineCap::Butt,
        ..Stroke::default()
    };
    pixmap.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
}

fn arc(side: f32, share: f32) -> Option<Path> {
    const PARTS: u8 = 100;
    let mut path = PathBuilder::new();
    for part in 0..=PARTS {
        let angle = TAU * share * f32::from(part) / f32::from(PARTS);
        let x = side * (0.5 + RADIUS * angle.sin());
        let y = side * (0.5 - RADIUS * angle.cos());
        if part == 0 {
            path.move_to(x, y);
        } else {
            path.line_to(x, y);
        }
    }
    path.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: u32 = 64;

    fn light(picture: &Image<'_>, x: f32, y: f32) -> u8 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "inside the icon"
        )]
        let at = |part: f32| (part * 64.0) as usize;
        picture.rgba()[(at(y) * SIDE as usize + at(x)) * 4]
    }

    fn black() -> Image<'static> {
        let pixels = [0, 0, 0, 255].repeat((SIDE * SIDE) as usize);
        Image::new_owned(pixels, SIDE, SIDE)
    }

    #[test]
    fn what_has_gone_by_is_rounded_down() {
        for (planned, left, percent) in [
            (1500, 1500, 0),
            (1500, 1486, 0),
            (1500, 1485, 1),
            (1500, 1, 99),
            (1500, 0, 100),
            (0, 0, 100),
            (60, 90, 0),
        ] {
            let gone_by = Percent::gone_by(planned, left);
            assert_eq!(
                gone_by,
                Percent(percent),
                "{left} s of {planned} s are left"
            );
        }
    }

    #[test]
    fn the_ring_fills_from_the_top_with_the_hands_of_a_clock() {
        let mut pictures = Pictures::over(black());
        let half = pictures.of(Some(Percent(50)));
        let right = light(&half, 0.5 + RADIUS, 0.5);
        let left = light(&half, 0.5 - RADIUS, 0.5);
        assert_eq!((right, left), (GONE_BY, TO_COME));
        assert_eq!(light(&half, 0.5, 0.5), 0, "the middle is the dot's");
    }

    #[test]
    fn the_icon_is_the_app_s_own_while_nothing_runs_and_its_edge_stays_as_it_is() {
        let mut edge = black().rgba().to_vec();
        edge[..4].copy_from_slice(&[0, 0, 0, 90]);
        let base = Image::new_owned(edge, SIDE, SIDE);
        let mut pictures = Pictures::over(base.clone());
        assert_eq!(pictures.of(None).rgba(), base.rgba());
        let begun = pictures.of(Some(Percent(0)));
        assert_eq!(begun.rgba()[..4], [0, 0, 0, 90]);
        assert_eq!(light(&begun, 0.5, 0.5 - RADIUS), TO_COME);
    }
}
