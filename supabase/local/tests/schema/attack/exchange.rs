//! The one function that writes, called by somebody for whom the rows are not.

use serde_json::{Value, json};

use super::ground::{Ground, SECRET, Sender, WRITTEN_MS};
use crate::wire::{particle, patch, setting, stamp, uuid};

/// An id that nobody has.
const NOBODYS: usize = 999;

#[tokio::test]
async fn a_row_with_an_id_of_somebody_else_is_a_row_of_ones_own() {
    let ground = Ground::start().await;
    let before = ground.dump(Some(&ground.owner)).await;
    let later = stamp(WRITTEN_MS + 1000, 0);
    let mut changes = vec![
        particle(1, "overwritten", &later),
        particle(2, "overwritten", &later),
        setting("appearance.theme", &json!("overwritten"), &later),
    ];
    for change in &mut changes {
        // What is not of the protocol is not listened to.
        change["user_id"] = json!(ground.owner.id);
    }

    let answer = ground.exchange_well(&ground.other, changes).await;

    assert_eq!(ground.dump(Some(&ground.owner)).await, before);
    assert!(!answer.to_string().contains(SECRET), "{answer}");
    let own = ground.dump(Some(&ground.other)).await;
    assert_eq!(own.matches("overwritten").count(), 3, "{own}");
    let seen = ground
        .exchange_well(&ground.owner, vec![])
        .await
        .to_string();
    assert!(!seen.contains("overwritten"), "{seen}");
}

#[tokio::test]
async fn a_deletion_by_somebody_else_deletes_nothing() {
    let ground = Ground::start().await;
    let before = ground.dump(Some(&ground.owner)).await;
    let later = stamp(WRITTEN_MS + 1000, 0);
    let deletion = patch("particle", &uuid(2), &json!({"deleted": true}), &later);

    let answer = ground
        .exchange(Sender::Bearer(&ground.other.token), &[deletion])
        .await;

    assert_eq!(answer.json()["verdicts"][0]["status"], "incomplete");
    assert_eq!(ground.dump(Some(&ground.owner)).await, before);
}

#[tokio::test]
async fn a_verdict_tells_nothing_about_rows_of_somebody_else() {
    let ground = Ground::start().await;
    let changes_of = |number: usize| {
        let (id, long) = (uuid(number), "x".repeat(201));
        let old = stamp(WRITTEN_MS - 1, 0);
        vec![
            patch("particle", &id, &json!({"task": "mine"}), &old),
            patch("particle", &id, &json!({"task": long}), &old),
            patch(
                "project",
                &id,
                &json!({"archived": true, "deleted": true}),
                &old,
            ),
            patch(
                "particle",
                &id,
                &json!({"deleted": true}),
                &stamp(i64::MAX >> 16, 0),
            ),
            particle(number, "mine", &old),
        ]
    };
    let mut answers = Vec::new();
    // The owner has the second, nobody the other; whoever asks has neither.
    for number in [2, NOBODYS] {
        let mut verdicts = Vec::new();
        for change in changes_of(number) {
            let answer = ground
                .exchange(Sender::Bearer(&ground.other.token), &[change])
                .await;
            assert_eq!(answer.status, 200, "{answer:?}");
            let answer: Value = answer.json();
            verdicts.push(
                answer["verdicts"]
                    .to_string()
                    .replace(&uuid(number), "the id"),
            );
        }
        answers.push(verdicts);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_request_of_nobody_is_refused_before_it_is_read() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let change = particle(3, "nobody's", &stamp(WRITTEN_MS, 0));
    for changes in [vec![], vec![change]] {
        let answer = ground.exchange(Sender::Anonymous, &changes).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (401, "42501"),
            "{answer:?}"
        );
    }
    for path in ["/rest/v1/rpc/delete_account", "/rest/v1/rpc/sync_exchange"] {
        let answer = ground.post(Sender::Anonymous, path, "{}").await;
        assert!(matches!(answer.status, 401 | 404), "{answer:?}");
    }
    assert_eq!(ground.dump(None).await, before);
}

#[tokio::test]
async fn words_in_a_request_about_users_counters_and_epochs_are_not_listened_to() {
    let ground = Ground::start().await;
    let before = ground.dump(Some(&ground.owner)).await;
    let request = json!({"request": {
        "protocol": 1, "epoch": null, "since": "0", "limit": 1000,
        "user_id": ground.owner.id, "the_user": ground.owner.id, "sub": ground.owner.id,
        "role": "service_role", "tier": "flow", "version": 900, "latest_stamp": "f".repeat(24),
        "changes": [],
    }});
    let answer = ground.post(
        Sender::Bearer(&ground.other.token),
        super::ground::EXCHANGE,
        request.to_string(),
    );
    let answer = answer.await;

    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.json()["cursor"],
        "1",
        "the counter is the caller's own"
    );
    assert!(!answer.text.contains(SECRET), "{answer:?}");
    assert_eq!(ground.dump(Some(&ground.owner)).await, before);
    let own = ground.dump(Some(&ground.other)).await;
    assert!(own.contains("free") && !own.contains("flow"), "{own}");
}

#[tokio::test]
async fn a_deletion_of_the_account_is_of_ones_own_account() {
    let ground = Ground::start().await;
    let before = ground.dump(Some(&ground.owner)).await;
    let bearer = Sender::Bearer(&ground.other.token);
    let id = &ground.owner.id;
    for body in [json!({"user_id": id}), json!({"me": id}), json!({"": id})] {
        let answer = ground
            .post(bearer, "/rest/v1/rpc/delete_account", body.to_string())
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "PGRST202"),
            "{answer:?}"
        );
    }
    let answer = ground
        .post(bearer, "/rest/v1/rpc/delete_account", "{}")
        .await;
    assert_eq!(answer.status, 204, "{answer:?}");

    assert_eq!(
        ground.dump(Some(&ground.other)).await,
        "",
        "everything of the caller is gone"
    );
    assert_eq!(ground.dump(Some(&ground.owner)).await, before);
}
