//! Running a vector.

use std::env;
use std::io::Write;
use std::process::{Command, Stdio};

use libtest_mimic::Failed;
use serde_json::json;

use crate::certificates;
use crate::child::{Job, Outcome, Problem};
use crate::compare::{difference, short};
use crate::stub::Stub;
use crate::vector::{Client, Expected, Step, Tls, Vector, expanded};

/// All variables that could change how a client behaves.
const VARIABLES: [&str; 13] = [
    "CONTROLLER_API_URL",
    "NETSTACKS_SERVICE_TOKEN",
    "NETSTACKS_CA_CERT",
    "NETSTACKS_TLS_VERIFY",
    "SSL_CERT_FILE",
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// What is held against the vectors.
#[derive(Clone, Copy, PartialEq)]
pub enum Library {
    Package,
    Bundled,
}

impl Library {
    pub fn name(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Bundled => "bundled",
        }
    }

    /// The argument that makes this program a child.
    fn child(self) -> String {
        format!("call-with-{}", self.name())
    }

    pub fn of_child(argument: &str) -> Option<Self> {
        let mut all = [Self::Package, Self::Bundled].into_iter();
        all.find(|library| library.child() == argument)
    }

    /// The bundled file has the operations that plugins need most.
    pub fn has(self, vector: &Vector) -> bool {
        let bundled = [
            "devices.list",
            "devices.get",
            "credentials.get",
            "llm.chat",
            "knowledge.search",
        ];
        let mut calls = vector.before.iter().chain([&vector.call]);
        self == Self::Package || calls.all(|call| bundled.contains(&call.operation.as_str()))
    }

    /// Why a vector cannot be written down in this language.
    pub fn freedom(vector: &Vector) -> Option<&'static str> {
        let size = vector.call.args["page_size"].as_i64();
        (size < Some(0) && size.is_some()).then_some("page_size is a u32: this does not compile")
    }
}

/// Runs a vector that a stub answers, and tells what is wrong.
pub fn vector(library: Library, vector: &Vector) -> Vec<String> {
    let tls = vector.tls.as_ref().map(certificates::arrange);
    let steps = vector.exchange.as_deref().unwrap_or_default();
    let stub = Stub::serving(steps, tls.as_ref().map(|tls| tls.server.clone()));
    let client = vector.client.clone().unwrap_or_default();
    let (base_url, token) = match client.env {
        Some(_) => (None, None),
        None => (Some("${STUB}"), Some("test-token")),
    };
    let base_url = client.base_url.as_deref().or(base_url);
    let job = Job {
        base_url: base_url.map(|url| stub.filled(url)),
        token: client.token.as_deref().or(token).map(str::to_owned),
        timeout_ms: client.timeout_ms,
        ..Job::of(&vector.call)
    };
    let mut variables = tls.as_ref().map_or(Vec::new(), |tls| tls.variables.clone());
    let given = client.env.iter().flatten();
    variables.extend(given.map(|(name, value)| (name.as_str(), stub.filled(value))));
    let (outcome, written) = call(library, &job, &variables);

    let mut complaints = stub.complaints();
    complaints.extend(wait_complaint(vector, &outcome));
    complaints.extend(judged(&outcome, vector));
    complaints.extend(secret_complaints(&client, vector, &written));
    complaints
}

/// What is wrong with what came of a vector's call.
pub fn judged(outcome: &Outcome, vector: &Vector) -> Vec<String> {
    match &vector.error {
        Some(want) => error_complaints(outcome, want),
        None => result_complaints(outcome, vector),
    }
}

/// Makes a call in a process of its own; returns what it writes to standard error, too.
pub fn call(library: Library, job: &Job, variables: &[(&str, String)]) -> (Outcome, String) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.arg(library.child());
    for name in VARIABLES {
        command.env_remove(name);
    }
    let variables = variables.iter().map(|(name, value)| (name, value));
    let mut child = command
        .envs(variables)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&serde_json::to_vec(job).unwrap()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let written = String::from_utf8(output.stderr).unwrap();
    let outcome = serde_json::from_slice(&output.stdout);
    (
        outcome.unwrap_or_else(|error| panic!("{error}: {written}")),
        written,
    )
}

fn wait_complaint(vector: &Vector, outcome: &Outcome) -> Option<String> {
    let wait = vector.wait_ms.as_ref()?;
    let took = outcome.took_ms;
    let wrong = !(wait.min..=wait.max).contains(&took);
    wrong.then(|| format!("it took {took} ms, want {} to {}", wait.min, wait.max))
}

fn result_complaints(outcome: &Outcome, vector: &Vector) -> Vec<String> {
    if let Some(error) = &outcome.error {
        return vec![format!("it failed: {}", error.text)];
    }
    let want = expanded(&vector.result);
    Vec::from_iter(difference("the result", &outcome.result, &want))
}

fn error_complaints(outcome: &Outcome, want: &Expected) -> Vec<String> {
    let Some(got) = &outcome.error else {
        return vec![format!(
            "it did not fail but returned {}",
            short(&outcome.result)
        )];
    };
    let Problem { kind, text, .. } = got;
    let mut complaints = Vec::new();
    if *kind != want.kind || got.status != want.status {
        let (status, wanted) = (got.status, want.status);
        complaints.push(format!(
            "the error is of kind {kind} with status {status:?}, want {} with {wanted:?}: {text}",
            want.kind
        ));
    }
    let message = got.message.as_deref();
    if want.message.is_some() && message != want.message.as_deref() {
        complaints.push(format!(
            "the message is {message:?}, want {:?}",
            want.message
        ));
    }
    if want.kind == "api" && message.is_none_or(str::is_empty) {
        complaints.push("the message is empty".to_owned());
    }
    if want
        .required
        .as_ref()
        .is_some_and(|want| *want != json!(got.required))
    {
        complaints.push(format!(
            "the capability is {:?}, want {:?}",
            got.required, want.required
        ));
    }
    let missing = want.message_has.iter().filter(|part| !text.contains(*part));
    complaints.extend(missing.map(|part| format!("{part:?} is not in {text:?}")));
    for printed in &got.printed {
        let leaked = want
            .message_lacks
            .iter()
            .filter(|part| printed.contains(*part));
        complaints.extend(leaked.map(|part| format!("{part:?} is in {printed:?}")));
    }
    complaints
}

/// Nothing that is secret may be logged.
fn secret_complaints(client: &Client, vector: &Vector, written: &str) -> Vec<String> {
    let variables = client.env.iter().flatten();
    let of_environment = variables.filter(|(name, _)| *name == "NETSTACKS_SERVICE_TOKEN");
    let lacking = vector.error.iter().flat_map(|error| &error.message_lacks);
    let secrets = of_environment.map(|(_, token)| token.trim());
    let secrets = secrets
        .chain(client.token.as_deref())
        .chain(lacking.map(String::as_str))
        .chain(
            vector.result["secret"]
                .as_str()
                .filter(|secret| *secret != "public"),
        )
        .chain(["test-token"]);
    let leaked = secrets.filter(|secret| !secret.is_empty() && written.contains(secret));
    leaked
        .map(|secret| format!("{secret:?} was written: {written}"))
        .collect()
}

/// An answer without devices.
fn empty() -> Result<Step, Failed> {
    Ok(serde_json::from_value(json!({
        "request": {"method": "GET", "path": "/internal/v1/devices"},
        "response": {"status": 200, "json": []},
    }))?)
}

fn listing(stub: &Stub, clients: usize) -> Job {
    Job {
        base_url: Some(stub.url.clone()),
        token: Some("test-token".to_owned()),
        operation: "devices.list".to_owned(),
        args: json!({}),
        clients,
        ..Job::default()
    }
}

/// The warning of a check that is off is given once, whatever the number of clients.
pub fn warning(library: Library) -> Result<(), Failed> {
    for verify in ["false", "0", "No", "OFF", " false\n"] {
        let tls = certificates::arrange(&Tls {
            server: "wrong-host".to_owned(),
            trust: "none".to_owned(),
        });
        let steps = [empty()?, empty()?, empty()?];
        let stub = Stub::serving(&steps, Some(tls.server.clone()));
        let variables = [("NETSTACKS_TLS_VERIFY", verify.to_owned())];
        let (outcome, written) = call(library, &listing(&stub, 3), &variables);
        let warnings = written.matches("NETSTACKS_TLS_VERIFY").count();
        let complaints = stub.complaints();
        if warnings != 1 || outcome.result != json!([]) || !complaints.is_empty() {
            let text = format!("{verify:?}: {warnings} warnings: {written} {complaints:?}");
            return Err(text.into());
        }
    }
    Ok(())
}

/// An authority's own certificate is trusted where it is named itself, if its name and
/// its dates are right.
pub fn authority_itself(library: Library) -> Result<(), Failed> {
    for (kind, want) in [
        ("self-signed", None),
        ("wrong-host", Some("tls")),
        ("expired", Some("tls")),
    ] {
        let tls = certificates::authority_itself(kind);
        let stub = Stub::serving(&[empty()?], Some(tls.server.clone()));
        let (outcome, _) = call(library, &listing(&stub, 1), &tls.variables);
        let error = outcome.error.as_ref();
        if error.map(|error| error.kind.as_str()) != want {
            let text = error.map(|error| &error.text);
            return Err(format!("{kind}: {text:?}").into());
        }
    }
    Ok(())
}
