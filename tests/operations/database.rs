//! `banyan db`: provision, migrate, status.

use blackbox::{SOON, sign_up};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use testkit::{
    Backend, Banyan, Client, CommandOutput, Process, TestDatabase, banyan_command, both_backends, run,
};

const MODULES: [&str; 4] = ["users", "tokens", "messages", "gateway"];

/// `banyan db …` on the test's database, in its folder.
async fn db(database: &TestDatabase, arguments: &[&str]) -> CommandOutput {
    let mut command = banyan_command(database.directory());
    CommandOutput::of(command.arg("db").args(arguments).args(["--storage", &database.url()])).await
}

async fn provision(database: &TestDatabase) -> CommandOutput {
    db(database, &["provision", "--admin-url", database.admin_url().unwrap().as_str()]).await
}

fn secrets(database: &TestDatabase) -> PathBuf {
    database.directory().join("secrets.toml")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

/// Passwords of the file.
fn passwords(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().filter_map(|line| line.split('"').nth(1)).map(str::to_owned).collect()
}

both_backends! {
    /// What waits is said and told by the exit code, until it is in; and doing it twice does nothing.
    async fn status_and_migrate(backend: Backend) {
        let builder = Banyan::builder(backend);
        builder.provision().await;
        let database = builder.database();
        let before = db(database, &["status"]).await;
        assert_eq!(before.code, Some(1), "{}", before.stdout);
        let migrated = db(database, &["migrate"]).await.expect_success();
        let after = db(database, &["status"]).await.expect_success();
        let again = db(database, &["migrate"]).await.expect_success();
        for module in MODULES {
            assert!(before.stdout.contains(&format!("{module}: 0001_{module} pending")), "{}", before.stdout);
            assert!(migrated.stdout.contains(&format!("{module}: 0001_{module}")), "{}", migrated.stdout);
            assert!(after.stdout.contains(&format!("{module}: 0001_{module} applied")), "{}", after.stdout);
            assert!(again.stdout.contains(&format!("{module}: nothing to do")), "{}", again.stdout);
        }
        assert!(!after.stdout.contains("pending"), "{}", after.stdout);
    }

    /// `serve` runs the migrations itself; two that start at once do not get into each other's way.
    async fn two_that_start_at_once(backend: Backend) {
        let builder = Banyan::builder(backend);
        builder.provision().await;
        let both = [(); 2].map(|()| Process::start(&mut builder.command()));
        let mut clients = Vec::new();
        for process in &both {
            let line = process.stdout_line(SOON, |line| line.starts_with("listening public=")).await;
            let public = line.split(['=', ' ']).nth(2).unwrap();
            clients.push(Client::new(public.parse().unwrap()));
        }
        let ann = sign_up(&clients[0], "ann").await;
        clients[1].put("/api/users/me").bearer(&ann.token).send().await.expect_status(204);
        let _ = db(builder.database(), &["status"]).await.expect_success();
    }
}

#[test]
fn provisioning_twice() {
    run(Backend::Postgres, |backend| async move {
        let database = TestDatabase::new(backend);
        let first = provision(&database).await.expect_success();
        let file = secrets(&database);
        let (mode_before, before) = (mode(&file), passwords(&file));
        assert_eq!((mode_before, before.len()), (0o600, 4));
        for password in &before {
            assert!(password.len() >= 20, "long enough to be nobody's guess");
            assert!(!first.stdout.contains(password) && !first.stderr.contains(password));
        }
        let second = provision(&database).await.expect_success();
        assert!(second.stdout.contains("nothing to do"), "{}", second.stdout);
        assert_eq!((passwords(&file), mode(&file)), (before, 0o600));
    });
}

#[test]
fn what_was_lost_is_provisioned_again() {
    run(Backend::Postgres, |backend| async move {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let file = secrets(banyan.database());
        let before = passwords(&file);
        banyan.sigterm_and_wait().await;
        fs::remove_file(&file).unwrap();
        let _ = provision(banyan.database()).await.expect_success();
        let after = passwords(&file);
        assert_eq!((after.len(), mode(&file)), (4, 0o600));
        assert!(after.iter().all(|password| !before.contains(password)), "new ones");
        // The data is as it was.
        let banyan = banyan.restart().await;
        banyan.put("/api/users/me").bearer(&ann.token).send().await.expect_status(204);
    });
}

#[test]
fn secrets_that_others_may_read_are_refused() {
    run(Backend::Postgres, |backend| async move {
        let builder = Banyan::builder(backend);
        builder.provision().await;
        let file = secrets(builder.database());
        for open in [0o644, 0o640, 0o604] {
            fs::set_permissions(&file, fs::Permissions::from_mode(open)).unwrap();
            let said = CommandOutput::of(&mut builder.command()).await;
            assert_eq!(said.code, Some(2), "{}", said.stderr);
            assert!(said.stderr.contains("secrets.toml") && said.stderr.contains("600"), "{}", said.stderr);
        }
    });
}

#[test]
fn secrets_somewhere_else() {
    run(Backend::Postgres, |backend| async move {
        let database = TestDatabase::new(backend);
        let admin = database.admin_url().unwrap().to_string();
        let elsewhere = ["--secrets", "elsewhere.toml"];
        let _ = db(&database, &[&["provision", "--admin-url", &admin][..], &elsewhere].concat())
            .await
            .expect_success();
        assert!(!secrets(&database).exists());
        assert_eq!(mode(&database.directory().join("elsewhere.toml")), 0o600);
        let _ = db(&database, &[&["migrate"][..], &elsewhere].concat()).await.expect_success();
        // A file that cannot be written is said before any password is set.
        let nowhere = ["provision", "--admin-url", &admin, "--secrets", "/proc/nothing/secrets.toml"];
        let said = db(&database, &nowhere).await;
        assert_eq!(said.code, Some(2), "{}", said.stderr);
        let _ = db(&database, &[&["status"][..], &elsewhere].concat()).await.expect_success();
    });
}

#[test]
fn an_administrator_who_is_none() {
    run(Backend::Postgres, |backend| async move {
        let database = TestDatabase::new(backend);
        let mut url = database.admin_url().unwrap().clone();
        url.set_username("nobody_of_that_name").unwrap();
        url.set_password(Some("secret-word")).unwrap();
        let said = db(&database, &["provision", "--admin-url", url.as_str()]).await;
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{}", said.stderr);
        assert!(
            said.stderr.contains("administrator") && !said.stderr.contains("secret-word"),
            "{}",
            said.stderr
        );
        let said = db(&database, &["provision", "--admin-url", "sqlite:./data"]).await;
        assert_eq!(said.code, Some(2), "{}", said.stderr);
    });
}

#[test]
fn sqlite_needs_no_provisioning() {
    run(Backend::Sqlite, |backend| async move {
        let database = TestDatabase::new(backend);
        let said = db(&database, &["provision", "--admin-url", "postgres://a@127.0.0.1/b"]).await;
        assert_eq!(said.code, Some(2), "{}", said.stderr);
        let _ = db(&database, &["migrate"]).await.expect_success();
        let data = database.directory().join("data");
        assert_eq!(mode(&data), 0o700);
        for module in MODULES {
            assert_eq!(mode(&data.join(format!("{module}.db"))), 0o600, "others have no business in it");
        }
        assert!(!secrets(&database).exists());
    });
}
