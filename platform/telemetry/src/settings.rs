//! The section `log`.

/// How and how much is logged.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// `auto`: pretty on a terminal, JSON otherwise.
    pub format: LogFormat,
    /// What is logged: a level, or directives like `info,storage=debug`.
    pub filter: String,
    /// Whether each request leaves a line.
    pub access: bool,
    /// Most lines, but for access lines, that wait to be written; more are dropped and counted.
    pub queue_max_lines: usize,
    /// Most bytes of access lines that wait to be written, of each worker; lines beyond it are dropped and counted.
    pub access_buffer_max_bytes: usize,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            format: LogFormat::Auto,
            filter: "info,actix_server=warn".to_owned(),
            access: true,
            queue_max_lines: 65_536,
            access_buffer_max_bytes: 4 * 1024 * 1024,
        }
    }
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Pretty on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Pretty,
    /// For machines: one JSON object a line.
    Json,
}

impl LogFormat {
    /// Whether to write JSON, given whether the output is a terminal.
    #[must_use]
    pub fn is_json(self, terminal: bool) -> bool {
        match self {
            Self::Auto => !terminal,
            Self::Pretty => false,
            Self::Json => true,
        }
    }
}
