//! Whoever signs in where a history is already says what becomes of it.

use particle_core::app::{
    AccountRequest, AccountStatus, CodePurpose, CodeRequest, JoinQuestion, Joining, LocalRows,
    Proof, SignInRequest, StartRequest, SyncState, TimerRequest,
};
use particle_core::error::{AppError, ErrorCode};

use super::{Desk, code_of};
use crate::failures::arrived;
use crate::support::{EMAIL, start};

impl Desk<'_> {
    async fn join(&self, choice: Joining) -> Result<AccountStatus, AppError> {
        self.app.account(AccountRequest::Join(choice)).await
    }

    /// Signs in where a question has to be answered.
    async fn is_asked(&self) -> JoinQuestion {
        let status = self.sign_in(Self::password()).await.unwrap();
        assert!(!status.signed_in, "not before it is answered");
        let question = status.question.expect("a question");
        let again = self.app.account(AccountRequest::Show).await.unwrap();
        assert_eq!(again.question.as_ref(), Some(&question));
        question
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_in_where_a_history_is_is_asked_before_anything_of_it_is_sent() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::with_a_history(&world).await;
    let expected = JoinQuestion {
        email: EMAIL.into(),
        particles: 2,
        projects: 1,
        account_is_empty: true,
    };
    assert_eq!(desk.is_asked().await, expected);
    assert_eq!(world.particles().await, 0);

    let joined = desk.join(Joining::Now).await.unwrap();
    assert!(joined.signed_in && joined.question.is_none(), "{joined:?}");
    desk.app.profile().sync_now().await.unwrap();
    assert_eq!(world.particles().await, 2);
    let sync = desk.app.profile().status().await.unwrap().sync;
    assert_eq!((sync.state, sync.upload), (SyncState::Synced, None));
    assert_eq!(desk.tasks().await, ["Read", "Write"]);

    // The second machine of the same person.
    let laptop = Desk::with_a_history(&world).await;
    assert!(!laptop.is_asked().await.account_is_empty);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn later_sends_nothing_until_the_person_asks_also_after_a_restart() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::with_a_history(&world).await;
    desk.is_asked().await;
    let before = world.exchanges();
    assert!(desk.join(Joining::Later).await.unwrap().signed_in);

    let desk = desk.restart().await;
    desk.add("Meanwhile").await;
    let sync = desk.app.profile().status().await.unwrap().sync;
    let upload = sync.upload.expect("it is to come");
    assert_eq!((upload.done, upload.total, sync.is_paused), (0, 3, true));
    assert_eq!(sync.state, SyncState::Waiting);
    assert_eq!(world.exchanges(), before, "nothing is sent");

    desk.app.profile().sync_now().await.unwrap();
    assert_eq!(world.particles().await, 3);
    assert!(!desk.app.profile().status().await.unwrap().sync.is_paused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stays_apart_is_there_again_after_the_sign_out() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::with_a_history(&world).await;
    desk.is_asked().await;
    assert!(desk.join(Joining::Apart).await.unwrap().signed_in);
    assert!(desk.tasks().await.is_empty(), "the account has none");
    desk.add("Of the account").await;
    desk.app.profile().sync_now().await.unwrap();

    let sign_out = AccountRequest::SignOut { remove_local: true };
    desk.app.account(sign_out).await.unwrap();
    assert_eq!(desk.tasks().await, ["Read", "Write"]);
    assert_eq!(world.particles().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_changes_their_mind_is_not_signed_in() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::with_a_history(&world).await;
    desk.is_asked().await;
    let status = desk.join(Joining::Cancel).await.unwrap();
    assert_eq!(
        (status.signed_in, status.email, status.question),
        (false, None, None)
    );
    assert_eq!(
        code_of(desk.join(Joining::Now).await),
        Some(ErrorCode::NotSignedIn),
        "it is answered"
    );
    let desk = desk.restart().await;
    assert_eq!(desk.tasks().await, ["Read", "Write"]);
    assert_eq!(world.particles().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_in_where_nothing_is_goes_straight_in() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::new(&world).await;
    let status = desk.sign_in(Desk::password()).await.unwrap();
    assert!(status.signed_in && status.question.is_none(), "{status:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_can_be_paused_and_keeps_everything() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::with_a_history(&world).await;
    desk.is_asked().await;
    let mut held =
        (world.server.faults()).hold(crate::support::EXCHANGE, local_supabase::Moment::Before);
    desk.join(Joining::Now).await.unwrap();
    arrived(&mut held).await;
    let paused = desk.app.profile().pause_sync().await.unwrap().sync;
    assert!(paused.is_paused && paused.upload.is_some(), "{paused:?}");
    held.release();
    assert_eq!(desk.tasks().await, ["Read", "Write"]);

    desk.app.profile().sync_now().await.unwrap();
    assert_eq!(world.particles().await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_not_used_up_by_a_sign_in_that_a_running_timer_keeps_back() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::signed_in(&world).await;
    let sign_out = AccountRequest::SignOut {
        remove_local: false,
    };
    desk.app.account(sign_out).await.unwrap();
    let another = "another@example.com";
    let password = crate::support::password();
    world.supabase.sign_up(another, &password).await.unwrap();
    let profile = desk.app.profile();
    profile
        .timer(TimerRequest::Start(StartRequest::default()), None)
        .await
        .unwrap();

    let send = CodeRequest {
        server: desk.server(),
        email: another.into(),
        purpose: CodePurpose::SignIn,
    };
    desk.app
        .account(AccountRequest::SendCode(send))
        .await
        .unwrap();
    let code = world.server.mailbox().newest(another).unwrap().code;
    let sign_in = || {
        AccountRequest::SignIn(SignInRequest {
            server: desk.server(),
            email: another.into(),
            proof: Proof::Code(code.clone()),
            local_rows: LocalRows::Ask,
        })
    };
    let refused = desk.app.account(sign_in()).await;
    assert_eq!(code_of(refused), Some(ErrorCode::ProfileBusy));
    profile.timer(TimerRequest::Stop, None).await.unwrap();
    assert!(desk.app.account(sign_in()).await.unwrap().signed_in);
}
