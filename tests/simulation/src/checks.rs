//! The promises that are looked at after every step, and those at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use particle_core::change::{Entity, Field, Stamped};
use particle_core::store::{Snapshot, StoreError};
use serde_json::Value;

use crate::device::Device;
use crate::person::{Deeds, Edit};
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

/// The stamp of each field, by entity, id and name.
type Stamps = BTreeMap<(Entity, String, String), String>;

/// What waits on a device, and with which stamps.
pub(crate) async fn waiting(device: &Device) -> Result<Stamps, String> {
    let waiting = device.store.list_waiting().await;
    let waiting = waiting.map_err(|e| e.to_string())?.into_iter();
    let waiting: BTreeMap<(Entity, String), BTreeSet<String>> = waiting
        .map(|row| ((row.entity, row.id), row.fields.into_iter().collect()))
        .collect();
    let mut kept = kept(device).await?;
    kept.retain(|(entity, id, field), _| {
        let row = waiting.get(&(*entity, id.clone()));
        row.is_some_and(|fields| fields.contains(field))
    });
    Ok(kept)
}

async fn kept(device: &Device) -> Result<Stamps, String> {
    let mut snapshot = device.store.snapshot().await.map_err(|e| e.to_string())?;
    let rows = everything(&mut snapshot).await.map_err(|e| e.to_string())?;
    let stamps = rows.into_iter().flat_map(|row| {
        let of = (row.entity, row.id);
        let stamps = row.stamps.into_iter();
        stamps.map(move |(field, stamp)| ((of.0, of.1.clone(), field), stamp))
    });
    Ok(stamps.collect())
}

/// Whether the device knows the life of the server that it will be asked in.
async fn is_of_this_life(device: &Device, server: &Server) -> Result<bool, String> {
    let position = device.store.position().await.map_err(|e| e.to_string())?;
    Ok(position.epoch == Some(server.epoch.to_string()) && position.cursor <= server.version)
}

fn of_server(server: &Server, (entity, id, field): &(Entity, String, String)) -> Option<String> {
    let row = server.rows.get(&(*entity, id.clone()))?;
    row.stamps.get(field).map(ToString::to_string)
}

/// What is not marked as waiting is on the server, or something newer is.
pub(crate) async fn nothing_is_lost(device: &Device, server: &Server) -> Checked {
    if !is_of_this_life(device, server).await? {
        return Ok(()); // it hears of it with its next exchange, and sends everything
    }
    let waiting = waiting(device).await?;
    for (field, stamp) in kept(device).await? {
        let theirs = of_server(server, &field);
        if !waiting.contains_key(&field) && theirs.as_ref() < Some(&stamp) {
            return Err(format!(
                "{field:?} has {stamp}, waits for nothing, and the server has {theirs:?}"
            ));
        }
    }
    Ok(())
}

/// What waited before an answer waits after it, unless the server has it or something newer.
pub(crate) async fn what_waits_stays(before: Stamps, device: &Device, server: &Server) -> Checked {
    if !is_of_this_life(device, server).await? {
        return Ok(());
    }
    let after = waiting(device).await?;
    for (field, stamp) in before {
        let theirs = of_server(server, &field);
        if !after.contains_key(&field) && theirs.as_ref() < Some(&stamp) {
            return Err(format!(
                "{field:?} waited with {stamp}, does no more, and the server has {theirs:?}"
            ));
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
    no_edit_is_undone(server, deeds)?;
    minutes_are_what_people_did(server, deeds)
}

/// Each text and length that is left is of an edit that no other had seen.
fn no_edit_is_undone(server: &Server, deeds: &Deeds) -> Checked {
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    for ((entity, id), row) in &server.rows {
        let fields = &row.fields;
        let left = match entity {
            Entity::Particle => vec![
                text(&fields["task"]),
                Some(fields["time"]["duration_seconds"].to_string()),
            ],
            Entity::Project => vec![text(&fields["name"])],
            Entity::Intention => vec![text(&fields["text"])],
            Entity::Setting => continue,
        };
        for left in left.into_iter().flatten() {
            let later = |edit: &&Edit| edit.id == *id && edit.saw == left;
            if let Some(edit) = deeds.edits.iter().find(later) {
                return Err(format!(
                    "{id} is {left:?}, but that was seen and replaced: {edit:?}"
                ));
            }
        }
    }
    Ok(())
}

/// The minutes of focus on the server are what people did: no particle is there twice, and none is another's.
fn minutes_are_what_people_did(server: &Server, deeds: &Deeds) -> Checked {
    for ((entity, id), row) in &server.rows {
        if *entity != Entity::Particle {
            continue;
        }
        let left = row.fields["time"]["duration_seconds"].to_string();
        let is_told = |edit: &Edit| edit.id == *id && edit.value == left;
        let began_with = deeds.began_with.get(id).map(ToString::to_string);
        if began_with.as_ref() != Some(&left) && !deeds.edits.iter().any(is_told) {
            return Err(format!("{id} took {left} s, which nobody said"));
        }
    }
    Ok(())
}
