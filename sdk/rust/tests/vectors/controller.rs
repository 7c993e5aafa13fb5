//! The vectors that the local Controller answers. The environment says where it is:
//! `controller/live` runs the tests while there is one.

use std::env;

use crate::child::Job;
use crate::run::{self, Library};
use crate::vector::Vector;

/// Why there is nothing to be tried, which on CI is a failure.
pub fn missing() -> Option<&'static str> {
    let missing = env::var("CONTROLLER_API_URL").map_or(true, |url| url.is_empty());
    missing.then_some("CONTROLLER_API_URL is not set: run the tests with controller/live")
}

/// Runs a vector, and tells what is wrong.
pub fn vector(library: Library, vector: &Vector) -> Vec<String> {
    let names = [
        "CONTROLLER_API_URL",
        "NETSTACKS_SERVICE_TOKEN",
        "NETSTACKS_CA_CERT",
    ];
    let variables = names.map(|name| (name, env::var(name).unwrap_or_default()));
    let powerless = env::var("NETSTACKS_POWERLESS_TOKEN").unwrap_or_default();
    let client = vector.client.as_ref();
    let token = client.and_then(|client| client.token.as_ref());
    let token = token.map(|token| token.replace("${POWERLESS}", &powerless));
    let job = |call| Job {
        token: token.clone(),
        ..Job::of(call)
    };
    for call in &vector.before {
        let (outcome, _) = run::call(library, &job(call), &variables);
        if let Some(error) = outcome.error {
            return vec![format!("{}, before: {}", call.operation, error.text)];
        }
    }
    let (outcome, _) = run::call(library, &job(&vector.call), &variables);
    run::judged(&outcome, vector)
}
