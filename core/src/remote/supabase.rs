//! A Supabase project over HTTP: the exchange through PostgREST, the account through GoTrue.

mod address;
mod answer;
mod auth;
mod refusal;

use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Url};
use serde::Serialize;

use super::{AccountError, Attention, Failure, Remote};
use crate::change::wire::{PROTOCOL, Request, Response};

pub use address::InvalidServer;

use address::Address;
use answer::Answer;

/// How long a connection may take to be made, the name's look-up and TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a call may take as a whole, to the last byte of its answer.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// How large an answer may be when it is unpacked: four pages of rows.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

const ABOUT: &str = "rest/v1/rpc/sync_about";
const EXCHANGE: &str = "rest/v1/rpc/sync_exchange";
const DELETE_ACCOUNT: &str = "rest/v1/rpc/delete_account";
/// PostgreSQL's `deadlock_detected`.
const DEADLOCK: &str = "40P01";
/// PostgreSQL's `insufficient_privilege`.
const NOT_PERMITTED: &str = "42501";

/// What a call may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long a connection may take to be made.
    pub connect: Duration,
    /// How long a call may take as a whole.
    pub call: Duration,
    /// How large an answer may be when it is unpacked.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: CONNECT_TIMEOUT,
            call: CALL_TIMEOUT,
            answer_bytes: ANSWER_BYTES_MAX,
        }
    }
}

/// One project. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Supabase {
    address: Address,
    http: reqwest::Client,
    answer_bytes_max: usize,
}

impl Supabase {
    /// The project at `url`, known by its publishable key. Nothing is sent yet.
    pub fn new(url: &str, publishable_key: &str) -> Result<Self, InvalidServer> {
        Self::with_limits(url, publishable_key, Limits::default())
    }

    /// The same with other limits.
    pub fn with_limits(
        url: &str,
        publishable_key: &str,
        limits: Limits,
    ) -> Result<Self, InvalidServer> {
        let address = Address::parse(url)?;
        let http = client(&address, address::api_key(publishable_key)?, limits)?;
        Ok(Self {
            address,
            http,
            answer_bytes_max: limits.answer_bytes,
        })
    }

    /// The address in its one form, without a slash at the end: what an account is named by.
    pub fn url(&self) -> &str {
        self.address.text()
    }

    /// Whether it is on this machine, so that no network is needed.
    pub fn is_of_this_machine(&self) -> bool {
        self.address.is_of_this_machine()
    }

    /// Whether a project with a Particle of this version on it answers. Nobody signs in.
    pub async fn check(&self) -> Result<(), Failure> {
        let call = self.call(Method::POST, ABOUT)?;
        let answer = self.carry(json(call, &serde_json::Map::new())?).await?;
        match answer.status {
            200 => match answer.spoken_protocol() {
                Some(spoken) if spoken == u64::from(PROTOCOL) => Ok(()),
                Some(spoken) => Err(refusal::of_protocol(Some(spoken))),
                None => Err(Attention::NotSupabase.into()),
            },
            404 => self.check_for_older(refusal::of_rest(&answer)).await,
            _ => Err(refusal::of_rest(&answer)),
        }
    }

    /// A Particle that does not tell of itself is an older one: its function is there, and closed to whoever
    /// is nobody.
    async fn check_for_older(&self, missing: Failure) -> Result<(), Failure> {
        let call = self.call(Method::POST, EXCHANGE)?;
        let answer = self
            .carry(json(call, &serde_json::json!({ "request": {} }))?)
            .await?;
        let is_closed = answer.told().code.as_deref() == Some(NOT_PERMITTED);
        Err(if answer.status == 401 && is_closed {
            Attention::ServerTooOld.into()
        } else {
            missing
        })
    }

    /// Deletes the account, and everything that the server keeps for it.
    pub async fn delete_account(&self, token: &super::AccessToken) -> Result<(), AccountError> {
        let call = self.call(Method::POST, DELETE_ACCOUNT)?;
        let answer = self
            .carry(json(
                call.bearer_auth(token.expose()),
                &serde_json::Map::new(),
            )?)
            .await?;
        match answer.status {
            200 | 204 => Ok(()),
            _ => Err(refusal::of_rest(&answer).into()),
        }
    }

    fn call(&self, method: Method, path: &str) -> Result<RequestBuilder, Failure> {
        let url = Url::parse(&format!("{}/{path}", self.address.text()));
        let url = url.map_err(|error| Failure::Unreachable(error.to_string()))?;
        Ok(self.http.request(method, url))
    }

    async fn carry(&self, call: RequestBuilder) -> Result<Answer, Failure> {
        Answer::to(call, self.answer_bytes_max).await
    }
}

impl Remote for Supabase {
    async fn exchange(&self, access_token: &str, request: &Request) -> Result<Response, Failure> {
        #[derive(Serialize)]
        struct Body<'a> {
            request: &'a Request,
        }
        let ask = async || {
            let call = self.call(Method::POST, EXCHANGE)?.bearer_auth(access_token);
            self.carry(json(call, &Body { request })?).await
        };
        let mut answer = ask().await?;
        if answer.status == 500 && answer.told().code.as_deref() == Some(DEADLOCK) {
            // Nothing of it was stored, and whoever was in the way is done.
            answer = ask().await?;
        }
        if answer.status != 200 {
            return Err(refusal::of_rest(&answer));
        }
        answer.check_json()?;
        Response::parse(&answer.body).map_err(|error| refusal::of_unreadable(&answer, &error))
    }
}

/// `call` with a body of JSON.
fn json(call: RequestBuilder, body: &impl Serialize) -> Result<RequestBuilder, Failure> {
    let body = serde_json::to_vec(body).map_err(|error| Failure::Rejected {
        code: None,
        message: error.to_string(),
    })?;
    Ok(call
        .header(reqwest::header::CONTENT_TYPE, "application/json")
        .body(body))
}

fn client(
    address: &Address,
    api_key: HeaderValue,
    limits: Limits,
) -> Result<reqwest::Client, InvalidServer> {
    // An error means that this process has chosen one before.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut headers = HeaderMap::new();
    headers.insert("apikey", api_key);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("Particle/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .connect_timeout(limits.connect)
        .timeout(limits.call)
        // A redirect is how a hotel asks for its password; a project has none.
        .redirect(Policy::none());
    if address.is_of_this_machine() {
        builder = builder.no_proxy();
    }
    builder
        .build()
        .map_err(|error| InvalidServer::Tls(answer::innermost(&error)))
}
