//! What this process takes of the machine.

use super::{FILES, MEMORY, PROCESSOR};

/// Reads it from Linux; elsewhere these metrics are absent.
pub(super) fn look() {
    let page = 4096.0;
    let statm = std::fs::read_to_string("/proc/self/statm").ok();
    if let Some(pages) = statm.as_deref().and_then(|text| text.split(' ').nth(1)?.parse::<f64>().ok()) {
        metrics::gauge!(MEMORY).set(pages * page);
    }
    if let Some(ticks) = std::fs::read_to_string("/proc/self/stat").ok().as_deref().and_then(ticks) {
        // Linux shows them in hundredths of a second, whatever the kernel's own clock.
        metrics::counter!(PROCESSOR).absolute(ticks / 100);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        metrics::gauge!(FILES).set(open.count() as f64);
    }
}

/// User and system time: the 14th and 15th field, counted behind the name, which may hold spaces.
fn ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "7 (a b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0";
        assert_eq!(ticks(stat), Some(200));
        assert_eq!(ticks("7 (a"), None);
    }
}
