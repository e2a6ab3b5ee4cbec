//! Lines, paragraphs and tables of a text page.

const WIDTH: usize = 92;

/// Text under construction.
#[derive(Default)]
pub(super) struct Page {
    lines: Vec<String>,
}

impl Page {
    pub(super) fn title(&mut self, title: &str, subject: &str) {
        self.line(&title.to_uppercase());
        self.wrapped("", "", subject);
        self.line(&"=".repeat(WIDTH));
        self.blank();
    }

    pub(super) fn section(&mut self, title: &str) {
        self.blank();
        self.line(&title.to_uppercase());
        self.line(&"-".repeat(width(title)));
    }

    pub(super) fn subsection(&mut self, title: &str) {
        self.blank();
        self.line(title);
    }

    pub(super) fn line(&mut self, text: &str) {
        self.lines.push(text.trim_end().to_owned());
    }

    /// One empty line, never two.
    pub(super) fn blank(&mut self) {
        if self.lines.last().is_some_and(|l| !l.is_empty()) {
            self.lines.push(String::new());
        }
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        self.wrapped("", "", text);
    }

    pub(super) fn item(&mut self, mark: &str, text: &str) {
        let first = format!("{mark:>3} ");
        let rest = " ".repeat(width(&first));
        self.wrapped(&first, &rest, text);
    }

    pub(super) fn facts(&mut self, facts: &[(String, String)]) {
        let widest = facts.iter().map(|(k, _)| width(k)).max().unwrap_or(0);
        for (key, value) in facts {
            let first = format!("{}  ", padded(key, widest, false));
            self.wrapped(&first, &" ".repeat(widest + 2), value);
        }
    }

    /// A table whose first row is the header; `right` marks right-aligned columns. Long cells are cut with an ellipsis.
    pub(super) fn table<const N: usize>(&mut self, rows: &[[String; N]], right: &[bool; N]) {
        self.table_keeping(0, rows, right);
    }

    /// The same, whose first `kept` columns are never cut.
    pub(super) fn table_keeping<const N: usize>(&mut self, kept: usize, rows: &[[String; N]], right: &[bool; N]) {
        let mut widths = [0; N];
        for row in rows {
            for (w, cell) in widths.iter_mut().zip(row) {
                *w = (*w).max(width(cell));
            }
        }
        let gaps = 2 * N;
        while widths.iter().sum::<usize>() + gaps > WIDTH {
            let widest = (kept..N).max_by_key(|i| widths[*i]).unwrap_or(0);
            if widths[widest] <= 8 {
                break;
            }
            widths[widest] -= 1;
        }
        for (i, row) in rows.iter().enumerate() {
            let cells: Vec<String> = (0..N).map(|c| padded(&cut(&row[c], widths[c]), widths[c], right[c])).collect();
            self.line(&format!("  {}", cells.join("  ")));
            if i == 0 {
                self.line(&format!("  {}", widths.map(|w| "-".repeat(w)).join("  ")));
            }
        }
    }

    pub(super) fn finish(mut self) -> String {
        while self.lines.last().is_some_and(String::is_empty) {
            self.lines.pop();
        }
        self.lines.join("\n") + "\n"
    }

    fn wrapped(&mut self, first: &str, rest: &str, text: &str) {
        let mut line = first.to_owned();
        let mut empty = true;
        for word in pieces(text) {
            if !empty && width(&line) + 1 + width(&word) > WIDTH {
                self.line(&line);
                line = rest.to_owned();
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(&word);
            empty = false;
        }
        self.line(&line);
    }
}

/// What a line is not broken in: words, and numbers with their unit or in groups of three (`87.3 %`, `16 281`).
fn pieces(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in text.split([' ', '\n']).filter(|w| !w.is_empty()) {
        let digits = |w: &str| w.chars().take_while(char::is_ascii_digit).count();
        let group = digits(word) == 3 && !word.contains(['.', ',']);
        match out.last_mut() {
            Some(last)
                if last.ends_with(|c: char| c.is_ascii_digit())
                    && (word.starts_with('%') || (group && last.len() <= 3)) =>
            {
                last.push(' ');
                last.push_str(word);
            }
            _ => out.push(word.to_owned()),
        }
    }
    out
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn cut(text: &str, to: usize) -> String {
    if width(text) <= to { text.to_owned() } else { text.chars().take(to.saturating_sub(1)).chain(['…']).collect() }
}

fn padded(text: &str, to: usize, right: bool) -> String {
    let space = " ".repeat(to.saturating_sub(width(text)));
    if right { space + text } else { text.to_owned() + &space }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_the_width_and_keeps_one_blank_line() {
        let mut page = Page::default();
        page.item("1.", &"palabra ".repeat(40));
        page.blank();
        page.blank();
        page.line("end");
        let text = page.finish();
        assert!(text.lines().all(|l| l.chars().count() <= WIDTH), "{text}");
        assert!(!text.contains("\n\n\n"));
        assert!(text.starts_with(" 1. palabra"));
    }

    #[test]
    fn a_number_keeps_its_unit() {
        assert_eq!(pieces("is 87.3 % of 16 281 rows, (5 %)."), ["is", "87.3 %", "of", "16 281", "rows,", "(5 %)."]);
        assert_eq!(pieces("in 2019 281 rows"), ["in", "2019", "281", "rows"]);
    }

    #[test]
    fn long_cells_are_cut_to_fit() {
        let mut page = Page::default();
        page.table(&[["a".into(), "b".into()], ["x".repeat(300), "1".into()]], &[false, true]);
        assert!(page.finish().lines().all(|l| l.chars().count() <= WIDTH));
    }
}
