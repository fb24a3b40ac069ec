//! Versions become visible in their order: whoever pulls between two commits misses nothing. The same
//! schedule with numbers from a sequence loses a row, which shows that the schedule can tell.

use serde_json::Value;
use uuid::Uuid;

use crate::support::{
    Session, ask, backend, be_patient, database, run, sign_up, superuser, until_blocked,
};
use crate::wire::{NOW_MS, Request, cursor, epoch, ids, particle, stamp, uuid};

fn push(number: usize) -> Value {
    Request::first(vec![particle(
        number,
        "Write",
        &stamp(NOW_MS - 1_000_000_000_000, 0),
    )])
    .to_json()
}

/// A device that only pulls, and what it has seen.
struct Puller {
    session: Session,
    person: Uuid,
    since: u64,
    epoch: Option<String>,
    seen: Vec<String>,
}

impl Puller {
    async fn pull(&mut self) {
        let (since, epoch_known) = (self.since, self.epoch.clone());
        let request = Request {
            epoch: epoch_known,
            since,
            limit: 1000,
            changes: Vec::new(),
        };
        let answer = self.session.answer(self.person, &request.to_json()).await;
        self.since = cursor(&answer);
        self.epoch = epoch(&answer);
        self.seen
            .extend(ids(&answer).into_iter().map(str::to_owned));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_between_two_commits_misses_nothing() {
    let database = database().await;
    let admin = superuser(&database).await;
    be_patient(&admin).await;
    let person = sign_up(&admin).await;
    let first = Session::open(&database).await;
    let second = Session::open(&database).await;
    let mut puller = Puller {
        session: Session::open(&database).await,
        person,
        since: 0,
        epoch: None,
        seen: Vec::new(),
    };
    let pids = (
        backend(first.client()).await,
        backend(second.client()).await,
    );

    first.begin(person).await;
    second.begin(person).await;
    first.call(&push(1)).await.expect("the first is merged");
    let late = push(2);
    let waiting = second.call(&late);
    let holding = async {
        until_blocked(&admin, pids.1, pids.0).await;
        puller.pull().await;
        assert_eq!(puller.since, 0, "nothing is committed yet");
        first.commit().await;
        puller.pull().await;
    };
    let (merged, ()) = tokio::join!(waiting, holding);
    merged.expect("the second is merged");
    assert_eq!(puller.seen, [uuid(1)], "the second is not committed yet");
    second.commit().await;
    puller.pull().await;
    assert_eq!(puller.seen, [uuid(1), uuid(2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_began_first_and_commits_last_is_not_missed() {
    let database = database().await;
    let admin = superuser(&database).await;
    be_patient(&admin).await;
    let person = sign_up(&admin).await;
    let first = Session::open(&database).await;
    let second = Session::open(&database).await;
    let mut puller = Puller {
        session: Session::open(&database).await,
        person,
        since: 0,
        epoch: None,
        seen: Vec::new(),
    };

    first.begin(person).await;
    let _: i64 = ask(first.client(), "select count(*) from public.particles").await;
    second.begin(person).await;
    second.call(&push(2)).await.expect("the second is merged");
    second.commit().await;
    puller.pull().await;
    first.call(&push(1)).await.expect("the first is merged");
    puller.pull().await;
    first.commit().await;
    puller.pull().await;
    assert_eq!(puller.seen, [uuid(2), uuid(1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_session_sees_what_the_holder_committed() {
    let database = database().await;
    let admin = superuser(&database).await;
    be_patient(&admin).await;
    let person = sign_up(&admin).await;
    let first = Session::open(&database).await;
    let second = Session::open(&database).await;
    let pids = (
        backend(first.client()).await,
        backend(second.client()).await,
    );
    let older = NOW_MS - 1_000_000_000_000;
    let newer = Request::first(vec![particle(1, "newer", &stamp(older + 1, 0))]).to_json();
    let stale = Request::first(vec![particle(1, "stale", &stamp(older, 0))]).to_json();

    first.begin(person).await;
    first.call(&newer).await.expect("the first is merged");
    second.begin(person).await;
    let waiting = second.call(&stale);
    let (answer, ()) = tokio::join!(waiting, async {
        until_blocked(&admin, pids.1, pids.0).await;
        first.commit().await;
    });
    second.commit().await;
    let answer = answer.expect("the second is merged");
    assert_eq!(
        answer["rows"][0]["fields"]["task"], "newer",
        "a stale snapshot would have overwritten it"
    );
    assert_eq!(answer["cursor"], "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_as_cursor_loses_a_row_in_the_same_schedule() {
    let database = database().await;
    let admin = superuser(&database).await;
    be_patient(&admin).await;
    run(
        &admin,
        "create sequence public.numbers;
         create table public.numbered (id text, version bigint default nextval('public.numbers'))",
    )
    .await;
    let (first, second) = (superuser(&database).await, superuser(&database).await);
    let mut since = 0;
    let mut seen = Vec::new();
    let mut pull = async || {
        let newer = "select id, version from public.numbered where version > $1 order by version";
        for row in admin.query(newer, &[&since]).await.unwrap() {
            seen.push(row.get::<_, String>(0));
            since = row.get::<_, i64>(1);
        }
    };

    run(
        &first,
        "begin; insert into public.numbered (id) values ('first')",
    )
    .await;
    run(
        &second,
        "begin; insert into public.numbered (id) values ('second')",
    )
    .await;
    run(&second, "commit").await;
    pull().await;
    run(&first, "commit").await;
    pull().await;
    assert_eq!(
        seen,
        ["second"],
        "the first is there and nobody will ever pull it"
    );
    assert_eq!(
        ask::<i64>(&admin, "select count(*) from public.numbered").await,
        2
    );
}
