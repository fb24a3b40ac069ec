//! A short, calm bell: a few sines that fade away, the higher the sooner.

use std::f32::consts::TAU;
use std::num::{NonZeroU16, NonZeroU32};

use rodio::buffer::SamplesBuffer;
use rodio::nz;

/// One channel.
pub(super) const CHANNELS: NonZeroU16 = nz!(1);
/// Samples a second: enough for the highest partial.
pub(super) const RATE: NonZeroU32 = nz!(22_050);

/// Its pitch, an A.
const HERTZ: f32 = 440.0;
/// Multiple of the pitch, amplitude, and the seconds in which it falls to a third: about those of a small bowl.
const PARTIALS: [(f32, f32, f32); 3] = [(1.0, 0.5, 0.7), (2.71, 0.2, 0.35), (5.15, 0.08, 0.12)];
const SECONDS: f32 = 2.5;
const SAMPLES: u16 = 55_125;
/// In which it swells and, at its end, is faded out: without them it would click.
const SWELL_SECONDS: f32 = 0.006;
const FADE_SECONDS: f32 = 0.2;

/// The bell.
pub(super) fn bell() -> SamplesBuffer {
    SamplesBuffer::new(CHANNELS, RATE, samples())
}

fn samples() -> Vec<f32> {
    let step = SECONDS / f32::from(SAMPLES);
    (0..SAMPLES)
        .map(|at| sample(f32::from(at) * step))
        .collect()
}

fn sample(seconds: f32) -> f32 {
    let swell = (seconds / SWELL_SECONDS).min(1.0);
    let fade = ((SECONDS - seconds) / FADE_SECONDS).min(1.0);
    let partial = |(multiple, amplitude, fall): (f32, f32, f32)| {
        amplitude * (-seconds / fall).exp() * (TAU * HERTZ * multiple * seconds).sin()
    };
    swell * fade * PARTIALS.into_iter().map(partial).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peak(samples: &[f32]) -> f32 {
        samples
            .iter()
            .fold(0.0, |peak, sample| sample.abs().max(peak))
    }

    #[test]
    fn the_bell_is_heard_fades_and_neither_clips_nor_clicks() {
        let samples = samples();
        let second = usize::try_from(RATE.get()).unwrap();
        let loudest = peak(&samples);
        assert!((0.3..0.9).contains(&loudest), "{loudest}");
        assert!(peak(&samples[2 * second..]) < loudest / 8.0, "it fades");
        assert!(samples[0].abs() < 0.001, "it swells");
        assert!(
            peak(&samples[samples.len() - 50..]) < 0.001,
            "it ends softly"
        );
    }
}
