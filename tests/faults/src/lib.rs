//! Preloaded into a program under test (`LD_PRELOAD`), between it and the kernel. What it does is asked for
//! by environment variables; without them it does nothing.

#![cfg(target_os = "linux")]
#![allow(
    unsafe_code,
    clippy::missing_safety_doc,
    reason = "it takes the place of functions of the C library"
)]

mod clock;
mod disk;
