//! Tokens whose signature was checked a moment ago. A signature costs more than all the rest of a small request, and a client sends
//! the same token for an hour. Whether the session is still open is asked every time, and a key that was withdrawn counts for no
//! longer than [`FOR`].

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use super::Claims;

/// How long a check counts.
const FOR: Duration = Duration::from_secs(60);
/// Most tokens that are remembered; when there are more, all are checked again.
const MOST: usize = 10_000;

type Key = [u8; 32];

/// What was checked. Tokens are remembered by their digest.
#[derive(Default)]
pub struct Checked(Mutex<HashMap<Key, (Instant, Claims)>>);

impl Checked {
    /// The claims of a token that was checked a moment ago and has not run out since.
    pub(crate) fn claims(&self, token: &str) -> Option<Claims> {
        let key = digest(token);
        let mut all = self.lock();
        let (at, claims) = all.get(&key)?;
        if at.elapsed() < FOR && claims.exp > seconds() {
            return Some(claims.clone());
        }
        all.remove(&key);
        None
    }

    /// Remembers a token that is good, and answers its claims.
    pub(crate) fn keep(&self, token: &str, claims: Claims) -> Claims {
        let mut all = self.lock();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(digest(token), (Instant::now(), claims.clone()));
        claims
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, (Instant, Claims)>> {
        // Nothing in here can be left half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(token: &str) -> Key {
    Sha256::digest(token.as_bytes()).into()
}

fn seconds() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(i64::MAX, |since| since.as_secs() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(exp: i64) -> Claims {
        let text = format!(r#"{{"sub": "ana", "aud": "authenticated", "iss": "here", "exp": {exp}}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn only_the_same_token_is_known_and_only_until_it_runs_out() {
        let checked = Checked::default();
        assert!(checked.claims("a").is_none());
        checked.keep("a", claims(seconds() + 100));
        assert_eq!(checked.claims("a").unwrap().sub, "ana");
        assert!(checked.claims("a.").is_none() && checked.claims("").is_none());
        checked.keep("b", claims(seconds() - 1));
        assert!(checked.claims("b").is_none(), "it has run out");
        for number in 0..=MOST {
            checked.keep(&number.to_string(), claims(seconds() + 100));
        }
        assert!(checked.lock().len() <= MOST);
    }
}
