//! Time, and what happens in it: people, alarms, requests and answers on their way, troubles.

mod trouble;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use particle_core::change::wire::{Request, Response};
use particle_core::remote::Failure;
use particle_core::store::{Account, Arrival};
use particle_core::sync::exchange::{Input, Trigger};
use particle_core::sync::settle;
use tempfile::TempDir;

use crate::chance::Chance;
use crate::checks;
use crate::device::{Device, right_time};
use crate::network::{Fate, Weather, failure};
use crate::person::{self, Deeds};
use crate::server::Server;
use trouble::DeviceBackup;

/// So long people are busy.
const BUSY: Duration = Duration::from_mins(15);
/// So long it may take at most until everybody has everything.
const SETTLED_WITHIN: Duration = Duration::from_hours(2);
/// Memory if there is some: nothing here has to outlive the process.
const MEMORY: &str = "/dev/shm";

/// What happens at a moment.
enum Event {
    /// Somebody does something on a device.
    Person(usize),
    /// A device wanted to be woken.
    Alarm(usize),
    /// A request is at the server's door.
    Arrives(usize, u64, Request, Fate),
    /// An answer is at a device's door.
    Answer(usize, u64, Box<Result<Response, Failure>>),
    /// A computer wakes up.
    Wakes(usize),
    /// Something happens that nobody wants.
    Trouble,
}

pub(crate) struct World {
    chance: Chance,
    passed: Duration,
    happenings: BTreeMap<(Duration, u64), Event>,
    queued: u64,
    steps: usize,
    devices: Vec<Device>,
    server: Server,
    /// An earlier state of the server.
    backup: Option<Server>,
    /// An earlier state of a device.
    device_backup: Option<DeviceBackup>,
    weather: Weather,
    is_busy: bool,
    account: Account,
    deeds: Deeds,
    trace: Vec<String>,
    /// How often the promises are looked at: after so many steps.
    looks_every: usize,
    folder: TempDir,
}

impl World {
    /// The world of a seed, of which the promises are looked at after so many steps.
    pub(crate) async fn new(seed: u64, looks_every: usize) -> Self {
        let mut chance = Chance::of(seed);
        let folder = tempfile::tempdir_in(MEMORY).or_else(|_| tempfile::tempdir());
        let folder = folder.expect("a folder");
        let mut devices = Vec::new();
        for number in 0..2 + chance.below(3) {
            let path = folder.path().join(format!("{number}.db"));
            devices.push(Device::new(path, chance.number()).await);
        }
        let weather = Weather {
            bad_once_in: [0, 3, 8][chance.below(3)],
        };
        let server = Server::new([1, 3, 1000][chance.below(3)]);
        let mut world = Self {
            chance,
            passed: Duration::ZERO,
            happenings: BTreeMap::new(),
            queued: 0,
            steps: 0,
            devices,
            server,
            backup: None,
            device_backup: None,
            weather,
            is_busy: true,
            account: Account {
                server_url: "https://example.com".into(),
                user_id: "somebody".into(),
                email: "somebody@example.com".into(),
            },
            deeds: Deeds::default(),
            trace: Vec::new(),
            looks_every,
            folder,
        };
        for device in 0..world.devices.len() {
            world.later(1, 60_000, Event::Person(device));
        }
        world.later(30_000, 120_000, Event::Trouble);
        world
    }

    pub(crate) fn into_trace(self) -> Vec<String> {
        self.trace
    }

    /// People are busy, then everything heals, and then everybody has to have everything.
    pub(crate) async fn live(&mut self) -> Result<(), String> {
        while self.passed < BUSY {
            self.step().await?;
        }
        self.heal().await;
        let until = self.passed + SETTLED_WITHIN;
        while !self.is_settled().await {
            if self.passed > until {
                return Err("after two calm hours there is still something on its way".into());
            }
            self.step().await?;
            self.mend().await;
        }
        checks::all_agree(&self.devices, &self.server, &self.deeds).await?;
        let mut snapshot = self.devices[0].store.snapshot().await.expect("read");
        let digest = snapshot.digest().await.expect("a digest");
        drop(snapshot);
        for device in &self.devices {
            device.store.close().await;
        }
        self.note(&format!(
            "settled at version {}: {digest:?}",
            self.server.version
        ));
        Ok(())
    }

    async fn step(&mut self) -> Result<(), String> {
        let Some(((moment, _), event)) = self.happenings.pop_first() else {
            return Err("nothing will ever happen again".into());
        };
        self.passed = self.passed.max(moment);
        self.steps += 1;
        if let Some(wakes) = self.sleeps_until(&event) {
            self.queue(wakes, event);
            return Ok(());
        }
        match event {
            Event::Wakes(device) => self.wake(device).await,
            Event::Person(device) => self.let_act(device).await,
            Event::Alarm(device) => {
                if self.devices[device].alarm_at == Some(moment) {
                    self.devices[device].alarm_at = None;
                    self.tell(device, Input::Alarm).await;
                }
            }
            Event::Arrives(device, number, request, fate) => {
                self.arrive(device, number, &request, fate);
            }
            Event::Answer(device, number, answer) => {
                let before = if self.looks_every == 1 {
                    Some(checks::waiting(&self.devices[device]).await?)
                } else {
                    None
                };
                self.answer(device, number, *answer).await;
                if let Some(before) = before {
                    checks::what_waits_stays(before, &self.devices[device], &self.server).await?;
                }
            }
            Event::Trouble => self.trouble().await,
        }
        self.look().await
    }

    async fn look(&self) -> Result<(), String> {
        for (number, device) in self.devices.iter().enumerate() {
            let of_device = |what: String| format!("device {number}: {what}");
            checks::something_will_happen(device, self.passed)
                .await
                .map_err(of_device)?;
            if device.is_signed_in && self.steps.is_multiple_of(self.looks_every) {
                checks::nothing_is_lost(device, &self.server)
                    .await
                    .map_err(of_device)?;
            }
        }
        Ok(())
    }

    async fn let_act(&mut self, device: usize) {
        if !self.is_busy {
            return;
        }
        let Self {
            devices,
            chance,
            deeds,
            passed,
            ..
        } = self;
        let what = person::act(&mut devices[device], *passed, chance, deeds).await;
        self.note(&format!("{device}: {what}"));
        self.later(1000, 180_000, Event::Person(device));
        self.tell(device, Input::Trigger(Trigger::LocalChange))
            .await;
    }

    /// Gives a device one input, and sends what it wants to send.
    async fn tell(&mut self, device: usize, input: Input) {
        let passed = self.passed;
        let sent = self.devices[device].tell(input, passed).await;
        if let Some((number, request)) = sent {
            let fate = if self.devices[device].is_online {
                self.weather.fate(&mut self.chance)
            } else {
                Fate::NoConnection
            };
            let size = request.changes.len();
            self.note(&format!(
                "{device}: request {number} since {} with {size}: {fate:?}",
                request.since
            ));
            self.later(5, 3000, Event::Arrives(device, number, request, fate));
        }
        let alarm = self.devices[device].alarm(passed);
        if let Some(at) = alarm.filter(|at| self.devices[device].alarm_at != Some(*at)) {
            self.devices[device].alarm_at = Some(at);
            self.queue(at.max(passed), Event::Alarm(device));
            self.devices[device].alarm_at = Some(at.max(passed));
        }
    }

    fn arrive(&mut self, device: usize, number: u64, request: &Request, fate: Fate) {
        let now = right_time(self.passed);
        let answer = match fate {
            Fate::NoConnection | Fate::Fails | Fate::TooMany => None,
            Fate::Arrives | Fate::AnswerLost | Fate::AnswerCut => {
                Some(self.server.exchange(request, now))
            }
            Fate::Doubled => {
                let first = self.server.exchange(request, now);
                self.server.exchange(request, now);
                Some(first)
            }
        };
        let arrives = matches!(fate, Fate::Arrives | Fate::Doubled);
        let answer = match answer.filter(|_| arrives) {
            Some(answer) => {
                Ok(Response::parse(answer.to_string().as_bytes()).expect("a good answer"))
            }
            None => Err(failure(fate, &mut self.chance)),
        };
        self.later(5, 4000, Event::Answer(device, number, Box::new(answer)));
    }

    async fn answer(&mut self, device: usize, number: u64, answer: Result<Response, Failure>) {
        let waited_for = self.devices[device]
            .in_flight
            .take_if(|waiting| waiting.number == number);
        let Some(waited_for) = waited_for else {
            self.note(&format!("{device}: answer {number} comes too late"));
            return;
        };
        let now = self.devices[device].now(self.passed);
        let (prepared, refuses) = (&waited_for.prepared, waited_for.refuses);
        let store = &self.devices[device].store;
        let took = self.passed.saturating_sub(waited_for.asked);
        let arrival = Arrival {
            at: now,
            took: TimeDelta::from_std(took).expect("a short time"),
        };
        let settled = settle(store, prepared, answer, refuses, arrival).await;
        self.note(&format!("{device}: answer {number}: {settled:?}"));
        self.tell(device, Input::Exchanged(number, settled)).await;
    }

    /// The troubles end: everybody is signed in and online, and clocks are right.
    async fn heal(&mut self) {
        self.note("calm");
        self.is_busy = false;
        self.weather = Weather::CALM;
        for device in 0..self.devices.len() {
            if self.devices[device].asleep_until.is_some() {
                self.wake(device).await;
            }
            self.devices[device].is_online = true;
            self.devices[device].skew = TimeDelta::zero();
            if !self.devices[device].is_signed_in {
                self.sign_in(device).await;
            }
            self.tell(device, Input::Trigger(Trigger::NetworkBack))
                .await;
        }
    }

    async fn mend(&mut self) {
        for device in 0..self.devices.len() {
            let Self {
                devices,
                deeds,
                passed,
                ..
            } = self;
            if person::mend(&devices[device], *passed, deeds).await > 0 {
                self.note(&format!("{device}: mends what was refused"));
                self.tell(device, Input::Trigger(Trigger::LocalChange))
                    .await;
            }
        }
    }

    /// Nothing waits, nothing is on its way, and everybody has come as far as the server.
    async fn is_settled(&self) -> bool {
        for device in &self.devices {
            let position = device.store.position().await.expect("a position");
            let waiting = device.store.count_waiting().await.expect("a count");
            let has_come = position.epoch == Some(self.server.epoch.to_string())
                && position.cursor == self.server.version;
            if waiting > 0 || !has_come || device.in_flight.is_some() {
                return false;
            }
        }
        true
    }

    fn note(&mut self, what: &str) {
        self.trace
            .push(format!("{:>9.3} {what}", self.passed.as_secs_f64()));
    }

    fn later(&mut self, from: u64, to: u64, event: Event) {
        let at = self.passed + self.chance.millis(from, to);
        self.queue(at, event);
    }

    fn queue(&mut self, at: Duration, event: Event) {
        self.queued += 1;
        self.happenings.insert((at, self.queued), event);
    }
}
