//! A project somewhere, known by its address and its publishable key, and people who sign up there.

use std::time::Duration;

use local_supabase::{Database, Server, ServerOptions, Settings};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support;
use crate::wire::Request;

const URL: &str = "PARTICLE_SUPABASE_URL";
const KEY: &str = "PARTICLE_SUPABASE_KEY";
/// Of everybody.
pub(super) const PASSWORD: &str = "correct horse battery staple";
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// A project somewhere.
pub(super) struct Project {
    url: String,
    key: String,
    http: reqwest::Client,
    // The server goes before its database.
    _local: Option<(Server, Database)>,
}

/// Somebody who signed up.
pub(super) struct Person {
    pub(super) id: String,
    pub(super) email: String,
    pub(super) token: String,
}

impl Project {
    /// The real one that was named, or a local one.
    pub(super) async fn open() -> Self {
        support::choose_tls();
        let http = reqwest::Client::builder()
            .timeout(ANSWER_TIMEOUT)
            .build()
            .expect("a client");
        if let (Ok(url), Ok(key)) = (std::env::var(URL), std::env::var(KEY)) {
            let url = url.trim_end_matches('/').to_owned();
            return Self {
                url,
                key,
                http,
                _local: None,
            };
        }
        let database = support::database().await;
        let server = Server::start(&database, Settings::default(), ServerOptions::default()).await;
        let server = server.expect("the doors open");
        let (url, key) = (server.url(), server.publishable_key().to_owned());
        Self {
            url,
            key,
            http,
            _local: Some((server, database)),
        }
    }

    /// The status and the JSON of an answer; null when there is none.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        request = request.header("apikey", &self.key);
        request = request.header("X-Supabase-Api-Version", "2024-01-01");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a whole body");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// A POST of JSON.
    pub(super) async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> (u16, Value) {
        self.send(Method::POST, path, token, Some(body)).await
    }

    /// Somebody new, with a session.
    pub(super) async fn sign_up(&self) -> Person {
        let email = format!("particle-{}@example.com", Uuid::new_v4().simple());
        let body = json!({"email": email, "password": PASSWORD});
        let (status, session) = self.post("/auth/v1/signup", None, &body).await;
        assert_eq!(status, 200, "{session}");
        let token = session["access_token"].as_str();
        let token = token
            .expect("a session: e-mail confirmation has to be off")
            .to_owned();
        let id = session["user"]["id"].as_str().expect("an id").to_owned();
        Person { id, email, token }
    }

    /// An exchange that has to succeed.
    pub(super) async fn exchange(&self, person: &Person, request: &Request) -> Value {
        let body = json!({"request": request.to_json()});
        let path = "/rest/v1/rpc/sync_exchange";
        let (status, answer) = self.post(path, Some(&person.token), &body).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(
            (&answer["protocol"], &answer["schema"]),
            (&json!(1), &json!(1)),
            "{answer}"
        );
        answer
    }

    /// Ends an account, so that a real project is left as it was found.
    pub(super) async fn delete_account(&self, person: &Person) {
        let path = "/rest/v1/rpc/delete_account";
        let (status, answer) = self.post(path, Some(&person.token), &json!({})).await;
        assert_eq!(status, 204, "{answer}");
    }
}
