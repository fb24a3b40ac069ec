//! What nobody wants: deaths, networks that go, clocks that are set, sleeps, copies and backups.

use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use particle_core::sync::exchange::{Input, Trigger};

use super::{BUSY, Event, World};

/// So many devices a person has at most.
const DEVICES_MAX: usize = 6;

/// A copy of a device's file.
pub(super) struct DeviceBackup {
    device: usize,
    path: PathBuf,
}

impl World {
    pub(super) async fn trouble(&mut self) {
        if !self.is_busy {
            return;
        }
        let device = self.chance.below(self.devices.len());
        match self.chance.below(12) {
            5 => self.fall_asleep(device),
            6 => self.copy_device(device).await,
            7 | 8 if self.device_backup.is_none() => self.back_up_device(device).await,
            7 | 8 => self.restore_device().await,
            0 => {
                self.note(&format!("{device}: dies"));
                self.devices[device].restart(self.passed).await;
                self.tell(device, Input::Alarm).await;
            }
            1 => self.change_network(device).await,
            2 => self.turn_clock(device),
            3 => {
                self.note("the server is backed up");
                self.backup = Some(self.server.clone());
            }
            4 => self.restore_server().await,
            _ => self.change_session(device).await,
        }
        self.later(10_000, 200_000, Event::Trouble);
    }

    /// When whoever has to do with an event is awake again; nothing where it can happen now.
    pub(super) fn sleeps_until(&self, event: &Event) -> Option<Duration> {
        let (Event::Person(device) | Event::Alarm(device) | Event::Answer(device, ..)) = event
        else {
            return None;
        };
        self.devices[*device].asleep_until
    }

    fn fall_asleep(&mut self, device: usize) {
        if self.devices[device].asleep_until.is_some() {
            return;
        }
        let wakes = self.passed + self.chance.millis(60_000, 8 * 3_600_000);
        let wakes = wakes.min(BUSY);
        self.note(&format!("{device}: sleeps until {wakes:?}"));
        self.devices[device].fall_asleep(self.passed, wakes);
        self.queue(wakes, Event::Wakes(device));
    }

    pub(super) async fn wake(&mut self, device: usize) {
        self.note(&format!("{device}: wakes"));
        self.devices[device].wake(self.passed);
        self.tell(device, Input::Trigger(Trigger::Woke)).await;
    }

    /// Somebody takes a copy of a computer's files to another computer.
    async fn copy_device(&mut self, device: usize) {
        if self.devices.len() >= DEVICES_MAX || !self.is_quiet(device).await {
            return;
        }
        let number = self.devices.len();
        self.note(&format!("{device}: is copied to {number}"));
        let path = self.folder.path().join(format!("{number}.db"));
        let seed = self.chance.number();
        let copy = self.devices[device].copy_to(path, seed, self.passed).await;
        self.devices.push(copy);
        self.later(1000, 60_000, Event::Person(number));
        for device in [device, number] {
            self.tell(device, Input::Alarm).await;
        }
    }

    async fn back_up_device(&mut self, device: usize) {
        if !self.is_quiet(device).await {
            return;
        }
        self.note(&format!("{device}: is backed up"));
        let path = self.folder.path().join("backup.db");
        self.devices[device].save_to(&path, self.passed).await;
        self.tell(device, Input::Alarm).await;
        self.device_backup = Some(DeviceBackup { device, path });
    }

    /// What was not sent since is lost with the computer: that is no promise of a sync, so nothing was.
    async fn restore_device(&mut self) {
        let Some(DeviceBackup { device, path }) = self.device_backup.take() else {
            return;
        };
        if !self.is_quiet(device).await {
            return;
        }
        self.note(&format!("{device}: goes back to its backup"));
        self.devices[device].restore(&path, self.passed).await;
        self.tell(device, Input::Alarm).await;
    }

    /// Whether nothing of a device is on its way: a copy of something unsent that bears a stamp of the future
    /// is stamped anew twice.
    async fn is_quiet(&self, device: usize) -> bool {
        let device = &self.devices[device];
        let waiting = device.store.count_waiting().await.expect("a count");
        waiting == 0 && device.in_flight.is_none() && device.asleep_until.is_none()
    }

    async fn change_network(&mut self, device: usize) {
        let is_online = !self.devices[device].is_online;
        self.devices[device].is_online = is_online;
        self.note(&format!("{device}: online {is_online}"));
        if is_online {
            self.tell(device, Input::Trigger(Trigger::NetworkBack))
                .await;
        }
    }

    fn turn_clock(&mut self, device: usize) {
        let wrong_by = [-1440, -30, -3, 0, 3, 4, 20, 1440];
        let minutes = *self.chance.pick(&wrong_by).expect("one");
        self.devices[device].skew = TimeDelta::minutes(minutes);
        self.note(&format!("{device}: clock wrong by {minutes} min"));
    }

    async fn restore_server(&mut self) {
        let Some(backup) = self.backup.take() else {
            return;
        };
        self.note(&format!(
            "the server goes back to version {}",
            backup.version
        ));
        let version = backup.version;
        self.server.restore(backup);
        // A device that was behind, or that is new, cannot notice, and what it sends hides from the others
        // that the server started over. Then the operator has to say it, as the server's page asks.
        let mut everybody_notices = true;
        for device in &self.devices {
            let position = device.store.position().await.expect("a position");
            everybody_notices &= position.epoch.is_some() && position.cursor > version;
        }
        if !everybody_notices {
            self.server.begin_new_epoch();
        }
    }

    async fn change_session(&mut self, device: usize) {
        if self.devices[device].is_signed_in && self.chance.once_in(3) {
            self.note(&format!("{device}: signs out"));
            self.tell(device, Input::SignedOut).await;
            self.devices[device].is_signed_in = false;
        } else if !self.devices[device].is_signed_in {
            self.sign_in(device).await;
        }
    }

    pub(super) async fn sign_in(&mut self, device: usize) {
        self.note(&format!("{device}: signs in"));
        self.devices[device].sign_in(&self.account).await;
        self.tell(device, Input::SignedIn).await;
    }
}
