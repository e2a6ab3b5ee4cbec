//! Counter-based randomness: a generator is made from (seed, stage, unit of work), never shared between units.

use chacha20::ChaCha8Rng;
use rand::SeedableRng;

/// A generator for one unit of work, the same on any thread and any machine.
pub fn unit_rng(seed: u64, stage: &str, unit: u64) -> ChaCha8Rng {
    let mut key = [0u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&fnv1a(stage.as_bytes()).to_le_bytes());
    key[16..24].copy_from_slice(&unit.to_le_bytes());
    ChaCha8Rng::from_seed(key)
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}
