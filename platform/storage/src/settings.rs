//! The section `storage`.

/// Where the modules keep their data.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StorageSettings {
    /// `sqlite:DIRECTORY` or `postgres://host[:port]/database`.
    pub url: StorageUrl,
}

impl Default for StorageSettings {
    fn default() -> Self {
        Self { url: StorageUrl::Sqlite { directory: "./data".into() } }
    }
}

/// Which engine, and where.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub enum StorageUrl {
    /// A file a module in this directory.
    Sqlite {
        /// The directory.
        directory: std::path::PathBuf,
    },
    /// A schema and a role a module in this database.
    Postgres {
        /// Host name or address, or the directory of a Unix socket.
        host: String,
        /// Port.
        port: u16,
        /// Name of the database.
        database: String,
    },
}

impl TryFrom<String> for StorageUrl {
    type Error = String;

    fn try_from(_: String) -> Result<Self, String> {
        Err("to be built".into())
    }
}
