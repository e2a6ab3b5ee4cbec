//! The description of the API: `/api/v1/openapi.json`, browsable at `/docs`.

use axum::extract::Request;
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::server::Server;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::observe::DocsPage;
use crate::problem::KINDS;
use crate::state::App;

#[derive(OpenApi)]
#[openapi(
    info(title = "Fine", description = "Audits tabular machine-learning models."),
    security(("bearer" = [])),
    components(schemas(fine_store::Problem, fine_store::Snapshot)),
    tags(
        (name = "account"), (name = "datasets"), (name = "models"), (name = "uploads"), (name = "audits"), (name = "stages"), (name = "vault")
    )
)]
struct Base;

/// The OpenAPI document.
pub fn document() -> utoipa::openapi::OpenApi {
    let (_, mut document) = super::routes().split_for_parts();
    let mut base = Base::openapi();
    base.merge(std::mem::take(&mut document));
    base.servers = Some(vec![Server::new("/api/v1")]);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    if let Some(components) = base.components.as_mut() {
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
    name_operations(&mut base);
    let slugs: Vec<&str> = KINDS.iter().map(|k| k.slug).collect();
    base.info.description = Some(format!(
        "Audits tabular machine-learning models.\n\nErrors are `application/problem+json` (RFC 9457). Kinds: {}.",
        slugs.join(", ")
    ));
    base
}

/// Gives each operation an id of its own: method and path.
fn name_operations(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let name = |method: &str| {
            let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
            std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
        };
        for (method, operation) in [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("put", &mut item.put),
            ("head", &mut item.head),
            ("patch", &mut item.patch),
        ] {
            if let Some(operation) = operation {
                operation.operation_id = Some(name(method));
            }
        }
    }
}

/// The document as it is served.
pub(crate) async fn openapi_json() -> Response {
    ([(header::CACHE_CONTROL, "no-cache")], Json(document())).into_response()
}

/// The browser of the API.
pub(crate) fn swagger() -> Router<App> {
    let ui = SwaggerUi::new("/docs").config(Config::new(["/api/v1/openapi.json"]));
    Router::from(ui).layer(middleware::from_fn(mark))
}

/// Its page brings inline styles.
async fn mark(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.extensions_mut().insert(DocsPage);
    response
}
