//! Calls that take too long, and a database that is not there.

use std::time::Duration;

use reqwest::{Method, StatusCode};

use crate::support::{answer, start, within};

#[tokio::test]
async fn a_statement_time_out_of_the_function_stops_the_running_call() {
    let doors = start().await;
    // Less than the roles allow: without the function's own limit the call would succeed.
    doors
        .sql(
            "create function public.slow() returns void language sql
             set statement_timeout = '50ms' as $$ select pg_sleep_for('2s') $$",
        )
        .await;
    let answer = doors
        .post_as(&doors.user_token(), "/rest/v1/rpc/slow", "{}")
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (500, "57014")
    );
}

#[tokio::test]
async fn a_lock_that_is_not_had_in_time_is_500() {
    let doors = start().await;
    doors
        .sql(
            "create function public.locks() returns void language sql
             set lock_timeout = '50ms' as 'select pg_advisory_xact_lock(1)'",
        )
        .await;
    let holder = doors
        .database
        .connect()
        .await
        .expect("the database answers");
    holder
        .batch_execute("select pg_advisory_lock(1)")
        .await
        .expect("the lock is had");
    let answer = doors.post("/rest/v1/rpc/locks", "{}").await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (500, "55P03")
    );
}

#[tokio::test]
async fn a_database_that_is_gone_is_503_and_one_that_is_back_is_used_again() {
    let doors = start().await;
    doors
        .sql("create function public.one() returns int language sql as 'select 1'")
        .await;
    let call = async || doors.post("/rest/v1/rpc/one", "{}").await;
    assert_eq!(call().await.status, StatusCode::OK);

    // From another database of the cluster: one's own cannot be closed from within.
    let mut elsewhere = doors.database.config_for("supabase_admin");
    let (client, connection) = elsewhere
        .dbname("postgres")
        .connect(tokio_postgres::NoTls)
        .await
        .expect("a connection");
    let driver = tokio::spawn(connection);
    let name = doors.database.name();
    let open = |open: bool| {
        format!(
            "alter database {name} allow_connections {open};
             select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name}'"
        )
    };
    client
        .batch_execute(&open(false))
        .await
        .expect("the database is closed");
    let down = call().await;
    assert_eq!(down.status, StatusCode::SERVICE_UNAVAILABLE);
    let again = call().await;
    assert_eq!(
        (again.status.as_u16(), again.code().as_str()),
        (503, "PGRST000")
    );

    client
        .batch_execute(&open(true))
        .await
        .expect("the database is open");
    assert_eq!(call().await.json(), 1);
    driver.abort();
}

#[tokio::test]
async fn a_request_that_gets_no_connection_in_time_is_504() {
    const CONNECTIONS: usize = 10;
    let doors = start().await;
    doors
        .sql(
            "create function public.waits() returns void language sql
             as 'select pg_advisory_xact_lock_shared(1)'",
        )
        .await;
    let holder = doors
        .database
        .connect()
        .await
        .expect("the database answers");
    holder
        .batch_execute("select pg_advisory_lock(1)")
        .await
        .expect("the lock is had");
    doors
        .server
        .change(|settings| settings.pool_timeout = Duration::from_millis(50));

    let waiting = (0..=CONNECTIONS).map(|_| {
        let request = doors.request(Method::POST, "/rest/v1/rpc/waits").body("{}");
        tokio::spawn(answer(request))
    });
    let waiting: Vec<_> = waiting.collect();
    let mut answered = doors.server.requests().from_now();
    let refused = within(answered.next(|answered| answered.status == Some(504))).await;
    assert_eq!(refused.path, "/rest/v1/rpc/waits");

    holder
        .batch_execute("select pg_advisory_unlock(1)")
        .await
        .expect("the lock is given back");
    let mut refusals = Vec::new();
    for answer in waiting {
        let answer = answer.await.expect("an answer");
        if answer.status != StatusCode::NO_CONTENT {
            refusals.push((answer.status.as_u16(), answer.code()));
        }
    }
    assert_eq!(refusals, [(504, "PGRST003".to_owned())]);
}
