//! What is printed: aligned text for people, JSON for programs.

mod exchange;

use std::collections::HashMap;
use std::io::{self, Write};
use std::process::ExitCode;

use chrono::{FixedOffset, Offset, Utc};
use particle_core::app::{Absence, DatedParticle, Exported, SleepStatus, Status, TimerState};
use particle_core::error::{ErrorCode, ErrorView};
use particle_core::model::{
    Intention, Kind, Particle, Project, ProjectId, ProjectName, Setting, SettingChange,
};
use particle_core::transfer::{ImportReport, MergedCount, Skipped};
use serde::Serialize;
use serde_json::{Value, json};

/// Exit code for a command that could not be done.
const FAILED: u8 = 1;
/// Exit code for a command line that cannot be understood.
pub(crate) const USAGE: u8 = 2;
/// Exit code where somebody has to sign in first.
const NOT_SIGNED_IN: u8 = 3;
/// Exit code where the server cannot be reached, or cannot answer.
const NO_SERVER: u8 = 4;

/// What projects are called.
pub(crate) type Names = HashMap<ProjectId, ProjectName>;

pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) fn status(&self, status: &Status) -> io::Result<()> {
        if self.json {
            return print_json(status);
        }
        let mut out = io::stdout().lock();
        writeln!(
            out,
            "{:<10}{}",
            state_word(status.state),
            timer_line(status)
        )?;
        if let Some(sleep) = &status.sleep {
            let absence = match sleep.absence {
                Absence::Asleep => "slept",
                Absence::Away => "away",
            };
            writeln!(out, "{absence:<10}{}", sleep_line(sleep))?;
        }
        writeln!(out, "{:<10}{}", "today", today_line(status))?;
        match exchange::sync_line(&status.sync) {
            Some(line) => writeln!(out, "{:<10}{line}", "sync"),
            None => Ok(()),
        }
    }

    pub(crate) fn particle(&self, particle: &Particle) -> io::Result<()> {
        self.shown(particle, |out, particle| {
            write_particle(out, particle, None)
        })
    }

    /// One page of a list; `names` are those of the projects that are not deleted.
    pub(crate) fn list(&self, page: &[DatedParticle], names: &Names) -> io::Result<()> {
        let particles: Vec<_> = page.iter().map(|dated| &dated.particle).collect();
        self.lines(&particles, |out, particle| {
            let project = particle.project_id.and_then(|id| names.get(&id));
            write_particle(out, particle, project)
        })
    }

    /// One object.
    pub(crate) fn shown<T: Serialize>(
        &self,
        value: &T,
        write: impl Fn(&mut dyn Write, &T) -> io::Result<()>,
    ) -> io::Result<()> {
        self.lines(std::slice::from_ref(value), write)
    }

    pub(crate) fn project(&self, project: &Project) -> io::Result<()> {
        self.projects(std::slice::from_ref(project))
    }

    pub(crate) fn projects(&self, projects: &[Project]) -> io::Result<()> {
        self.lines(projects, write_project)
    }

    pub(crate) fn intention(&self, intention: &Intention) -> io::Result<()> {
        self.intentions(std::slice::from_ref(intention))
    }

    pub(crate) fn intentions(&self, intentions: &[Intention]) -> io::Result<()> {
        self.lines(intentions, write_intention)
    }

    pub(crate) fn imported(&self, report: &ImportReport) -> io::Result<()> {
        self.lines(std::slice::from_ref(report), write_import)
    }

    pub(crate) fn exported(&self, exported: &Exported) -> io::Result<()> {
        self.lines(std::slice::from_ref(exported), write_export)
    }

    pub(crate) fn settings(&self, settings: &[SettingChange]) -> io::Result<()> {
        self.lines(settings, write_setting)
    }

    /// One object a line.
    pub(crate) fn lines<T: Serialize>(
        &self,
        rows: &[T],
        write: impl Fn(&mut dyn Write, &T) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        for row in rows {
            if self.json {
                serde_json::to_writer(&mut out, row)?;
                writeln!(out)?;
            } else {
                write(&mut out, row)?;
            }
        }
        out.flush()
    }

    /// Whether a program reads what is printed.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Something a person should know beside the answer. A program finds nothing on stderr but an error.
    pub(crate) fn note(&self, sentence: &str) {
        if self.json {
            return;
        }
        // Nowhere is left to report a terminal that cannot be written.
        drop(writeln!(io::stderr(), "{sentence}"));
    }

    /// As the parser of the command line does.
    pub(crate) fn refuse_usage(&self, sentence: &str) -> ExitCode {
        if self.json {
            return fail_with_code("usage", sentence, USAGE);
        }
        self.note(&format!("error: {sentence}"));
        ExitCode::from(USAGE)
    }

    pub(crate) fn fail(&self, error: &ErrorView) -> ExitCode {
        let exit = match error.code {
            ErrorCode::NotSignedIn => NOT_SIGNED_IN,
            ErrorCode::Offline | ErrorCode::ServerUnavailable => NO_SERVER,
            _ => FAILED,
        };
        if !self.json {
            self.note(&error.message);
            return ExitCode::from(exit);
        }
        let code = serde_json::to_value(error.code).unwrap_or_default();
        fail_with_code(code.as_str().unwrap_or("internal"), &error.message, exit)
    }
}

/// Prints an error as JSON on stderr.
pub(crate) fn fail_with_code(code: &str, message: &str, exit: u8) -> ExitCode {
    // Nowhere is left to report a terminal that cannot be written.
    drop(writeln!(
        io::stderr(),
        "{}",
        json!({ "error": { "code": code, "message": message } })
    ));
    ExitCode::from(exit)
}

fn print_json(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)
}

fn state_word(state: TimerState) -> &'static str {
    match state {
        TimerState::Idle => "idle",
        TimerState::Running => "running",
        TimerState::Paused => "paused",
        TimerState::Overflow => "overflow",
    }
}

fn timer_line(status: &Status) -> String {
    let clock = match status.state {
        TimerState::Idle => {
            let minutes = status.planned_seconds / 60;
            return match status.kind {
                Kind::Focus => format!("{minutes} min next"),
                kind => format!("{minutes} min {} next", break_word(kind)),
            };
        }
        TimerState::Paused if status.overflow_seconds > 0 => {
            format!("+{}", clock(status.overflow_seconds))
        }
        TimerState::Running | TimerState::Paused => {
            format!("{} left", clock(status.remaining_seconds))
        }
        TimerState::Overflow => format!("+{}", clock(status.overflow_seconds)),
    };
    let what = match status.kind {
        Kind::Focus => status.task.as_str(),
        kind => break_word(kind),
    };
    format!("{clock}  {what}").trim_end().into()
}

fn break_word(kind: Kind) -> &'static str {
    match kind {
        Kind::LongBreak => "long break",
        Kind::Focus | Kind::ShortBreak => "short break",
    }
}

/// The question, and which verbs answer it.
fn sleep_line(sleep: &SleepStatus) -> String {
    let count = if sleep.can_count {
        "resume --count, "
    } else {
        ""
    };
    let gap = minutes(sleep.gap_seconds);
    format!("{gap} that were not counted: resume, {count}finish or stop")
}

fn today_line(status: &Status) -> String {
    let unit = if status.today.particles == 1 {
        "particle"
    } else {
        "particles"
    };
    format!(
        "{} {unit}, {}",
        status.today.particles,
        minutes(status.today.focus_seconds)
    )
}

/// As the wall showed it where the particle was lived.
fn write_particle(
    out: &mut dyn Write,
    particle: &Particle,
    project: Option<&ProjectName>,
) -> io::Result<()> {
    let time = &particle.time;
    let wall = FixedOffset::east_opt(time.utc_offset_minutes * 60).unwrap_or(Utc.fix());
    let started = time.started_at.with_timezone(&wall);
    let started = started.format("%Y-%m-%d %H:%M");
    let project = project.map(|name| format!("  #{name}")).unwrap_or_default();
    let length = minutes(particle.time.duration_seconds);
    writeln!(
        out,
        "{}",
        format!(
            "{}  {started}  {length:>11}  {}{project}",
            particle.id, particle.task
        )
        .trim_end()
    )
}

fn write_project(out: &mut dyn Write, project: &Project) -> io::Result<()> {
    let state = match project {
        Project { deleted: true, .. } => "deleted",
        Project { archived: true, .. } => "archived",
        _ => "",
    };
    let grey = project.brightness.as_f64();
    let line = format!("{}  {grey:<4}  {state:<8}  {}", project.id, project.name);
    writeln!(out, "{}", line.trim_end())
}

fn write_intention(out: &mut dyn Write, intention: &Intention) -> io::Result<()> {
    let state = if intention.deleted {
        "deleted"
    } else {
        intention.status.as_str()
    };
    let line = format!("{}  {state:<7}  {}", intention.id, intention.text);
    writeln!(out, "{}", line.trim_end())
}

fn write_export(out: &mut dyn Write, exported: &Exported) -> io::Result<()> {
    for (what, rows) in [
        ("particles", exported.particles),
        ("projects", exported.projects),
        ("intentions", exported.intentions),
        ("settings", exported.settings),
    ] {
        writeln!(out, "{what:<10}  {rows}")?;
    }
    Ok(())
}

fn write_import(out: &mut dyn Write, report: &ImportReport) -> io::Result<()> {
    for (what, rows) in [
        ("particles", report.particles),
        ("projects", report.projects),
        ("intentions", report.intentions),
        ("settings", report.settings),
    ] {
        let MergedCount {
            new,
            changed,
            unchanged,
        } = rows;
        writeln!(
            out,
            "{what:<10}  {new} new, {changed} changed, {unchanged} as they were"
        )?;
    }
    if report.skipped_count > 0 {
        writeln!(out, "{:<10}  {}", "skipped", report.skipped_count)?;
    }
    for Skipped { place, reason } in &report.skipped {
        writeln!(out, "  {place}: {reason}")?;
    }
    match report.skipped_count - report.skipped.len() as u64 {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more"),
    }
}

fn write_setting(out: &mut dyn Write, setting: &SettingChange) -> io::Result<()> {
    let Setting { id, value, .. } = setting.row();
    let value = match value {
        Value::Null => "none".into(),
        Value::String(word) => word,
        other => other.to_string(),
    };
    writeln!(out, "{:<22}{value}", id.as_str())
}

fn clock(seconds: u32) -> String {
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

pub(crate) fn minutes(seconds: u32) -> String {
    match (seconds / 3600, seconds / 60 % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case(0, "0 min")]
    #[case(59, "0 min")]
    #[case(3599, "59 min")]
    #[case(3660, "1 h 01 min")]
    #[case(86_400, "24 h 00 min")]
    fn a_length_is_told_in_hours_and_minutes(#[case] seconds: u32, #[case] told: &str) {
        assert_eq!(super::minutes(seconds), told);
    }
}
