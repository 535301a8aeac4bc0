//! What tests need beside Rust: finds it, installs it where that is allowed, else says what to install.

use crate::failure::Failure;
use crate::runner::Runner;
use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What to do before packages are installed.
type Preparation = fn(&Runner) -> Result<(), Failure>;

/// A program that tests need, and how to get it on Debian and its kin.
#[derive(Debug)]
pub(crate) struct Need {
    /// Its name for people.
    pub(crate) name: &'static str,
    /// The program.
    pub(crate) program: &'static str,
    /// Folders beside `PATH` that may hold one folder a version: `(base, below the version)`.
    pub(crate) versions: &'static [(&'static str, &'static str)],
    /// What to run before the packages are installed, where they would do more than is wanted.
    pub(crate) prepare: Option<Preparation>,
    /// The packages to install.
    pub(crate) packages: &'static [&'static str],
}

/// The PostgreSQL server; Debian keeps it out of `PATH`.
pub(crate) const POSTGRES: Need = Need {
    name: "the PostgreSQL server",
    program: "postgres",
    versions: &[("/usr/lib/postgresql", "bin"), ("/usr/pgsql", "bin"), ("/opt/homebrew/opt", "bin")],
    prepare: Some(without_cluster),
    packages: &["postgresql"],
};

/// Redis. Debian starts its service when it is installed; the tests start their own.
pub(crate) const REDIS: Need = Need {
    name: "Redis",
    program: "redis-server",
    versions: &[],
    prepare: None,
    packages: &["redis-server"],
};

/// The browser that pages are tested in, and what drives it.
pub(crate) const CHROMIUM: Need =
    Need { name: "Chromium", program: "chromium", versions: &[], prepare: None, packages: &["chromium"] };

/// What drives Chromium. It must be of the same version.
pub(crate) const CHROMEDRIVER: Need = Need {
    name: "chromedriver",
    program: "chromedriver",
    versions: &[],
    prepare: None,
    packages: &["chromium", "chromium-driver"],
};

/// A proxy that the gateway is measured beside. Debian starts its service when it is installed.
pub(crate) const HAPROXY: Need =
    Need { name: "HAProxy", program: "haproxy", versions: &[], prepare: None, packages: &["haproxy"] };

/// Another one.
pub(crate) const NGINX: Need =
    Need { name: "nginx", program: "nginx", versions: &[], prepare: None, packages: &["nginx-light"] };

/// What fetches packages of the Python Package Index.
pub(crate) const PIP: Need =
    Need { name: "pip", program: "pip3", versions: &[], prepare: None, packages: &["python3-pip"] };

/// What fetches packages of the npm registry.
pub(crate) const NPM: Need =
    Need { name: "npm", program: "npm", versions: &[], prepare: None, packages: &["npm"] };

/// A client that everybody has, and one that asks as fast as it can.
pub(crate) const CLIENTS: [Need; 2] = [
    Need { name: "curl", program: "curl", versions: &[], prepare: None, packages: &["curl"] },
    Need { name: "wrk", program: "wrk", versions: &[], prepare: None, packages: &["wrk"] },
];

impl Need {
    /// The folder that holds the program; installs what is missing when `may_install` and the system allow it.
    ///
    /// # Errors
    /// [`Failure::Wanted`] with what to install, or why installing failed.
    pub(crate) fn obtain(&self, runner: &Runner, may_install: bool) -> Result<PathBuf, Failure> {
        if let Some(found) = self.find() {
            return Ok(found);
        }
        if !may_install || !rustix::process::geteuid().is_root() || !runner.succeeds(&mut apt(&["--version"]))
        {
            return Err(self.wanted());
        }
        println!("installing {}: {}", self.name, self.packages.join(" "));
        self.install(runner)?;
        self.find().ok_or_else(|| self.wanted())
    }

    fn install(&self, runner: &Runner) -> Result<(), Failure> {
        runner.run(&mut apt(&["update", "-qq"]))?;
        if let Some(prepare) = self.prepare {
            prepare(runner)?;
        }
        runner.run(&mut install(self.packages))
    }

    fn find(&self) -> Option<PathBuf> {
        let path = search_path();
        let on_path = path.iter().cloned();
        let versions = self.versions.iter().flat_map(|(base, below)| newest_first(Path::new(base), below));
        let folder = on_path.chain(versions).find(|folder| folder.join(self.program).is_file())?;
        // Debian's programs look for their libraries beside the real file.
        let program = folder.join(self.program).canonicalize().ok()?;
        program.parent().map(Path::to_owned)
    }

    fn wanted(&self) -> Failure {
        Failure::Wanted(format!(
            "the tests need {}, and there is no program `{}`.\n\
             Install it (Debian, Ubuntu: apt-get install {}), or leave those tests out with --embedded-only.",
            self.name,
            self.program,
            self.packages.join(" ")
        ))
    }
}

/// Debian's package would make and start a cluster on the standard port; the tests start their own.
fn without_cluster(runner: &Runner) -> Result<(), Failure> {
    let settings = Path::new("/etc/postgresql-common/createcluster.conf");
    if settings.exists() {
        return Ok(());
    }
    runner.run(&mut install(&["postgresql-common"]))?;
    std::fs::write(settings, "create_main_cluster = false\n").map_err(Failure::file(settings))
}

fn install(packages: &[&str]) -> Command {
    let mut command = apt(&["install", "-y", "-qq", "--no-install-recommends"]);
    command.args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn apt(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(arguments);
    command
}

/// The folder `below` in each version's folder in `base`, the newest version first.
fn newest_first(base: &Path, below: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(base).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    folders.sort_by_key(|folder| Reverse(version(folder)));
    folders.into_iter().map(|folder| folder.join(below)).collect()
}

/// The first number in a folder's name: 15 of `15`, 17 of `postgresql@17`.
fn version(folder: &Path) -> u32 {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let digits = name.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap_or(0)
}

#[expect(clippy::disallowed_methods, reason = "programs are found on PATH")]
fn search_path() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_comes_first_by_number() {
        let base = tempfile::tempdir().unwrap();
        for name in ["9", "15", "postgresql@16", "common"] {
            std::fs::create_dir(base.path().join(name)).unwrap();
        }
        let found: Vec<_> =
            newest_first(base.path(), "bin").iter().map(|folder| version(folder.parent().unwrap())).collect();
        assert_eq!(found, [16, 15, 9, 0]);
        assert_eq!(newest_first(Path::new("/no/such/folder"), "bin"), Vec::<PathBuf>::new());
    }

    #[test]
    fn what_is_missing_is_named_with_its_package_when_nothing_may_be_installed() {
        let need = Need {
            name: "a thing",
            program: "no-such-program",
            versions: &[],
            prepare: None,
            packages: &["pkg"],
        };
        let failure = need.obtain(&Runner::new().unwrap(), false).unwrap_err().to_string();
        assert!(failure.contains("apt-get install pkg") && failure.contains("no-such-program"), "{failure}");
    }
}
