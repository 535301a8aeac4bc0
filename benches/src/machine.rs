//! On what, of what and when: a figure without these means nothing. No path, no host name.

use kernel::{Clock, SystemClock, Timestamp};
use std::process::Command;

/// The facts beside the figures.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Machine {
    /// When, UTC.
    date: String,
    /// Cores that this process may use.
    cores: usize,
    /// The processor's own name.
    cpu: String,
    memory_mib: u64,
    /// Processes that wanted a core in the minute before the run: above 0.5, neighbours are in the figures.
    load_average_before: f64,
    kernel: String,
    rustc: String,
    /// The commit of the sources.
    commit: String,
    /// Whether sources were changed since that commit.
    changed_since: bool,
    /// Size of the measured binary.
    binary_mib: f64,
    /// The file system that the data was on.
    file_system: String,
}

impl Machine {
    /// Looks around.
    pub(crate) fn look(
        clock: &SystemClock,
        load_average_before: f64,
        binary_bytes: u64,
        file_system: String,
    ) -> Self {
        let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let memory_kib: u64 = after(&memory, "MemTotal")
            .and_then(|text| text.split(' ').next()?.parse().ok())
            .unwrap_or_default();
        Self {
            date: date(clock.now()),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            cpu: after(&cpu, "model name").unwrap_or("unknown").to_owned(),
            memory_mib: memory_kib / 1024,
            load_average_before,
            kernel: said("uname", &["-r"]),
            rustc: said("rustc", &["--version"]),
            commit: said("git", &["rev-parse", "HEAD"]),
            changed_since: !said("git", &["status", "--porcelain", "--untracked-files=no"]).is_empty(),
            binary_mib: (binary_bytes as f64 / 1024.0 / 1024.0 * 10.0).round() / 10.0,
            file_system,
        }
    }
}

/// How many processes wanted a core in the last minute.
pub(crate) fn load_average() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|figure| figure.parse().ok()).unwrap_or_default()
}

/// What stands behind `name` and a colon, in the first line that has it.
fn after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.split_once(':')?.1.trim())
}

/// What a command says; "unknown" when there is no such command.
pub(crate) fn said(program: &str, arguments: &[&str]) -> String {
    match Command::new(program).args(arguments).output() {
        Ok(output) if output.status.success() => {
            // nginx says its version on standard error.
            let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
            String::from_utf8_lossy(&text).trim().to_owned()
        }
        _ => "unknown".into(),
    }
}

/// The day in the proleptic Gregorian calendar and the time of day, as RFC 3339 writes it. Days are counted in eras of
/// 400 years that begin on the first of March, so that a leap day comes last.
fn date(now: Timestamp) -> String {
    let (days, second) = (now.seconds().div_euclid(86_400), now.seconds().rem_euclid(86_400));
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z", second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_right_around_leap_days_and_centuries() {
        let at = |seconds: i64| date(Timestamp(seconds * 1000));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(951_868_800), "2000-03-01T00:00:00Z");
        assert_eq!(at(1_735_689_599), "2024-12-31T23:59:59Z");
        assert_eq!(at(4_107_542_400), "2100-03-01T00:00:00Z");
    }

    #[test]
    fn facts_are_found_behind_their_names() {
        assert_eq!(after("processor\t: 0\nmodel name\t: A CPU\n", "model name"), Some("A CPU"));
        assert_eq!(after("processor\t: 0\n", "model name"), None);
    }
}
