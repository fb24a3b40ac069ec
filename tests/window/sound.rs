//! What is played when a focus is over: a sound device of the machine that writes into a file.

use std::fs;
use std::path::PathBuf;

use particle_tests::{Cli, Desktop, DesktopApp, Machine, Window, eventually};
use serde_json::json;

const ENTER: char = '\u{E007}';

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_a_focus_is_heard() {
    let machine = machine(60);
    with_device(&machine);
    let desktop = Desktop::start(&machine);
    Cli::on(&machine).run_in_the_past("-35s", &["start", "Write", "--minutes", "1"]);
    let _app = DesktopApp::start(&machine, &desktop).await;
    assert!(
        !played(&machine).exists(),
        "the device is closed until then"
    );
    let samples = heard(&machine).await;
    assert!(peak(&samples) > 0.02, "{}", peak(&samples));
    let loud = samples.iter().filter(|sample| sample.abs() > 0.002).count();
    assert!(loud > 20_000, "not a click: {loud}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bell_is_as_loud_as_is_chosen_and_silent_at_zero() {
    let machine = machine(0);
    with_device(&machine);
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;
    window.press(',').await;
    window.shows_so_many(1, "[data-testid=try-alerts]").await;
    try_it(&window).await;
    assert!(!played(&machine).exists(), "not even silence is played");

    let mut peaks = Vec::new();
    for volume in [20, 100] {
        // Not emptied before: a field of a number puts back what was.
        window
            .ask("document.querySelector('[data-testid=volume]').select()")
            .await;
        window.press_all(&volume.to_string()).await;
        window.press(ENTER).await;
        chosen(&machine, "volume", &json!(volume)).await;
        try_it(&window).await;
        peaks.push(peak(&heard(&machine).await));
        fs::remove_file(played(&machine)).expect("our own file");
    }
    assert!(peaks[0] > 0.005, "{peaks:?}");
    assert!(peaks[1] > peaks[0] * 5.0, "{peaks:?}");
    assert!(peaks[1] < 1.0, "it does not clip: {peaks:?}");
    assert_eq!(window.text("alerts-told").await, "");
    assert_eq!(window.barriers().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_ones_own_is_played_and_the_bell_in_the_place_of_one_that_is_no_sound() {
    let machine = machine(100);
    with_device(&machine);
    machine.write(&machine.home().join("square.wav"), &square_wave());
    machine.write(&machine.home().join("text.wav"), b"no sound");
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;
    window.press(',').await;
    window.shows_so_many(1, "[data-testid=try-alerts]").await;

    let own = machine.home().join("square.wav").display().to_string();
    choose_file(&window, &machine, "~/square.wav", &own).await;
    try_it(&window).await;
    let samples = heard(&machine).await;
    let at_peak = samples.iter().filter(|sample| sample.abs() > 0.4).count();
    assert!(at_peak > samples.len() / 4, "a square wave: {at_peak}");
    assert_eq!(
        window.attribute("sound-file", "aria-invalid").await,
        "false"
    );
    fs::remove_file(played(&machine)).expect("our own file");

    let text = machine.home().join("text.wav").display().to_string();
    choose_file(&window, &machine, &text, &text).await;
    window
        .shows_so_many(1, "[data-testid=sound-file][aria-invalid=true]")
        .await;
    let told = window.text("alerts-told").await;
    assert!(told.contains("so the bell rings"), "{told}");
    try_it(&window).await;
    let samples = heard(&machine).await;
    assert!(peak(&samples) > 0.3, "the bell");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_without_a_sound_device_goes_on() {
    let machine = machine(60);
    // Of the system's own settings nothing is left.
    machine.write(
        &machine.home().join(".asoundrc"),
        b"pcm.!default { type hw card nowhere }\n",
    );
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.run_in_the_past("-35s", &["start", "Write", "--minutes", "1"]);
    let window = Window::open(&machine, &desktop).await;
    window.shows("overflow").await;
    window.press(',').await;
    window.shows_so_many(1, "[data-testid=try-alerts]").await;
    try_it(&window).await;
    let told = window.text("alerts-told").await;
    assert!(told.contains("No sound device answers"), "{told}");
    assert_eq!(cli.status()["state"], "overflow", "it counts on");
}

fn machine(volume: u8) -> Machine {
    let machine = Machine::new();
    machine.choose_alerts(&json!({
        "notifications": false, "sound": true, "volume": volume, "sound_file": null,
    }));
    machine
}

/// A sound device that writes what it plays into a file, whole numbers of 16 bits: of others the file does
/// not say what they are.
fn with_device(machine: &Machine) {
    let file = played(machine).display().to_string();
    let device = format!(
        "pcm.!default {{ type plug; slave {{ pcm recorder; format S16_LE }} }}\n\
         pcm.recorder {{ type file; slave.pcm null; file \"{file}\"; format wav }}\n"
    );
    machine.write(&machine.home().join(".asoundrc"), device.as_bytes());
}

fn played(machine: &Machine) -> PathBuf {
    machine.home().join("played.wav")
}

/// Tries it, and waits until it is over.
async fn try_it(window: &Window) {
    window.click("try-alerts").await;
    let over = "[data-testid=alerts-told][data-tried=true]";
    window.shows_so_many(1, over).await;
}

async fn choose_file(window: &Window, machine: &Machine, written: &str, kept: &str) {
    window.fill("sound-file", written).await;
    window.press(ENTER).await;
    chosen(machine, "sound_file", &json!(kept)).await;
    window
        .answers(
            "return document.querySelector('[data-testid=sound-file]').value",
            kept,
        )
        .await;
}

/// Waits until this is chosen on this machine.
async fn chosen(machine: &Machine, key: &str, value: &serde_json::Value) {
    let file = machine.data().join("window.json");
    eventually(&format!("{key} is {value}"), async || {
        let text = fs::read_to_string(&file).expect("the settings of the window");
        let kept: serde_json::Value = serde_json::from_str(&text).map_err(|_| text.clone())?;
        if &kept["alerts"][key] == value {
            Ok(())
        } else {
            Err(text)
        }
    })
    .await;
}

/// The samples that were played, once the device is closed: only then the file says how many there are.
async fn heard(machine: &Machine) -> Vec<f32> {
    eventually("a sound was played", async || {
        let file = fs::read(played(machine)).map_err(|error| error.to_string())?;
        samples(&file).ok_or_else(|| format!("{} bytes", file.len()))
    })
    .await
}

/// The samples of a wave file whose head is complete.
fn samples(file: &[u8]) -> Option<Vec<f32>> {
    const HEAD: usize = 44;
    let length = file.get(HEAD - 4..HEAD)?.try_into().ok()?;
    let data = &file[HEAD..];
    if data.is_empty() || usize::try_from(u32::from_le_bytes(length)) != Ok(data.len()) {
        return None;
    }
    assert_eq!(file[34..36], [16, 0], "bits of a sample");
    let sample = |bytes: &[u8]| i16::from_le_bytes([bytes[0], bytes[1]]);
    let part = |sample: i16| f32::from(sample) / f32::from(i16::MAX);
    Some(
        data.chunks_exact(2)
            .map(|bytes| part(sample(bytes)))
            .collect(),
    )
}

fn peak(samples: &[f32]) -> f32 {
    samples
        .iter()
        .fold(0.0, |peak, sample| sample.abs().max(peak))
}

/// A second of a square wave at half of what is possible: one channel, 8000 samples a second, 16 bits each.
fn square_wave() -> Vec<u8> {
    let (rate, bytes) = (8000_u32, 16_000_u32);
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(rate.to_le_bytes());
    file.extend(bytes.to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(bytes.to_le_bytes());
    for at in 0..rate {
        let sample: i16 = if at % 40 < 20 { 16_384 } else { -16_384 };
        file.extend(sample.to_le_bytes());
    }
    file
}
