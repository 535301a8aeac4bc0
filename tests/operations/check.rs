//! `banyan check`, and what the command line says of itself.

use std::fs;
use std::path::Path;
use testkit::{Backend, CommandOutput, banyan_command, run, workspace_root};

const ROUTE: &str = "[[routes]]\nname = \"a\"\nmatch = { path = \"/x\" }\nmodule = \"users\"\n";

async fn banyan(folder: &Path, arguments: &[&str]) -> CommandOutput {
    CommandOutput::of(banyan_command(folder).args(arguments)).await
}

#[test]
fn what_is_in_order() {
    run(Backend::Sqlite, |_| async {
        let folder = tempfile::tempdir().unwrap();
        let bare = banyan(folder.path(), &["check"]).await.expect_success();
        assert!(bare.stdout.contains("in order"), "{}", bare.stdout);
        fs::write(folder.path().join("features.toml"), ROUTE).unwrap();
        fs::write(folder.path().join("banyan.toml"), "[users]\nmin_password_length = 12\n").unwrap();
        let checked = banyan(folder.path(), &["check"]).await.expect_success();
        assert!(checked.stdout.contains("features.toml: 1 routes"), "{}", checked.stdout);
        // The file of the workspace, which everybody starts with.
        let shipped = workspace_root().join("features.toml");
        let _ =
            banyan(folder.path(), &["check", "--features", shipped.to_str().unwrap()]).await.expect_success();
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 2, "nothing is made: {names:?}");
    });
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    run(Backend::Sqlite, |_| async {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("features.toml"), ROUTE.replace("users", "nobody")).unwrap();
        fs::write(folder.path().join("banyan.toml"), "[users]\nmin_pasword_length = 12\n[nothing]\n")
            .unwrap();
        let mut command = banyan_command(folder.path());
        command.arg("check").env("BANYAN__SERVER__LISTEN", "nowhere");
        let said = CommandOutput::of(&mut command).await;
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{}", said.stderr);
        for wanted in [
            "banyan.toml:2",
            "min_pasword_length",
            "banyan.toml:3",
            "nothing",
            "BANYAN__SERVER__LISTEN",
            "features.toml:4",
            "nobody",
        ] {
            assert!(said.stderr.contains(wanted), "{wanted}: {}", said.stderr);
        }
        // A file that somebody named must be there.
        for named in [["--features", "missing.toml"], ["--config", "missing.toml"]] {
            let said = banyan(folder.path(), &[&["check"][..], &named].concat()).await;
            assert!(said.code == Some(2) && said.stderr.contains("missing.toml"), "{}", said.stderr);
        }
    });
}

#[test]
fn the_command_line_explains_itself() {
    run(Backend::Sqlite, |_| async {
        let folder = tempfile::tempdir().unwrap();
        let help = banyan(folder.path(), &["--help"]).await.expect_success().stdout;
        for word in [
            "serve",
            "db",
            "routes",
            "check",
            "keys",
            "--listen",
            "--admin",
            "--storage",
            "--features",
            "--config",
        ] {
            assert!(help.contains(word), "{word}: {help}");
        }
        let version = banyan(folder.path(), &["--version"]).await.expect_success().stdout;
        assert!(version.trim().starts_with("banyan "), "{version}");
        for wrong in [&["unknown"][..], &["serve", "--unknown"], &["db"], &["routes", "explain", "GET"]] {
            let said = banyan(folder.path(), wrong).await;
            assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{wrong:?}: {}", said.stderr);
            assert!(!said.stderr.is_empty(), "{wrong:?}");
        }
    });
}
