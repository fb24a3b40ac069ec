//! The same days as those of the timer alone, with a real database and a real loop.

use proptest::prelude::*;
use tokio::runtime;

use super::*;
use crate::model::Settings;
use crate::timer::tests::oracle::Oracle;
use crate::timer::tests::world::{self, Act};

/// Each of them writes a few dozen transactions to a disk.
const CASES: u32 = 48;

impl Machine {
    /// One act. Gives the engine that runs afterwards.
    async fn act(&self, running: Running, act: Act) -> Running {
        let span = |millis: i64| Duration::from_millis(millis.unsigned_abs());
        match act {
            Act::Wait(millis) => self.wait(&running, millis).await,
            Act::Sleep(before, millis) => {
                self.wait(&running, before).await;
                self.clock.sleep(span(millis));
            }
            Act::Leave(millis) => {
                let from = self.clock.now();
                self.wait(&running, millis).await;
                running.engine.was_away(from).await.unwrap();
            }
            Act::Jump(millis) => {
                let now = self.clock.now() + chrono::Duration::milliseconds(millis);
                self.clock.set(now);
            }
            Act::Down(millis) => {
                drop(running);
                self.clock.advance(span(millis));
                return self.boot().await;
            }
            Act::Back(millis) => {
                drop(running);
                self.clock.set(self.clock.now() - span(millis));
                return self.boot().await;
            }
            act => {
                // What is refused changes nothing, which the oracle knows.
                drop(running.engine.step(act.step().unwrap(), None).await);
            }
        }
        running.engine.look().await.unwrap();
        running
    }

    /// From deadline to deadline, as a real clock wakes the engine.
    async fn wait(&self, running: &Running, millis: i64) {
        let until = self.clock.reading().total + Duration::from_millis(millis.unsigned_abs());
        loop {
            let left = until.saturating_sub(self.clock.reading().total);
            let due = running.timer().deadline().map(|at| at - self.clock.now());
            let due = due.and_then(|due| due.to_std().ok()).unwrap_or(left);
            self.clock.advance(due.min(left));
            running.engine.look().await.unwrap();
            if due >= left {
                return;
            }
        }
    }
}

async fn live(chosen: Settings, day: Vec<u32>) -> Result<(), TestCaseError> {
    let machine = Machine::new();
    let mut running = machine.boot().await;
    for change in chosen.all() {
        running.set(change).await;
    }
    let mut oracle = Oracle::new(chosen);
    for act in day.into_iter().map(Act::decode) {
        running = machine.act(running, act).await;
        oracle.act(act);
    }
    let filter = ParticleFilter {
        kinds: Kinds::All,
        ..ParticleFilter::default()
    };
    let kept = running.store.list_particles(&filter).await.unwrap();
    let mut found: Vec<_> = kept
        .iter()
        .map(|p| {
            (
                p.kind == Kind::Focus,
                i64::from(p.time.duration_seconds),
                i64::from(p.time.overflow_seconds),
            )
        })
        .collect();
    let mut expected: Vec<_> = oracle
        .kept
        .iter()
        .map(|kept| (kept.is_focus, kept.spent / 1000, kept.beyond / 1000))
        .collect();
    // A clock that is set makes another order of them.
    found.sort_unstable();
    expected.sort_unstable();
    prop_assert_eq!(found, expected);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_on_disk_is_what_was_focused(
        chosen in any::<u32>(), day in prop::collection::vec(any::<u32>(), 1..24),
    ) {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(live(world::settings(chosen), day))?;
    }
}
