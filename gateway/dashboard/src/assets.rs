//! The files that the pages are made of, as they lie in `assets/`: written by hand, built into the program, never changed
//! on the way.

/// A file of the pages.
pub(crate) struct Asset {
    /// Its place below `/dashboard/`.
    pub(crate) name: &'static str,
    /// Its media type.
    pub(crate) media_type: &'static str,
    /// What is in it.
    pub(crate) content: &'static [u8],
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! asset {
    ($name:literal, $media_type:expr) => {
        Asset { name: $name, media_type: $media_type, content: include_bytes!(concat!("../assets/", $name)) }
    };
}

/// The one document; which page it shows is told by the part behind `#`.
pub(crate) const INDEX: Asset = asset!("index.html", HTML);

/// Everything else, by name.
pub(crate) const ASSETS: [Asset; 34] = [
    asset!("api.js", SCRIPT),
    asset!("app.js", SCRIPT),
    asset!("base.css", CSS),
    asset!("beside.js", SCRIPT),
    asset!("body.js", SCRIPT),
    asset!("change.js", SCRIPT),
    asset!("chart.js", SCRIPT),
    asset!("dial.js", SCRIPT),
    asset!("dialog.js", SCRIPT),
    asset!("dom.js", SCRIPT),
    asset!("entries.js", SCRIPT),
    asset!("events.js", SCRIPT),
    asset!("explain.js", SCRIPT),
    asset!("format.js", SCRIPT),
    asset!("icon.svg", SVG),
    asset!("icons.js", SCRIPT),
    asset!("inert.js", SCRIPT),
    asset!("keys.js", SCRIPT),
    asset!("live.js", SCRIPT),
    asset!("move.js", SCRIPT),
    asset!("pages.css", CSS),
    asset!("pages/audit.js", SCRIPT),
    asset!("pages/difference.js", SCRIPT),
    asset!("pages/login.js", SCRIPT),
    asset!("pages/route.js", SCRIPT),
    asset!("pages/routes.js", SCRIPT),
    asset!("pages/services.js", SCRIPT),
    asset!("pages/toggles.js", SCRIPT),
    asset!("parts.css", CSS),
    asset!("parts.js", SCRIPT),
    asset!("promotion.js", SCRIPT),
    asset!("report.js", SCRIPT),
    asset!("shell.css", CSS),
    asset!("theme.js", SCRIPT),
];
