//! `GET /openapi.json`: the API as OpenAPI 3.1. Written by hand; a test holds it to the routes.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

const DOCUMENT: &str = include_str!("openapi.json");

/// The document as it is.
pub(super) async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::de::DeserializeOwned;
    use serde_json::Value;

    use super::*;
    use crate::{
        api::routes::table,
        domain::{Outcome, Reason, Stage},
    };

    fn described() -> Value {
        serde_json::from_str(DOCUMENT).unwrap()
    }

    #[test]
    fn every_path_of_the_router_is_described_and_no_other() {
        let document = described();
        let described: BTreeSet<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
        let routed: BTreeSet<&str> = table().into_iter().map(|(path, _)| path).collect();

        assert_eq!(described, routed);
    }

    /// The words of a schema that is a list of them; null is none.
    fn words<T: DeserializeOwned>(schema: &str) -> Vec<T> {
        let listed = described()["components"]["schemas"][schema]["enum"].as_array().unwrap().clone();
        listed.into_iter().filter(|word| !word.is_null()).map(|word| serde_json::from_value(word).unwrap()).collect()
    }

    #[test]
    fn its_words_are_those_of_the_domain() {
        assert_eq!(words::<Outcome>("Outcome"), Outcome::ALL);
        assert_eq!((words::<Reason>("Reason").len(), words::<Stage>("Stage").len()), (11, 12));
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn walk(value: &Value, document: &Value, broken: &mut Vec<String>) {
            match value {
                Value::Object(map) => {
                    if let Some(Value::String(target)) = map.get("$ref")
                        && document.pointer(target.trim_start_matches('#')).is_none()
                    {
                        broken.push(target.clone());
                    }
                    map.values().for_each(|value| walk(value, document, broken));
                }
                Value::Array(items) => items.iter().for_each(|value| walk(value, document, broken)),
                _ => {}
            }
        }
        let document = described();
        let mut broken = Vec::new();

        walk(&document, &document, &mut broken);

        assert_eq!(broken, Vec::<String>::new());
    }
}
