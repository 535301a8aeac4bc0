//! `banyan map`: the map of the house. The checked-in copy is docs/map.txt; a test compares them.

use super::print;
use crate::compose;
use crate::error::AppError;
use contract::{Kind, Operation};
use messages_api::Messages;
use std::fmt::Write;
use std::process::ExitCode;
use tokens_api::Tokens;
use users_api::Users;

/// Prints modules, what they answer, what their contracts offer, and whom they call.
pub(crate) fn run() -> Result<ExitCode, AppError> {
    print(&map())?;
    Ok(ExitCode::SUCCESS)
}

fn map() -> String {
    let contracts: [(&str, &[Operation]); 3] = [
        (<dyn Users>::NAME, <dyn Users>::OPERATIONS),
        (<dyn Tokens>::NAME, <dyn Tokens>::OPERATIONS),
        (<dyn Messages>::NAME, <dyn Messages>::OPERATIONS),
    ];
    let mut text = String::new();
    for about in compose::about() {
        let _ = writeln!(text, "module {}", about.name);
        for endpoint in &about.endpoints {
            let _ = writeln!(text, "  answers {} {}", endpoint.method, endpoint.path);
        }
        let operations =
            contracts.iter().filter(|(name, _)| *name == about.name).flat_map(|(_, operations)| *operations);
        for operation in operations {
            let kind = match operation.kind {
                Kind::Query => "query",
                Kind::Command => "command",
            };
            let _ = writeln!(text, "  offers {kind} {}.{}", about.name, operation.name);
        }
        for called in about.calls {
            let _ = writeln!(text, "  calls {called}");
        }
    }
    text
}
