//! Reading answers, tolerantly.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// What a list may be wrapped in.
const WRAPPERS: [&str; 3] = ["items", "data", "devices"];

/// Why an answer cannot be read. It does not quote the answer.
pub(crate) type Unreadable = String;

/// A `T` that is an object; what serde derives would take an array as well.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(fields))
            }
        }

        deserializer.deserialize_map(Fields(PhantomData)).map(Self)
    }
}

/// One resource.
pub(crate) fn one<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    let Object(resource) = serde_json::from_slice(body).map_err(|error| unreadable(&error))?;
    Ok(resource)
}

/// A list of resources, bare or wrapped.
pub(crate) fn list<T: DeserializeOwned>(body: &[u8]) -> Result<Vec<T>, Unreadable> {
    let rows: Result<Vec<Object<T>>, _> = if body.trim_ascii_start().starts_with(b"{") {
        let mut wrapper: Map<String, Value> =
            serde_json::from_slice(body).map_err(|error| unreadable(&error))?;
        let mut found = WRAPPERS.iter().filter_map(|key| wrapper.remove(*key));
        let rows = found
            .find(Value::is_array)
            .ok_or("it holds no list of resources")?;
        serde_json::from_value(rows)
    } else {
        serde_json::from_slice(body)
    };
    let rows = rows.map_err(|error| unreadable(&error))?;
    Ok(rows.into_iter().map(|Object(row)| row).collect())
}

/// serde's own words quote what they are about.
fn unreadable(error: &serde_json::Error) -> Unreadable {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Eof => "it is empty or ends too soon",
        Category::Data => "a value has another type than it should",
        Category::Syntax | Category::Io => "it is not JSON",
    };
    match error.line() {
        0 => what.to_owned(), // it was read from a value
        line => format!("{what} (line {line}, column {})", error.column()),
    }
}

/// A field that should not be null or absent, and may be: it is then empty. Those without
/// which an answer says nothing, such as ids and secrets, must be there.
pub(crate) fn or_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// The text and the missing capability, from either shape of an error.
pub(crate) fn reason(body: &[u8]) -> (Option<String>, Option<String>) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = &body["error"];
    let texts = [error, &error["message"], &error["code"]].map(Value::as_str);
    let text = texts.into_iter().flatten().find(|text| !text.is_empty());
    let required = body["required"].as_str();
    (text.map(str::to_owned), required.map(str::to_owned))
}
