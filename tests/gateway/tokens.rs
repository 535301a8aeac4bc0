//! A gateway alone tells users apart by tokens that others sign: keys come from whoever publishes them.

use crate::kit::{Program, Python, side, write_features};
use crate::load::Load;
use blackbox::{SOON, sign_up};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use testkit::{Backend, Banyan, CommandOutput, FaultProxy, banyan_command, eventually, run};

/// On for the users of these ids.
fn features(old: &Python, new: &Python, users: &[i64], claim: &str) -> String {
    let users: Vec<String> = users.iter().map(i64::to_string).collect();
    format!(
        "default = \"old\"\n\n[context]\nuser_id = {{ jwt_claim = \"{claim}\" }}\n\n\
         [[legacy]]\nname = \"old\"\nurl = \"http://{}\"\n\n\
         [[services]]\nname = \"pages\"\ninstances = [\"http://{}\"]\n\n\
         [toggles.serve]\nenabled = true\n\
         strategies = [{{ name = \"userWithId\", parameters = {{ userIds = \"{}\" }} }}]\n\n\
         [[routes]]\nname = \"pages\"\nmatch = {{ path = \"/pages/{{rest..}}\" }}\nlegacy = \"old\"\n\
         service = \"pages\"\nserve = \"serve\"\n",
        old.address,
        new.address,
        users.join(",")
    )
}

/// `banyan gateway` with these lines in the section `jwks`.
fn command(directory: &Path, settings: &str) -> Command {
    std::fs::write(directory.join("banyan.toml"), format!("[jwks]\n{settings}")).unwrap();
    let mut command = banyan_command(directory);
    command.args(["gateway", "--features", "features.toml"]);
    command
}

async fn at_the_service(gateway: &Program, token: &str) -> bool {
    let answer = gateway.get("/pages/1").header("authorization", &format!("Bearer {token}")).send().await;
    let side = side(&answer.expect_status(200));
    assert!(side == "legacy" || side.starts_with("pages/"), "{side}");
    side.starts_with("pages/")
}

/// A token whose second part says what it did not when it was signed.
fn forged(token: &str, other: &str) -> String {
    let (mine, theirs): (Vec<&str>, Vec<&str>) = (token.split('.').collect(), other.split('.').collect());
    format!("{}.{}.{}", mine[0], theirs[1], mine[2])
}

#[test]
fn users_are_told_apart_by_keys_that_the_monolith_publishes() {
    run(Backend::Sqlite, |backend| async move {
        let monolith = Banyan::start(backend).await;
        let (ann, bob) = (sign_up(&monolith, "ann").await, sign_up(&monolith, "bob").await);
        let (old, new) = (Python::app("old").await, Python::app("new").await);
        let directory = tempfile::tempdir().unwrap();
        write_features(directory.path(), &features(&old, &new, &[ann.id], "sub"));
        // The keys can be had only later: until then nobody is known.
        let line = FaultProxy::start(monolith.public());
        line.cut();
        let settings = format!(
            "urls = [\"http://{}/.well-known/jwks.json\"]\nretry_first_ms = 20\nretry_max_ms = 50\nrefresh_ms = 100\nrefresh_min_ms = 20\n",
            line.address()
        );
        let gateway = Program::start(&mut command(directory.path(), &settings)).await;
        assert!(!at_the_service(&gateway, &ann.token).await);
        gateway.process.stderr_line(SOON, |line| line.contains("the keys of tokens cannot be had")).await;
        line.heal();
        eventually("the keys", SOON, async || at_the_service(&gateway, &ann.token).await.then_some(())).await;
        gateway.process.stderr_line(SOON, |line| line.contains("the keys of tokens can be had again")).await;
        assert!(!at_the_service(&gateway, &bob.token).await);
        for hostile in [
            forged(&bob.token, &ann.token),
            format!("{}x", ann.token),
            ann.token[..ann.token.len() - 2].to_owned(),
            ann.token.replace('.', ""),
            "e30.e30.e30".to_owned(),
        ] {
            assert!(!at_the_service(&gateway, &hostile).await, "{hostile}");
        }
        // What was known last holds while the issuer is away, and nobody waits for it.
        line.cut();
        let failed = async || {
            let metrics = gateway.admin.get("/metrics").send().await.text();
            let line =
                metrics.lines().find(|line| line.starts_with("banyan_jwks_looks_total{result=\"failed\"}"));
            line.and_then(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).unwrap()
        };
        let before = failed().await;
        eventually("looks that fail", SOON, async || (failed().await > before + 2).then_some(())).await;
        assert!(at_the_service(&gateway, &ann.token).await);
        assert!(!at_the_service(&gateway, &bob.token).await);
        line.heal();
        new_keys_are_followed(&monolith, &gateway).await;
    });
}

/// A key that is new at the issuer is known here soon, without a lost request.
async fn new_keys_are_followed(monolith: &Banyan, gateway: &Program) {
    let mut load = Load::new();
    load.client((**gateway).clone(), 200, |to, _| to.get("/pages/1"));
    let keys = async || {
        let set = monolith.get("/.well-known/jwks.json").send().await.expect_status(200).json();
        let keys = set["keys"].as_array().unwrap().iter().map(|key| key["kid"].to_string());
        keys.collect::<BTreeSet<_>>()
    };
    let before = keys().await;
    let _ = CommandOutput::of(&mut monolith.command(&["keys", "rotate"])).await.expect_success();
    eventually("another key", SOON, async || (keys().await != before).then_some(())).await;
    let count = keys().await.len();
    eventually("the key at the gateway", SOON, async || {
        let metrics = gateway.admin.get("/metrics").send().await.text();
        metrics.contains(&format!("banyan_jwks_keys{{use=\"sig\"}} {count}\n")).then_some(())
    })
    .await;
    assert!(load.stop().await > 0);
}

#[test]
fn keys_may_come_from_a_file_and_the_claim_may_be_another() {
    run(Backend::Sqlite, |backend| async move {
        let monolith = Banyan::start(backend).await;
        let ann = sign_up(&monolith, "ann").await;
        let (old, new) = (Python::app("old").await, Python::app("new").await);
        let directory = tempfile::tempdir().unwrap();
        let keys = monolith.get("/.well-known/jwks.json").send().await.text();
        std::fs::write(directory.path().join("keys.json"), keys).unwrap();
        // Nobody has revoked a token: its generation is 0.
        write_features(directory.path(), &features(&old, &new, &[0], "gen"));
        let gateway = Program::start(&mut command(directory.path(), "file = \"keys.json\"")).await;
        assert!(at_the_service(&gateway, &ann.token).await);
        assert!(!at_the_service(&gateway, "e30.e30.e30").await);
    });
}

#[test]
fn wrong_settings_are_said_at_the_start() {
    run(Backend::Sqlite, |_| async {
        let (old, new) = (Python::app("old").await, Python::app("new").await);
        let directory = tempfile::tempdir().unwrap();
        write_features(directory.path(), &features(&old, &new, &[1], "sub"));
        std::fs::write(directory.path().join("none.json"), r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#)
            .unwrap();
        for (settings, said) in [
            ("", "no tokens are verified in this process, so that no claim could be believed: set jwks.urls"),
            ("urls = [\"ftp://h/x\"]", "jwks.urls: must be http://HOST/PATH, or https"),
            ("urls = [\"http://ann:secret@h/x\"]", "jwks.urls: must not hold a user or a password"),
            ("file = \"missing.json\"", "jwks.file: missing.json: "),
            ("file = \"none.json\"", "jwks.file: none.json: there is no key among them that verifies"),
            ("file = \"none.json\"\nrefresh_ms = 0", "jwks.refresh_ms: must be at least 1"),
        ] {
            let output = CommandOutput::of(&mut command(directory.path(), settings)).await;
            assert_eq!(output.code, Some(2), "{said}: {output:?}");
            assert!(
                output.stderr.contains(said) && !output.stderr.contains("secret@"),
                "{said}: {}",
                output.stderr
            );
        }
    });
}
