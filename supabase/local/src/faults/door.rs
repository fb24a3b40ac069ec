//! The faults from another process: `/local/faults`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Fault, Faults, Matching, Moment};
use crate::shared::Shared;

/// The routes below `/local`.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/faults", post(add).delete(clear))
        .route("/faults/{id}", axum::routing::delete(release))
        .route("/faults/{id}/arrived", get(arrived))
}

/// A rule as it is sent here: `{"path": "/rest/v1/rpc/", "fault": "drop_after"}`, or with
/// `"hold": "before"` in place of the fault. Without `times` it is for the next request alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    #[serde(default)]
    path: String,
    method: Option<String>,
    user: Option<String>,
    #[serde(default = "once")]
    times: u32,
    #[serde(flatten)]
    what: What,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Fault(Fault),
    Hold(Moment),
}

#[derive(Debug, Serialize)]
struct HeldId {
    id: String,
}

fn once() -> u32 {
    1
}

async fn add(
    State(shared): State<Arc<Shared>>,
    Json(order): Json<Order>,
) -> Result<Json<HeldId>, StatusCode> {
    let mut matching = Matching::path(&order.path);
    if let Some(method) = &order.method {
        matching = matching.method(method);
    }
    if let Some(user) = &order.user {
        matching = matching.user(user);
    }
    match order.what {
        What::Fault(fault) => {
            shared.faults.times(order.times, matching, fault);
            Err(StatusCode::NO_CONTENT)
        }
        What::Hold(moment) => {
            let id = Uuid::new_v4().to_string();
            let held = shared.faults.hold(matching, moment);
            shared.faults.rules().held.push((id.clone(), held));
            Ok(Json(HeldId { id }))
        }
    }
}

async fn clear(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.faults.clear();
    StatusCode::NO_CONTENT
}

async fn release(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> StatusCode {
    let mut rules = shared.faults.rules();
    match rules.held.iter().position(|(known, _)| *known == id) {
        Some(position) => {
            rules.held.remove(position).1.release();
            StatusCode::NO_CONTENT
        }
        None => StatusCode::NOT_FOUND,
    }
}

/// Answers when the held request has come.
async fn arrived(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> StatusCode {
    match wait_for_arrival(&shared.faults, &id).await {
        Some(()) => StatusCode::NO_CONTENT,
        None => StatusCode::NOT_FOUND,
    }
}

async fn wait_for_arrival(faults: &Faults, id: &str) -> Option<()> {
    let mut arrival = {
        let rules = faults.rules();
        let (_, held) = rules.held.iter().find(|(known, _)| known == id)?;
        held.arrived.clone()
    };
    let arrived = arrival.wait_for(Option::is_some).await;
    arrived.ok().map(|_| ())
}
