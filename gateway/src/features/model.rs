//! What a features file says, checked.

use crate::condition::Conditions;
use crate::features::Comparison;
use crate::http1::HostPolicy;
use crate::method::MethodSet;
use crate::pattern::Pattern;
use promotion::Policy as Promotion;
use std::sync::Arc;
use toggles::ClientFeatures;
use upstream::{InstanceSpec, Policy};

/// What the process around the gateway has, against which the names in the file are checked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The modules that run in this process; none for a gateway that stands alone.
    pub modules: &'a [&'a str],
    /// Which bearer tokens are verified in this process, so that their claims can be believed.
    pub tokens: KnownTokens,
    /// Whether the toggles come from an Unleash server, and not from the file.
    pub toggles_from_server: bool,
    /// The policy of services, from the settings, on which those of the file build; `None` for the built-in one.
    pub policy: Option<&'a Policy>,
    /// `--legacy`: the URL of an upstream that is called `legacy` and takes what no route matches.
    pub legacy_url: Option<&'a str>,
}

/// Which bearer tokens are verified in a process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KnownTokens {
    /// None.
    #[default]
    None,
    /// Those of the house: `sub` names the user.
    House,
    /// Those of others (`jwks`): any claim may.
    Others,
}

/// Who takes what no route matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultSide {
    /// The modules of this process, which answer 404 and 405 by themselves.
    Monolith,
    /// A legacy upstream.
    Legacy(UpstreamId),
}

/// Position of an upstream in [`Features::upstreams`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UpstreamId(u32);

impl UpstreamId {
    pub(crate) fn new(position: usize) -> Self {
        // A file has UPSTREAMS_MAX at most, so that this never saturates.
        Self(u32::try_from(position).unwrap_or(u32::MAX))
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Something outside of this process that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// Its position.
    pub id: UpstreamId,
    /// Its name, unique among services and legacy upstreams.
    pub name: Arc<str>,
    /// What it is.
    pub kind: UpstreamKind,
    /// Its instances, where the file lists them; `None`: the registry knows.
    pub instances: Option<Vec<InstanceSpec>>,
    /// How it is asked.
    pub policy: Policy,
    /// What it is told in `Host`.
    pub host: HostPolicy,
    /// Whether it knows dry runs: services of this platform do, that have the key.
    pub dry_run: bool,
    /// The line of the file on which it starts or is named first, from 1; 0 for one of the command line.
    pub line: u32,
}

/// What an upstream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpstreamKind {
    /// A service: the new side of routes.
    Service,
    /// An application that was there before: the old side of routes.
    Legacy,
}

/// The old side of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OldSide {
    /// A module of this process.
    Module(Arc<str>),
    /// A legacy upstream.
    Legacy(UpstreamId),
}

/// Who the user is, as `[context]` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserIdSource {
    /// A header field. Whoever can reach the gateway can set it.
    Header(Box<str>),
    /// A cookie.
    Cookie(Box<str>),
    /// A claim of a bearer token that has been verified.
    JwtClaim(Box<str>),
}

/// Which requests go where.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Its name in logs, metrics and commands, unique in the file.
    pub name: Arc<str>,
    /// The methods it takes.
    pub methods: MethodSet,
    /// The paths it takes.
    pub pattern: Pattern,
    /// What else it asks of a request.
    pub conditions: Conditions,
    /// Its old side.
    pub old: OldSide,
    /// Its new side.
    pub service: Option<UpstreamId>,
    /// The toggle that gives a request to the service. Absent means off.
    pub serve: Option<Arc<str>>,
    /// The toggle by which the other side is asked too, and the answers are compared. Absent means off.
    pub compare: Option<Arc<str>>,
    /// Whether the other side answers when the one that serves is known to be down.
    pub fallback: bool,
    /// How the answers of both sides are compared.
    pub comparison: Comparison,
    /// How the share that the service answers is raised; `None`: it is what `serve` says.
    pub promotion: Option<Arc<Promotion>>,
    /// The line of the file on which it starts, from 1; for messages.
    pub line: u32,
}

/// A features file: checked, and complete in itself.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// Who takes what no route matches; `None`: nobody, 404.
    pub default: Option<DefaultSide>,
    /// Where the user id of the toggles is found; `None`: in a bearer token, where those are verified.
    pub user_id: Option<UserIdSource>,
    /// The toggles and segments of the file; none where they come from a server.
    pub toggles: ClientFeatures,
    /// What is outside of this process: services, also those that only routes name, and legacy upstreams.
    pub upstreams: Vec<Upstream>,
    /// The routes in the order of the file.
    pub routes: Vec<Route>,
}

impl Features {
    /// What holds without a features file: everything goes to the modules of this process.
    #[must_use]
    pub fn monolith() -> Self {
        Self { default: Some(DefaultSide::Monolith), ..Self::default() }
    }

    /// The upstream with this id.
    #[must_use]
    pub fn upstream(&self, id: UpstreamId) -> Option<&Upstream> {
        self.upstreams.get(id.index())
    }
}
