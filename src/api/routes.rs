//! The map: every route of the API on one page.

use axum::{
    Router, middleware,
    routing::{delete, get, post},
};
use tower_http::catch_panic::CatchPanicLayer;

use super::{
    accounts, contents, edge, errors::ApiError, health, outbox, post as posting, state::ApiState, subscriptions,
    suppressions, tasks, unsubscribe, verify,
};

/// The API's router. `serve` puts the edge around it.
pub fn router(state: ApiState) -> Router {
    Router::new()
        .route("/auth/signup", post(accounts::sign_up))
        .route("/auth/deregister", post(accounts::deregister))
        .route("/auth/accounts", get(accounts::list))
        .route("/task", get(tasks::list).post(posting::one))
        .route("/task/task", post(posting::one))
        .route("/task/batch", post(posting::batch))
        .route("/task/verify", post(verify::verify))
        .route("/task/subscriptionContent", get(contents::list).post(contents::create).put(contents::update))
        .route("/task/subscriptionContent/{content_type}", get(contents::one).delete(contents::delete))
        .route("/task/subscriptionContent/{content_type}/preview", post(contents::preview))
        .route("/task/subscriptions", get(subscriptions::list))
        .route("/task/runs", get(subscriptions::runs))
        .route("/task/runs/{id}", get(subscriptions::run))
        .route("/task/runs/{id}/retry", post(subscriptions::retry))
        .route("/task/{id}", get(tasks::one).delete(tasks::cancel))
        .route("/task/{id}/retry", post(tasks::retry))
        .route("/suppressions", get(suppressions::list).post(suppressions::add))
        .route("/suppressions/{email}", delete(suppressions::remove))
        .route("/unsubscribe/{token}", get(unsubscribe::page).post(unsubscribe::unsubscribe))
        .route("/outbox", get(outbox::list))
        .route("/outbox/{id}", get(outbox::one))
        .route("/health/ping", get(health::ping))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/health/metrics", get(health::metrics))
        .route("/metrics", get(health::prometheus))
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
        .fallback(|| async { ApiError::NotFound })
        .layer(middleware::from_fn(edge::mark_route))
        .layer(CatchPanicLayer::custom(edge::panicked))
        .with_state(state)
}
