//! What each answer to an exchange is taken for.

use std::time::Duration;

use chrono::Utc;
use local_supabase::{CannedAnswer, Claims, Fault, ServerOptions, Settings};
use particle_core::change::wire::{Change, Row, VerdictStatus};
use particle_core::change::{Field, Incoming, ProjectField, Stamp, Stamped};
use particle_core::model::{Brightness, Project, ProjectId, ProjectName};
use particle_core::randomness::Randomness;
use particle_core::remote::{Failure, Limits, Remote, Supabase};
use rstest::rstest;

use crate::support::{EXCHANGE, class, client, nothing, start};

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html";

fn canned(status: u16, kind: &str, body: &str) -> Fault {
    Fault::AnswerBefore(CannedAnswer::new(status, kind, body))
}

fn with_header(status: u16, name: &str, value: &str) -> Fault {
    Fault::AnswerBefore(CannedAnswer::new(status, JSON, "{}").with(name, value))
}

/// A good answer of a protocol.
fn spoken(protocol: &str) -> Fault {
    let body = format!(
        r#"{{"protocol":{protocol},"schema":1,"epoch":"e","server_time":1,"reset":false,
            "verdicts":[],"rows":[],"cursor":"0","more":false}}"#
    );
    canned(200, JSON, &body)
}

#[rstest]
#[case::of_the_server(Fault::status(500, r#"{"code":"57014","message":"statement timeout"}"#))]
#[case::of_a_gateway(canned(502, HTML, "<h1>Bad Gateway</h1>"))]
#[case::without_a_database(Fault::status(503, r#"{"code":"PGRST001","message":"no"}"#))]
#[case::beyond_the_standard(Fault::status(540, "{}"))]
#[case::a_hotel(Fault::captive_portal())]
#[case::accepted(Fault::status(202, "{}"))]
#[case::no_content(canned(204, JSON, ""))]
#[case::elsewhere(with_header(302, "Location", "http://127.0.0.1:9/"))]
#[case::elsewhere_for_ever(with_header(308, "Location", "http://127.0.0.1:9/"))]
#[case::nothing_in_it(Fault::status(200, ""))]
#[case::half_of_it(Fault::status(200, r#"{"protocol":1,"schema":1,"epo"#))]
#[case::cut_off(Fault::Truncated(20))]
#[case::gigantic(Fault::Gigantic(40 * 1024 * 1024))]
#[case::no_answer(Fault::DropBefore)]
#[case::no_answer_after_the_commit(Fault::DropAfter)]
#[case::other_data(Fault::status(200, "[]"))]
#[case::a_field_is_missing(Fault::status(200, r#"{"protocol":1}"#))]
#[case::conflict(Fault::status(409, r#"{"code":"40001","message":"again"}"#))]
#[case::a_full_disk(Fault::status(405, r#"{"code":"25006","message":"read-only"}"#))]
#[case::a_firewall(canned(403, HTML, "<h1>Blocked</h1>"))]
#[case::a_broken_proxy(canned(400, HTML, "<h1>Bad Request</h1>"))]
#[case::who_are_you(canned(401, HTML, "<h1>Sign in</h1>"))]
#[case::the_proxys_password(canned(407, HTML, ""))]
#[case::against_a_policy(Fault::status(403, r#"{"code":"42501","message":"row-level security"}"#))]
#[tokio::test]
async fn what_passes_by_itself_is_unavailable(#[case] fault: Fault) {
    assert_eq!(start().await.exchange_with(fault).await, "unavailable");
}

#[rstest]
#[case::seconds(Fault::too_many_requests(17), "unavailable for 17 s")]
#[case::at_most_an_hour(Fault::too_many_requests(90_000), "unavailable for 3600 s")]
#[case::without_a_word(Fault::status(429, "{}"), "unavailable")]
#[case::not_a_number(with_header(429, "Retry-After", "soon"), "unavailable")]
#[case::negative(with_header(429, "Retry-After", "-5"), "unavailable")]
#[case::at_a_server_that_stops(with_header(503, "Retry-After", "5"), "unavailable for 5 s")]
#[case::a_date(dated("Mon, 23 Nov 2026 10:00:42 GMT"), "unavailable for 42 s")]
#[case::a_date_long_ahead(dated("Tue, 24 Nov 2026 10:00:00 GMT"), "unavailable for 3600 s")]
#[case::a_date_that_has_passed(dated("Sun, 22 Nov 2026 10:00:00 GMT"), "unavailable for 0 s")]
#[tokio::test]
async fn a_server_says_how_long_it_wants_to_be_left_alone(
    #[case] fault: Fault,
    #[case] expected: &str,
) {
    assert_eq!(start().await.exchange_with(fault).await, expected);
}

/// Too many requests until a moment, by a server whose clock shows another day than this machine's.
fn dated(until: &str) -> Fault {
    let answer = CannedAnswer::new(429, JSON, "{}").with("Retry-After", until);
    Fault::AnswerBefore(answer.with("Date", "Mon, 23 Nov 2026 10:00:00 GMT"))
}

#[rstest]
#[case::expired(Fault::unauthorized(), "unauthorized")]
#[case::undecodable(
    Fault::status(401, r#"{"code":"PGRST301","message":"No suitable key"}"#),
    "unauthorized"
)]
#[case::taken_for_nobody(
    Fault::status(401, r#"{"code":"42501","message":"permission denied"}"#),
    "unauthorized"
)]
#[case::ahead_of_its_time(
    Fault::status(401, r#"{"code":"PGRST303","message":"JWT issued at future"}"#),
    "issued in the future"
)]
#[case::no_key(
    Fault::status(401, r#"{"message":"No API key found in request"}"#),
    "wrong key"
)]
#[case::another_key(Fault::status(401, r#"{"message":"Invalid API key"}"#), "wrong key")]
#[case::a_deleted_account(
    Fault::status(
        401,
        r#"{"code":"PT401","message":"account_gone","details":"Deleted."}"#
    ),
    "account gone"
)]
#[case::not_json(
    Fault::status(400, r#"{"code":"PGRST102","message":"no"}"#),
    "rejected: PGRST102"
)]
#[case::too_large(
    Fault::status(413, r#"{"code":"PT413","message":"request_too_large"}"#),
    "rejected: PT413"
)]
#[case::too_large_for_the_gateway(canned(413, HTML, "<h1>413</h1>"), "rejected: no code")]
#[case::not_to_be_kept(Fault::status(422, "{}"), "rejected: no code")]
#[case::another_protocol(
    Fault::status(426, r#"{"code":"PT426","message":"protocol_unsupported"}"#),
    "app too old"
)]
#[case::a_later_protocol(spoken("2"), "app too old")]
#[case::an_earlier_protocol(spoken("0"), "server too old")]
#[case::a_server_of_an_earlier_protocol(
    Fault::status(426, r#"{"code":"PT426","message":"protocol_unsupported","details":"This server speaks protocol 0."}"#),
    "server too old"
)]
#[case::no_protocol(spoken("\"1\""), "unavailable")]
#[case::no_migrations(
    Fault::status(404, r#"{"code":"PGRST202","message":"Could not find the function"}"#),
    "missing function"
)]
#[case::no_route(
    Fault::status(404, r#"{"message":"no Route matched with those values"}"#),
    "not supabase"
)]
#[case::a_web_page(canned(404, HTML, "<h1>Not Found</h1>"), "not supabase")]
#[case::a_static_server(canned(405, HTML, ""), "not supabase")]
#[tokio::test]
async fn each_refusal_is_told_from_the_others(#[case] fault: Fault, #[case] expected: &str) {
    assert_eq!(start().await.exchange_with(fault).await, expected);
}

#[tokio::test]
async fn the_servers_own_refusals_are_understood() {
    let world = start().await;
    let token = world.sign_up().await.access_token;

    let mut strange = nothing();
    strange.protocol = 2;
    let refused = world.supabase.exchange(token.expose(), &strange).await;
    assert_eq!(class(&refused.unwrap_err()), "app too old");

    let ahead = Utc::now() + chrono::TimeDelta::minutes(10);
    let claims = Claims::of_user("7d2e4c1a-33f1-4c55-9f3b-0d6f3b1f0c11", ahead);
    let future = world.server.token_for(&claims);
    let refused = world.supabase.exchange(&future, &nothing()).await;
    assert_eq!(class(&refused.unwrap_err()), "issued in the future");

    let refused = world.supabase.exchange("a.b.c", &nothing()).await;
    assert_eq!(class(&refused.unwrap_err()), "unauthorized");
    let refused = world.supabase.exchange("not a\nheader", &nothing()).await;
    assert!(refused.is_err(), "and nothing was sent");

    let stranger = Supabase::new(&world.server.url(), "sb_publishable_wrong").unwrap();
    let refused = stranger.exchange(token.expose(), &nothing()).await;
    assert_eq!(class(&refused.unwrap_err()), "wrong key");

    world.supabase.delete_account(&token).await.unwrap();
    assert_eq!(
        class(&world.exchange(&token).await.unwrap_err()),
        "account gone"
    );

    world.sql("drop function public.sync_exchange(jsonb)").await;
    let refused = world.exchange(&token).await.unwrap_err();
    assert_eq!(class(&refused), "missing function");
}

#[tokio::test]
async fn a_deadlock_is_tried_again_at_once_and_once() {
    let world = start().await;
    let token = world.sign_up().await.access_token;
    let deadlock = || Fault::status(500, r#"{"code":"40P01","message":"deadlock detected"}"#);
    world.server.faults().next(EXCHANGE, deadlock());
    world.exchange(&token).await.unwrap();
    world.server.faults().times(2, EXCHANGE, deadlock());
    let failed = world.exchange(&token).await.unwrap_err();
    assert_eq!(class(&failed), "unavailable");
}

#[tokio::test]
async fn a_late_answer_is_unavailable() {
    let world = start().await;
    let token = world.sign_up().await.access_token;
    let limits = Limits {
        call: Duration::from_millis(200),
        ..Limits::default()
    };
    let hasty = client(&world.server, limits);
    world.server.faults().next(EXCHANGE, Fault::Hang);
    let failure = hasty.exchange(token.expose(), &nothing()).await;
    assert_eq!(class(&failure.unwrap_err()), "unavailable");
}

#[tokio::test]
async fn of_a_gigantic_answer_only_the_limit_is_read() {
    const LIMIT: usize = 64 * 1024;
    let world = start().await;
    let token = world.sign_up().await.access_token;
    let limits = Limits {
        answer_bytes: LIMIT,
        ..Limits::default()
    };
    let small = client(&world.server, limits);
    world
        .server
        .faults()
        .next(EXCHANGE, Fault::Gigantic(1 << 40));
    let failure = small.exchange(token.expose(), &nothing()).await;
    let Failure::Unavailable { message, .. } = failure.unwrap_err() else {
        panic!("another failure");
    };
    assert!(message.contains("65536"), "{message}");
    let answer = small.exchange(token.expose(), &nothing()).await;
    assert!(answer.is_ok(), "the next one fits: {answer:?}");
}

fn project(number: u64) -> (Project, Stamp) {
    let now = Utc::now();
    let project = Project {
        id: ProjectId::new(now, &Randomness::seeded(number)),
        name: ProjectName::new(&format!("The project with the number {number}")).unwrap(),
        brightness: Brightness::FULL,
        archived: false,
        deleted: false,
    };
    (project, Stamp::derived(now, 7))
}

#[tokio::test]
async fn what_one_device_pushes_another_pulls_packed() {
    const COUNT: u64 = 300;
    let world = start().await;
    let here = world.sign_up().await.access_token;
    let password = crate::support::password();
    let there = world.supabase.sign_in(crate::support::EMAIL, &password);
    let there = there.await.unwrap().access_token;

    let mut push = nothing();
    let mut sent = Vec::new();
    for number in 0..COUNT {
        let (project, stamp) = project(number);
        let row = Stamped::at_once(project, stamp);
        let id = row.row.id.to_string();
        let change = Change::of(id, &row.row, ProjectField::ALL, &row.stamps);
        push.changes.push(change.unwrap());
        sent.push(Row::Known(Incoming::Project(row)));
    }
    let pushed = world.supabase.exchange(here.expose(), &push).await.unwrap();
    let applied =
        |verdict: &&particle_core::change::wire::Verdict| verdict.status == VerdictStatus::Applied;
    assert_eq!(pushed.verdicts.iter().filter(applied).count(), sent.len());
    assert_eq!(pushed.rows, [], "no echo");

    let mut log = world.server.requests().from_now();
    let pulled = world.exchange(&there).await.unwrap();
    assert_eq!(pulled.rows, sent);
    assert_eq!((pulled.cursor, pulled.more), (pushed.cursor, false));
    let answered = log.next(|answered| answered.path == EXCHANGE).await;
    assert!(
        answered.response_bytes < 100 * COUNT,
        "packed: {answered:?}"
    );
    assert!(
        answered.request_bytes < 200,
        "the changes were not sent again"
    );
}

#[tokio::test]
async fn a_server_that_comes_back_is_found_by_the_same_client() {
    let world = start().await;
    let token = world.sign_up().await.access_token;
    let (port, keys) = (world.server.port(), Some(world.server.keys().clone()));
    world.server.stop().await;
    let gone = world.supabase.exchange(token.expose(), &nothing()).await;
    assert!(
        matches!(
            gone,
            Err(Failure::Unreachable(_) | Failure::Unavailable { .. })
        ),
        "{gone:?}"
    );
    let options = ServerOptions { port, keys };
    let server = local_supabase::Server::start(&world.database, Settings::default(), options);
    let _server = server.await.expect("the port is free");
    let back = world.supabase.exchange(token.expose(), &nothing()).await;
    assert!(back.is_ok(), "{back:?}");
}
