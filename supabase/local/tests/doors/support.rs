//! A server before a database of its own, and a client that knows its key.

use std::time::Duration;

use chrono::Utc;
use local_supabase::{Claims, Cluster, Database, Server, ServerOptions, Settings};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

/// Beyond this a test hangs. No answer is ever awaited by sleeping.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// A user that no database knows: the REST door believes the token.
pub(crate) const USER: &str = "7d2e4c1a-33f1-4c55-9f3b-0d6f3b1f0c11";

/// One server of one test.
pub(crate) struct Doors {
    pub(crate) server: Server,
    pub(crate) http: reqwest::Client,
    // Last: the server has to be gone before its database is.
    pub(crate) database: Database,
}

/// An answer read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// A server with the settings of a new project.
pub(crate) async fn start() -> Doors {
    start_with(Settings::default()).await
}

/// A server with other settings.
pub(crate) async fn start_with(settings: Settings) -> Doors {
    let cluster = Cluster::shared().expect("PostgreSQL starts");
    let database = cluster.create_database().await.expect("a database is made");
    let server = Server::start(&database, settings, ServerOptions::default())
        .await
        .expect("the doors open");
    choose_tls();
    let http = reqwest::Client::builder()
        .timeout(ANSWER_TIMEOUT)
        .no_gzip()
        .build()
        .expect("a client");
    Doors {
        server,
        http,
        database,
    }
}

impl Doors {
    /// Runs SQL as superuser.
    pub(crate) async fn sql(&self, statements: &str) {
        let client = self.database.connect().await.expect("the database answers");
        client
            .batch_execute(statements)
            .await
            .expect("the SQL of a test is right");
    }

    /// A request with the publishable key and nothing else.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.server.url());
        self.http
            .request(method, url)
            .header("apikey", self.server.publishable_key())
    }

    /// An anonymous POST of a JSON text.
    pub(crate) async fn post(&self, path: &str, body: impl Into<String>) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("Content-Type", "application/json");
        answer(request.body(body.into())).await
    }

    /// A POST of a JSON text with a token.
    pub(crate) async fn post_as(&self, token: &str, path: &str, body: impl Into<String>) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("Content-Type", "application/json");
        answer(request.bearer_auth(token).body(body.into())).await
    }

    /// A GET with a token, if there is one.
    pub(crate) async fn get(&self, token: Option<&str>, path: &str) -> Answer {
        let request = self.request(Method::GET, path);
        answer(match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
        .await
    }

    /// A token of [`USER`], good for an hour.
    pub(crate) fn user_token(&self) -> String {
        self.server.token_for(&Claims::of_user(USER, Utc::now()))
    }
}

/// Waits for what is to come; a test that waits in vain fails instead of hanging.
pub(crate) async fn within<T>(awaited: impl Future<Output = T>) -> T {
    tokio::time::timeout(ANSWER_TIMEOUT, awaited)
        .await
        .expect("it comes in time")
}

/// Sends and reads the whole answer.
pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.expect("a whole body");
    Answer {
        status,
        headers,
        text,
    }
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The `code` of an error.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// One header as text; empty when missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a header is text"))
    }
}

/// reqwest is the product's, and wants its TLS chosen, also where nothing is encrypted.
pub(crate) fn choose_tls() {
    // An error means that it was chosen before.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
}
