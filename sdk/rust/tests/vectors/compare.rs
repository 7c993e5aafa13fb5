//! Comparing JSON values: numbers by value, times as instants.

use chrono::{DateTime, FixedOffset};
use serde_json::Value;

/// Where two values differ.
pub fn difference(at: &str, got: &Value, want: &Value) -> Option<String> {
    let differs = || Some(format!("{at} is {}, want {}", short(got), short(want)));
    match (got, want) {
        (_, Value::Object(pattern)) if pattern.keys().eq(["$any"]) => {
            let kind = pattern["$any"].as_str();
            let fits = match kind {
                Some("text") => got.as_str().is_some_and(|text| !text.is_empty()),
                Some("number") => got.is_number(),
                Some("time") => got.as_str().and_then(instant).is_some(),
                _ => kind == Some("value"),
            };
            if fits { None } else { differs() }
        }
        (_, Value::Object(pattern)) if pattern.keys().eq(["$has"]) => {
            let mut parts = pattern["$has"].as_array().into_iter().flatten();
            let has = |part: &Value| got.as_str()?.contains(part.as_str()?).then_some(());
            if parts.all(|part| has(part).is_some()) {
                None
            } else {
                differs()
            }
        }
        (Value::Array(got), Value::Array(want)) if got.len() == want.len() => {
            let mut rows = got.iter().zip(want).enumerate();
            rows.find_map(|(i, (got, want))| difference(&format!("{at}[{i}]"), got, want))
        }
        (Value::Object(got), Value::Object(want)) if got.keys().eq(want.keys()) => {
            let mut fields = want.iter();
            fields.find_map(|(key, want)| difference(&format!("{at}.{key}"), &got[key], want))
        }
        (Value::Number(got), Value::Number(want)) => {
            if got == want || got.as_f64() == want.as_f64() {
                None
            } else {
                differs()
            }
        }
        (Value::String(got), Value::String(want)) => {
            if got == want || instant(got).is_some_and(|got| instant(want) == Some(got)) {
                None
            } else {
                differs()
            }
        }
        _ if got == want => None,
        _ => differs(),
    }
}

fn instant(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text).ok()
}

pub fn short(value: &Value) -> String {
    value.to_string().chars().take(300).collect()
}
