//! The auth door, used to become somebody else or something more.

use reqwest::Method;
use serde_json::{Value, json};

use super::forged;
use super::ground::{Answer, EXCHANGE, Ground, SECRET, Sender, answer, exchange_body};

const PASSWORD: &str = "correct horse";

impl Ground {
    async fn sign_up_with(&self, more: &Value) -> Answer {
        let email = format!("{}@example.com", uuid::Uuid::new_v4());
        let mut body = json!({"email": email, "password": PASSWORD});
        let more = more.as_object().expect("an object").clone();
        body.as_object_mut().expect("an object").extend(more);
        self.post(Sender::Anonymous, "/auth/v1/signup", body.to_string())
            .await
    }

    /// The token of somebody who signed up through the door.
    async fn newcomer(&self, more: &Value) -> String {
        let answer = self.sign_up_with(more).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    /// The token is that of a plain user who is not the owner, and opens no row of his.
    async fn assert_plain(&self, token: &str) {
        let claims = forged::claims(token);
        assert_eq!(
            (&claims["role"], &claims["aud"]),
            (&json!("authenticated"), &json!("authenticated"))
        );
        assert_ne!(claims["sub"], self.owner.id.as_str());
        let answer = self
            .post(Sender::Bearer(token), EXCHANGE, exchange_body(&[]))
            .await;
        assert_eq!(
            (answer.status, &answer.json()["rows"]),
            (200, &json!([])),
            "{answer:?}"
        );
        assert!(!answer.text.contains(SECRET));
    }
}

/// What a body could say to be somebody else or something more.
fn wishes(ground: &Ground) -> Vec<Value> {
    let owner = &ground.owner.id;
    let more = json!({"role": "service_role", "sub": owner, "provider": "email", "tier": "flow"});
    vec![
        json!({"role": "service_role", "aud": "service_role"}),
        json!({"id": owner, "sub": owner, "user_id": owner}),
        json!({"app_metadata": more, "user_metadata": more}),
        json!({"data": more}),
        json!({"raw_app_meta_data": more, "is_super_admin": true, "is_anonymous": false}),
        json!({"claims": more, "options": {"data": more}, "email_confirm": true}),
    ]
}

#[tokio::test]
async fn a_sign_up_makes_a_plain_user_whatever_it_asks_for() {
    let ground = Ground::start().await;
    let before = ground.dump(Some(&ground.owner)).await;
    for wish in wishes(&ground) {
        let token = ground.newcomer(&wish).await;
        ground.assert_plain(&token).await;
        let claims = forged::claims(&token);
        assert!(
            !claims["app_metadata"].to_string().contains("service_role"),
            "{claims}"
        );
    }
    assert_eq!(ground.dump(Some(&ground.owner)).await, before);
}

#[tokio::test]
async fn a_change_of_ones_user_is_of_ones_own_user_and_gives_no_role() {
    let ground = Ground::start().await;
    let before = ground.dump(Some(&ground.owner)).await;
    let token = ground.newcomer(&json!({})).await;
    for wish in wishes(&ground) {
        let request = ground.request(Sender::Bearer(&token), Method::PUT, "/auth/v1/user");
        let answer = answer(request.json(&wish)).await;
        assert!(answer.status < 500, "{wish}: {answer:?}");
        assert!(
            !answer
                .text
                .contains(&format!("\"id\":\"{}\"", ground.owner.id)),
            "{answer:?}"
        );
    }
    let refreshed = ground.sign_up_again(&token).await;
    ground.assert_plain(&refreshed).await;
    assert_eq!(ground.dump(Some(&ground.owner)).await, before);
}

impl Ground {
    /// A new token of the same user, with what the database says about him now.
    async fn sign_up_again(&self, token: &str) -> String {
        let email = &forged::claims(token)["email"];
        let body = json!({"email": email, "password": PASSWORD}).to_string();
        let path = "/auth/v1/token?grant_type=password";
        let answer = self.post(Sender::Anonymous, path, body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }
}

#[tokio::test]
async fn what_is_for_administrators_is_not_for_a_user_nor_for_the_publishable_key() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let owner = &ground.owner.id;
    let paths = [
        "/auth/v1/admin/users".to_owned(),
        format!("/auth/v1/admin/users/{owner}"),
        "/auth/v1/admin/generate_link".to_owned(),
        "/auth/v1/invite".to_owned(),
    ];
    for path in &paths {
        for sender in [Sender::Anonymous, Sender::Bearer(&ground.other.token)] {
            for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
                let attempt = format!("{method} {path}");
                let request = ground.request(sender, method, path);
                let answer =
                    answer(request.json(&json!({"id": owner, "email": "a@example.com"}))).await;
                assert!((400..500).contains(&answer.status), "{attempt}: {answer:?}");
                assert!(!answer.text.contains(owner), "{attempt}: {answer:?}");
            }
        }
    }
    assert_eq!(ground.dump(None).await, before);
}
