//! A second machine with a history of its own joins the account.

use std::time::Duration;

use particle_core::model::{
    Brightness, IntentionId, IntentionText, Project, ProjectId, ProjectName, SettingChange,
};
use particle_core::store::IntentionEdit;

use super::machine::{Disk, Machine};
use super::{assert_equal, particles_on_the_server};
use crate::support::{World, start};

/// A machine on which somebody did all kinds of things before there was an account.
async fn with_a_history(world: &World, whose: &str) -> Machine {
    let machine = Machine::new(&world.clock).await;
    let now = machine.now();
    machine.focus_often(300).await;
    machine.focus(whose).await;
    let gone = machine.focus("Gone").await;
    machine.delete(gone).await;
    let project = Project {
        id: ProjectId::new(now, &machine.randomness),
        name: ProjectName::new("Book").unwrap(),
        brightness: Brightness::FULL,
        archived: false,
        deleted: false,
    };
    machine.store.add_project(&project, now).await.unwrap();
    let edit = IntentionEdit {
        text: Some(IntentionText::new(whose).unwrap()),
        ..IntentionEdit::default()
    };
    let day = IntentionId::new(now.date_naive()).unwrap();
    machine.store.edit_intention(day, &edit, now).await.unwrap();
    let setting = SettingChange::Overflow(whose == "Early").row();
    machine.store.set_setting(setting, now).await.unwrap();
    machine
}

#[tokio::test]
async fn a_second_machine_with_its_own_history_joins_and_both_have_all_of_both() {
    let world = start().await;
    world.sign_up().await;
    let early = with_a_history(&world, "Early").await;
    world.pass(Duration::from_secs(5));
    let late = with_a_history(&world, "Late").await;
    // Whoever signs in first is not who is right.
    let late = late.sign_in(&world).await;
    late.sync().await;
    let early = early.sign_in(&world).await;
    assert_equal(&[&early, &late]).await;

    let tasks = early.tasks().await;
    assert_eq!(tasks.len(), 602, "and nothing that was deleted");
    for whose in ["Early", "Late"] {
        assert!(tasks.iter().any(|task| task == whose), "{whose}");
    }
    assert_eq!(particles_on_the_server(&world).await, 604);
    let projects = early.store.list_projects().await.unwrap();
    assert_eq!(projects.len(), 2, "two of one name are two");
    // There is one sentence for a day and one value of a setting: the later one.
    let day = IntentionId::new(early.now().date_naive()).unwrap();
    let intention = early.store.intention(day).await;
    assert_eq!(intention.unwrap().text.as_str(), "Late");
    assert!(!early.store.settings().await.unwrap().overflow);
}

#[tokio::test]
async fn one_backup_that_is_signed_in_on_three_machines_is_one_history() {
    let world = start().await;
    world.sign_up().await;
    let machine = Machine::new(&world.clock).await;
    machine.focus_often(50).await;
    let (kept, gone) = (machine.focus("Write").await, machine.focus("Gone").await);
    let backup = machine.close().await;
    let copies: [Disk; 2] = [backup.copy(), backup.copy()];
    let mut devices = vec![backup.open().await.sign_in(&world).await];
    for (number, copy) in copies.into_iter().enumerate() {
        // Before anybody signs in here, and at the same moment on both.
        let machine = copy.open().await;
        machine.write_task(kept, &format!("Write {number}")).await;
        machine.delete(gone).await;
        devices.push(machine.sign_in(&world).await);
    }
    let all: Vec<_> = devices.iter().collect();
    assert_equal(&all).await;
    assert_eq!(particles_on_the_server(&world).await, 52);
    for device in all {
        assert_eq!(device.task(gone).await, None);
        let task = device.task(kept).await.expect("it is kept");
        assert!(["Write 0", "Write 1"].contains(&task.as_str()), "{task}");
    }
}
