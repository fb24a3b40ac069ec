//! The `particle` command: the product for the terminal, scripts and status bars.

mod access;
mod args;
mod daemon;
mod generated;
mod looking;
mod output;
mod push;
mod verbs;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use particle_core::error::{ErrorCode, ErrorView};

use args::Args;
use output::{Output, USAGE};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return refuse_usage(&error),
    };
    let output = Output::new(args.json);
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return output.fail(&ErrorView {
                code: ErrorCode::Io,
                message: error.to_string(),
            });
        }
    };
    let done = runtime.block_on(verbs::run(args, &output));
    // A file that is still read for an import that was stopped is read for nobody.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(verbs::VerbError::App(error)) => output.fail(&error.view()),
        Err(verbs::VerbError::Usage(sentence)) => output.refuse_usage(&sentence),
        // What is wrong was printed.
        Err(verbs::VerbError::Unwell) => ExitCode::FAILURE,
        // Whoever read the output has read enough.
        Err(verbs::VerbError::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(verbs::VerbError::Output(error)) => output.fail(&ErrorView {
            code: ErrorCode::Io,
            message: format!("The output could not be written: {error}"),
        }),
    }
}

/// `--help` and `--version` go to stdout; what cannot be understood to stderr, as JSON if that was asked.
fn refuse_usage(error: &clap::Error) -> ExitCode {
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if !is_help && std::env::args_os().any(|arg| arg == "--json") {
        let message = error.to_string();
        let told = message
            .lines()
            .map(str::trim)
            .take_while(|line| !line.starts_with("Usage:"));
        let told: Vec<&str> = told.filter(|line| !line.is_empty()).collect();
        let sentence = told.join(" ");
        return output::fail_with_code("usage", sentence.trim_start_matches("error: "), USAGE);
    }
    // Nowhere is left to report a terminal that cannot be written.
    drop(error.print());
    if is_help {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(USAGE)
    }
}
