//! Names as part of a sentence.

/// Names shown before the rest is only counted.
const SHOWN: usize = 20;

/// Names in quotes for an error message: the first twenty, then how many more there are.
pub fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("{name:?}")).collect();
    let rest = names.len().saturating_sub(SHOWN);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut_and_counted() {
        let names: Vec<String> = (0..23).map(|i| format!("c{i}")).collect();
        assert_eq!(listed(&names[..2]), "\"c0\", \"c1\"");
        assert!(listed(&names).ends_with("\"c19\" and 3 more"));
    }
}
