//! What cannot start says why in one clear line, and exits with 2.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use testkit::{Backend, CommandOutput, TestDatabase, banyan_command, run};

/// `serve` on free ports in a folder, with these arguments.
fn serve(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = banyan_command(folder);
    command.arg("serve").args(arguments);
    for flag in ["--listen", "--admin"] {
        if !arguments.contains(&flag) {
            command.args([flag, "127.0.0.1:0"]);
        }
    }
    command
}

/// One line on standard error that has each of these texts, nothing on standard output, exit code 2.
async fn expect_refusal(mut command: Command, texts: &[&str]) {
    let said = CommandOutput::of(&mut command).await;
    let lines: Vec<&str> = said.stderr.lines().collect();
    assert_eq!(
        (said.code, lines.len(), said.stdout.as_str()),
        (Some(2), 1, ""),
        "{texts:?}: {}",
        said.stderr
    );
    for text in texts.iter().chain(&["banyan: "]) {
        assert!(lines[0].contains(text), "{text}: {}", lines[0]);
    }
    assert!(!lines[0].contains("panicked"), "{}", lines[0]);
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn a_port_that_is_taken() {
    run(Backend::Sqlite, |_| async {
        let (folder, taken) = (folder(), TcpListener::bind("127.0.0.1:0").unwrap());
        let address = taken.local_addr().unwrap().to_string();
        expect_refusal(serve(folder.path(), &["--listen", &address]), &[&address, "server.listen"]).await;
        expect_refusal(serve(folder.path(), &["--admin", &address]), &[&address, "admin.listen"]).await;
        assert!(!folder.path().join("data").exists(), "nothing was made");
    });
}

#[test]
fn an_address_that_is_none() {
    run(Backend::Sqlite, |_| async {
        let folder = folder();
        for address in ["nowhere", "127.0.0.1", "127.0.0.1:99999", ":8080", ""] {
            expect_refusal(serve(folder.path(), &["--listen", address]), &["--listen"]).await;
        }
        // Not ours to listen on (RFC 5737).
        expect_refusal(serve(folder.path(), &["--listen", "192.0.2.1:80"]), &["192.0.2.1:80"]).await;
    });
}

#[test]
fn an_admin_side_beyond_loopback_without_a_token() {
    run(Backend::Sqlite, |_| async {
        let folder = folder();
        for address in ["0.0.0.0:0", "[::]:0"] {
            let refused = serve(folder.path(), &["--admin", address]);
            expect_refusal(refused, &["admin.listen", "admin.token"]).await;
            let mut short = serve(folder.path(), &["--admin", address]);
            short.env("BANYAN__ADMIN__TOKEN", "short");
            expect_refusal(short, &["admin.token"]).await;
        }
    });
}

#[test]
fn a_directory_that_cannot_be_written() {
    run(Backend::Sqlite, |_| async {
        let folder = folder();
        fs::write(folder.path().join("file"), "").unwrap();
        // Also for root, who may write wherever a file system can be written.
        for directory in ["/proc/nothing/data", "./file", "./file/data"] {
            let storage = format!("sqlite:{directory}");
            expect_refusal(serve(folder.path(), &["--storage", &storage]), &[directory]).await;
        }
    });
}

#[test]
fn a_file_that_is_no_database() {
    run(Backend::Sqlite, |_| async {
        let folder = folder();
        fs::create_dir(folder.path().join("data")).unwrap();
        fs::write(folder.path().join("data/users.db"), "these are not the bytes of a database".repeat(100))
            .unwrap();
        expect_refusal(serve(folder.path(), &[]), &["users", "not a database"]).await;
    });
}

#[test]
fn settings_that_are_not_known() {
    run(Backend::Sqlite, |_| async {
        let folder = folder();
        for (name, value, texts) in [
            ("BANYAN__SERVER__LISTN", "127.0.0.1:0", ["BANYAN__SERVER__LISTN", "listen"]),
            ("BANYAN__SERVR__LISTEN", "127.0.0.1:0", ["BANYAN__SERVR__LISTEN", "server"]),
            ("BANYAN__USERS__MIN_PASSWORD_LENGTH", "many", ["BANYAN__USERS__MIN_PASSWORD_LENGTH", "invalid"]),
            ("BANYAN__USERS__OFFLINE_AFTER_S", "1", ["BANYAN__USERS__OFFLINE_AFTER_S", "5"]),
        ] {
            let mut command = serve(folder.path(), &[]);
            command.env(name, value);
            expect_refusal(command, &texts).await;
        }
        let file = folder.path().join("mine.toml");
        for (text, texts) in [
            ("[users]\nmin_pasword_length = 3\n", ["mine.toml:2", "min_password_length"]),
            ("# a comment\n[nothing]\nx = 1\n", ["mine.toml:2", "nothing"]),
            ("[users]\nmin_password_length = \"x\"\n", ["mine.toml:2", "invalid type"]),
            ("[users]\nmin_password_length 3\n", ["mine.toml:2", "expected"]),
        ] {
            fs::write(&file, text).unwrap();
            expect_refusal(serve(folder.path(), &["--config", "mine.toml"]), &texts).await;
        }
        expect_refusal(serve(folder.path(), &["--config", "missing.toml"]), &["missing.toml"]).await;
        fs::write(folder.path().join("banyan.toml"), "[log]\nformat = \"xml\"\n").unwrap();
        expect_refusal(serve(folder.path(), &[]), &["banyan.toml:2", "json"]).await;
    });
}

#[test]
fn a_features_file_that_is_broken() {
    run(Backend::Sqlite, |_| async {
        let folder = folder();
        let route = "[[routes]]\nname = \"a\"\nmatch = { path = \"/x\" }\nmodule = \"users\"\n";
        for (text, texts) in [
            ("default = \"monolith\"\n\n[[routes]\n".to_owned(), ["mine.toml:3", "expected"]),
            (route.replace("users", "nobody"), ["mine.toml:4", "nobody"]),
            (route.replace("/x", "x"), ["mine.toml:3", "path"]),
            (route.replace("name =", "nam ="), ["mine.toml", "nam"]),
            (format!("{route}{route}"), ["mine.toml:6", "a"]),
            (format!("{route}serve = \"no.toggle\"\nservice = \"s\"\n"), ["mine.toml:5", "no.toggle"]),
        ] {
            fs::write(folder.path().join("mine.toml"), &text).unwrap();
            let mut command = serve(folder.path(), &["--features", "mine.toml"]);
            let said = CommandOutput::of(&mut command).await;
            assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{text}: {}", said.stderr);
            for wanted in texts {
                assert!(said.stderr.contains(wanted), "{wanted} in {text}: {}", said.stderr);
            }
        }
        expect_refusal(serve(folder.path(), &["--features", "missing.toml"]), &["missing.toml"]).await;
    });
}

#[test]
fn a_storage_url_that_is_none() {
    run(Backend::Sqlite, |_| async {
        let folder = folder();
        for url in [
            "mysql://host/database",
            "sqlite:",
            "sqlite://data",
            "sqlite::memory:",
            "sqlite:data?mode=ro",
            "./data",
            "",
            "postgres://",
            "postgres://host",
            "postgres://host/",
            "postgres://ann:secret-word@host/chat",
            "POSTGRES",
        ] {
            expect_refusal(serve(folder.path(), &["--storage", url]), &["--storage"]).await;
            let mut said = serve(folder.path(), &["--storage", url]);
            assert!(!CommandOutput::of(&mut said).await.stderr.contains("secret-word"));
        }
        let made = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(made, 0, "a slip of the pen never becomes an empty database");
    });
}

#[test]
fn a_database_that_was_not_provisioned() {
    run(Backend::Postgres, |backend| async move {
        let database = TestDatabase::new(backend);
        let command = serve(database.directory(), &["--storage", &database.url()]);
        expect_refusal(command, &["banyan db provision"]).await;
        let gone = database.url().replace(database.name(), "bt_there_is_no_such_database");
        expect_refusal(serve(database.directory(), &["--storage", &gone]), &["banyan db provision"]).await;
    });
}
