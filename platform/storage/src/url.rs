//! `storage.url`: which engine, and where. A URL that is not understood is refused, so that a slip of the pen never
//! becomes an empty SQLite file in place of the data.

use crate::name;
use std::fmt;
use std::path::PathBuf;

/// Port when the URL names none.
const POSTGRES_PORT: u16 = 5432;

/// Which engine, and where.
///
/// | written | means |
/// |---|---|
/// | `sqlite:./data`, `sqlite:data`, `sqlite:/var/lib/banyan` | a file a module in this directory |
/// | `sqlite:///var/lib/banyan` | the same, as a full URL (RFC 8089 style) |
/// | `postgres://host/database`, `postgres://host:5433/database`, `postgres://[::1]/database` | over TCP |
/// | `postgres://%2Frun%2Fpostgresql/database`, `postgres:///database?host=/run/postgresql` | by Unix socket |
///
/// `postgresql://` is the same as `postgres://`. [`Display`](fmt::Display) prints the shortest form, which parses back
/// to an equal value.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum StorageUrl {
    /// A file a module in this directory.
    Sqlite {
        /// The directory.
        directory: PathBuf,
    },
    /// A schema and a role a module in this database.
    Postgres {
        /// Host name or address (an IPv6 address without brackets), or the directory of a Unix socket, which starts
        /// with `/`.
        host: String,
        /// Port.
        port: u16,
        /// Name of the database.
        database: String,
    },
}

impl std::str::FromStr for StorageUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix("sqlite:") {
            return parse_sqlite(rest);
        }
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        // The text is not repeated: it may hold a password.
        rest.map_or_else(
            || Err("must be sqlite:DIRECTORY or postgres://HOST[:PORT]/DATABASE".to_owned()),
            parse_postgres,
        )
    }
}

impl TryFrom<String> for StorageUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<StorageUrl> for String {
    fn from(url: StorageUrl) -> Self {
        url.to_string()
    }
}

impl fmt::Display for StorageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { directory } => write!(f, "sqlite:{}", directory.display()),
            Self::Postgres { host, port, database } => {
                f.write_str("postgres://")?;
                if host.contains(':') && !host.starts_with('/') {
                    write!(f, "[{host}]")?;
                } else {
                    write_percent_encoded(f, host)?;
                }
                if *port != POSTGRES_PORT {
                    write!(f, ":{port}")?;
                }
                write!(f, "/{database}")
            }
        }
    }
}

fn parse_sqlite(rest: &str) -> Result<StorageUrl, String> {
    let directory = match rest.strip_prefix("//") {
        Some(path) if path.starts_with('/') => path,
        Some(_) => {
            return Err("sqlite:// takes an absolute path: sqlite:///DIRECTORY, or sqlite:DIRECTORY".into());
        }
        None => rest,
    };
    if directory.is_empty() {
        return Err("sqlite: needs a directory: sqlite:./data".into());
    }
    if directory.starts_with(':') {
        return Err("sqlite: takes a directory; databases in memory would lose answered writes".into());
    }
    if directory.contains(['?', '#']) || directory.contains(char::is_control) {
        return Err("sqlite: takes a directory and no parameters".into());
    }
    Ok(StorageUrl::Sqlite { directory: directory.into() })
}

fn parse_postgres(rest: &str) -> Result<StorageUrl, String> {
    let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
    let (authority, database) =
        place.split_once('/').ok_or("the database's name is missing: postgres://HOST/DATABASE")?;
    if authority.contains('@') {
        return Err("must not hold a user or a password: each module logs in as its own role \
                    (`banyan db provision` makes them)"
            .into());
    }
    if !name::is_valid(database) {
        return Err("the database's name must be a small letter and then at most 30 of a-z, 0-9 and _".into());
    }
    let (host, port) = split_port(authority)?;
    let host = match (host, query) {
        ("", Some(query)) => socket_directory(query)?,
        (_, Some(_)) => {
            return Err("takes no parameters but ?host=/SOCKET/DIRECTORY in place of the host".into());
        }
        ("", None) => return Err("the host is missing: postgres://HOST/DATABASE".into()),
        (host, None) => parse_host(host)?,
    };
    Ok(StorageUrl::Postgres { host, port, database: database.to_owned() })
}

/// Splits `host:port`, where an IPv6 address stands in brackets (RFC 3986, 3.2.2).
fn split_port(authority: &str) -> Result<(&str, u16), String> {
    let after_address = authority.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = match authority.get(after_address..).and_then(|tail| tail.rfind(':')) {
        Some(at) => authority.split_at_checked(after_address + at).unwrap_or((authority, "")),
        None => (authority, ""),
    };
    let Some(port) = port.strip_prefix(':') else { return Ok((host, POSTGRES_PORT)) };
    match port.parse() {
        Ok(number) if number > 0 && port.bytes().all(|b| b.is_ascii_digit()) => Ok((host, number)),
        _ => Err("the port must be a number from 1 to 65535".into()),
    }
}

fn parse_host(host: &str) -> Result<String, String> {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address: std::net::Ipv6Addr = address.parse().map_err(|_| "the IPv6 address is not valid")?;
        return Ok(address.to_string());
    }
    let host = percent_decode(host)?;
    if host.starts_with('/') {
        return check_socket_directory(host);
    }
    // One host only: a comma would make libpq try several databases in turn.
    if host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
        Ok(host)
    } else {
        Err("the host must be one name, address or percent-encoded socket directory".into())
    }
}

fn socket_directory(query: &str) -> Result<String, String> {
    match query.strip_prefix("host=") {
        Some(host) if !host.contains('&') => check_socket_directory(percent_decode(host)?),
        _ => Err("takes no parameters but ?host=/SOCKET/DIRECTORY".into()),
    }
}

fn check_socket_directory(directory: String) -> Result<String, String> {
    if !directory.starts_with('/') || directory.contains(char::is_control) || directory.contains(',') {
        return Err("the socket directory must be one absolute path".into());
    }
    Ok(directory)
}

/// RFC 3986, 2.1.
fn percent_decode(text: &str) -> Result<String, String> {
    const MALFORMED: &str = "the host is not properly percent-encoded";
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit =
            || rest.next().and_then(|b| char::from(b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
        let (high, low) = (digit().ok_or(MALFORMED)?, digit().ok_or(MALFORMED)?);
        bytes.push(high << 4 | low);
    }
    String::from_utf8(bytes).map_err(|_| MALFORMED.into())
}

fn write_percent_encoded(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~') {
            write!(f, "{}", char::from(byte))?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
