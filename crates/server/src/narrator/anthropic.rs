//! The protocol of Anthropic: `POST /v1/messages`. The form of the answer is that of a tool which the model has to use.

use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::config::Llm;

use super::{Question, Reply, Spent, value_in};

/// Version of the protocol.
const VERSION: &str = "2023-06-01";

pub(super) fn request(client: &Client, llm: &Llm, question: Question<'_>) -> RequestBuilder {
    let body = json!({
        "model": llm.model,
        "max_tokens": question.tokens,
        "system": question.instructions,
        "messages": [{ "role": "user", "content": question.material }],
        "tools": [{
            "name": question.form, "description": "Takes the answer.", "input_schema": question.schema,
        }],
        "tool_choice": { "type": "tool", "name": question.form },
    });
    let request = client.post(format!("{}/v1/messages", llm.base)).header("anthropic-version", VERSION).json(&body);
    match &llm.key {
        Some(key) => request.header("x-api-key", key.reveal()),
        None => request,
    }
}

#[derive(Deserialize)]
struct Body {
    content: Vec<Part>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part {
    ToolUse {
        input: Value,
    },
    Text {
        text: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    input_tokens: u64,
    #[serde(default)]
    output_tokens: u64,
}

/// The answer in a body.
pub(super) fn reply(body: &[u8]) -> Option<Reply> {
    let body: Body = serde_json::from_slice(body).ok()?;
    let value = body.content.into_iter().find_map(|part| match part {
        Part::ToolUse { input } => Some(input).filter(Value::is_object),
        Part::Text { text } => value_in(&text),
        Part::Other => None,
    })?;
    let spent = body.usage.map(|usage| Spent { read: usage.input_tokens, written: usage.output_tokens });
    Some(Reply { value, spent })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_input_of_the_tool_is_the_answer() {
        let body = br#"{"id": "msg", "type": "message", "role": "assistant", "stop_reason": "tool_use", "content": [
            {"type": "thinking", "thinking": "..."}, {"type": "text", "text": "I write."},
            {"type": "tool_use", "id": "t", "name": "review", "input": {"sentences": []}}],
            "usage": {"input_tokens": 9, "output_tokens": 4}}"#;
        let found = reply(body).unwrap();
        assert_eq!(found, Reply { value: json!({ "sentences": [] }), spent: Some(Spent { read: 9, written: 4 }) });
        let text = br#"{"content": [{"type": "text", "text": "{\"sentences\": [1]}"}]}"#;
        assert_eq!(reply(text).unwrap().value, json!({ "sentences": [1] }));
        let wrong: [&[u8]; 3] =
            [b"{}", br#"{"content": []}"#, br#"{"type": "error", "error": {"type": "overloaded_error"}}"#];
        assert!(wrong.iter().all(|body| reply(body).is_none()));
    }
}
