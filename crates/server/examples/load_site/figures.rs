//! What was measured, as a table.

use std::path::Path;
use std::time::Duration;

const BEGIN: &str = "<!-- figures -->";
const END: &str = "<!-- end of figures -->";

/// Rows of the table.
#[derive(Default)]
pub struct Figures(Vec<(String, String, String)>);

impl Figures {
    /// A figure, and what is aimed at, if anything.
    pub fn add(&mut self, what: &str, value: String, aim: &str) {
        println!("{what}: {value}{}", if aim.is_empty() { String::new() } else { format!(" (aim: {aim})") });
        self.0.push((what.to_owned(), value, aim.to_owned()));
    }

    /// Markdown.
    pub fn table(&self) -> String {
        let rows = self.0.iter().map(|(what, value, aim)| format!("| {what} | {value} | {aim} |\n"));
        format!("| | measured | aim |\n| --- | --- | --- |\n{}", rows.collect::<String>())
    }

    /// Puts the table between the markers of a page.
    pub fn write(&self, page: &Path) {
        let text = std::fs::read_to_string(page).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let (_, after) = rest.split_once(END).unwrap();
        std::fs::write(page, format!("{before}{BEGIN}\n{}{END}{after}", self.table())).unwrap();
    }
}

/// Durations, sorted once.
#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn new(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        Self(all)
    }

    /// The smallest that this share does not exceed.
    pub fn at(&self, share: f64) -> Duration {
        let place = (share * self.0.len() as f64).ceil() as usize;
        self.0.get(place.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// As words: median, 99th percentile, longest.
    pub fn words(&self) -> String {
        format!("p50 {}, p99 {}, longest {}", ms(self.at(0.5)), ms(self.at(0.99)), ms(self.at(1.0)))
    }
}

pub fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

pub fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64().max(1e-9)
}
