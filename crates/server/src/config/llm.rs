//! Options about the language model that puts audits into words. Without one, rules do.

use std::fmt;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use super::Secret;
use super::values::{positive, service_base};

/// The language model and what it may cost.
#[derive(Args, Clone, Debug)]
pub struct LlmArgs {
    /// Name of a language model that speaks the protocol of OpenAI (OpenAI, Azure, Ollama, vLLM, llama.cpp); with it, audits are put into words.
    #[arg(long, env = "OPENAI_MODEL")]
    pub openai_model: Option<String>,
    /// Address of its server, up to and without `/chat/completions` [default: https://api.openai.com/v1].
    #[arg(long, env = "OPENAI_API_BASE", value_parser = |t: &str| service_base("OPENAI_API_BASE", t))]
    pub openai_api_base: Option<String>,
    /// The key to it; many local servers need none.
    #[arg(long, env = "OPENAI_API_KEY", hide_env_values = true)]
    pub openai_api_key: Option<Secret>,
    /// Name of a language model that speaks the protocol of Anthropic, instead.
    #[arg(long, env = "ANTHROPIC_MODEL")]
    pub anthropic_model: Option<String>,
    /// Address of its server, up to and without `/v1/messages` [default: https://api.anthropic.com].
    #[arg(long, env = "ANTHROPIC_API_BASE", value_parser = |t: &str| service_base("ANTHROPIC_API_BASE", t))]
    pub anthropic_api_base: Option<String>,
    /// The key to it.
    #[arg(long, env = "ANTHROPIC_API_KEY", hide_env_values = true)]
    pub anthropic_api_key: Option<Secret>,
    /// Seconds for all that the language model writes about one audit, or for one answer.
    #[arg(long, env = "FINE_LLM_SECONDS", default_value = "60", value_parser = positive)]
    pub llm_seconds: u64,
    /// Most tokens, read and written, for one audit or one answer.
    #[arg(long, env = "FINE_LLM_TOKENS", default_value = "100000", value_parser = positive)]
    pub llm_tokens: u64,
    /// US dollars for a million tokens read and for a million written, as in `0.15,0.60`.
    #[arg(long, env = "FINE_LLM_PRICES", value_parser = prices)]
    pub llm_prices: Option<Prices>,
    /// Most US dollars for one audit or one answer; needs FINE_LLM_PRICES.
    #[arg(long, env = "FINE_LLM_DOLLARS", value_parser = dollars)]
    pub llm_dollars: Option<Dollars>,
}

/// US dollars for a million tokens; empty is unknown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices(Option<(f64, f64)>);

/// US dollars; empty is no limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dollars(Option<f64>);

/// The protocol of a language model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `POST {base}/chat/completions`.
    OpenAi,
    /// `POST {base}/v1/messages`.
    Anthropic,
}

/// A language model, checked.
#[derive(Clone)]
pub struct Llm {
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Its name.
    pub model: String,
    /// Address of its server, without a slash at the end.
    pub base: String,
    /// The key to it.
    pub key: Option<Secret>,
    /// Patience for one audit or one answer.
    pub time: Duration,
    /// Most tokens for one audit or one answer.
    pub tokens: u64,
    /// US dollars for a million tokens read, and written.
    pub prices: Option<(f64, f64)>,
    /// Most US dollars for one audit or one answer.
    pub dollars: Option<f64>,
}

impl fmt::Debug for Llm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Llm").field("protocol", &self.protocol).field("model", &self.model).finish_non_exhaustive()
    }
}

impl LlmArgs {
    /// The language model, where one is named. A key alone is nothing: other programs use these variables, too.
    ///
    /// # Errors
    /// Names the variable and what was expected.
    pub fn check(&self) -> Result<Option<Llm>> {
        let (openai, anthropic) = (given(self.openai_model.as_ref()), given(self.anthropic_model.as_ref()));
        let (protocol, model, base, key) = match (openai, anthropic) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => bail!("use ANTHROPIC_MODEL: expected only one of OPENAI_MODEL and ANTHROPIC_MODEL"),
            (Some(model), None) => {
                (Protocol::OpenAi, model, given(self.openai_api_base.as_ref()), &self.openai_api_key)
            }
            (None, Some(model)) => {
                (Protocol::Anthropic, model, given(self.anthropic_api_base.as_ref()), &self.anthropic_api_key)
            }
        };
        let key = key.clone().filter(|key| !key.reveal().trim().is_empty());
        let (name, public) = match protocol {
            Protocol::OpenAi => ("OPENAI", "https://api.openai.com/v1"),
            Protocol::Anthropic => ("ANTHROPIC", "https://api.anthropic.com"),
        };
        if key.is_none() && base.is_none() {
            bail!(
                "use {name}_MODEL: expected {name}_API_KEY, or {name}_API_BASE of a server that needs no key, with it"
            );
        }
        let prices = self.llm_prices.and_then(|prices| prices.0);
        let dollars = self.llm_dollars.and_then(|dollars| dollars.0);
        if dollars.is_some() && prices.is_none() {
            bail!("use FINE_LLM_DOLLARS: expected FINE_LLM_PRICES with it");
        }
        Ok(Some(Llm {
            protocol,
            model,
            base: base.unwrap_or_else(|| public.to_owned()),
            key,
            time: Duration::from_secs(self.llm_seconds),
            tokens: self.llm_tokens,
            prices,
            dollars,
        }))
    }
}

fn given(value: Option<&String>) -> Option<String> {
    value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn amount(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0)
}

fn prices(text: &str) -> Result<Prices, String> {
    if text.trim().is_empty() {
        return Ok(Prices(None));
    }
    let both = text.split_once(',').and_then(|(read, written)| Some((amount(read)?, amount(written)?)));
    both.map(|both| Prices(Some(both)))
        .ok_or_else(|| "FINE_LLM_PRICES: expected two amounts, as in 0.15,0.60".to_owned())
}

fn dollars(text: &str) -> Result<Dollars, String> {
    if text.trim().is_empty() {
        return Ok(Dollars(None));
    }
    amount(text).map(|n| Dollars(Some(n))).ok_or_else(|| "FINE_LLM_DOLLARS: expected an amount, as in 0.05".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Probe {
        #[command(flatten)]
        llm: LlmArgs,
    }

    fn check(arguments: &[&str]) -> Result<Option<Llm>> {
        let probe = Probe::try_parse_from([&["fine"], arguments].concat()).map_err(anyhow::Error::from)?;
        probe.llm.check()
    }

    #[test]
    fn a_model_needs_a_key_or_an_address_and_a_key_alone_is_nothing() {
        assert!(check(&[]).unwrap().is_none());
        assert!(check(&["--openai-api-key=sk-secret", "--openai-model="]).unwrap().is_none());
        let refused = check(&["--openai-model=m"]).unwrap_err().to_string();
        assert!(refused.contains("OPENAI_API_KEY"), "{refused}");
        let local = check(&["--openai-model=m", "--openai-api-base=http://127.0.0.1:8080/v1/"]).unwrap().unwrap();
        assert_eq!((local.protocol, local.base.as_str()), (Protocol::OpenAi, "http://127.0.0.1:8080/v1"));
        let far = check(&["--anthropic-model=m", "--anthropic-api-key=sk-secret"]).unwrap().unwrap();
        assert_eq!((far.protocol, far.base.as_str()), (Protocol::Anthropic, "https://api.anthropic.com"));
        assert!(!format!("{far:?}").contains("sk-secret"));
        let both = ["--openai-model=m", "--anthropic-model=m", "--openai-api-key=k"];
        assert!(check(&both).unwrap_err().to_string().contains("only one"));
    }

    #[test]
    fn wrong_values_say_what_was_expected() {
        for (argument, words) in [
            ("--openai-api-base=ftp://x", "OPENAI_API_BASE: expected"),
            ("--openai-api-base=https://user:pw@host/v1", "OPENAI_API_BASE: expected"),
            ("--llm-prices=1", "FINE_LLM_PRICES: expected"),
            ("--llm-prices=1,-2", "FINE_LLM_PRICES: expected"),
            ("--llm-dollars=much", "FINE_LLM_DOLLARS: expected"),
            ("--llm-seconds=0", "expected a whole number"),
        ] {
            let refusal = check(&[argument]).unwrap_err().to_string();
            assert!(refusal.contains(words), "{refusal}");
        }
        let limited = ["--openai-model=m", "--openai-api-key=k", "--llm-dollars=0.1"];
        assert!(check(&limited).unwrap_err().to_string().contains("FINE_LLM_PRICES with it"));
        let priced = check(&[limited.as_slice(), &["--llm-prices=0.15, 0.6"]].concat()).unwrap().unwrap();
        assert_eq!((priced.prices, priced.dollars), (Some((0.15, 0.6)), Some(0.1)));
    }
}
