//! The plan in a small world: a server that keeps the greater stamp, and devices that plan.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use proptest::prelude::*;

use super::*;
use crate::change::ProjectField;

const DEVICES: usize = 3;
/// So many cases in every run of the tests, and 5 times as many with `PARTICLE_LONG`.
const CASES: u32 = 200_000;

/// What somebody knows of a row: the stamp of each field. A value is as unique as the stamp of its edit.
type Known = BTreeMap<ProjectField, Stamp>;

#[derive(Debug, Clone, Default)]
struct Device {
    kept: Known,
    dirty: BTreeSet<ProjectField>,
    clock: i64,
}

#[derive(Debug, Clone, Default)]
struct World {
    server: Known,
    devices: [Device; DEVICES],
    /// Every edit, and what it had seen.
    edits: Vec<(ProjectField, Stamp, Stamp)>,
}

#[derive(Debug, Clone, Copy)]
enum Deed {
    Edit(usize, usize),
    /// What waits is sent, and the answer arrives or is lost.
    Push(usize, bool),
    Pull(usize),
    /// An edit between a request and its answer.
    PushWhileEditing(usize, usize),
    ClockTurns(usize, i64),
}

fn deed() -> impl Strategy<Value = Deed> {
    let device = 0..DEVICES;
    let field = 0..ProjectField::ALL.len();
    prop_oneof![
        4 => (device.clone(), field.clone()).prop_map(|(d, f)| Deed::Edit(d, f)),
        3 => (device.clone(), any::<bool>()).prop_map(|(d, arrives)| Deed::Push(d, arrives)),
        3 => device.clone().prop_map(Deed::Pull),
        1 => (device.clone(), field).prop_map(|(d, f)| Deed::PushWhileEditing(d, f)),
        1 => (device, -50..50i64).prop_map(|(d, to)| Deed::ClockTurns(d, to)),
    ]
}

impl World {
    fn edit(&mut self, device: usize, field: ProjectField) {
        let tag = u32::try_from(device).unwrap();
        let device = &mut self.devices[device];
        let seen = device.kept.values().copied().max().unwrap_or(Stamp::ZERO);
        let stamp = seen.next(1000 + device.clock, tag);
        let before = device.kept.insert(field, stamp).unwrap_or(Stamp::ZERO);
        device.dirty.insert(field);
        self.edits.push((field, stamp, before));
    }

    /// What waits, as it is sent; the server keeps the greater stamps of it.
    fn send(&mut self, device: usize) -> Known {
        let Device { kept, dirty, .. } = &self.devices[device];
        let sent: Known = dirty.iter().map(|field| (*field, kept[field])).collect();
        for (field, stamp) in &sent {
            let stored = self.server.entry(*field).or_insert(*stamp);
            *stored = (*stored).max(*stamp);
        }
        sent
    }

    fn acknowledge(&mut self, device: usize, sent: &Known) {
        let Device { kept, dirty, .. } = &mut self.devices[device];
        dirty.retain(|field| kept.get(field) != sent.get(field));
    }

    fn pull(&mut self, device: usize) {
        let Device { kept, dirty, .. } = &mut self.devices[device];
        for (field, choice) in plan(kept, dirty, &self.server) {
            let theirs = self.server.get(&field).copied();
            match choice {
                Choice::Taken => {
                    kept.extend(theirs.map(|stamp| (field, stamp)));
                }
                Choice::Lost => {
                    kept.extend(theirs.map(|stamp| (field, stamp)));
                    dirty.remove(&field);
                }
                Choice::Same | Choice::Kept | Choice::Waiting => {}
            }
        }
    }

    fn live(&mut self, deed: Deed) {
        let all = ProjectField::ALL;
        match deed {
            Deed::Edit(device, field) => self.edit(device, all[field]),
            Deed::Pull(device) => self.pull(device),
            Deed::ClockTurns(device, to) => self.devices[device].clock = to,
            Deed::Push(device, arrives) => {
                let sent = self.send(device);
                if arrives {
                    self.acknowledge(device, &sent);
                    self.pull(device);
                }
            }
            Deed::PushWhileEditing(device, field) => {
                let sent = self.send(device);
                self.edit(device, all[field]);
                self.acknowledge(device, &sent);
                self.pull(device);
            }
        }
    }

    fn settle(&mut self) {
        for device in (0..DEVICES).chain(0..DEVICES) {
            self.live(Deed::Push(device, true));
        }
    }
}

fn cases() -> u32 {
    let times = if std::env::var_os("PARTICLE_LONG").is_some() {
        5
    } else {
        1
    };
    CASES * times
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn devices_come_to_the_same_and_no_edit_is_lost_to_one_that_it_had_seen(
        deeds in prop::collection::vec(deed(), 1..24),
    ) {
        let mut world = World::default();
        for deed in deeds {
            world.live(deed);
        }
        world.settle();
        for device in &world.devices {
            prop_assert_eq!(&device.kept, &world.server);
            prop_assert!(device.dirty.is_empty(), "nothing waits for ever");
        }
        for (field, stamp, seen) in &world.edits {
            let last = world.server[field];
            prop_assert!(last >= *stamp, "the latest edit of each field is left");
            prop_assert!(last != *seen, "{:?} was seen and edited", seen);
        }
        let settled = world.server.clone();
        world.settle();
        prop_assert_eq!(settled, world.server, "what is settled stays");
    }
}

#[test]
fn each_case_has_its_choice() {
    let at = |millis| Stamp::derived(DateTime::from_timestamp_millis(millis).unwrap(), 1);
    let of = |millis| [(ProjectField::Name, at(millis))].into_iter().collect();
    let choice = |kept, is_dirty: bool, server| {
        let dirty = is_dirty.then_some(ProjectField::Name).into_iter().collect();
        plan(&of(kept), &dirty, &of(server))[0].1
    };
    assert_eq!(choice(5, false, 5), Choice::Same);
    assert_eq!(choice(5, false, 9), Choice::Taken);
    assert_eq!(choice(9, false, 5), Choice::Taken, "the server forgot");
    assert_eq!(choice(5, true, 9), Choice::Lost);
    assert_eq!(choice(9, true, 5), Choice::Kept);
    assert_eq!(choice(5, true, 5), Choice::Waiting);
}
