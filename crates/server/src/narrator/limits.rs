//! What one audit or one answer may cost: time, tokens, money. Whoever asks the language model takes from it first.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use crate::config::Llm;

use super::Trouble;

/// Bytes of a token at least: prompts are English and JSON, where it is about four.
const TOKEN_BYTES: u64 = 3;

/// What is left.
#[derive(Debug)]
pub(crate) struct Purse {
    until: Instant,
    tokens: u64,
    dollars: Option<f64>,
    prices: Option<(f64, f64)>,
    spent: Mutex<Spent>,
}

/// Tokens read and written; what is still under way counts with the most that it may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spent {
    pub read: u64,
    pub written: u64,
}

impl Spent {
    fn cost(self, (read, written): (f64, f64)) -> f64 {
        (self.read as f64 * read + self.written as f64 * written) / 1e6
    }
}

impl Purse {
    pub(crate) fn new(llm: &Llm) -> Self {
        Self {
            until: Instant::now() + llm.time,
            tokens: llm.tokens,
            dollars: llm.dollars,
            prices: llm.prices,
            spent: Mutex::default(),
        }
    }

    /// The moment after which nothing is waited for.
    pub(crate) fn until(&self) -> Instant {
        self.until
    }

    /// The time that is left.
    pub(crate) fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Takes what a question of so many bytes with an answer of so many tokens costs at most.
    pub(super) fn take(&self, bytes: u64, answer: u64) -> Result<Spent, Trouble> {
        let most = Spent { read: bytes.div_ceil(TOKEN_BYTES), written: answer };
        let mut spent = self.lock();
        let after = Spent { read: spent.read + most.read, written: spent.written + most.written };
        let too_dear = self.prices.zip(self.dollars).is_some_and(|(prices, dollars)| after.cost(prices) > dollars);
        if after.read + after.written > self.tokens || too_dear {
            return Err(Trouble::Budget);
        }
        *spent = after;
        Ok(most)
    }

    /// Gives back what was taken for what it really cost; a server that says nothing about it keeps all that was taken.
    pub(super) fn settle(&self, taken: Spent, real: Option<Spent>) {
        let Some(real) = real else { return };
        let mut spent = self.lock();
        spent.read = spent.read.saturating_sub(taken.read).saturating_add(real.read);
        spent.written = spent.written.saturating_sub(taken.written).saturating_add(real.written);
    }

    /// What was spent.
    pub(crate) fn spent(&self) -> Spent {
        *self.lock()
    }

    /// What it has cost, in US dollars, where prices are known.
    pub(crate) fn cost(&self) -> Option<f64> {
        self.prices.map(|prices| self.spent().cost(prices))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Spent> {
        // Nothing in here can be left half done.
        self.spent.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Protocol;

    fn purse(tokens: u64, dollars: Option<f64>) -> Purse {
        Purse::new(&Llm {
            protocol: Protocol::OpenAi,
            model: "m".to_owned(),
            base: "http://127.0.0.1:1".to_owned(),
            key: None,
            time: Duration::from_secs(1),
            tokens,
            prices: Some((1.0, 2.0)),
            dollars,
        })
    }

    #[tokio::test]
    async fn nothing_is_asked_that_could_cost_more_than_is_left() {
        let purse = purse(1000, None);
        let taken = purse.take(900, 500).unwrap();
        assert_eq!(taken, Spent { read: 300, written: 500 });
        assert_eq!(purse.take(900, 500), Err(Trouble::Budget), "the first is still under way");
        purse.settle(taken, Some(Spent { read: 200, written: 10 }));
        purse.take(900, 400).unwrap();
        assert_eq!(purse.spent(), Spent { read: 500, written: 410 });
        assert!((purse.cost().unwrap() - 0.001_32).abs() < 1e-12);
    }

    #[tokio::test]
    async fn money_is_a_limit_of_its_own() {
        let purse = purse(1_000_000, Some(0.002));
        assert!(purse.take(0, 1001).is_err());
        let taken = purse.take(0, 1000).unwrap();
        purse.settle(taken, None);
        assert!(purse.take(3, 0).is_err(), "a server that says nothing has cost all of it");
    }
}
