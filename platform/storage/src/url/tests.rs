//! What `storage.url` accepts, and what it refuses.

use super::*;
use proptest::prelude::*;

fn postgres(host: &str, port: u16, database: &str) -> StorageUrl {
    StorageUrl::Postgres { host: host.into(), port, database: database.into() }
}

fn refusal(text: &str) -> String {
    text.parse::<StorageUrl>().expect_err(text)
}

#[test]
fn directories_are_taken_as_written() {
    for (text, directory) in [
        ("sqlite:./data", "./data"),
        ("sqlite:data", "data"),
        ("sqlite:/var/lib/banyan", "/var/lib/banyan"),
        ("sqlite:///var/lib/banyan", "/var/lib/banyan"),
    ] {
        assert_eq!(text.parse(), Ok(StorageUrl::Sqlite { directory: directory.into() }), "{text}");
    }
}

#[test]
fn databases_are_found_by_host_address_or_socket() {
    for (text, url) in [
        ("postgres://db.example/chat", postgres("db.example", 5432, "chat")),
        ("postgresql://127.0.0.1:5433/chat", postgres("127.0.0.1", 5433, "chat")),
        ("postgres://[::1]:5433/chat", postgres("::1", 5433, "chat")),
        ("postgres://[::1]/chat", postgres("::1", 5432, "chat")),
        ("postgres://%2Frun%2Fpostgresql/chat", postgres("/run/postgresql", 5432, "chat")),
        ("postgres:///chat?host=/run/postgresql", postgres("/run/postgresql", 5432, "chat")),
        ("postgres://:5433/chat?host=%2Frun", postgres("/run", 5433, "chat")),
    ] {
        assert_eq!(text.parse(), Ok(url), "{text}");
    }
}

#[test]
fn a_user_or_a_password_is_refused_and_not_repeated() {
    for text in ["postgres://ada:s3cret@db/chat", "postgres://ada@db/chat", "mysql://ada:s3cret@db/chat"] {
        assert!(!refusal(text).contains("s3cret"), "{text}");
    }
    assert!(refusal("postgres://ada@db/chat").contains("each module logs in as its own role"));
}

#[test]
fn whatever_else_is_refused() {
    for text in [
        "",
        "data",
        "./data",
        "sqlite",
        "sqlite:",
        "sqlite://data",
        "sqlite::memory:",
        "sqlite:./data?mode=ro",
        "sqlite:a\0b",
        "host=127.0.0.1 port=1 dbname=x",
        "postgres:chat",
        "postgres:/db/chat",
        "postgres://db",
        "postgres://db/",
        "postgres:///chat",
        "postgres://db/Chat",
        "postgres://db/a/b",
        "postgres://db/chat#x",
        "postgres://db:0/chat",
        "postgres://db:+1/chat",
        "postgres://db:65536/chat",
        "postgres://db:/chat",
        "postgres://a,b/chat",
        "postgres://a b/chat",
        "postgres://%2/chat",
        "postgres://[::1/chat",
        "postgres://[nonsense]/chat",
        "postgres://db/chat?sslmode=disable",
        "postgres://db/chat?host=/run",
        "postgres:///chat?host=relative",
        "postgres:///chat?host=/run&user=ada",
        "POSTGRES://db/chat",
    ] {
        refusal(text);
    }
}

proptest! {
    #[test]
    fn parsing_never_fails_hard(text in ".{0,60}", rest in "[a-z0-9:/?%@\\[\\]=,.]{0,40}") {
        let _ = text.parse::<StorageUrl>();
        let _ = format!("postgres://{rest}").parse::<StorageUrl>();
    }

    #[test]
    fn what_is_printed_parses_back(
        host in "([a-z0-9.-]{1,20}|/[a-zA-Z0-9/ %:é-]{1,20}|::[0-9a-f]{1,4})", port in 1_u16.., database in "[a-z][a-z0-9_]{0,30}"
    ) {
        // An address is printed in its canonical form (RFC 5952).
        let host = host.parse::<std::net::Ipv6Addr>().map_or(host, |address| address.to_string());
        let url = postgres(&host, port, &database);
        prop_assert_eq!(url.to_string().parse(), Ok(url));
    }
}
