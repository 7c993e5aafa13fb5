//! Comparing JSON values: numbers by value, times as instants.

use chrono::DateTime;
use serde_json::Value;

/// Where two values differ.
pub fn difference(at: &str, got: &Value, want: &Value) -> Option<String> {
    let differs = || Some(format!("{at} is {}, want {}", short(got), short(want)));
    match (got, want) {
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
            let instant = |text: &str| DateTime::parse_from_rfc3339(text).ok();
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

pub fn short(value: &Value) -> String {
    value.to_string().chars().take(300).collect()
}
