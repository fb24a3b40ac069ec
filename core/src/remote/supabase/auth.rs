//! The account: the calls of GoTrue.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::{Answer, unavailable};
use super::{Supabase, json, refusal};
use crate::remote::{
    AccessToken, Account, AccountError, CodeKind, Failure, Granted, Password, RefreshToken,
    SignOutScope, SignedUp,
};

/// Asks for errors whose code is a name.
const API_VERSION: (&str, &str) = ("X-Supabase-Api-Version", "2024-01-01");
/// GoTrue itself allows a week.
const LIFETIME_SECONDS_MAX: u64 = 7 * 24 * 60 * 60;

impl Supabase {
    /// Makes an account.
    pub async fn sign_up(
        &self,
        email: &str,
        password: &Password,
    ) -> Result<SignedUp, AccountError> {
        let body = json!({ "email": address(email), "password": password.expose() });
        let answer = self.ask(self.post("signup", &body)?).await?;
        let json: Value = read(&answer)?;
        if json.get("access_token").is_none() {
            return Ok(SignedUp::ConfirmMail);
        }
        Ok(SignedUp::Granted(granted(&answer)?))
    }

    /// Signs in.
    pub async fn sign_in(&self, email: &str, password: &Password) -> Result<Granted, AccountError> {
        let body = json!({ "email": address(email), "password": password.expose() });
        let call = self.post("token?grant_type=password", &body)?;
        Ok(granted(&self.ask(call).await?)?)
    }

    /// Sends a code to sign in with. No account is made: a misspelt address would get one.
    pub async fn send_code(&self, email: &str) -> Result<(), AccountError> {
        let body = json!({ "email": address(email), "create_user": false });
        self.ask(self.post("otp", &body)?).await.map(drop)
    }

    /// Sends a code to choose another password with.
    pub async fn recover(&self, email: &str) -> Result<(), AccountError> {
        let body = json!({ "email": address(email) });
        self.ask(self.post("recover", &body)?).await.map(drop)
    }

    /// Signs in with a code from a mail.
    pub async fn verify_code(
        &self,
        email: &str,
        code: &str,
        kind: CodeKind,
    ) -> Result<Granted, AccountError> {
        let kind = match kind {
            CodeKind::Email => "email",
            CodeKind::Recovery => "recovery",
            CodeKind::Signup => "signup",
        };
        let body = json!({ "type": kind, "email": address(email), "token": code.trim() });
        Ok(granted(&self.ask(self.post("verify", &body)?).await?)?)
    }

    /// Trades a refresh token in. The same one may be sent again when its answer was lost.
    pub async fn refresh(&self, token: &RefreshToken) -> Result<Granted, Failure> {
        let body = json!({ "refresh_token": token.expose() });
        let answer = self
            .carry(self.post("token?grant_type=refresh_token", &body)?)
            .await?;
        if answer.status != 200 {
            return Err(refusal::of_refresh(&answer));
        }
        granted(&answer)
    }

    /// Whose token this is.
    pub async fn user(&self, token: &AccessToken) -> Result<Account, AccountError> {
        let call = self.auth(Method::GET, "user")?.bearer_auth(token.expose());
        Ok(read(&self.ask(call).await?)?)
    }

    /// Changes the address, the password or both. An address may wait for its confirmation.
    pub async fn update_user(
        &self,
        token: &AccessToken,
        email: Option<&str>,
        password: Option<&Password>,
    ) -> Result<Account, AccountError> {
        let mut body = Map::new();
        if let Some(email) = email {
            body.insert("email".into(), address(email).into());
        }
        if let Some(password) = password {
            body.insert("password".into(), password.expose().into());
        }
        let call = self.auth(Method::PUT, "user")?.bearer_auth(token.expose());
        Ok(read(&self.ask(json(call, &body)?).await?)?)
    }

    /// Ends sessions. One that is over already is no failure.
    pub async fn sign_out(
        &self,
        token: &AccessToken,
        scope: SignOutScope,
    ) -> Result<(), AccountError> {
        let path = match scope {
            SignOutScope::Local => "logout?scope=local",
            SignOutScope::Global => "logout?scope=global",
            SignOutScope::Others => "logout?scope=others",
        };
        let call = self.auth(Method::POST, path)?.bearer_auth(token.expose());
        let answer = self.carry(call).await?;
        let code = answer.told().code.unwrap_or_default();
        match answer.status {
            200 | 204 => Ok(()),
            403 if ["session_not_found", "user_not_found"].contains(&code.as_str()) => Ok(()),
            _ => Err(refusal::of_auth(&answer)),
        }
    }

    fn post(&self, path: &str, body: &Value) -> Result<RequestBuilder, Failure> {
        json(self.auth(Method::POST, path)?, body)
    }

    fn auth(&self, method: Method, path: &str) -> Result<RequestBuilder, Failure> {
        let call = self.call(method, &format!("auth/v1/{path}"))?;
        Ok(call.header(API_VERSION.0, API_VERSION.1))
    }

    /// The answer of a call that succeeds with data.
    async fn ask(&self, call: RequestBuilder) -> Result<Answer, AccountError> {
        let answer = self.carry(call).await?;
        if answer.status != 200 {
            return Err(refusal::of_auth(&answer));
        }
        answer.check_json()?;
        Ok(answer)
    }
}

/// An address as GoTrue keeps it.
fn address(email: &str) -> String {
    email.trim().to_lowercase()
}

fn read<T: serde::de::DeserializeOwned>(answer: &Answer) -> Result<T, Failure> {
    answer.check_json()?;
    // serde_json's own words may repeat a value, and here values are secrets.
    serde_json::from_slice(&answer.body)
        .map_err(|_| unavailable("its answer about the account cannot be read"))
}

/// The tokens in an answer.
fn granted(answer: &Answer) -> Result<Granted, Failure> {
    #[derive(Deserialize)]
    struct Session {
        access_token: String,
        refresh_token: String,
        expires_in: u64,
        user: Account,
    }
    let session: Session = read(answer)?;
    let is_token = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    if !is_token(&session.access_token) || session.refresh_token.is_empty() {
        return Err(unavailable("its answer holds no tokens"));
    }
    Ok(Granted {
        access_token: AccessToken::new(session.access_token),
        refresh_token: RefreshToken::new(session.refresh_token),
        lifetime: Duration::from_secs(session.expires_in.min(LIFETIME_SECONDS_MAX)),
        account: session.user,
    })
}
