//! Plays the bell, or a file of the person's own. The device is open only meanwhile; without one nothing
//! is heard, and that is no failure.

use std::fs::File;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use rodio::source::{EmptyCallback, Zero};
use rodio::{Decoder, DeviceSinkBuilder, DeviceSinkError, Player, Source};

use super::bell::{self, bell};
use super::choice::Alerts;

/// How much of a file is played.
const SOUND_MAX: Duration = Duration::from_secs(15);
/// Silence behind the sound: what the device still holds when it is closed is never heard.
const TAIL_SAMPLES: usize = 11_025;
/// How much longer than that a device may take. One that has vanished takes for ever.
const PATIENCE: Duration = Duration::from_secs(3);

/// Held while a sound is played: two at once are noise.
static PLAYING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Plays what `choice` asks for, on a thread of its own.
pub(crate) fn ring(choice: Alerts) {
    if choice.gain().is_none() {
        return;
    }
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = play(&choice) {
            tracing::debug!(%error, "nothing could be heard");
        }
    });
}

/// [`ring`], on this thread; ends with the sound.
pub(crate) fn play(choice: &Alerts) -> Result<(), DeviceSinkError> {
    let (Some(gain), Ok(_playing)) = (choice.gain(), PLAYING.try_lock()) else {
        return Ok(());
    };
    let mut device = DeviceSinkBuilder::from_default_device()?
        .with_error_callback(|error| tracing::debug!(%error, "the sound device faltered"))
        .open_stream()?;
    device.log_on_drop(false);
    let player = Player::connect_new(device.mixer());
    player.set_volume(gain);
    let own = choice.sound_file.as_deref().map(Path::new);
    match own.and_then(open) {
        Some(file) => player.append(file.take_duration(SOUND_MAX)),
        None => player.append(bell()),
    }
    player.append(Zero::new_samples(bell::CHANNELS, bell::RATE, TAIL_SAMPLES));
    let (over, is_over) = mpsc::channel();
    // An error means that it was waited for long enough.
    player.append(EmptyCallback::new(Box::new(move || {
        over.send(()).unwrap_or_default();
    })));
    if is_over.recv_timeout(SOUND_MAX + PATIENCE).is_err() {
        tracing::debug!("the sound device went away");
    }
    Ok(())
}

/// Whether the file at `path` is a sound.
pub(crate) fn is_sound(path: &Path) -> bool {
    open(path).is_some_and(|mut sound| sound.next().is_some())
}

fn open(path: &Path) -> Option<impl Source + Send + use<>> {
    // Opening something else, as a pipe, might wait for ever.
    path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let file = File::open(path).ok()?;
    Decoder::try_from(file)
        .inspect_err(|error| tracing::debug!(%error, "the chosen sound cannot be decoded"))
        .ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A second of a wave file: one channel, 8000 samples a second, a byte each.
    fn wave() -> Vec<u8> {
        let mut file = b"RIFF\x64\x1f\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        file.extend(8000_u32.to_le_bytes());
        file.extend(8000_u32.to_le_bytes());
        file.extend(b"\x01\0\x08\0data\x40\x1f\0\0");
        file.extend([200; 8000]);
        file
    }

    #[test]
    fn a_sound_is_told_from_what_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let [sound, text, missing] =
            ["sound.wav", "text.mp3", "missing.ogg"].map(|name| folder.path().join(name));
        fs::write(&sound, wave()).unwrap();
        fs::write(&text, "no sound").unwrap();
        assert!(is_sound(&sound));
        assert!(!is_sound(&text));
        assert!(!is_sound(&missing));
        assert!(!is_sound(folder.path()));
    }
}
