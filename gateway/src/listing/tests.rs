//! The table of routes.

use super::*;
use crate::snapshot::tests::{compiled, snapshot};

#[test]
fn the_table_lines_up_and_ends_with_the_default() {
    let text = r#"
        default = "flack"
        [[legacy]]
        name = "flack"
        url = "http://127.0.0.1:5000"
        [toggles."messages.serve"]
        enabled = true
        strategies = [{ name = "flexibleRollout", parameters = { rollout = 5, stickiness = "userId", groupId = "m" } }]
        [toggles.on]
        enabled = true
        [[routes]]
        name = "messages.read"
        match = { methods = ["GET"], path = "/api/messages/{rest..}" }
        module = "messages"
        service = "messages"
        serve = "messages.serve"
        [[routes]]
        name = "jwks"
        match = { path = "/jwks.json", host = "x.org" }
        legacy = "flack"
        service = "tokens"
        serve = "on"
    "#;
    let list = RouteList::new(&snapshot(text, &["messages"]));
    assert_eq!(
        list.to_string(),
        "NAME           METHODS    PATH                     ANSWERED BY                                        TOGGLES\n\
         messages.read  GET, HEAD  /api/messages/{rest..}   module messages, service messages (5 % by userId)  messages.serve=5 % by userId\n\
         jwks           any        /jwks.json [host x.org]  service tokens                                     on=on\n\
         -              any        everything else          legacy flack                                       -"
    );
}

#[test]
fn without_a_default_everything_else_is_404() {
    let list = RouteList::new(&compiled(Features::default()));
    assert!(list.to_string().ends_with("-     any      everything else  404          -"), "{list}");
}
