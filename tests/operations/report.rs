//! `banyan report`: from a running gateway and from its store, with the verdict as exit code.

use report::{
    Asked, Cause, Exchange, Finding, Keeper, Limits, Observed, Recorder, ReportSettings, Serving, Taken,
};
use std::sync::Arc;
use std::time::Duration;
use storage::{Secrets, StorageSettings, Store, StoreOptions};
use testkit::{Backend, Banyan, BanyanBuilder, CommandOutput, TestDatabase, banyan_command, both_backends};

const NO_REPORT: Option<i32> = Some(3);

/// `banyan report …` in the test's folder.
async fn report(database: &TestDatabase, arguments: &[&str]) -> CommandOutput {
    let mut command = banyan_command(database.directory());
    CommandOutput::of(command.arg("report").args(arguments)).await
}

/// Counts as another gateway of the fleet does, and keeps it: `equal` answers, and `different` ones.
fn count(database: &TestDatabase, route: &str, equal: usize, different: usize) {
    let sources = kernel::Sources::system();
    let options = StoreOptions {
        migrations: report::migrations(),
        settings: StorageSettings { url: database.url().parse().unwrap(), ..StorageSettings::default() },
        secrets: Secrets::load(&database.directory().join("secrets.toml")).unwrap(),
        sources: sources.clone(),
    };
    let recorder =
        Recorder::with_store(ReportSettings::default(), &sources, Store::open(options).unwrap()).unwrap();
    let route: Arc<str> = route.into();
    recorder.set_limits([(route.clone(), Limits { enough: 100, allowed_difference: 0.05 })]);
    let tally = recorder.worker();
    let ms = Duration::from_millis;
    (0..equal).for_each(|_| tally.equal(&route, Serving::Old, ms(1), ms(1), Asked::Other));
    (0..different).for_each(|_| recorder.differed(&observed(&route)));
    Keeper::start(recorder).unwrap().stop();
}

fn observed(route: &Arc<str>) -> Observed {
    let taken = Taken { duration: Duration::from_millis(1), status: 200 };
    let finding = Finding {
        cause: Cause::new("$.messages[*].html", "value"),
        place: "$.messages[0].html".into(),
        old: Some("<p>a</p>".into()),
        new: Some("<p>b</p>".into()),
        explained: None,
    };
    Observed {
        route: route.clone(),
        asked: Asked::Other,
        serving: Serving::Old,
        old: taken,
        new: taken,
        findings: vec![finding],
        lag: false,
        again: Some(Vec::new()),
        exchange: Exchange { method: "GET".into(), target: "/api/messages".into(), ..Exchange::default() },
    }
}

/// Where the admin side listens, as the binary says it.
fn admin_of(banyan: &Banyan) -> String {
    let said = banyan.process().stdout().join(" ");
    let address = said.split("admin=").nth(1).and_then(|rest| rest.split_whitespace().next());
    format!("http://{}", address.unwrap())
}

/// A database with the gateway's tables.
async fn migrated(backend: Backend) -> BanyanBuilder {
    let builder = Banyan::builder(backend);
    builder.provision().await;
    let mut command = banyan_command(builder.database().directory());
    let command = command.args(["db", "migrate", "--storage", &builder.database().url()]);
    let _ = CommandOutput::of(command).await.expect_success();
    builder
}

both_backends! {
    async fn the_exit_code_is_the_verdict(backend: Backend) {
        let builder = migrated(backend).await;
        let database = builder.database();
        let storage = database.url();
        let of = async |arguments: &[&str]| report(database, &[arguments, &["--storage", &storage]].concat()).await;
        let nothing = of(&[]).await;
        assert_eq!(nothing.code, Some(2), "{}{}", nothing.stdout, nothing.stderr);
        assert!(nothing.stderr.starts_with("banyan: nothing was compared since "), "{}", nothing.stderr);
        count(database, "same", 200, 0);
        let same = of(&[]).await;
        assert_eq!(same.code, Some(0), "{}{}", same.stdout, same.stderr);
        assert!(same.stdout.starts_with("EQUIVALENT: 1 routes"), "{}", same.stdout);
        count(database, "few", 20, 0);
        assert_eq!(of(&[]).await.code, Some(2));
        count(database, "other", 100, 100);
        let other = of(&[]).await;
        assert_eq!(other.code, Some(1), "{}", other.stdout);
        assert!(other.stdout.contains("$.messages[*].html (value)"), "{}", other.stdout);
        assert_eq!(of(&["--route", "same"]).await.code, Some(0));
        let slip = of(&["--route", "smae"]).await;
        assert_eq!(slip.code, Some(2), "{}", slip.stdout);
        assert!(slip.stderr.starts_with("banyan: nothing of route `smae` was compared since "), "{}", slip.stderr);
        let file = database.directory().join("report.html");
        let written = of(&["--format", "html", "--out", file.to_str().unwrap()]).await;
        assert_eq!(written.code, Some(1));
        assert!(std::fs::read_to_string(file).unwrap().contains("&lt;p&gt;"));
    }

    async fn a_running_gateway_tells_what_all_counted(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let database = banyan.database();
        count(database, "other", 100, 100);
        count(database, "other", 100, 0);
        let admin = admin_of(&banyan);
        let told = report(database, &["--admin", &admin, "--format", "json"]).await;
        assert_eq!(told.code, Some(1), "{}", told.stderr);
        let told: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
        let route = &told["routes"][0];
        assert_eq!((&route["route"], &route["compared"]), (&"other".into(), &300.into()));
        assert_eq!(route["causes"][0]["class"], "real");
        banyan.kill9().await;
        let gone = report(database, &["--admin", &admin]).await;
        assert_eq!(gone.code, NO_REPORT, "{}", gone.stdout);
        assert!(gone.stderr.contains("no gateway answers"), "{}", gone.stderr);
    }
}

#[test]
fn without_gateway_and_store_there_is_no_report() {
    testkit::run(Backend::Sqlite, |backend| async move {
        let database = TestDatabase::new(backend);
        let none = report(&database, &["--storage", &database.url()]).await;
        assert_eq!(none.code, NO_REPORT, "{}", none.stdout);
        assert!(none.stderr.contains("tables are not there"), "{}", none.stderr);
        assert!(!database.directory().join("data").exists(), "nothing is made");
        for wrong in [&["--since", "x"][..], &["--format", "csv"], &["--admin", "http://["], &["--unknown"]] {
            let refused = report(&database, wrong).await;
            assert_eq!(refused.code, NO_REPORT, "{wrong:?}: {}", refused.stdout);
        }
    });
}
