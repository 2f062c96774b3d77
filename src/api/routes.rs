//! Every route of the API, on one page.

use axum::{
    Router,
    middleware::from_fn,
    routing::{MethodRouter, delete, get, post},
};
use tower_http::catch_panic::CatchPanicLayer;

use super::{
    accounts, contents, edge, errors::ApiError, health, openapi, outbox, post as posting, runs, state::ApiState,
    subscriptions, suppressions, tasks, test_clock, unsubscribe, verify,
};

/// Path and methods. A fixed word (`/task/batch`) goes before a variable (`/task/{id}`), whatever the order here.
pub(super) fn table() -> Vec<(&'static str, MethodRouter<ApiState>)> {
    vec![
        ("/auth/signup", post(accounts::sign_up)),
        ("/auth/deregister", post(accounts::deregister)),
        ("/auth/accounts", get(accounts::list)),
        ("/task", get(tasks::list).post(posting::one)),
        ("/task/task", post(posting::one)),
        ("/task/batch", post(posting::batch)),
        ("/task/verify", post(verify::verify)),
        ("/task/subscriptionContent", get(contents::list).post(contents::create).put(contents::update)),
        ("/task/subscriptionContent/{content_type}", get(contents::one).delete(contents::delete)),
        ("/task/subscriptionContent/{content_type}/preview", post(contents::preview)),
        ("/task/subscriptions", get(subscriptions::list)),
        ("/task/runs", get(runs::list)),
        ("/task/runs/{id}", get(runs::get)),
        ("/task/runs/{id}/retry", post(runs::retry)),
        ("/task/{id}", get(tasks::one).delete(tasks::cancel)),
        ("/task/{id}/retry", post(tasks::retry)),
        ("/suppressions", get(suppressions::list).post(suppressions::add)),
        ("/suppressions/{email}", delete(suppressions::remove)),
        ("/outbox", get(outbox::list)),
        ("/outbox/{id}", get(outbox::one)),
        ("/unsubscribe/{token}", get(unsubscribe::page).post(unsubscribe::unsubscribe)),
        ("/health/ping", get(health::ping)),
        ("/health/metrics", get(health::metrics)),
        ("/health/live", get(health::live)),
        ("/health/ready", get(health::ready)),
        ("/metrics", get(health::prometheus)),
        ("/openapi.json", get(openapi::document)),
    ]
}

/// What a monitoring system asks of every role.
const PROBES: [&str; 3] = ["/health/live", "/health/ready", "/metrics"];

/// The router of one API server. The test clock's routes, where there are any, are merged here.
///
/// What wraps every request (id, trailing slash, origin, log) is not in it: [`super::serve`] adds that.
pub fn router(state: ApiState) -> Router {
    let routes = table().into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods));
    finish(routes.merge(test_clock::routes(&state)), state)
}

/// The router of a role without an API: the [`PROBES`].
pub(super) fn probe_router(state: ApiState) -> Router {
    let probes = table().into_iter().filter(|(path, _)| PROBES.contains(path));
    finish(probes.fold(Router::new(), |router, (path, methods)| router.route(path, methods)), state)
}

fn finish(routes: Router<ApiState>, state: ApiState) -> Router {
    routes
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .route_layer(from_fn(edge::mark_route))
        .fallback(async || ApiError::NotFound("There is nothing here"))
        .layer(CatchPanicLayer::custom(edge::panicked))
        .with_state(state)
}
