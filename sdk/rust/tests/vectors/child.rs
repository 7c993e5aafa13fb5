//! The process that makes a call: its settings come on standard input, and what came of
//! it goes to standard output. What libraries log goes to standard error.

use std::io;
use std::time::Instant;

use log::{LevelFilter, Log, Metadata, Record};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::run::Library;
use crate::vector::{Call, expanded};
use crate::{bundled, package};

/// How to make a client, and what to call. What is absent is not given.
#[derive(Default, Deserialize, Serialize)]
pub struct Job {
    pub base_url: Option<String>,
    pub token: Option<String>,
    pub timeout_ms: Option<u64>,
    pub operation: String,
    pub args: Value,
    /// How many clients, each for one call.
    pub clients: usize,
}

impl Job {
    /// A vector's call, by one client that is given nothing.
    pub fn of(call: &Call) -> Self {
        Self {
            operation: call.operation.clone(),
            args: expanded(&call.args),
            clients: 1,
            ..Self::default()
        }
    }
}

/// What came of a call.
#[derive(Deserialize, Serialize)]
pub struct Outcome {
    pub took_ms: u128,
    pub result: Value,
    pub error: Option<Problem>,
}

/// An error in the words of the vectors.
#[derive(Default, Deserialize, Serialize)]
pub struct Problem {
    pub kind: String,
    pub status: Option<u16>,
    pub message: Option<String>,
    pub required: Option<String>,
    /// What a user sees.
    pub text: String,
    /// All forms that can be printed.
    pub printed: Vec<String>,
}

impl Problem {
    pub fn new(kind: &str, error: &(impl std::error::Error + 'static)) -> Self {
        let mut printed = Vec::new();
        let mut next: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = next {
            printed.extend([
                error.to_string(),
                format!("{error:?}"),
                format!("{error:#?}"),
            ]);
            next = error.source();
        }
        Self {
            kind: kind.to_owned(),
            text: error.to_string(),
            printed,
            ..Self::default()
        }
    }
}

struct Stderr;

impl Log for Stderr {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        eprintln!("log: {}: {}", record.target(), record.args());
    }

    fn flush(&self) {}
}

pub fn run(library: Library) {
    log::set_logger(&Stderr).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let job: Job = serde_json::from_reader(io::stdin()).unwrap();
    let runtime = Runtime::new().unwrap();
    let started = Instant::now();
    let outcome = runtime.block_on(async {
        let mut outcome = Ok(Value::Null);
        for _ in 0..job.clients {
            outcome = match library {
                Library::Package => package::call(&job).await,
                Library::Bundled => bundled::call(&job).await,
            };
        }
        outcome
    });
    let took_ms = started.elapsed().as_millis();
    let (result, error) = match outcome {
        Ok(result) => (result, None),
        Err(problem) => (Value::Null, Some(problem)),
    };
    let outcome = Outcome {
        took_ms,
        result,
        error,
    };
    println!("{}", serde_json::to_string(&outcome).unwrap());
}
