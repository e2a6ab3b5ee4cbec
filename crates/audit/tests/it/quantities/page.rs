//! `docs/quantities.md`.

use std::fmt::Write;

use super::{Quantity, Seen};

const HEAD: &str = "| quantity | definition | source | reference | numbers | largest difference |\n\
    | --- | --- | --- | --- | --- | --- |\n";

/// `stages` are stage ids with the places of their report that no quantity is about.
pub(super) fn render(quantities: &[Quantity], seen: &[Seen], stages: &[(&str, Vec<String>)]) -> String {
    let compared = seen.iter().filter(|s| s.count > 0).count();
    let numbers: usize = seen.iter().map(|s| s.count).sum();
    let mut out = format!(
        "# Quantities\n\n\
        {} quantities of the reports: {compared} are compared here with a reference library, {numbers} numbers in all, and {} by a\n\
        test of their own, which is named. Made from `golden/quantities.toml` and the golden cases by the test\n\
        `quantities::every_quantity_equals_its_reference_and_is_listed`; do not edit:\n\n\
        ```sh\nFINE_WRITE_DOCS=1 cargo nextest run -p fine-audit -E 'test(every_quantity)'\n```\n\n\
        A difference is relative where the reference is above 1, and rounded up to a power of ten; 0 is equal to the last bit. Where\n\
        a test of its own compares, it is the largest difference that the test allows. What a report holds beside these is listed\n\
        at the end of its stage: it has no reference value of its own (counts, settings, points of curves, intervals that rest on a\n\
        compared formula), or none yet.\n",
        quantities.len(),
        quantities.len() - compared,
    );
    for (stage, open) in stages {
        section(&mut out, stage, quantities, seen);
        if !open.is_empty() {
            let _ = write!(out, "\nWithout a reference value: `{}`.\n", open.join("`, `"));
        }
    }
    for stage in ["compare", "all"] {
        section(&mut out, stage, quantities, seen);
    }
    out
}

fn section(out: &mut String, stage: &str, quantities: &[Quantity], seen: &[Seen]) {
    let title = match stage {
        "compare" => "Two audits",
        "all" => "In several stages",
        stage => stage,
    };
    let _ = write!(out, "\n## {title}\n\n");
    let own: Vec<(&Quantity, &Seen)> = quantities.iter().zip(seen).filter(|(q, _)| q.stage == stage).collect();
    if own.is_empty() {
        out.push_str("Nothing is compared.\n");
        return;
    }
    out.push_str(HEAD);
    own.iter().for_each(|(q, s)| row(out, q, s));
}

fn row(out: &mut String, q: &Quantity, s: &Seen) {
    let (numbers, difference) = match &q.test {
        Some(test) if q.tolerance > 0.0 => (format!("`{test}`"), format!("at most {:e}", q.tolerance)),
        Some(test) => (format!("`{test}`"), "0".to_owned()),
        None => (s.count.to_string(), bound(s.largest)),
    };
    let source = if q.source == "-" { "" } else { &q.source };
    let _ = writeln!(out, "| {} | {} | {source} | {} | {numbers} | {difference} |", q.id, q.definition, s.reference);
}

/// A difference, rounded up to a power of ten.
fn bound(difference: f64) -> String {
    if difference == 0.0 { "0".to_owned() } else { format!("1e{}", difference.log10().ceil()) }
}

/// A line without its last cell.
pub(super) fn without_difference(line: &str) -> String {
    match line.strip_suffix(" |").and_then(|l| l.rsplit_once('|')) {
        Some((cells, _)) => cells.to_owned(),
        None => line.to_owned(),
    }
}
