//! The life of an account: a profile with the sign-up, and everything gone with the user.

use local_supabase::Database;
use serde_json::json;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::support::{Session, ask, be_patient, database, run, sign_up, sqlstate, superuser};
use crate::wire::{Request, particle, project, setting, stamp};

/// Somebody with two projects, a particle and a setting, and a neighbour of whom everything has to stay.
struct Ground {
    admin: Client,
    session: Session,
    person: Uuid,
    database: Database,
}

async fn ground() -> Ground {
    let database = database().await;
    let admin = superuser(&database).await;
    be_patient(&admin).await;
    let person = sign_up(&admin).await;
    let session = Session::open(&database).await;
    let at = stamp(5, 0);
    let changes = vec![
        project(1, "Book", &at),
        project(2, "Garden", &at),
        particle(1, "Write", &at),
        setting("theme", &json!("dark"), &at),
    ];
    session
        .answer(person, &Request::first(changes).to_json())
        .await;
    let other = sign_up(&admin).await;
    let request = Request::first(vec![project(1, "Mine", &at)]);
    session.answer(other, &request.to_json()).await;
    Ground {
        admin,
        session,
        person,
        database,
    }
}

impl Ground {
    /// Rows of the person, the profile and the user among them.
    async fn left(&self) -> i64 {
        self.count(&format!("= '{}'", self.person)).await
    }

    /// Rows of everybody else.
    async fn left_of_others(&self) -> i64 {
        self.count(&format!("<> '{}'", self.person)).await
    }

    async fn count(&self, whose: &str) -> i64 {
        let tables = [
            "profiles",
            "particles",
            "projects",
            "intentions",
            "settings",
        ];
        let counts = tables
            .map(|table| format!("(select count(*) from public.{table} where user_id {whose})"));
        let users = format!("(select count(*) from auth.users where id {whose})");
        ask(
            &self.admin,
            &format!("select {} + {users}", counts.join(" + ")),
        )
        .await
    }
}

#[tokio::test]
async fn who_signs_up_has_a_profile() {
    let database = database().await;
    let admin = superuser(&database).await;
    be_patient(&admin).await;
    let door = database.connect_as("supabase_auth_admin").await.unwrap();
    let person = sign_up(&door).await;
    let profile = "select user_id, tier, version, latest_stamp from public.profiles";
    let profile = admin.query_one(profile, &[]).await.unwrap();
    assert_eq!(profile.get::<_, Uuid>(0), person);
    assert_eq!(profile.get::<_, &str>(1), "free");
    assert_eq!(profile.get::<_, i64>(2), 0);
    assert_eq!(profile.get::<_, &str>(3), "");
}

#[tokio::test]
async fn with_the_user_everything_goes() {
    let ground = ground().await;
    assert_eq!(ground.left().await, 6);
    let door = ground
        .database
        .connect_as("supabase_auth_admin")
        .await
        .unwrap();
    run(
        &door,
        &format!("delete from auth.users where id = '{}'", ground.person),
    )
    .await;
    assert_eq!(ground.left().await, 0);
    assert_eq!(ground.left_of_others().await, 3);
}

#[tokio::test]
async fn a_person_deletes_the_own_account_and_no_other() {
    let ground = ground().await;
    ground.session.begin(ground.person).await;
    run(ground.session.client(), "select public.delete_account()").await;
    ground.session.commit().await;
    assert_eq!(ground.left().await, 0);
    assert_eq!(ground.left_of_others().await, 3);

    let late = Request::first(vec![project(1, "late", &stamp(6, 0))]).to_json();
    let error = ground
        .session
        .exchange(ground.person, &late)
        .await
        .unwrap_err();
    assert_eq!(sqlstate(&error), "PT401", "a token outlives its account");
    assert_eq!(ground.left().await, 0);
}

#[tokio::test]
async fn nobody_deletes_an_account_without_a_token() {
    let ground = ground().await;
    let owner = ground.database.connect_as("postgres").await.unwrap();
    for role in ["anon", "service_role"] {
        run(&owner, &format!("reset role; set role {role}")).await;
        let call = owner.batch_execute("select public.delete_account()");
        let error = call.await.expect_err("it is refused");
        assert_eq!(sqlstate(&error), "42501");
    }
    assert_eq!(ground.left().await, 6);
}
