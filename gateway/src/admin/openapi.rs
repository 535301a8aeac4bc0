//! The OpenAPI description of the admin API.

use super::{
    audit, audit_page, events, explained, instances, promotions, reload, report, routes, rules, services,
    settings, toggle_edit, toggles,
};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    paths(
        routes::list,
        explained::explain,
        rules::add_rule,
        promotions::list,
        promotions::order,
        toggles::list,
        toggle_edit::edit,
        services::list,
        services::force,
        instances::register,
        instances::keep_alive,
        instances::leave,
        reload::reload,
        report::show,
        events::events,
        settings::show,
        audit_page::show,
    ),
    components(schemas(audit::Record)),
    security((), ("token" = [])),
    modifiers(&Token),
    info(
        title = "admin",
        description = "The gateway's admin API, on the admin port. Errors are application/problem+json (RFC 9457)."
    )
)]
struct Description;

/// The admin side's token.
struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let description = "`admin.token`; needed where it is set, which it must be beyond loopback";
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build();
        openapi.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The OpenAPI description of the admin API.
#[must_use]
pub fn admin_openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
