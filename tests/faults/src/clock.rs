//! The clocks of a computer that slept, or whose wall clock was set. `FAULTS_CLOCKS` names a file of two
//! numbers of 64 bits: how many milliseconds it slept altogether, and by how many the wall clock was set
//! forward. They may change while the program runs.

use std::fs::OpenOptions;
use std::os::fd::AsRawFd;
use std::ptr::NonNull;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use libc::{c_int, clockid_t, timespec};

/// What the file says, shared with the test that writes it.
#[repr(C)]
struct Hands {
    slept_ms: AtomicI64,
    set_forward_ms: AtomicI64,
}

static HANDS: OnceLock<Option<&'static Hands>> = OnceLock::new();

fn hands() -> Option<&'static Hands> {
    *HANDS.get_or_init(|| {
        let path = std::env::var_os("FAULTS_CLOCKS")?;
        let file = OpenOptions::new().read(true).open(path).ok()?;
        let length = size_of::<Hands>();
        if file.metadata().ok()?.len() < u64::try_from(length).ok()? {
            return None;
        }
        // SAFETY: the file is as long as what is mapped, and the mapping is never undone.
        let mapped = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                length,
                libc::PROT_READ,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            )
        };
        if mapped == libc::MAP_FAILED {
            return None;
        }
        // SAFETY: a page is aligned for it, any bits are a number, and it is only read.
        NonNull::new(mapped.cast::<Hands>()).map(|hands| unsafe { hands.as_ref() })
    })
}

/// How far ahead a clock is of what the kernel says, in milliseconds.
fn ahead_ms(clock: clockid_t) -> i64 {
    let Some(hands) = hands() else { return 0 };
    let slept = hands.slept_ms.load(Ordering::SeqCst);
    match clock {
        libc::CLOCK_BOOTTIME => slept,
        libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE => {
            slept + hands.set_forward_ms.load(Ordering::SeqCst)
        }
        _ => 0,
    }
}

/// In the place of `clock_gettime(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn clock_gettime(clock: clockid_t, time: *mut timespec) -> c_int {
    // SAFETY: as for the function that it stands for.
    let answer = unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) };
    if answer == 0 {
        let ahead = ahead_ms(clock);
        // SAFETY: the kernel has just written it.
        let time = unsafe { &mut *time };
        let nanos = time.tv_nsec + ahead.rem_euclid(1000) * 1_000_000;
        time.tv_sec += ahead.div_euclid(1000) + nanos / 1_000_000_000;
        time.tv_nsec = nanos % 1_000_000_000;
    }
    c_int::try_from(answer).unwrap_or(-1)
}
