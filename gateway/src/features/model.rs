//! What a features file says, checked.

use crate::method::MethodSet;
use crate::pattern::Pattern;
use crate::toggles::ToggleId;
use std::sync::Arc;

/// What the process around the gateway has, against which the names in the file are checked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The modules that run in this process.
    pub modules: &'a [&'a str],
}

/// Who takes what no route matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultSide {
    /// The modules of this process, which answer 404 and 405 by themselves.
    Monolith,
}

/// A toggle that is on or off for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toggle {
    /// Its name, unique in the file.
    pub name: Arc<str>,
    /// What it is for; may be empty.
    pub description: String,
    /// Whether it is on.
    pub enabled: bool,
}

/// Which requests go where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its name in logs, metrics and commands, unique in the file.
    pub name: Arc<str>,
    /// The methods it takes.
    pub methods: MethodSet,
    /// The paths it takes.
    pub pattern: Pattern,
    /// The module that is its old side.
    pub module: Arc<str>,
    /// The service that is its new side.
    pub service: Option<Arc<str>>,
    /// On: the service answers. Absent means off.
    pub serve: Option<ToggleId>,
    /// On: the other side is asked too, and the answers are compared. Absent means off.
    pub compare: Option<ToggleId>,
    /// The line of the file on which it starts, from 1; for messages.
    pub line: u32,
}

/// A features file: checked, and complete in itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Features {
    /// Who takes what no route matches; `None`: nobody, 404.
    pub default: Option<DefaultSide>,
    /// The toggles, sorted by name. A [`ToggleId`] is a position in this list.
    pub toggles: Vec<Toggle>,
    /// The routes in the order of the file.
    pub routes: Vec<Route>,
}

impl Features {
    /// What holds without a features file: everything goes to the modules of this process.
    #[must_use]
    pub fn monolith() -> Self {
        Self { default: Some(DefaultSide::Monolith), ..Self::default() }
    }
}
