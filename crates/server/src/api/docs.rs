//! The description of the API: `/api/v1/openapi.json`, browsable at `/docs`.

use axum::extract::Request;
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::server::Server;
use utoipa::openapi::{Content, Ref, RefOr, Response};
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
    name_refusals(&mut base);
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

/// Gives each operation the refusals that it may meet, all of them problem documents.
fn name_refusals(document: &mut utoipa::openapi::OpenApi) {
    for item in document.paths.paths.values_mut() {
        let bodiless = item.head.iter_mut().map(|operation| (operation, false));
        let others = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        let others = others.into_iter().flatten().map(|operation| (operation, true));
        for (operation, has_body) in bodiless.chain(others) {
            let open = SecurityRequirement::default();
            let is_open = operation.security.as_ref().is_some_and(|all| all.contains(&open));
            let mut met = vec!["429", "500", "503"];
            if !is_open {
                met.extend(["401", "403"]);
            }
            if operation.request_body.is_some() {
                met.extend(["400", "413", "415", "422"]);
            }
            let has_query = |p: &RefOr<Parameter>| matches!(p, RefOr::T(p) if p.parameter_in == ParameterIn::Query);
            if operation.parameters.iter().flatten().any(has_query) {
                met.push("422");
            }
            let all = &mut operation.responses.responses;
            for status in met {
                all.entry(status.to_owned()).or_insert_with(|| RefOr::T(Response::new("")));
            }
            for (status, response) in all.iter_mut().filter(|(status, _)| status.starts_with(['4', '5'])) {
                if let RefOr::T(response) = response {
                    response.description = meaning(status).to_owned();
                    if has_body {
                        let problem = Content::new(Some(Ref::from_schema_name("Problem")));
                        response.content.insert("application/problem+json".to_owned(), RefOr::T(problem));
                    }
                }
            }
        }
    }
}

fn meaning(status: &str) -> &'static str {
    match status {
        "400" => "The request cannot be read, or broke off",
        "401" => "No token, or one that is not valid",
        "403" => "The token is valid and does not allow this",
        "404" => "It is not there, or not yours",
        "409" => "Not in this state",
        "412" => "Another version of the protocol",
        "413" => "Too large",
        "415" => "Not this media type",
        "422" => "Understood and not valid; `errors` says what",
        "423" => "Somebody else is at it",
        "429" => "Too many requests; `Retry-After` says when",
        "503" => "Not now; `Retry-After` says when",
        "507" => "No room",
        _ => "A failure of the server; its log has the request's id",
    }
}

/// The document as it is served.
pub(crate) async fn openapi_json() -> axum::response::Response {
    ([(header::CACHE_CONTROL, "no-cache")], Json(document())).into_response()
}

/// The browser of the API.
pub(crate) fn swagger() -> Router<App> {
    let ui = SwaggerUi::new("/docs").config(Config::new(["/api/v1/openapi.json"]));
    Router::from(ui).layer(middleware::from_fn(mark))
}

/// Its page brings inline styles.
async fn mark(request: Request, next: Next) -> axum::response::Response {
    let mut response = next.run(request).await;
    response.extensions_mut().insert(DocsPage);
    response
}
