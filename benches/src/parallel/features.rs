//! The routes of the measured gateway: each with an old and a new side, a toggle that decides by the user and says old, and
//! one that says how many requests are compared.

use std::fmt::Write;
use std::net::SocketAddr;

/// How many routes there are.
const ROUTES: usize = 10;
/// The part of the path that the measured requests ask for.
const PART: usize = 7;

/// A features file in which `old` serves, and so many percent of the requests are asked of `new` as well. Comparisons are
/// as they are by default: a sample of 5 % tells noise, differences are asked again after 250 ms.
pub(super) fn text(old: SocketAddr, new: SocketAddr, percent: u8) -> String {
    let mut text = format!(
        "default = \"old\"\n[context]\nuser_id = {{ header = \"x-user\" }}\n\
         [[legacy]]\nname = \"old\"\nurl = \"http://{old}\"\n\
         [[services]]\nname = \"new\"\ninstances = [\"http://{new}\"]\n"
    );
    for part in 0..ROUTES {
        let serve = toggle(part, "serve", 0, "userId");
        let (compare, compares) = match percent {
            0 => (String::new(), String::new()),
            percent => {
                (toggle(part, "compare", percent, "random"), format!("compare = \"part-{part}.compare\"\n"))
            }
        };
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{serve}{compare}[[routes]]\nname = \"part-{part}\"\nmatch = {{ path = \"/api/part-{part}/{{rest..}}\" }}\n\
             legacy = \"old\"\nservice = \"new\"\nserve = \"part-{part}.serve\"\n{compares}"
        );
    }
    text
}

fn toggle(part: usize, of: &str, percent: u8, stickiness: &str) -> String {
    format!(
        "[toggles.\"part-{part}.{of}\"]\nenabled = true\n\
         strategies = [{{ name = \"flexibleRollout\", parameters = {{ rollout = {percent}, \
         stickiness = \"{stickiness}\", groupId = \"part-{part}\" }} }}]\n"
    )
}

/// The path that is answered with a body of so many bytes.
pub(super) fn path(body_bytes: usize) -> String {
    format!("/api/part-{PART}/bytes/{body_bytes}")
}
