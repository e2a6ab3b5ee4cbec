//! `CityHash64` of version 1.0 (Pike and Alakuijala, Google, 2011), which CatBoost uses for categories.

const K0: u64 = 0xc3a5_c85c_97cb_3127;
const K1: u64 = 0xb492_b66f_be98_f273;
const K2: u64 = 0x9ae1_6a3b_2f90_404f;
const K3: u64 = 0xc949_d7c7_509e_6557;
const PAIR: u64 = 0x9ddf_ea08_eb38_2d69;

/// Little-endian number of `N` bytes at `at`; the callers stay within the text.
fn word<const N: usize>(text: &[u8], at: usize) -> u64 {
    let mut bytes = [0; 8];
    if let Some(part) = text.get(at..at + N) {
        bytes[..N].copy_from_slice(part);
    }
    u64::from_le_bytes(bytes)
}

fn shifted(x: u64) -> u64 {
    x ^ (x >> 47)
}

fn pair(low: u64, high: u64) -> u64 {
    let a = shifted((low ^ high).wrapping_mul(PAIR));
    shifted((high ^ a).wrapping_mul(PAIR)).wrapping_mul(PAIR)
}

/// Hash of a text.
pub(crate) fn hash64(text: &[u8]) -> u64 {
    match text.len() {
        0..=16 => short(text),
        17..=32 => medium(text),
        33..=64 => long(text),
        _ => longest(text),
    }
}

fn short(text: &[u8]) -> u64 {
    let len = text.len();
    if len > 8 {
        let (a, b) = (word::<8>(text, 0), word::<8>(text, len - 8));
        return pair(a, b.wrapping_add(len as u64).rotate_right(len as u32)) ^ b;
    }
    if len >= 4 {
        return pair((len as u64).wrapping_add(word::<4>(text, 0) << 3), word::<4>(text, len - 4));
    }
    let (Some(first), Some(last)) = (text.first(), text.last()) else { return K2 };
    let y = u64::from(*first) + (u64::from(text[len >> 1]) << 8);
    let z = len as u64 + (u64::from(*last) << 2);
    shifted(y.wrapping_mul(K2) ^ z.wrapping_mul(K3)).wrapping_mul(K2)
}

fn medium(text: &[u8]) -> u64 {
    let len = text.len();
    let a = word::<8>(text, 0).wrapping_mul(K1);
    let b = word::<8>(text, 8);
    let c = word::<8>(text, len - 8).wrapping_mul(K2);
    let d = word::<8>(text, len - 16).wrapping_mul(K0);
    pair(
        a.wrapping_sub(b).rotate_right(43).wrapping_add(c.rotate_right(30)).wrapping_add(d),
        a.wrapping_add((b ^ K3).rotate_right(20)).wrapping_sub(c).wrapping_add(len as u64),
    )
}

/// Four words with two seeds.
fn weak(text: &[u8], at: usize, seed: (u64, u64)) -> (u64, u64) {
    let [w, x, y, z] = [0, 8, 16, 24].map(|i| word::<8>(text, at + i));
    let a = seed.0.wrapping_add(w);
    let b = seed.1.wrapping_add(a).wrapping_add(z).rotate_right(21);
    let sum = a.wrapping_add(x).wrapping_add(y);
    (sum.wrapping_add(z), b.wrapping_add(sum.rotate_right(44)).wrapping_add(a))
}

fn long(text: &[u8]) -> u64 {
    let len = text.len();
    // Both halves are mixed in the same way from different words.
    let half = |a: u64, z: u64, at: usize| {
        let b = a.wrapping_add(z).rotate_right(52);
        let mut c = a.rotate_right(37);
        let a = a.wrapping_add(word::<8>(text, at + 8));
        c = c.wrapping_add(a.rotate_right(7));
        let a = a.wrapping_add(word::<8>(text, at + 16));
        (a.wrapping_add(z), b.wrapping_add(a.rotate_right(31)).wrapping_add(c))
    };
    let tail = word::<8>(text, len - 16);
    let start = word::<8>(text, 0).wrapping_add((len as u64).wrapping_add(tail).wrapping_mul(K0));
    let v = half(start, word::<8>(text, 24), 0);
    let w = half(word::<8>(text, 16).wrapping_add(word::<8>(text, len - 32)), word::<8>(text, len - 8), len - 32);
    let r = shifted(v.0.wrapping_add(w.1).wrapping_mul(K2).wrapping_add(w.0.wrapping_add(v.1).wrapping_mul(K0)));
    shifted(r.wrapping_mul(K0).wrapping_add(v.1)).wrapping_mul(K2)
}

fn longest(text: &[u8]) -> u64 {
    let len = text.len();
    let mut x = word::<8>(text, 0);
    let mut y = word::<8>(text, len - 16) ^ K1;
    let mut z = word::<8>(text, len - 56) ^ K0;
    let mut v = weak(text, len - 64, (len as u64, y));
    let mut w = weak(text, len - 32, ((len as u64).wrapping_mul(K1), K0));
    z = z.wrapping_add(shifted(v.1).wrapping_mul(K1));
    x = z.wrapping_add(x).rotate_right(39).wrapping_mul(K1);
    y = y.rotate_right(33).wrapping_mul(K1);
    for at in (0..(len - 1) & !63).step_by(64) {
        x = x.wrapping_add(y).wrapping_add(v.0).wrapping_add(word::<8>(text, at + 16)).rotate_right(37);
        x = x.wrapping_mul(K1) ^ w.1;
        y = y.wrapping_add(v.1).wrapping_add(word::<8>(text, at + 48)).rotate_right(42);
        y = y.wrapping_mul(K1) ^ v.0;
        z = (z ^ w.0).rotate_right(33);
        v = weak(text, at, (v.1.wrapping_mul(K1), x.wrapping_add(w.0)));
        w = weak(text, at + 32, (z.wrapping_add(w.1), y));
        (x, z) = (z, x);
    }
    let mixed = pair(v.0, w.0).wrapping_add(shifted(y).wrapping_mul(K1)).wrapping_add(z);
    pair(mixed, pair(v.1, w.1).wrapping_add(x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_library() {
        // Lower halves, from the `cat_features_hash` of a JSON export of CatBoost 1.2.10.
        let digits = "0123456789";
        for (text, expected) in [
            (String::new(), 797_982_799),
            ("a".into(), 3_489_901_818),
            ("ab".into(), 4_090_249_022),
            ("abc".into(), 978_243_121),
            ("abcd".into(), 345_588_365),
            ("hello".into(), 4_079_208_671),
            ("ingeniería".into(), 1_285_394_278),
            (digits.into(), 2_060_700_213),
            ("0123456789abcdef".into(), 2_645_308_183),
            ("0123456789abcdefg".into(), 3_849_924_666),
            ("x".repeat(31), 3_641_768_619),
            ("y".repeat(32), 3_690_797_023),
            ("z".repeat(33) + "q", 3_406_566_456),
            ("A quick brown fox jumps over the lazy dog, twice".into(), 924_154_239),
            (digits.repeat(6) + "abcd", 650_312_652),
            (digits.repeat(6) + "abcde", 411_829_677),
            (digits.repeat(13), 2_713_618_934),
            ("lorem ipsum ".repeat(30), 2_366_186_807),
        ] {
            assert_eq!(hash64(text.as_bytes()) as u32, expected, "{text}");
        }
    }
}
