//! The description of the API, which the web client's types are made from.

#[test]
fn the_file_in_the_repository_is_current() {
    let text = serde_json::to_string_pretty(&fine_server::api::document()).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    assert!(
        kept == text,
        "crates/server/openapi.json is old: run this test with UPDATE_OPENAPI=1, then `npm run schema` in web/"
    );
}

#[test]
fn every_operation_but_the_public_one_needs_a_token() {
    let document = serde_json::to_value(fine_server::api::document()).unwrap();
    assert_eq!(document["security"], serde_json::json!([{"bearer": []}]));
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let open = operation.get("security").is_some();
            assert_eq!(open, path == "/config", "{method} {path}");
            assert!(operation["responses"].as_object().is_some_and(|r| !r.is_empty()), "{method} {path}");
        }
    }
}
