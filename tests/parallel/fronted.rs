//! The gateway in front of two sides of `sides.py`, whose route is compared.

use blackbox::SOON;
use serde_json::Value;
use std::net::SocketAddr;
use std::process::Command;
use testkit::{Client, Process, banyan_command};

const SIDES: &str = include_str!("sides.py");
/// Each difference counts at once, and nothing is asked for noise.
pub(crate) const ONCE: &str = "recheck = \"0\"\nnoise_sample = 0";

/// How it is set.
pub(crate) struct Plan<'p> {
    /// Whether the toggle is on by which the new side serves.
    pub(crate) serve: bool,
    pub(crate) deadline_ms: u64,
    /// What `[routes.comparison]` says, and tables behind it.
    pub(crate) comparison: &'p str,
}

impl Default for Plan<'_> {
    fn default() -> Self {
        Self { serve: false, deadline_ms: 500, comparison: ONCE }
    }
}

pub(crate) struct Fronted {
    pub(crate) directory: tempfile::TempDir,
    _sides: Process,
    gateway: Process,
    pub(crate) client: Client,
    pub(crate) admin: Client,
    /// The new side itself.
    pub(crate) new: Client,
}

pub(crate) async fn fronted(comparison: &str) -> Fronted {
    Fronted::start(Plan { comparison, ..Plan::default() }).await
}

impl Fronted {
    pub(crate) async fn start(plan: Plan<'_>) -> Self {
        let Plan { serve, deadline_ms, comparison } = plan;
        let directory = tempfile::tempdir().unwrap();
        let sides = Process::start(Command::new("python3").args(["-c", SIDES]));
        let line = sides.stdout_line(SOON, |line| line.starts_with("ports=")).await;
        let ports: Vec<u16> =
            line.trim_start_matches("ports=").trim().split(',').map(|port| port.parse().unwrap()).collect();
        let features = format!(
            "[toggles.serve]\nenabled = {serve}\n[toggles.compare]\nenabled = true\n\
             [[legacy]]\nname = \"old\"\nurl = \"http://127.0.0.1:{}\"\n\
             [[services]]\nname = \"new\"\ninstances = [\"http://127.0.0.1:{}\"]\nbreaker = {{ enabled = false }}\n\
             [[routes]]\nname = \"r\"\nmatch = {{ path = \"/{{rest..}}\" }}\nlegacy = \"old\"\nservice = \"new\"\n\
             serve = \"serve\"\ncompare = \"compare\"\n[routes.comparison]\n{comparison}\n",
            ports[0], ports[1]
        );
        std::fs::write(directory.path().join("features.toml"), features).unwrap();
        let settings = format!("[parallel]\ndeadline_ms = {deadline_ms}\n");
        std::fs::write(directory.path().join("banyan.toml"), settings).unwrap();
        let mut command = banyan_command(directory.path());
        command.args(["gateway", "--features", "features.toml", "--config", "banyan.toml"]);
        let gateway = Process::start(command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]));
        let line = gateway.stdout_line(SOON, |line| line.starts_with("listening ")).await;
        let address = |name: &str| -> SocketAddr {
            line.split_whitespace().find_map(|word| word.strip_prefix(name)?.parse().ok()).unwrap()
        };
        Self {
            client: Client::new(address("public=")),
            admin: Client::new(address("admin=")),
            new: Client::new(SocketAddr::from(([127, 0, 0, 1], ports[1]))),
            directory,
            _sides: sides,
            gateway,
        }
    }

    /// The memory that the gateway has now, KiB.
    pub(crate) fn memory_kib(&self) -> u64 {
        let pid = self.gateway.pid().as_raw_nonzero();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub(crate) async fn well(&self, path: &str) {
        let answer = tokio::time::timeout(SOON, self.client.get(path).send()).await.expect(path);
        assert_eq!(answer.expect_status(200).text(), "well", "{path}");
    }

    /// Waits until the metrics say so.
    pub(crate) async fn counts(&self, figure: &str) {
        let found = async {
            loop {
                let metrics = self.admin.get("/metrics").send().await.expect_status(200).text();
                if metrics.contains(&format!("banyan_{figure}\n")) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SOON, found).await.expect(figure);
    }

    /// Waits until so many pairs were found to be so.
    pub(crate) async fn finds(&self, asked: &str, result: &str, count: u32) {
        let labels = format!("route=\"r\",asked=\"{asked}\",result=\"{result}\"");
        self.counts(&format!("parallel_compared_total{{{labels}}} {count}")).await;
    }

    pub(crate) async fn drops(&self, cause: &str, count: u32) {
        self.counts(&format!("parallel_dropped_total{{route=\"r\",cause=\"{cause}\"}} {count}")).await;
    }

    /// The report on the one route.
    pub(crate) async fn route(&self) -> Value {
        self.report().await["routes"][0].clone()
    }

    pub(crate) async fn report(&self) -> Value {
        self.admin.get("/api/report").send().await.expect_status(200).json()
    }
}
