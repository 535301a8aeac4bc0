//! The routes of the measured gateway: each with an old and a new side and a toggle that decides by the user.

use std::fmt::Write;
use std::net::SocketAddr;

/// The part of the path that the measured requests ask for.
const PART: usize = 7;

/// A features file with so many routes, each with a toggle of its own. Both sides are the same backend.
pub(super) fn text(routes: usize, backend: SocketAddr) -> String {
    let mut text = format!(
        "default = \"old\"\n[context]\nuser_id = {{ header = \"x-user\" }}\n\
         [[legacy]]\nname = \"old\"\nurl = \"http://{backend}\"\n\
         [[services]]\nname = \"new\"\ninstances = [\"http://{backend}\"]\n"
    );
    for part in 0..routes {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "[toggles.\"part-{part}.serve\"]\nenabled = true\n\
             strategies = [{{ name = \"flexibleRollout\", parameters = {{ rollout = 50, \
             stickiness = \"userId\", groupId = \"part-{part}\" }} }}]\n\
             [[routes]]\nname = \"part-{part}\"\nmatch = {{ path = \"/api/part-{part}/{{rest..}}\" }}\n\
             legacy = \"old\"\nservice = \"new\"\nserve = \"part-{part}.serve\"\n"
        );
    }
    text
}

/// The path that is answered with a body of so many bytes.
pub(super) fn path(body_bytes: usize) -> String {
    format!("/api/part-{PART}/bytes/{body_bytes}")
}
