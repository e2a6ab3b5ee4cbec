//! The public keys that an issuer publishes (JWKS): fetched when one is needed, kept, and fetched again when they may have
//! changed. What the issuer sends is foreign, and who asks for which key is anybody.

use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// Largest answer of the issuer, in bytes.
const MAX_BYTES: usize = 256 << 10;
/// Most keys that are looked at.
const MAX_KEYS: usize = 64;
/// The issuer must have answered after this time.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long keys are kept.
#[derive(Clone, Copy, Debug)]
pub struct KeyTimes {
    /// Keys of this age are fetched again, while they are still used.
    pub fresh: Duration,
    /// The issuer is asked at most this often, whatever tokens come: made-up key ids cannot flood it.
    pub pause: Duration,
    /// Without an answer of the issuer, keys are used up to this age.
    pub stale: Duration,
}

impl Default for KeyTimes {
    fn default() -> Self {
        Self { fresh: Duration::from_secs(10 * 60), pause: Duration::from_secs(10), stale: Duration::from_hours(24) }
    }
}

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoKey {
    /// The issuer has none with this id for this algorithm.
    Unknown,
    /// The issuer does not answer, and no key of it is known.
    Away,
}

/// The keys of one issuer.
pub(super) struct Published {
    url: String,
    client: reqwest::Client,
    times: KeyTimes,
    kept: RwLock<Kept>,
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Kept {
    keys: Vec<Key>,
    fetched: Option<Instant>,
    tried: Option<Instant>,
}

struct Key {
    id: String,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Published {
    /// The keys at this address; nothing is fetched yet.
    pub(super) fn new(url: String, times: KeyTimes) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(PATIENCE)
            .timeout(PATIENCE)
            .https_only(url.starts_with("https://"))
            .build()?;
        Ok(Self { url, client, times, kept: RwLock::default(), fetching: tokio::sync::Mutex::default() })
    }

    /// The key with this id for this algorithm.
    pub(super) async fn key(self: &Arc<Self>, id: &str, algorithm: Algorithm) -> Result<DecodingKey, NoKey> {
        let (found, age) = self.look(id, algorithm);
        if let Some(found) = found
            && age.is_some_and(|age| age < self.times.stale)
        {
            if age.is_some_and(|age| age >= self.times.fresh) {
                let this = self.clone();
                tokio::spawn(async move { this.refresh().await });
            }
            return found;
        }
        self.refresh().await;
        match self.look(id, algorithm) {
            (_, None) => Err(NoKey::Away),
            (_, Some(age)) if age >= self.times.stale => Err(NoKey::Away),
            (found, _) => found.unwrap_or(Err(NoKey::Unknown)),
        }
    }

    /// What is known of a key id, and the age of the keys. A known id under another algorithm is an answer, too: nothing
    /// that the issuer could say makes such a token good.
    fn look(&self, id: &str, algorithm: Algorithm) -> (Option<Result<DecodingKey, NoKey>>, Option<Duration>) {
        let kept = self.kept.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let of_id = || kept.keys.iter().filter(|k| k.id == id);
        let found = match of_id().find(|k| k.algorithm == algorithm) {
            Some(key) => Some(Ok(key.key.clone())),
            None => of_id().next().map(|_| Err(NoKey::Unknown)),
        };
        (found, kept.fetched.map(|at| at.elapsed()))
    }

    /// Fetches the keys, unless that was tried a moment ago. Those who come meanwhile wait for the same answer.
    pub(super) async fn refresh(&self) {
        let _one = self.fetching.lock().await;
        {
            let mut kept = self.kept.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            if kept.tried.is_some_and(|at| at.elapsed() < self.times.pause) {
                return;
            }
            kept.tried = Some(Instant::now());
        }
        match self.fetch().await {
            Ok(keys) => {
                if keys.is_empty() {
                    tracing::warn!(url = %self.url, "the issuer publishes no usable keys (ES256, or RS256 of 2048 bits or more)");
                }
                let mut kept = self.kept.write().unwrap_or_else(std::sync::PoisonError::into_inner);
                kept.keys = keys;
                kept.fetched = Some(Instant::now());
            }
            Err(cause) => tracing::warn!(url = %self.url, cause, "the issuer's keys could not be fetched"),
        }
    }

    async fn fetch(&self) -> Result<Vec<Key>, String> {
        let mut answer = self.client.get(&self.url).send().await.map_err(|e| words(&e))?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(format!("the answer was {}", answer.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| words(&e))? {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(format!("the answer is longer than {MAX_BYTES} bytes"));
            }
            body.extend_from_slice(&chunk);
        }
        let set: Value = serde_json::from_slice(&body).map_err(|_| "the answer is not JSON".to_owned())?;
        let keys = set["keys"].as_array().ok_or("the answer is no key set")?;
        Ok(keys.iter().take(MAX_KEYS).filter_map(usable).collect())
    }
}

/// An error with its causes, which say more than it does.
fn words(e: &dyn std::error::Error) -> String {
    let mut words = e.to_string();
    let mut source = e.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}

/// A key that may check signatures of an algorithm that is allowed for its kind. Secrets are never taken from a key set.
fn usable(value: &Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(value.clone()).ok()?;
    let id = jwk.common.key_id.clone().filter(|id| !id.is_empty())?;
    let for_signatures = !matches!(&jwk.common.public_key_use, Some(other) if *other != PublicKeyUse::Signature);
    let for_checks = jwk.common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify));
    let (algorithm, named) = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        AlgorithmParameters::RSA(key) if is_long_enough(&key.n) => (Algorithm::RS256, KeyAlgorithm::RS256),
        _ => return None,
    };
    let fits = jwk.common.key_algorithm.is_none_or(|a| a == named);
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    (for_signatures && for_checks && fits).then_some(Key { id, algorithm, key })
}

/// 2048 to 4096 bits: less is weak, more costs too much a request.
fn is_long_enough(modulus: &str) -> bool {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(modulus.trim_end_matches('='));
    bytes.is_ok_and(|n| {
        let bits = n.iter().skip_while(|b| **b == 0).count() * 8;
        (2048..=4096).contains(&bits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rsa(bytes: usize) -> Value {
        use base64::Engine;
        let n = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(vec![0xAB; bytes]);
        json!({"kty": "RSA", "kid": "r", "n": n, "e": "AQAB"})
    }

    fn with(mut key: Value, name: &str, value: Value) -> Value {
        key[name] = value;
        key
    }

    #[test]
    fn only_keys_for_signatures_of_allowed_kinds_are_taken() {
        let ec = json!({"kty": "EC", "crv": "P-256", "kid": "e",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
        assert_eq!(usable(&ec).unwrap().algorithm, Algorithm::ES256);
        assert_eq!(usable(&rsa(256)).unwrap().algorithm, Algorithm::RS256);
        for (what, key) in [
            ("short", rsa(128)),
            ("endless", rsa(2048)),
            ("a secret", json!({"kty": "oct", "kid": "s", "k": "c2VjcmV0"})),
            ("for encryption", with(ec.clone(), "use", json!("enc"))),
            ("for signing only", with(ec.clone(), "key_ops", json!(["sign"]))),
            ("another curve", with(ec.clone(), "crv", json!("P-384"))),
            ("another algorithm", with(ec.clone(), "alg", json!("ES384"))),
            ("RSA for another algorithm", with(rsa(256), "alg", json!("RS512"))),
            ("nameless", with(ec.clone(), "kid", json!(""))),
            ("no key", json!("x")),
        ] {
            assert!(usable(&key).is_none(), "{what}");
        }
    }
}
