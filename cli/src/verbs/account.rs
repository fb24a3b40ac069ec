//! Signing up, in and out. A password is never an argument: those are seen by everybody on the machine.

use std::io::{self, BufRead, IsTerminal, Read};
use std::path::Path;

use particle_core::app::{
    AccountRequest, Answer, CodePurpose, CodeRequest, Command, LocalRows, Proof, ServerChoice,
    SignInRequest,
};
use particle_core::folder::DataFolder;
use particle_core::remote::Password;
use particle_core::transfer::Format;
use tokio::sync::watch;

use super::{VerbError, transfer};
use crate::access::Access;
use crate::output::Output;

/// No password is longer; more is no password but a wrong file.
const PASSWORD_BYTES_MAX: u64 = 1024;

#[derive(Debug, clap::Args)]
pub(crate) struct SignUp {
    /// The e-mail address of the new account.
    #[arg(long, value_name = "E")]
    email: String,
    #[command(flatten)]
    password: PasswordSource,
    /// The code from the mail, where the server asks for it: run this once without, then with it.
    #[arg(long, value_name = "CODE", conflicts_with = "password_stdin")]
    code: Option<String>,
    #[command(flatten)]
    local: Local,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SignIn {
    /// The e-mail address of the account.
    #[arg(long, value_name = "E")]
    email: String,
    #[command(flatten)]
    password: PasswordSource,
    /// Send a mail with a code to sign in with, instead of asking for the password.
    #[arg(long, conflicts_with = "password_stdin")]
    send_code: bool,
    /// The code from that mail.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["password_stdin", "send_code"])]
    code: Option<String>,
    #[command(flatten)]
    local: Local,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SignOut {
    /// Remove everything of the account from this device, too. Declined while changes wait for the server.
    #[arg(long)]
    pub(crate) remove_local: bool,
}

#[derive(Debug, clap::Args)]
struct PasswordSource {
    /// Read the password from standard input, one line, instead of asking for it.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, clap::Args)]
struct Local {
    /// Leave what was kept here without an account where it is, instead of adding it to the account.
    #[arg(long)]
    keep_apart: bool,
}

impl SignUp {
    pub(crate) fn request(self, server: ServerChoice) -> Result<AccountRequest, VerbError> {
        let proof = match self.code {
            Some(code) => Proof::SignUpCode(code),
            None => Proof::NewPassword(self.password.read(Asked::Twice)?),
        };
        Ok(sign_in(server, self.email, proof, &self.local))
    }
}

impl SignIn {
    pub(crate) fn request(self, server: ServerChoice) -> Result<AccountRequest, VerbError> {
        if self.send_code {
            let email = self.email;
            return Ok(AccountRequest::SendCode(CodeRequest {
                server,
                email,
                purpose: CodePurpose::SignIn,
            }));
        }
        let proof = match self.code {
            Some(code) => Proof::Code(code),
            None => Proof::Password(self.password.read(Asked::Once)?),
        };
        Ok(sign_in(server, self.email, proof, &self.local))
    }
}

impl SignOut {
    pub(crate) fn request(&self) -> AccountRequest {
        AccountRequest::SignOut {
            remove_local: self.remove_local,
        }
    }
}

fn sign_in(server: ServerChoice, email: String, proof: Proof, local: &Local) -> AccountRequest {
    AccountRequest::SignIn(SignInRequest {
        server,
        email,
        proof,
        local_rows: if local.keep_apart {
            LocalRows::KeepApart
        } else {
            LocalRows::Add
        },
    })
}

/// How often a person is asked for a password that is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Once,
    Twice,
}

impl PasswordSource {
    fn read(&self, asked: Asked) -> Result<Password, VerbError> {
        if self.password_stdin {
            let mut line = String::new();
            let mut input = io::stdin().lock().take(PASSWORD_BYTES_MAX);
            input.read_line(&mut line).map_err(|error| {
                VerbError::Usage(format!("the password cannot be read: {error}"))
            })?;
            return not_empty(line.trim_end_matches(['\r', '\n']));
        }
        let password = prompt("Password: ")?;
        if asked == Asked::Twice && prompt("Again: ")? != password {
            return Err(VerbError::Usage("the two passwords differ".into()));
        }
        not_empty(&password)
    }
}

fn prompt(question: &str) -> Result<String, VerbError> {
    rpassword::prompt_password(question).map_err(|_| {
        VerbError::Usage(
            "a password is needed: use a terminal, or --password-stdin and one line of input"
                .into(),
        )
    })
}

fn not_empty(password: &str) -> Result<Password, VerbError> {
    if password.is_empty() {
        return Err(VerbError::Usage("the password is empty".into()));
    }
    Ok(Password::new(password))
}

/// Does what was asked. Whoever just signed in where nobody else exchanges, exchanges at once.
pub(crate) async fn run(
    request: AccountRequest,
    folder: &DataFolder,
    output: &Output,
) -> Result<(), VerbError> {
    let signs_in = matches!(request, AccountRequest::SignIn(_));
    if let AccountRequest::SignOut { remove_local: true } = request {
        offer_export(folder, output).await?;
    }
    let access = Access::open(folder, output).await?;
    let is_alone = matches!(access, Access::Here { .. });
    let progress = watch::Sender::default();
    let answer = access.run(Command::Account(request), &progress).await?;
    let Answer::Account(account) = answer else {
        return Ok(());
    };
    output.account(&account)?;
    if signs_in && account.signed_in && is_alone {
        let access = Access::open(folder, output).await?;
        // The sign-in is done; what waits is told by the status, and sent by the next sync.
        if let Err(error) = access.run(Command::Sync, &progress).await {
            output.note(&error.to_string());
        }
    }
    Ok(())
}

/// Offers an export before everything is removed. Nobody is asked where nobody can answer.
async fn offer_export(folder: &DataFolder, output: &Output) -> Result<(), VerbError> {
    if output.is_json() || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(());
    }
    output.note("Write everything to a file first? Its name, or nothing:");
    let mut name = String::new();
    io::stdin().lock().read_line(&mut name)?;
    let name = name.trim();
    if name.is_empty() {
        return Ok(());
    }
    let store = Access::open(folder, output)
        .await?
        .into_store(folder)
        .await?;
    let exported = transfer::to_file(&store, Format::Json, Path::new(name)).await;
    store.close().await;
    exported.map(drop)
}
