//! Other sides that hang, break off, or answer without end.

use blackbox::SOON;
use std::net::SocketAddr;
use std::process::Command;
use testkit::{Backend, Client, Process, banyan_command, run};

const SIDES: &str = include_str!("sides.py");
/// That the gateway may grow by while it drops answers without end: KiB.
const GROWTH_MAX_KIB: u64 = 48 * 1024;

struct Fronted {
    _directory: tempfile::TempDir,
    _sides: Process,
    gateway: Process,
    client: Client,
    admin: Client,
    new: Client,
}

async fn fronted(comparison: &str) -> Fronted {
    let directory = tempfile::tempdir().unwrap();
    let sides = Process::start(Command::new("python3").args(["-c", SIDES]));
    let line = sides.stdout_line(SOON, |line| line.starts_with("ports=")).await;
    let ports: Vec<u16> =
        line.trim_start_matches("ports=").trim().split(',').map(|port| port.parse().unwrap()).collect();
    let features = format!(
        "[toggles.serve]\nenabled = false\n[toggles.compare]\nenabled = true\n\
         [[legacy]]\nname = \"old\"\nurl = \"http://127.0.0.1:{}\"\n\
         [[services]]\nname = \"new\"\ninstances = [\"http://127.0.0.1:{}\"]\nbreaker = {{ enabled = false }}\n\
         [[routes]]\nname = \"r\"\nmatch = {{ path = \"/{{rest..}}\" }}\nlegacy = \"old\"\nservice = \"new\"\n\
         serve = \"serve\"\ncompare = \"compare\"\n[routes.comparison]\n{comparison}\n",
        ports[0], ports[1]
    );
    std::fs::write(directory.path().join("features.toml"), features).unwrap();
    std::fs::write(directory.path().join("banyan.toml"), "[parallel]\ndeadline_ms = 500\n").unwrap();
    let mut command = banyan_command(directory.path());
    command.args(["gateway", "--features", "features.toml", "--config", "banyan.toml"]);
    let gateway = Process::start(command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]));
    let line = gateway.stdout_line(SOON, |line| line.starts_with("listening ")).await;
    let address = |name: &str| -> SocketAddr {
        line.split_whitespace().find_map(|word| word.strip_prefix(name)?.parse().ok()).unwrap()
    };
    Fronted {
        client: Client::new(address("public=")),
        admin: Client::new(address("admin=")),
        new: Client::new(SocketAddr::from(([127, 0, 0, 1], ports[1]))),
        _directory: directory,
        _sides: sides,
        gateway,
    }
}

impl Fronted {
    /// The memory that the gateway has now, KiB.
    fn memory_kib(&self) -> u64 {
        let pid = self.gateway.pid().as_raw_nonzero();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    async fn well(&self, path: &str) {
        let answer = tokio::time::timeout(SOON, self.client.get(path).send()).await.expect(path);
        assert_eq!(answer.expect_status(200).text(), "well", "{path}");
    }

    /// Waits until the metrics say so.
    async fn counts(&self, figure: &str) {
        let found = async {
            loop {
                let metrics = self.admin.get("/metrics").send().await.expect_status(200).text();
                if metrics.contains(&format!("banyan_parallel_{figure}\n")) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SOON, found).await.expect(figure);
    }

    async fn drops(&self, cause: &str, count: u32) {
        self.counts(&format!("dropped_total{{route=\"r\",cause=\"{cause}\"}} {count}")).await;
    }
}

#[test]
fn a_side_that_misbehaves_is_felt_by_nobody() {
    run(Backend::Sqlite, |_| async {
        let fronted = fronted("recheck = \"0\"\nnoise_sample = 0").await;
        fronted.well("/same").await;
        fronted.counts("compared_total{route=\"r\",asked=\"other\",result=\"equal\"} 1").await;
        for (path, cause) in
            [("/hang", "deadline"), ("/garbage", "garbage"), ("/half", "closed"), ("/huge", "body_too_large")]
        {
            for _ in 0..20 {
                fronted.well(path).await;
            }
            fronted.drops(cause, 20).await;
        }
        fronted.well("/same").await;
        fronted.counts("compared_total{route=\"r\",asked=\"other\",result=\"equal\"} 2").await;
    });
}

#[test]
fn answers_without_end_take_no_memory() {
    run(Backend::Sqlite, |_| async {
        let fronted = fronted("recheck = \"0\"\nnoise_sample = 0").await;
        fronted.well("/endless").await;
        let before = fronted.memory_kib();
        for _ in 0..200 {
            fronted.well("/endless").await;
        }
        fronted.drops("body_too_large", 201).await;
        let grown = fronted.memory_kib().saturating_sub(before);
        assert!(grown < GROWTH_MAX_KIB, "{grown} KiB");
    });
}

#[test]
fn marks_of_the_platform_come_from_the_gateway_only() {
    run(Backend::Sqlite, |_| async {
        let fronted = fronted("recheck = \"0\"\nnoise_sample = 0").await;
        let asked = fronted.client.get("/same").header("banyan-dry-run", "v1.1.x");
        let answer = asked.header("Banyan_Shadow", "0").header("cookie", "who=me").send().await;
        answer.expect_status(200);
        fronted.counts("compared_total{route=\"r\",asked=\"other\",result=\"equal\"} 1").await;
        let told = fronted.new.get("/told").send().await.expect_status(200).text().to_lowercase();
        assert!(told.contains("banyan-shadow: 1\r\n") && told.contains("cookie: who=me\r\n"), "{told}");
        assert!(!told.contains("dry") && !told.contains("shadow: 0"), "{told}");
    });
}

#[test]
fn a_difference_is_asked_again_and_reported() {
    run(Backend::Sqlite, |_| async {
        let fronted = fronted("recheck = \"5ms\"\nnoise_sample = 1").await;
        fronted.well("/other").await;
        fronted.counts("compared_total{route=\"r\",asked=\"other\",result=\"different\"} 1").await;
        fronted.counts("compared_total{route=\"r\",asked=\"same\",result=\"equal\"} 1").await;
    });
}
