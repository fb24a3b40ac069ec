//! The gateway before the doors: keys, CORS, packing, and 404 for what is behind no door.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{CONTENT_RANGE, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Router, body::Body};
use chrono::TimeDelta;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};

use crate::shared::Shared;
use crate::{auth, rest, server};

/// How large the body of a request may be.
pub(crate) const REQUEST_BYTES_MAX: usize = 32 * 1024 * 1024;

/// What a browser opens from a mail or comes back to from a provider: it has no key to show.
const KEYLESS: [&str; 3] = ["/auth/v1/verify", "/auth/v1/callback", "/auth/v1/authorize"];

/// Whose key came with a request. In the extensions of every request that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiKey {
    /// The key that every client holds: role `anon`.
    Publishable,
    /// The key of one's own servers: role `service_role`.
    Secret,
}

impl ApiKey {
    /// The database role of a request without a user.
    pub(crate) fn role(self) -> &'static str {
        match self {
            Self::Publishable => "anon",
            Self::Secret => "service_role",
        }
    }
}

/// All doors of a server.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let keys = middleware::from_fn_with_state(Arc::clone(&shared), check_key);
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers(tower_http::cors::AllowHeaders::mirror_request())
        .expose_headers(Any);
    Router::new()
        .nest("/rest/v1", rest::routes())
        .nest("/auth/v1", auth::routes())
        .layer(keys)
        .nest("/local", server::local::routes())
        .fallback(no_route)
        .layer(DefaultBodyLimit::disable())
        .layer(cors)
        .layer(middleware::map_response(hide_range))
        .layer(CompressionLayer::new())
        .layer(middleware::map_response(show_range))
        .with_state(shared)
}

/// The answer to a body beyond [`REQUEST_BYTES_MAX`].
pub(crate) fn too_large() -> Response {
    message(
        StatusCode::PAYLOAD_TOO_LARGE,
        r#"{"message":"Request size limit exceeded"}"#,
    )
}

async fn no_route() -> Response {
    message(
        StatusCode::NOT_FOUND,
        r#"{"message":"no Route matched with those values"}"#,
    )
}

/// `Content-Range` counts rows here, not bytes. The packer takes it for the part of a file, which
/// it leaves alone; the gateway of Supabase packs it all the same.
#[derive(Clone)]
struct Range(HeaderValue);

async fn hide_range(mut response: Response) -> Response {
    if let Some(range) = response.headers_mut().remove(CONTENT_RANGE) {
        response.extensions_mut().insert(Range(range));
    }
    response
}

async fn show_range(mut response: Response) -> Response {
    if let Some(Range(range)) = response.extensions_mut().remove::<Range>() {
        response.headers_mut().insert(CONTENT_RANGE, range);
    }
    response
}

async fn check_key(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response {
    let is_page = request.method() == Method::GET && KEYLESS.contains(&request.uri().path());
    if is_page {
        return next.run(request).await;
    }
    let Some(key) = sent_key(request.headers(), request.uri()) else {
        return message(
            StatusCode::UNAUTHORIZED,
            "{\"message\":\"No API key found in request\",\
             \"hint\":\"No `apikey` request header or url param was found.\"}",
        );
    };
    let Some(key) = known_key(&shared, &key) else {
        return message(
            StatusCode::UNAUTHORIZED,
            "{\"message\":\"Invalid API key\",\
             \"hint\":\"Double check your Supabase `anon` or `service_role` API key.\"}",
        );
    };
    request.extensions_mut().insert(key);
    next.run(request).await
}

/// The key of the header, else that of the address.
fn sent_key(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    if let Some(key) = headers.get("apikey") {
        return key.to_str().ok().map(str::to_owned);
    }
    let pairs = uri
        .query()?
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(name, _)| *name == "apikey")
        .map(|(_, key)| key.to_owned())
        .next()
}

/// Which key this is: one of the two texts, or an old one, a token of this server for a role.
pub(crate) fn known_key(shared: &Shared, key: &str) -> Option<ApiKey> {
    if key == shared.publishable_key {
        return Some(ApiKey::Publishable);
    }
    if key == shared.secret_key {
        return Some(ApiKey::Secret);
    }
    let claims = shared
        .signing_key
        .verify(key, shared.now(), TimeDelta::zero())
        .ok()?;
    match (claims.sub, claims.role.as_deref()) {
        (None, Some("anon")) => Some(ApiKey::Publishable),
        (None, Some("service_role")) => Some(ApiKey::Secret),
        _ => None,
    }
}

/// An answer of the gateway itself. It has no `code`.
fn message(status: StatusCode, text: &'static str) -> Response {
    let headers = [(CONTENT_TYPE, "application/json; charset=utf-8")];
    (status, headers, Body::from(text)).into_response()
}
