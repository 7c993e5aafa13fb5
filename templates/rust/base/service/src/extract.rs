//! What a handler is given of a request. Each says what is wrong as a `Problem`.

use axum::body::Body;
use axum::extract::{self, FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use http_body_util::BodyExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::{Map, Value};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use uuid::Uuid;

use crate::error::Problem;

/// How large the body of a request may be.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// How much of a body that is larger is read nevertheless: who is still sending when
/// the connection closes does not get the answer.
const MAX_DISCARDED_BYTES: usize = 16 * MAX_BODY_BYTES;

/// The organisation of the caller, as the Controller vouches for it.
#[derive(Clone, Copy)]
pub struct Org(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Org {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct InQuery {
            org_id: Option<Uuid>,
        }

        if let Some(value) = parts.headers.get("x-org-id") {
            let text = value.to_str().unwrap_or_default();
            return match text.parse() {
                Ok(id) => Ok(Self(id)),
                Err(_) => Err(Problem::unprocessable("X-Org-Id: not a UUID")),
            };
        }
        let Query(query) = Query::<InQuery>::from_request_parts(parts, state).await?;
        query.org_id.map(Self).ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "no organisation: the Controller sends it as X-Org-Id and as org_id",
            )
        })
    }
}

impl IntoParams for Org {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let uuid = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
            .build();
        let sent = |name, place| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(place)
                .description(Some("The caller's organisation; the Controller adds it."))
                .schema(Some(uuid.clone()))
                .build()
        };
        vec![
            sent("X-Org-Id", ParameterIn::Header),
            sent("org_id", ParameterIn::Query),
        ]
    }
}

/// The `{id}` of the path.
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match extract::Path::from_request_parts(parts, state).await {
            Ok(extract::Path(id)) => Ok(Self(id)),
            Err(_) => Err(Problem::unprocessable("id: not a UUID")),
        }
    }
}

/// The query.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match extract::Query::from_request_parts(parts, state).await {
            Ok(extract::Query(query)) => Ok(Self(query)),
            Err(rejection) => Err(Problem::unprocessable(rejection.body_text())),
        }
    }
}

/// The body, which is read as JSON whatever its type is said to be.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let body = read(request.into_body()).await?;
        parse(&body).map(Self)
    }
}

async fn read(mut body: Body) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame
            .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body ends before its time"))?;
        let data = frame.into_data().unwrap_or_default();
        size += data.len();
        if size <= MAX_BODY_BYTES {
            bytes.extend_from_slice(&data);
        } else if size > MAX_DISCARDED_BYTES {
            break;
        }
    }
    if size > MAX_BODY_BYTES {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is larger than {MAX_BODY_BYTES} bytes"),
        ));
    }
    Ok(bytes)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // An object: serde would take a list of the fields' values as well.
    let object: Map<String, Value> = serde_json::from_slice(body).map_err(|error| {
        if error.classify() == Category::Data {
            return Problem::unprocessable("body: expected an object");
        }
        let detail = format!("the body is not JSON: {error}");
        Problem::new(StatusCode::BAD_REQUEST, detail)
    })?;
    serde_path_to_error::deserialize(Value::Object(object)).map_err(|error| {
        let field = error.path().to_string();
        let field = if field == "." { "body" } else { &field };
        let reason = without_input(&error.inner().to_string());
        Problem::unprocessable(format!("{field}: {reason}"))
    })
}

/// Says what would be right, without the input: it may be a secret.
fn without_input(reason: &str) -> String {
    // "invalid type: <the input>, expected <what would be right>"
    match reason.rsplit_once(", expected ") {
        Some((_, right)) => format!("expected {right}"),
        None => reason.to_owned(),
    }
}
