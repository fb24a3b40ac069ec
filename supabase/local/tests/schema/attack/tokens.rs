//! Tokens that are not what they say: forged, expired, altered, or for a role that is not for
//! people. None of them reads or writes anything.

use chrono::Utc;
use local_supabase::Claims;
use reqwest::Method;
use serde_json::{Value, json};

use super::forged;
use super::ground::{Answer, EXCHANGE, Ground, SECRET, Sender, TABLES, answer, exchange_body};
use crate::wire::{particle, stamp, uuid};

const HS256: &str = "HS256";

impl Ground {
    /// Everything that could be done with a token, and what was answered.
    async fn everything_with(&self, token: &str) -> Vec<Answer> {
        let bearer = Sender::Bearer(token);
        let change = particle(5, "with a bad token", &stamp(super::ground::WRITTEN_MS, 0));
        let mut answers = vec![
            self.post(bearer, EXCHANGE, exchange_body(&[])).await,
            self.post(bearer, EXCHANGE, exchange_body(&[change])).await,
            self.post(bearer, "/rest/v1/rpc/delete_account", "{}").await,
        ];
        for table in TABLES {
            let path = format!("/rest/v1/{table}?user_id=eq.{}", self.owner.id);
            for method in [Method::GET, Method::PATCH, Method::DELETE] {
                let body = r#"{"version": 900}"#;
                answers.push(answer(self.request(bearer, method, &path).body(body)).await);
            }
        }
        answers
    }

    /// Claims as the owner's token has them.
    fn claims_of_the_owner(&self, role: &str) -> Value {
        let now = Utc::now().timestamp();
        json!({"sub": self.owner.id, "role": role, "aud": "authenticated", "exp": now + 3600, "iat": now})
    }

    /// The same with a head and a key.
    fn forged(&self, algorithm: &str, role: &str, key: Option<&str>) -> String {
        let head = json!({"alg": algorithm, "typ": "JWT"});
        forged::token(&head, &self.claims_of_the_owner(role), key)
    }
}

#[tokio::test]
async fn a_forged_token_opens_nothing() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let key = ground.server.keys().jwt_secret.clone();
    let publishable = ground.server.publishable_key().to_owned();
    let good = ground.owner.token.clone();
    let (signed, signature) = good.rsplit_once('.').expect("a signature");
    let (_, own_signature) = ground.other.token.rsplit_once('.').expect("a signature");
    let (head, _) = signed.split_once('.').expect("a payload");
    let mut tokens = vec![
        format!("{signed}."),
        signed.to_owned(),
        format!("{signed}.{own_signature}"),
        format!("{signed}.{}", &signature[1..]),
        format!("{good}."),
        format!("{good}.{signature}"),
        format!("{head}..{signature}"),
        format!("..{signature}"),
        "..".to_owned(),
        "null".to_owned(),
        ground.owner.id.clone(),
        good.replace('.', "%2E"),
        ground.forged(
            HS256,
            "authenticated",
            Some("another secret of the same length, or so"),
        ),
        ground.forged(HS256, "authenticated", Some("")),
        ground.forged(HS256, "authenticated", Some(&publishable)),
        ground.forged(HS256, "authenticated", Some(&key.to_uppercase())),
        ground.forged(HS256, "service_role", Some("another secret")),
        ground.forged(HS256, "supabase_admin", Some("another secret")),
    ];
    for algorithm in [
        "none", "None", "NONE", "nOnE", "", "HS512", "RS256", "ES256", "hs256",
    ] {
        for key in [None, Some(key.as_str())] {
            tokens.push(ground.forged(algorithm, "authenticated", key));
            tokens.push(ground.forged(algorithm, "service_role", key));
        }
    }
    for head in [
        json!({}),
        json!({"alg": null}),
        json!({"alg": [HS256]}),
        json!(null),
        json!([]),
    ] {
        tokens.push(forged::token(
            &head,
            &ground.claims_of_the_owner("authenticated"),
            Some(&key),
        ));
    }
    for token in tokens {
        for answer in ground.everything_with(&token).await {
            assert_eq!(answer.status, 401, "{token}: {answer:?}");
            assert!(!answer.text.contains(SECRET), "{token}: {answer:?}");
            let code = answer.code();
            assert!(
                matches!(code.as_str(), "PGRST301" | "PGRST303"),
                "{token}: {answer:?}"
            );
        }
    }
    assert_eq!(ground.dump(None).await, before);
}

#[tokio::test]
async fn a_token_outside_its_time_opens_nothing() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let now = Utc::now().timestamp();
    let owner = ground.owner.id.clone();
    let tokens = [
        ground.token(|claims| (claims.sub, claims.exp) = (Some(owner.clone()), Some(now - 60))),
        ground.token(|claims| (claims.sub, claims.exp) = (Some(owner.clone()), Some(0))),
        ground.token(|claims| (claims.sub, claims.exp) = (Some(owner.clone()), Some(i64::MIN))),
        ground.token(|claims| (claims.sub, claims.nbf) = (Some(owner.clone()), Some(now + 600))),
        ground.token(|claims| (claims.sub, claims.iat) = (Some(owner.clone()), Some(now + 600))),
        ground.token(|claims| (claims.sub, claims.nbf) = (Some(owner.clone()), Some(i64::MAX))),
    ];
    for token in tokens {
        for answer in ground.everything_with(&token).await {
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (401, "PGRST303"),
                "{answer:?}"
            );
        }
    }
    assert_eq!(ground.dump(None).await, before);
}

#[tokio::test]
async fn no_token_makes_a_role_that_is_not_for_people() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let roles = [
        "postgres",
        "supabase_admin",
        "supabase_auth_admin",
        "particle_sync",
        "authenticator",
        "none",
        "NONE",
        "public",
        "pg_read_all_data",
        "pg_write_all_data",
        "pg_execute_server_program",
        "pg_read_server_files",
        "pg_database_owner",
        "nobody",
        "",
        "authenticated\"",
        "authenticated; set role postgres",
        "anon",
    ];
    for role in roles {
        let owner = ground.owner.id.clone();
        let token = ground.token(|claims| {
            claims.sub = Some(owner);
            claims.role = Some(role.to_owned());
        });
        for answer in ground.everything_with(&token).await {
            assert!(matches!(answer.status, 401 | 403), "{role}: {answer:?}");
            assert!(!answer.text.contains(SECRET), "{role}: {answer:?}");
        }
        assert_eq!(ground.dump(None).await, before, "{role}");
    }
}

#[tokio::test]
async fn a_token_without_a_user_to_it_reads_and_writes_nothing() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let everybody = "' or true --".to_owned();
    let braced = format!("{{{}}}", ground.owner.id);
    let subjects = [
        None,
        Some(String::new()),
        Some("me".to_owned()),
        Some(everybody),
        Some(uuid(404)),
    ];
    for subject in subjects {
        let token = ground.token(|claims| claims.sub.clone_from(&subject));
        for answer in ground.everything_with(&token).await {
            assert!(
                answer.status < 500 && !answer.text.contains(SECRET),
                "{subject:?}: {answer:?}"
            );
            let is_empty = matches!(
                (answer.status, answer.text.as_str()),
                (200, "[]") | (204, "")
            );
            assert!(is_empty || answer.status >= 400, "{subject:?}: {answer:?}");
        }
    }
    // Another spelling of an id is the same id: no rows beside those of its person.
    let token = ground.token(|claims| claims.sub = Some(braced));
    let answer = ground
        .post(Sender::Bearer(&token), EXCHANGE, exchange_body(&[]))
        .await;
    assert_eq!(
        answer.json()["rows"].as_array().map(Vec::len),
        Some(5),
        "{answer:?}"
    );
    assert_eq!(ground.dump(None).await, before);
}

#[tokio::test]
async fn a_token_of_a_deleted_user_reads_and_writes_nothing_and_brings_nothing_back() {
    let ground = Ground::start().await;
    let token = ground.other.token.clone();
    let bearer = Sender::Bearer(&token);
    let gone = ground
        .post(bearer, "/rest/v1/rpc/delete_account", "{}")
        .await;
    assert_eq!(gone.status, 204, "{gone:?}");
    let before = ground.dump(None).await;

    let change = particle(5, "from the grave", &stamp(super::ground::WRITTEN_MS, 0));
    for changes in [vec![], vec![change]] {
        let answer = ground.exchange(bearer, &changes).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (401, "PT401"),
            "{answer:?}"
        );
        assert_eq!(answer.json()["message"], "account_gone");
    }
    for answer in ground.everything_with(&token).await {
        assert!(
            answer.status < 500 && !answer.text.contains(SECRET),
            "{answer:?}"
        );
    }
    assert_eq!(ground.dump(None).await, before);
}

#[tokio::test]
async fn a_key_is_the_key_and_a_token_is_none() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let key = ground.server.keys().jwt_secret.clone();
    let nobody = json!({"role": "service_role", "exp": Utc::now().timestamp() + 3600});
    let head = json!({"alg": HS256, "typ": "JWT"});
    let keys = [
        ground.owner.token.clone(),
        forged::token(&head, &nobody, Some("another secret")),
        forged::token(&json!({"alg": "none"}), &nobody, None),
        key,
        "sb_secret_".to_owned(),
        ground.server.publishable_key().to_uppercase(),
        format!("{} ", &ground.server.publishable_key()[..20]),
        String::new(),
    ];
    for key in keys {
        let url = format!("{}/rest/v1/particles", ground.server.url());
        let in_the_address = format!("{url}?apikey={}", key.replace(' ', "%20"));
        for request in [
            ground.http.get(&url).header("apikey", &key),
            ground
                .http
                .get(in_the_address)
                .bearer_auth(&ground.owner.token),
            ground.http.get(&url).bearer_auth(&ground.owner.token),
        ] {
            let answer = answer(request).await;
            assert_eq!(answer.status, 401, "{key}: {answer:?}");
            assert!(
                answer.json()["code"].is_null() && !answer.text.contains(SECRET),
                "{answer:?}"
            );
        }
    }
    let as_bearer = Claims {
        role: Some("service_role".to_owned()),
        ..Claims::default()
    };
    let as_bearer = forged::token(&head, &json!(as_bearer), Some("another secret"));
    for answer in ground.everything_with(&as_bearer).await {
        assert_eq!(answer.status, 401, "{answer:?}");
    }
    assert_eq!(ground.dump(None).await, before);
}
