//! The promises that are looked at after every step, and those at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use particle_core::change::{Entity, Field, Stamped};
use particle_core::store::{Snapshot, StoreError};

use crate::device::Device;
use crate::person::Deeds;
use crate::server::Server;

type Checked = Result<(), String>;

/// While somebody is signed in, what waits is either on its way or will be.
pub(crate) async fn something_will_happen(device: &Device, passed: Duration) -> Checked {
    let waits = device
        .store
        .count_sendable()
        .await
        .map_err(|e| e.to_string())?
        > 0;
    let is_going_on = device.in_flight.is_some() || device.alarm(passed).is_some();
    if device.is_signed_in && waits && !is_going_on {
        return Err("rows wait, nothing runs and no alarm is set".into());
    }
    Ok(())
}

/// What is not marked as waiting is on the server, or something newer is.
pub(crate) async fn nothing_is_lost(device: &Device, server: &Server) -> Checked {
    let position = device.store.position().await.map_err(|e| e.to_string())?;
    if position.epoch != Some(server.epoch.to_string()) || position.cursor > server.version {
        return Ok(()); // it hears of it with its next exchange, and sends everything
    }
    let waiting = device
        .store
        .list_waiting()
        .await
        .map_err(|e| e.to_string())?;
    let waiting: BTreeMap<(Entity, String), BTreeSet<String>> = waiting
        .into_iter()
        .map(|row| ((row.entity, row.id), row.fields.into_iter().collect()))
        .collect();
    let mut snapshot = device.store.snapshot().await.map_err(|e| e.to_string())?;
    for kept in everything(&mut snapshot).await.map_err(|e| e.to_string())? {
        let key = (kept.entity, kept.id.clone());
        let on_server = server.rows.get(&key);
        for (field, stamp) in &kept.stamps {
            let is_waiting = waiting
                .get(&key)
                .is_some_and(|fields| fields.contains(field));
            let theirs = on_server.and_then(|row| row.stamps.get(field));
            if !is_waiting && theirs.map(ToString::to_string).as_ref() < Some(stamp) {
                return Err(format!(
                    "{field} of {key:?} has {stamp}, waits for nothing, and the server has {theirs:?}"
                ));
            }
        }
    }
    Ok(())
}

/// A row as it is compared.
struct Kept {
    entity: Entity,
    id: String,
    stamps: BTreeMap<String, String>,
}

async fn everything(snapshot: &mut Snapshot) -> Result<Vec<Kept>, StoreError> {
    fn kept<R, F: Field>(id: &impl ToString, row: &Stamped<R, F>) -> Kept {
        let name = |field: &F| {
            let name = serde_json::to_value(field).expect("a name");
            name.as_str().expect("a text").to_owned()
        };
        let stamps = row.stamps.iter();
        Kept {
            entity: F::ENTITY,
            id: id.to_string(),
            stamps: stamps
                .map(|(f, stamp)| (name(f), stamp.to_string()))
                .collect(),
        }
    }
    // A person does less in an hour than fits a page.
    let mut all = Vec::new();
    all.extend(
        snapshot
            .particles(None)
            .await?
            .iter()
            .map(|row| kept(&row.row.id, row)),
    );
    all.extend(
        snapshot
            .projects(None)
            .await?
            .iter()
            .map(|row| kept(&row.row.id, row)),
    );
    all.extend(
        snapshot
            .intentions(None)
            .await?
            .iter()
            .map(|row| kept(&row.row.id, row)),
    );
    all.extend(
        snapshot
            .settings(None)
            .await?
            .iter()
            .map(|row| kept(&row.row.id, row)),
    );
    Ok(all)
}

/// All devices hold the same, and it is what people did.
pub(crate) async fn all_agree(devices: &[Device], server: &Server, deeds: &Deeds) -> Checked {
    let mut first = None;
    for (number, device) in devices.iter().enumerate() {
        let mut snapshot = device.store.snapshot().await.map_err(|e| e.to_string())?;
        let digest = snapshot.digest().await.map_err(|e| e.to_string())?;
        drop(snapshot);
        let expected = first.get_or_insert_with(|| digest.clone());
        if digest != *expected {
            return Err(format!(
                "device {number} differs: {digest:?}, not {expected:?}"
            ));
        }
        nothing_is_lost(device, server).await?;
    }
    for particle in &deeds.particles {
        if !server
            .rows
            .contains_key(&(Entity::Particle, particle.to_string()))
        {
            return Err(format!("particle {particle} is gone"));
        }
    }
    let particles = server
        .rows
        .keys()
        .filter(|(entity, _)| *entity == Entity::Particle);
    if particles.count() != deeds.particles.len() {
        return Err("there are particles that nobody made".into());
    }
    no_edit_is_undone(server, deeds)
}

/// Each text that is left is of an edit that no other had seen.
fn no_edit_is_undone(server: &Server, deeds: &Deeds) -> Checked {
    for ((entity, id), row) in &server.rows {
        let field = match entity {
            Entity::Particle => "task",
            Entity::Project => "name",
            Entity::Intention | Entity::Setting => continue,
        };
        let left = row.fields[field].as_str().unwrap_or_default();
        let later = |edit: &&crate::person::Edit| edit.id == *id && edit.saw == left;
        if let Some(edit) = deeds.edits.iter().find(later) {
            return Err(format!(
                "{id} is {left:?}, but that was seen and replaced: {edit:?}"
            ));
        }
    }
    Ok(())
}
