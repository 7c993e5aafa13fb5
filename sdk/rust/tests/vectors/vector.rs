//! The files of vectors.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

#[derive(Clone, Deserialize)]
pub struct Vector {
    pub name: String,
    pub client: Option<Client>,
    pub tls: Option<Tls>,
    #[serde(default)]
    pub before: Vec<Call>,
    pub call: Call,
    /// Absent where the local Controller answers.
    pub exchange: Option<Vec<Step>>,
    pub wait_ms: Option<Wait>,
    /// Null stands for "nothing", and for "not given".
    #[serde(default)]
    pub result: Value,
    pub error: Option<Expected>,
}

#[derive(Clone, Default, Deserialize)]
pub struct Client {
    pub base_url: Option<String>,
    pub token: Option<String>,
    pub timeout_ms: Option<u64>,
    pub env: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Deserialize)]
pub struct Tls {
    pub server: String,
    pub trust: String,
}

#[derive(Clone, Deserialize)]
pub struct Call {
    pub operation: String,
    pub args: Value,
}

#[derive(Clone, Deserialize)]
pub struct Step {
    pub request: Request,
    pub response: Response,
}

#[derive(Clone, Deserialize)]
pub struct Request {
    pub method: String,
    pub path: String,
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub body: Option<Value>,
}

#[derive(Clone, Deserialize)]
pub struct Response {
    pub status: Option<u16>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "given")]
    pub json: Option<Value>,
    #[serde(default)]
    pub text: String,
    pub fault: Option<String>,
    #[serde(default)]
    pub delay_ms: u64,
}

#[derive(Clone, Deserialize)]
pub struct Wait {
    pub min: u128,
    pub max: u128,
}

#[derive(Clone, Deserialize)]
pub struct Expected {
    pub kind: String,
    pub status: Option<u16>,
    pub message: Option<String>,
    #[serde(default)]
    pub message_has: Vec<String>,
    #[serde(default)]
    pub message_lacks: Vec<String>,
    #[serde(default, deserialize_with = "given")]
    pub required: Option<Value>,
}

/// A null that is given is not one that is absent.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

/// All vectors, in the order of their files.
pub fn load() -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contract/vectors");
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path| {
        let file: File = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        file.vectors
    };
    let vectors: Vec<Vector> = files.into_iter().flat_map(read).collect();
    assert!(!vectors.is_empty(), "there are no vectors");
    vectors
}

/// A value in which `$repeat` stands for something long.
pub fn expanded(value: &Value) -> Value {
    match value {
        Value::Object(fields) => match fields.get("$repeat") {
            Some(repeat) if fields.len() == 1 => repeated(repeat),
            _ => {
                let expand = |(key, value): (&String, &Value)| (key.clone(), expanded(value));
                Value::Object(fields.iter().map(expand).collect())
            }
        },
        Value::Array(rows) => rows.iter().map(expanded).collect(),
        _ => value.clone(),
    }
}

fn repeated(repeat: &Value) -> Value {
    let count = repeat["count"].as_u64().unwrap();
    if let Some(text) = repeat["text"].as_str() {
        return text.repeat(usize::try_from(count).unwrap()).into();
    }
    let start = repeat["start"].as_u64().unwrap_or(0);
    let numbers = start..start + count;
    numbers.map(|n| numbered(&repeat["item"], n)).collect()
}

fn numbered(value: &Value, n: u64) -> Value {
    match value {
        Value::String(text) => {
            let text = text.replace("${n}", &n.to_string());
            text.replace("${n12}", &format!("{n:012}")).into()
        }
        Value::Array(rows) => rows.iter().map(|row| numbered(row, n)).collect(),
        Value::Object(fields) => {
            let fill = |(key, value): (&String, &Value)| (key.clone(), numbered(value, n));
            Value::Object(fields.iter().map(fill).collect())
        }
        _ => value.clone(),
    }
}
