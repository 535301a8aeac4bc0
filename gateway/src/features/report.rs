//! What is wrong with a features file, and where.

use std::fmt;

/// The most findings that are kept: a file of another kind would give one a line.
const FINDINGS_MAX: usize = 500;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file is taken.
    Warning,
}

/// One fault of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Line and column, from 1, the column in characters; `None` when it concerns the file as a whole.
    pub place: Option<(u32, u32)>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, for people.
    pub reason: String,
}

/// All findings about one file. Displays as one line a finding, `features.toml:12:3: error: reason`, in the order
/// of the file, and as nothing when there are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    file: String,
    findings: Vec<Finding>,
    left_out: usize,
}

impl Report {
    /// An empty report about a file.
    #[must_use]
    pub fn new(file: impl Into<String>) -> Self {
        Self { file: file.into(), findings: Vec::new(), left_out: 0 }
    }

    /// A report with one error about the file as a whole.
    #[must_use]
    pub fn of_file(file: impl Into<String>, reason: impl Into<String>) -> Self {
        let mut report = Self::new(file);
        report.add(Finding { place: None, severity: Severity::Error, reason: reason.into() });
        report
    }

    /// Adds a finding; beyond a bound it is only counted.
    pub(super) fn add(&mut self, finding: Finding) {
        if self.findings.len() >= FINDINGS_MAX {
            self.left_out += 1;
            return;
        }
        let after = self.findings.partition_point(|other| other.place <= finding.place);
        self.findings.insert(after, finding);
    }

    /// The name of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The findings in the order of the file.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether the file may be used.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.left_out == 0 && self.findings.iter().all(|finding| finding.severity == Severity::Warning)
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, Finding { place, severity, reason }) in self.findings.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&self.file)?;
            if let Some((line, column)) = place {
                write!(f, ":{line}:{column}")?;
            }
            write!(f, ": {severity}: {reason}")?;
        }
        if self.left_out > 0 {
            write!(f, "\n{}: {} more findings are left out", self.file, self.left_out)?;
        }
        Ok(())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// A report that refuses a file is the reason why it cannot be used.
impl std::error::Error for Report {}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(line: u32, severity: Severity) -> Finding {
        Finding { place: Some((line, 1)), severity, reason: format!("reason {line}") }
    }

    #[test]
    fn findings_are_shown_in_the_order_of_the_file() {
        let mut report = Report::new("f.toml");
        for line in [3, 1, 2] {
            report.add(finding(line, Severity::Warning));
        }
        assert!(report.is_ok());
        report.add(finding(2, Severity::Error));
        assert!(!report.is_ok());
        assert_eq!(
            report.to_string(),
            "f.toml:1:1: warning: reason 1\nf.toml:2:1: warning: reason 2\n\
             f.toml:2:1: error: reason 2\nf.toml:3:1: warning: reason 3"
        );
    }

    #[test]
    fn the_number_of_findings_is_bounded_and_an_overflow_is_never_fine() {
        let mut report = Report::new("f.toml");
        for line in 0..=FINDINGS_MAX {
            report.add(finding(u32::try_from(line).unwrap(), Severity::Warning));
        }
        assert_eq!(report.findings().len(), FINDINGS_MAX);
        assert!(!report.is_ok(), "what was left out may have been an error");
        assert!(report.to_string().ends_with("f.toml: 1 more findings are left out"));
    }
}
