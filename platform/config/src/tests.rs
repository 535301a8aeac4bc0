//! What wins over what, and what is said when something is wrong.

use crate::{Loader, Origin};
use serde::Deserialize;
use std::fs::write;
use tempfile::TempDir;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Server {
    listen: String,
    workers: u16,
    etag: bool,
    inner: Inner,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Inner {
    deep: u8,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8080".into(), workers: 2, etag: true, inner: Inner::default() }
    }
}

fn origin(directory: &TempDir, environment: &[(&str, &str)]) -> Origin {
    Origin {
        directory: directory.path().to_owned(),
        default_file: "banyan.toml",
        environment: environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        ..Origin::default()
    }
}

fn load(origin: &Origin) -> Result<Server, String> {
    let mut loader = Loader::new(origin);
    let server = loader.section::<Server>("server");
    loader.finish().map(|()| server).map_err(|e| e.to_string())
}

#[test]
fn nothing_given_gives_the_defaults() {
    let directory = TempDir::new().unwrap();
    assert_eq!(load(&origin(&directory, &[])), Ok(Server::default()));
}

#[test]
fn flags_win_over_environment_over_dotenv_over_profile_over_file() {
    let directory = TempDir::new().unwrap();
    write(directory.path().join("banyan.toml"), "[server]\nlisten = 'file'\nworkers = 3\n").unwrap();
    assert_eq!(load(&origin(&directory, &[])).unwrap().listen, "file");
    write(directory.path().join("banyan.test.toml"), "[server]\nlisten = 'profile'\n").unwrap();
    let profile = ("BANYAN_PROFILE", "test");
    assert_eq!(load(&origin(&directory, &[profile])).unwrap().listen, "profile");
    write(directory.path().join(".env"), "BANYAN__SERVER__LISTEN=dotenv\nOTHER=1\n").unwrap();
    assert_eq!(load(&origin(&directory, &[profile])).unwrap().listen, "dotenv");
    let environment = [profile, ("BANYAN__SERVER__LISTEN", "environment")];
    assert_eq!(load(&origin(&directory, &environment)).unwrap().listen, "environment");
    let flagged = origin(&directory, &environment).flag("server.listen", "--listen", Some("flag".into()));
    let server = load(&flagged).unwrap();
    assert_eq!((server.listen.as_str(), server.workers), ("flag", 3));
}

#[test]
fn values_of_the_environment_are_read_as_what_the_setting_is() {
    let directory = TempDir::new().unwrap();
    let environment = [
        ("BANYAN__SERVER__WORKERS", "7"),
        ("BANYAN__SERVER__ETAG", "false"),
        ("BANYAN__SERVER__LISTEN", "8080"),
        ("BANYAN__SERVER__INNER__DEEP", "9"),
    ];
    let expected = Server { listen: "8080".into(), workers: 7, etag: false, inner: Inner { deep: 9 } };
    assert_eq!(load(&origin(&directory, &environment)), Ok(expected));
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let directory = TempDir::new().unwrap();
    write(directory.path().join("banyan.toml"), "[server]\nworkers = 3\nlissen = 'x'\n").unwrap();
    let error = load(&origin(&directory, &[])).unwrap_err();
    assert!(error.contains("banyan.toml:3:1: unknown field `lissen`"), "{error}");
}

#[test]
fn an_unknown_section_a_wrong_type_and_broken_toml_are_refused_with_their_line() {
    let directory = TempDir::new().unwrap();
    for (text, expected) in [
        ("[server]\n\n[sever]\nx = 1\n", ":3:2: unknown section `sever`, expected one of server"),
        ("[server]\nworkers = 'many'\n", ":2:11: invalid type: string \"many\", expected u16"),
        ("[server]\nworkers = \n", ":2:11: "),
    ] {
        write(directory.path().join("banyan.toml"), text).unwrap();
        let error = load(&origin(&directory, &[])).unwrap_err();
        assert!(error.contains(expected), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn a_wrong_variable_is_refused_by_its_name() {
    let directory = TempDir::new().unwrap();
    for (name, value) in [
        ("BANYAN__SERVER__WORKERS", "many"),
        ("BANYAN__SERVER__TYPO", "1"),
        ("BANYAN__SEVER__LISTEN", "x"),
        ("BANYAN_PROFILE", "production"),
    ] {
        let error = load(&origin(&directory, &[(name, value)])).unwrap_err();
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn the_variable_at_fault_is_named_and_not_one_that_is_right() {
    let directory = TempDir::new().unwrap();
    let environment = [("BANYAN__SERVER__LISTN", "1"), ("BANYAN__SERVER__LISTEN", "right")];
    let error = load(&origin(&directory, &environment)).unwrap_err();
    assert!(error.starts_with("BANYAN__SERVER__LISTN: "), "{error}");
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let directory = TempDir::new().unwrap();
    let mut origin = origin(&directory, &[]);
    origin.file = Some(directory.path().join("missing.toml"));
    let error = load(&origin).unwrap_err();
    assert!(error.contains("missing.toml: cannot be read"), "{error}");
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Bind {
    at: Option<std::net::SocketAddr>,
}

#[test]
fn an_address_that_is_none_is_refused_with_one_that_would_do_and_the_section_is_not_named() {
    let directory = TempDir::new().unwrap();
    let said = |origin: &Origin| {
        let mut loader = Loader::new(origin);
        loader.section::<Bind>("bind");
        loader.finish().unwrap_err().to_string()
    };
    let such = "must be an IP address and a port, such as 127.0.0.1:8080";
    let flagged = origin(&directory, &[]).flag("bind.at", "--at", Some("localhost:8080".into()));
    assert_eq!(said(&flagged), format!("--at: {such}"));
    write(directory.path().join("banyan.toml"), "[bind]\nat = ':8080'\n").unwrap();
    let said = said(&origin(&directory, &[]));
    assert!(said.ends_with(&format!("banyan.toml:2:6: {such}")), "{said}");
}
