//! Distinct strings in order of first appearance.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Distinct byte strings in one arena; a string's code is its place in order of first appearance.
#[derive(Default)]
pub(crate) struct Interner {
    arena: Vec<u8>,
    ends: Vec<usize>,
    codes: HashTable<u32>,
    hasher: DefaultHashBuilder,
    last: Option<u32>,
}

impl Interner {
    /// The code of a string, new or known.
    pub(crate) fn code(&mut self, text: &[u8]) -> u32 {
        if let Some(last) = self.last.filter(|c| self.get(*c) == text) {
            return last;
        }
        let hash = self.hasher.hash_one(text);
        let (arena, ends) = (&self.arena, &self.ends);
        let found = self.codes.find(hash, |c| slice(arena, ends, *c) == text).copied();
        let code = found.unwrap_or_else(|| self.insert(hash, text));
        self.last = Some(code);
        code
    }

    fn insert(&mut self, hash: u64, text: &[u8]) -> u32 {
        let code = u32::try_from(self.ends.len()).expect("the row limit keeps codes below 2^32");
        self.arena.extend_from_slice(text);
        self.ends.push(self.arena.len());
        let (arena, ends, hasher) = (&self.arena, &self.ends, &self.hasher);
        self.codes.insert_unique(hash, code, |c| hasher.hash_one(slice(arena, ends, *c)));
        code
    }

    fn get(&self, code: u32) -> &[u8] {
        slice(&self.arena, &self.ends, code)
    }

    /// Number of distinct strings.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of all distinct strings.
    pub(crate) fn bytes(&self) -> usize {
        self.arena.len()
    }

    /// All strings in code order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len() as u32).map(|c| self.get(c))
    }

    /// All strings in code order.
    pub(crate) fn into_strings(self) -> Vec<String> {
        self.iter().map(|s| String::from_utf8_lossy(s).into_owned()).collect()
    }
}

fn slice<'a>(arena: &'a [u8], ends: &[usize], code: u32) -> &'a [u8] {
    let i = code as usize;
    let start = if i == 0 { 0 } else { ends[i - 1] };
    &arena[start..ends[i]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_follow_first_appearance() {
        let mut interner = Interner::default();
        let codes: Vec<u32> = ["b", "a", "b", "", "a", ""].iter().map(|s| interner.code(s.as_bytes())).collect();
        assert_eq!(codes, [0, 1, 0, 2, 1, 2]);
        assert_eq!(interner.into_strings(), ["b", "a", ""]);
    }
}
