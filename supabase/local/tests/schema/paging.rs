//! Pages: every row once, in the order of versions, and a cursor from which the next page goes on.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Session, database, sign_up, superuser};
use crate::wire::{
    Request, cursor, epoch, ids, particle, patch, rows, setting, stamp, statuses, uuid,
};

const ROWS: usize = 2500;
const REQUEST: usize = 1000;
/// A page ends here, however few its rows.
const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Pulls to the end and checks each page on the way. Returns the ids of all pages.
async fn pull_all(session: &Session, person: Uuid, limit: i64) -> Vec<Vec<String>> {
    let mut request = Request {
        limit,
        ..Request::first(Vec::new())
    };
    let mut pages = Vec::new();
    loop {
        let answer = session.answer(person, &request.to_json()).await;
        let versions: Vec<u64> = rows(&answer)
            .iter()
            .map(|row| row["version"].as_str().unwrap().parse().unwrap())
            .collect();
        assert!(
            versions.is_sorted_by(|one, next| one < next),
            "in the order of versions"
        );
        assert!(versions.iter().all(|version| *version > request.since));
        assert!(i64::try_from(versions.len()).unwrap() <= limit);
        pages.push(ids(&answer).into_iter().map(str::to_owned).collect());
        if answer["more"] == false {
            assert!(versions.iter().all(|version| *version <= cursor(&answer)));
            return pages;
        }
        assert_eq!(
            Some(cursor(&answer)),
            versions.last().copied(),
            "the last version shown"
        );
        (request.since, request.epoch) = (cursor(&answer), epoch(&answer));
    }
}

async fn push_many(session: &Session, person: Uuid, numbers: std::ops::Range<usize>) {
    let numbers: Vec<_> = numbers.collect();
    for numbers in numbers.chunks(REQUEST) {
        let changes = numbers
            .iter()
            .map(|number| particle(*number, "Write", &stamp(1, 0)));
        let request = Request {
            limit: 1,
            ..Request::first(changes.collect())
        };
        let answer = session.answer(person, &request.to_json()).await;
        assert!(statuses(&answer).iter().all(|status| *status == "applied"));
    }
}

#[tokio::test]
async fn every_row_comes_once_whatever_the_size_of_the_page() {
    let database = database().await;
    let admin = superuser(&database).await;
    let person = sign_up(&admin).await;
    let session = Session::open(&database).await;
    push_many(&session, person, 0..ROWS).await;
    let all: Vec<_> = (0..ROWS).map(uuid).collect();

    for (limit, pages_expected) in [(1000, 3), (77, 33)] {
        let pages = pull_all(&session, person, limit).await;
        assert_eq!(pages.len(), pages_expected);
        assert_eq!(pages.concat(), all);
    }
}

#[tokio::test]
async fn rows_of_all_entities_share_one_order() {
    let database = database().await;
    let admin = superuser(&database).await;
    let person = sign_up(&admin).await;
    let session = Session::open(&database).await;
    let changes = (0..40).map(|number| match number % 2 {
        0 => particle(number, "", &stamp(1, 0)),
        _ => setting(&format!("key.{number}"), &json!(number), &stamp(1, 0)),
    });
    session
        .answer(person, &Request::first(changes.collect()).to_json())
        .await;

    let pages = pull_all(&session, person, 7).await;
    let expected = (0..40).map(|number| match number % 2 {
        0 => uuid(number),
        _ => format!("key.{number}"),
    });
    assert_eq!(pages.concat(), expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn a_page_that_is_exactly_full_is_the_last_one() {
    let database = database().await;
    let admin = superuser(&database).await;
    let person = sign_up(&admin).await;
    let session = Session::open(&database).await;
    push_many(&session, person, 0..6).await;
    assert_eq!(pull_all(&session, person, 6).await.len(), 1);
    assert_eq!(pull_all(&session, person, 3).await.len(), 2);
    assert_eq!(pull_all(&session, person, 5).await.len(), 2);
}

#[tokio::test]
async fn a_page_ends_at_its_bytes() {
    let database = database().await;
    let admin = superuser(&database).await;
    let person = sign_up(&admin).await;
    let session = Session::open(&database).await;
    let value = json!("x".repeat(4000));
    let keys: Vec<_> = (0..1500).map(|number| format!("key.{number}")).collect();
    for keys in keys.chunks(400) {
        let changes = keys.iter().map(|key| setting(key, &value, &stamp(1, 0)));
        let request = Request {
            limit: 1,
            ..Request::first(changes.collect())
        };
        session.answer(person, &request.to_json()).await;
    }

    let first = session
        .answer(person, &Request::first(Vec::new()).to_json())
        .await;
    let bytes = |answer: &Value| answer["rows"].to_string().len();
    assert_eq!(first["more"], true);
    assert!(rows(&first).len() < 1000, "the bytes are the tighter limit");
    assert!(bytes(&first) <= PAGE_BYTES_MAX);
    assert!(
        bytes(&first) > PAGE_BYTES_MAX * 9 / 10,
        "nor is a page half empty"
    );
    assert_eq!(pull_all(&session, person, 1000).await.concat(), keys);
}

#[tokio::test]
async fn rows_that_another_device_edits_between_pages_come_with_a_later_page() {
    let database = database().await;
    let admin = superuser(&database).await;
    let person = sign_up(&admin).await;
    let session = Session::open(&database).await;
    push_many(&session, person, 0..10).await;

    let mut request = Request {
        limit: 4,
        ..Request::first(Vec::new())
    };
    let first = session.answer(person, &request.to_json()).await;
    assert_eq!(ids(&first), (0..4).map(uuid).collect::<Vec<_>>());
    for number in [1, 6] {
        let edit = patch(
            "particle",
            &uuid(number),
            &json!({"task": "edited"}),
            &stamp(2, 0),
        );
        session
            .answer(person, &Request::first(vec![edit]).to_json())
            .await;
    }

    let mut later = Vec::new();
    let mut answer = first;
    while answer["more"] == true {
        (request.since, request.epoch) = (cursor(&answer), epoch(&answer));
        answer = session.answer(person, &request.to_json()).await;
        later.extend(ids(&answer).into_iter().map(str::to_owned));
    }
    let expected = [4, 5, 7, 8, 9, 1, 6].map(uuid);
    assert_eq!(later, expected, "the edited rows have moved to the end");
}
