//! The admin side: health, descriptions, and who may look.

use serde_json::{Value, json};
use std::fs;
use std::time::Duration;
use testkit::{
    Backend, Banyan, Client, CommandOutput, Process, banyan_command, both_backends, workspace_root,
};

const TOKEN: &str = "an admin token of some length";
const PLACES: [&str; 4] = ["/metrics", "/openapi", "/openapi/users.json", "/nowhere"];

both_backends! {
    /// Alive, and ready with each module by its name.
    async fn health(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let live = banyan.admin().get("/health/live").send().await.expect_status(200);
        assert_eq!(live.json(), json!({"live": true}));
        let ready = banyan.admin().get("/health/ready").send().await.expect_status(200).json();
        assert_eq!(ready["ready"], true);
        let modules = ready["modules"].as_array().unwrap();
        assert!(modules.iter().all(|module| module["ready"] == true), "{ready}");
        let names: Vec<&str> = modules.iter().map(|module| module["name"].as_str().unwrap()).collect();
        for module in ["users", "tokens", "messages"] {
            assert!(names.contains(&module), "{ready}");
        }
    }

    /// The descriptions are those that are checked in, each linked to from one list.
    async fn descriptions(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let links = banyan.admin().get("/openapi").send().await.expect_status(200).json();
        let mut served: Vec<String> =
            links.as_array().unwrap().iter().map(|link| link.as_str().unwrap().to_owned()).collect();
        served.sort();
        let folder = workspace_root().join("docs/openapi");
        let mut checked_in = Vec::new();
        for file in fs::read_dir(&folder).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let text = fs::read_to_string(folder.join(&name)).unwrap();
            let link = format!("/openapi/{name}");
            let answer = banyan.admin().get(&link).send().await.expect_status(200);
            assert_eq!(answer.json(), serde_json::from_str::<Value>(&text).unwrap(), "{name}");
            checked_in.push(link);
        }
        checked_in.sort();
        assert_eq!(served, checked_in);
        assert_eq!(banyan.admin().get("/openapi/nobody.json").send().await.status, 404);
    }

    /// The two sides know nothing of each other's places.
    async fn two_sides(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for place in ["/health/live", "/health/ready", "/metrics", "/openapi", "/openapi/users.json"] {
            assert_eq!(banyan.get(place).send().await.status, 404, "{place} on the public side");
        }
        for place in ["/api/users", "/stats", "/.well-known/jwks.json"] {
            assert_eq!(banyan.admin().get(place).send().await.status, 404, "{place} on the admin side");
        }
    }

    /// With a token set, everything but health wants it.
    async fn with_a_token(backend: Backend) {
        let banyan = Banyan::builder(backend).setting("admin.token", TOKEN).start().await;
        expect_it_is_asked_for(banyan.admin()).await;
    }

    /// Without a token, no page whose name leads to loopback is answered, on any path of the admin side.
    async fn under_a_name(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for place in ["/", "/metrics", "/api/services", "/api/settings", "/openapi", "/identity"] {
            let of = async |host: &str| banyan.admin().get(place).header("host", host).send().await.status;
            assert_eq!(of("evil.example").await, 421, "{place}");
            for host in ["127.0.0.1:9", "[::1]", "localhost"] {
                assert_ne!(of(host).await, 421, "{place} {host}");
            }
        }
        let change = banyan.admin().post("/api/reload").header("host", "evil.example").send().await;
        assert_eq!(change.status, 421);
    }

    /// Beyond loopback it listens with a token only.
    async fn beyond_loopback(backend: Backend) {
        let banyan = Banyan::builder(backend);
        banyan.provision().await;
        let database = banyan.database();
        let mut command = banyan_command(database.directory());
        command.args(["serve", "--listen", "127.0.0.1:0", "--admin", "0.0.0.0:0", "--storage", &database.url()]);
        let process = Process::start(command.env("BANYAN__ADMIN__TOKEN", TOKEN));
        let line = process.stdout_line(Duration::from_secs(10), |line| line.contains("admin=0.0.0.0:")).await;
        let port = line.rsplit(':').next().unwrap();
        let address = format!("127.0.0.1:{port}");
        expect_it_is_asked_for(&Client::new(address.parse().unwrap())).await;
        let mut command = banyan_command(database.directory());
        let command = command.args(["promotion", "list", "--admin", &address]);
        let without = CommandOutput::of(command).await;
        assert!(without.stderr.contains("401 Unauthorized: it wants its admin.token"), "{}", without.stderr);
        let _ = CommandOutput::of(command.env("BANYAN__ADMIN__TOKEN", TOKEN)).await.expect_success();
        assert!(!process.stderr().join("\n").contains(TOKEN));
    }
}

async fn expect_it_is_asked_for(admin: &Client) {
    for place in PLACES {
        for wrong in ["", "Bearer", "Bearer x", &format!("Bearer {TOKEN}x"), &format!("Basic {TOKEN}"), TOKEN]
        {
            let answer = admin.get(place).header("authorization", wrong).send().await;
            assert_eq!(answer.status, 401, "{place} {wrong}");
            assert_eq!(answer.json()["error"], "authentication required");
            assert!(answer.header("www-authenticate").starts_with("Bearer "), "{place}");
        }
        let expected = if place == "/nowhere" { 404 } else { 200 };
        assert_eq!(admin.get(place).bearer(TOKEN).send().await.status, expected, "{place}");
    }
    for place in ["/health/live", "/health/ready"] {
        assert_eq!(admin.get(place).send().await.status, 200, "{place}");
    }
}
