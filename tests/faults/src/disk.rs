//! Whatever changes a file below one folder is counted, can be logged, and at a chosen step the program
//! dies or its disk is full. It is asked for by four environment variables:
//! - `FAULTS_BELOW`: the folder; without it nothing is done
//! - `FAULTS_LOG`: a file that gets one line for each step
//! - `FAULTS_AT`: the step at which it happens, from 1
//! - `FAULTS_KIND`: `die` (after the step), `torn` (half of a write is done, then it dies), `full` (from
//!   this step on), `full_once`

use std::ffi::{CStr, OsString, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use libc::{off_t, size_t, ssize_t};

/// What happens at the chosen step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Nothing,
    Die,
    Torn,
    Full,
    FullOnce,
}

struct Plan {
    below: PathBuf,
    log: Option<c_int>,
    at: u64,
    fault: Fault,
}

/// What a step does to the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// It needs space.
    Fills,
    /// It needs none.
    Orders,
}

/// What the kernel is to be asked.
enum Verdict {
    /// What the program asked.
    Go,
    /// What the program asked, and then it dies.
    GoAndDie,
    /// Half of it, and then it dies.
    HalfAndDie,
    /// Nothing: no space is left.
    NoSpace,
}

static PLAN: OnceLock<Option<Plan>> = OnceLock::new();
static STEPS: AtomicU64 = AtomicU64::new(0);

/// How a shell says that a program was killed.
const KILLED: c_int = 137;

impl Plan {
    fn of_environment() -> Option<Self> {
        let text = |name: &str| std::env::var(name).unwrap_or_default();
        let below = PathBuf::from(std::env::var_os("FAULTS_BELOW")?);
        let log = std::env::var_os("FAULTS_LOG").map(PathBuf::from);
        Some(Self {
            below,
            log: log.map(|path| open_log(&path)),
            at: text("FAULTS_AT").parse().unwrap_or(0),
            fault: match text("FAULTS_KIND").as_str() {
                "die" => Fault::Die,
                "torn" => Fault::Torn,
                "full" => Fault::Full,
                "full_once" => Fault::FullOnce,
                _ => Fault::Nothing,
            },
        })
    }

    fn verdict(&self, number: u64, step: Step) -> Verdict {
        let is_here = number == self.at;
        match self.fault {
            Fault::Torn if is_here && step == Step::Fills => Verdict::HalfAndDie,
            Fault::Torn | Fault::Die if is_here => Verdict::GoAndDie,
            Fault::FullOnce if is_here && step == Step::Fills => Verdict::NoSpace,
            Fault::Full if number >= self.at && step == Step::Fills => Verdict::NoSpace,
            _ => Verdict::Go,
        }
    }
}

/// Counts a step on `path`, and says what becomes of it.
fn verdict(name: &str, path: Option<&Path>, step: Step) -> Verdict {
    let plan = PLAN.get_or_init(Plan::of_environment);
    let (Some(plan), Some(path)) = (plan, path) else {
        return Verdict::Go;
    };
    if !path.starts_with(&plan.below) {
        return Verdict::Go;
    }
    let number = STEPS.fetch_add(1, Ordering::SeqCst) + 1;
    if let Some(log) = plan.log {
        let line = format!("{name} {}\n", path.display());
        // SAFETY: the line lives until the kernel has read it.
        unsafe { libc::syscall(libc::SYS_write, log, line.as_ptr(), line.len()) };
    }
    plan.verdict(number, step)
}

fn open_log(path: &Path) -> c_int {
    let mut name = path.as_os_str().as_bytes().to_vec();
    name.push(0);
    let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_APPEND | libc::O_CLOEXEC;
    // SAFETY: the name ends with a zero and lives until the kernel has read it.
    unsafe { libc::open(name.as_ptr().cast(), flags, 0o600) }
}

fn path_of(file: c_int) -> Option<PathBuf> {
    let link = format!("/proc/self/fd/{file}\0");
    let mut name = vec![0_u8; libc::PATH_MAX.cast_unsigned() as usize];
    // SAFETY: the link ends with a zero, and the kernel writes at most as much as there is room.
    let length =
        unsafe { libc::readlink(link.as_ptr().cast(), name.as_mut_ptr().cast(), name.len()) };
    name.truncate(usize::try_from(length).ok()?);
    Some(OsString::from_vec(name).into())
}

fn path_in(name: *const c_char) -> Option<PathBuf> {
    if name.is_null() {
        return None;
    }
    // SAFETY: whoever calls `unlink` or `rename` hands over a text that ends with a zero.
    let bytes = unsafe { CStr::from_ptr(name) }.to_bytes();
    Some(OsString::from_vec(bytes.to_vec()).into())
}

fn die() -> ! {
    // SAFETY: it has no conditions, and runs no destructors, as a kill does not.
    unsafe { libc::_exit(KILLED) }
}

fn no_space() -> c_int {
    // SAFETY: the errno of this thread.
    unsafe { *libc::__errno_location() = libc::ENOSPC };
    -1
}

/// A step that is done or not done.
fn whole(verdict: &Verdict, ask: impl FnOnce() -> c_int) -> c_int {
    match verdict {
        Verdict::Go => ask(),
        Verdict::NoSpace => no_space(),
        Verdict::GoAndDie | Verdict::HalfAndDie => {
            ask();
            die()
        }
    }
}

/// A write of `length` bytes, of which fewer may be done.
fn partial(verdict: &Verdict, length: size_t, ask: impl FnOnce(size_t) -> ssize_t) -> ssize_t {
    match verdict {
        Verdict::Go => ask(length),
        Verdict::NoSpace => no_space() as ssize_t,
        Verdict::GoAndDie => {
            ask(length);
            die()
        }
        Verdict::HalfAndDie => {
            ask(length / 2);
            die()
        }
    }
}

fn number(answer: libc::c_long) -> c_int {
    c_int::try_from(answer).unwrap_or(-1)
}

fn size(answer: libc::c_long) -> ssize_t {
    ssize_t::try_from(answer).unwrap_or(-1)
}

/// In the place of `write(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn write(
    file: c_int,
    bytes: *const c_void,
    length: size_t,
) -> ssize_t {
    let verdict = verdict("write", path_of(file).as_deref(), Step::Fills);
    // SAFETY: as for the function that it stands for.
    partial(&verdict, length, |length| unsafe {
        size(libc::syscall(libc::SYS_write, file, bytes, length))
    })
}

/// In the place of `pwrite(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pwrite(
    file: c_int,
    bytes: *const c_void,
    length: size_t,
    offset: off_t,
) -> ssize_t {
    let verdict = verdict("write", path_of(file).as_deref(), Step::Fills);
    // SAFETY: as for the function that it stands for.
    partial(&verdict, length, |length| unsafe {
        size(libc::syscall(
            libc::SYS_pwrite64,
            file,
            bytes,
            length,
            offset,
        ))
    })
}

/// In the place of `pwrite64(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pwrite64(
    file: c_int,
    bytes: *const c_void,
    length: size_t,
    offset: off_t,
) -> ssize_t {
    // SAFETY: as for the function that it stands for.
    unsafe { pwrite(file, bytes, length, offset) }
}

/// In the place of `ftruncate(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn ftruncate(file: c_int, length: off_t) -> c_int {
    // SQLite only makes files shorter with it.
    let verdict = verdict("truncate", path_of(file).as_deref(), Step::Orders);
    // SAFETY: as for the function that it stands for.
    whole(&verdict, || unsafe {
        number(libc::syscall(libc::SYS_ftruncate, file, length))
    })
}

/// In the place of `ftruncate64(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn ftruncate64(file: c_int, length: off_t) -> c_int {
    // SAFETY: as for the function that it stands for.
    unsafe { ftruncate(file, length) }
}

/// The file that is synced. A folder is no step: each connection of SQLite syncs it once, and how many a pool
/// uses is chance. Whoever dies after it has died after the step before.
fn synced(file: c_int) -> Option<PathBuf> {
    path_of(file).filter(|path| !path.is_dir())
}

/// In the place of `fsync(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn fsync(file: c_int) -> c_int {
    let verdict = verdict("sync", synced(file).as_deref(), Step::Orders);
    // SAFETY: as for the function that it stands for.
    whole(&verdict, || unsafe {
        number(libc::syscall(libc::SYS_fsync, file))
    })
}

/// In the place of `fdatasync(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn fdatasync(file: c_int) -> c_int {
    let verdict = verdict("sync", synced(file).as_deref(), Step::Orders);
    // SAFETY: as for the function that it stands for.
    whole(&verdict, || unsafe {
        number(libc::syscall(libc::SYS_fdatasync, file))
    })
}

/// In the place of `unlink(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    let verdict = verdict("remove", path_in(path).as_deref(), Step::Orders);
    // SAFETY: as for the function that it stands for.
    whole(&verdict, || unsafe {
        number(libc::syscall(libc::SYS_unlinkat, libc::AT_FDCWD, path, 0))
    })
}

/// In the place of `rename(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    let verdict = verdict("rename", path_in(from).as_deref(), Step::Orders);
    let here = libc::AT_FDCWD;
    // SAFETY: as for the function that it stands for.
    whole(&verdict, || unsafe {
        number(libc::syscall(libc::SYS_renameat2, here, from, here, to, 0))
    })
}
