//! The protocol of OpenAI, which many servers speak: `POST /chat/completions`.

use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::config::Llm;

use super::{Form, Question, Reply, Spent, value_in};

/// Longest text and longest list of an answer, where a server knows lengths: a small model would not find an end.
const TEXT: u64 = 240;
const LIST: u64 = 6;

/// A request; simpler ones leave out what not every server knows.
pub(super) fn request(client: &Client, llm: &Llm, question: Question<'_>, form: Form) -> RequestBuilder {
    let plain = form == Form::Plain;
    let instructions = if plain {
        format!("{}\nAnswer with JSON of this schema and nothing else: {}", question.instructions, question.schema)
    } else {
        question.instructions.to_owned()
    };
    let mut body = json!({
        "model": llm.model,
        "messages": [
            { "role": "system", "content": instructions },
            { "role": "user", "content": question.material },
        ],
    });
    if !plain {
        body["temperature"] = json!(0);
        body["max_tokens"] = json!(question.tokens);
        let mut schema = question.schema.clone();
        if form == Form::Limited {
            limit(&mut schema);
        }
        body["response_format"] = json!({
            "type": "json_schema",
            "json_schema": { "name": question.form, "strict": true, "schema": schema },
        });
    }
    let request = client.post(format!("{}/chat/completions", llm.base)).json(&body);
    match &llm.key {
        // Azure asks for the key in a field of its own.
        Some(key) => request.bearer_auth(key.reveal()).header("api-key", key.reveal()),
        None => request,
    }
}

/// Gives every text and list a length.
fn limit(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut() {
        match object.get("type").and_then(Value::as_str) {
            Some("string") if !object.contains_key("enum") => {
                object.insert("maxLength".to_owned(), TEXT.into());
            }
            Some("array") => {
                object.insert("maxItems".to_owned(), LIST.into());
            }
            _ => {}
        }
        object.values_mut().for_each(limit);
    }
}

#[derive(Deserialize)]
struct Body {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

/// The answer in a body.
pub(super) fn reply(body: &[u8]) -> Option<Reply> {
    let body: Body = serde_json::from_slice(body).ok()?;
    let value: Value = value_in(body.choices.first()?.message.content.as_deref()?)?;
    let spent = body.usage.map(|usage| Spent { read: usage.prompt_tokens, written: usage.completion_tokens });
    Some(Reply { value, spent })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_and_list_gets_a_length() {
        let mut schema = json!({ "type": "object", "properties": { "a": { "type": "array", "items": { "type": "string" } },
            "b": { "type": "string", "enum": ["x"] } } });
        limit(&mut schema);
        assert_eq!(schema["properties"]["a"]["maxItems"], LIST);
        assert_eq!(schema["properties"]["a"]["items"]["maxLength"], TEXT);
        assert_eq!(schema["properties"]["b"].get("maxLength"), None);
    }

    #[test]
    fn answers_of_several_servers_are_read_and_others_are_none() {
        let full = br#"{"id": "x", "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant",
            "content": "{\"sentences\": []}"}}], "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}}"#;
        let found = reply(full).unwrap();
        assert_eq!(found, Reply { value: json!({ "sentences": [] }), spent: Some(Spent { read: 7, written: 3 }) });
        let bare = br#"{"choices": [{"message": {"content": "{}"}}]}"#;
        assert_eq!(reply(bare), Some(Reply { value: json!({}), spent: None }));
        let wrong: [&[u8]; 6] = [
            b"",
            b"<html>busy</html>",
            br#"{"choices": []}"#,
            br#"{"choices": [{"message": {"content": null, "refusal": "no"}}]}"#,
            br#"{"choices": [{"message": {"content": "I cannot"}}]}"#,
            br#"{"error": {"message": "overloaded"}}"#,
        ];
        assert!(wrong.iter().all(|body| reply(body).is_none()));
    }
}
