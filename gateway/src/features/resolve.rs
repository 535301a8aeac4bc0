//! Looks up every name of a draft and makes the checked file of it.

mod comparison;
mod conditions;
mod names;
mod route;
mod toggles;
mod unambiguous;
mod upstreams;

use super::draft::{Draft, UserIdDraft};
use super::model::{DefaultSide, Features, Known, KnownTokens, Route, UserIdSource};
use super::reader::{At, Reader};
use super::{LEGACY, MONOLITH};
use crate::matcher::{Matcher, Taken};
use toggles::ToggleNames;
use upstreams::Upstreams;

/// Checks a draft. Everything wrong is noted in the reader; what comes back is meant to be used only when nothing is.
/// The toggles are left for whoever reads them.
pub(super) fn resolve(reader: &mut Reader<'_>, draft: Draft<'_>, known: &Known<'_>) -> Features {
    let mut upstreams = Upstreams::new(reader, &draft, known);
    let mut toggles = ToggleNames::new(reader, &draft.toggles, known);
    comparison::check_for_all(reader, &draft.comparison);
    let checked = draft.routes.iter().map(|route| {
        route::checked(
            reader,
            route,
            &mut route::Names {
                toggles: &mut toggles,
                upstreams: &mut upstreams,
                known,
                for_all: &draft.comparison,
            },
        )
    });
    let routes: Vec<_> = checked.collect::<Vec<_>>().into_iter().flatten().collect();
    names::are_unique(reader, "route", draft.routes.iter().filter_map(|route| route.name.as_ref()));
    unambiguous::check(reader, &draft.routes);
    toggles.note_unused(reader);
    can_be_compiled(reader, &routes);
    Features {
        default: default_side(reader, draft.default.as_ref(), &upstreams, known),
        user_id: draft.user_id.and_then(|user_id| user_id_source(reader, &user_id, known)),
        toggles: ::toggles::ClientFeatures::default(),
        upstreams: upstreams.into_inner(),
        routes,
    }
}

fn can_be_compiled(reader: &mut Reader<'_>, routes: &[Route]) {
    let taken = routes.iter().map(Taken::from);
    if let Err(error) = Matcher::new(taken) {
        reader.error(0..0, error.to_string());
    }
}

fn default_side(
    reader: &mut Reader<'_>,
    default: Option<&At<&str>>,
    upstreams: &Upstreams<'_>,
    known: &Known<'_>,
) -> Option<DefaultSide> {
    if known.legacy_url.is_some() {
        if let Some(default) = default {
            let reason = "`--legacy` makes its upstream the default; take `default` out of the file, or give no `--legacy`";
            reader.error(default.span(), reason);
        }
        return upstreams.legacy(LEGACY).map(DefaultSide::Legacy);
    }
    let default = default?;
    let name = *default.get_ref();
    if name != MONOLITH {
        return upstreams.find_legacy(reader, default, "default").map(DefaultSide::Legacy);
    }
    if known.modules.is_empty() {
        let reason = "no modules run in this process, so there is no monolith: name a `[[legacy]]` upstream";
        reader.error(default.span(), reason);
    }
    Some(DefaultSide::Monolith)
}

fn user_id_source(
    reader: &mut Reader<'_>,
    user_id: &UserIdDraft<'_>,
    known: &Known<'_>,
) -> Option<UserIdSource> {
    let (value, at) = (*user_id.value.get_ref(), user_id.value.span());
    match user_id.key {
        "jwt_claim" => {
            match known.tokens {
                KnownTokens::None => reader.error(
                    at,
                    "no tokens are verified in this process, so that no claim could be believed: set jwks.urls or jwks.file",
                ),
                KnownTokens::House if value != "sub" => reader.error(at, "the claim that names the user is `sub`"),
                KnownTokens::Others if value.is_empty() => reader.error(at, "a claim has a name"),
                KnownTokens::House | KnownTokens::Others => {}
            }
            Some(UserIdSource::JwtClaim(value.into()))
        }
        key => {
            if !names::is_token(value) {
                reader.error(at, format!("`{value}` is no name of a {key}"));
                return None;
            }
            let source = if key == "cookie" { UserIdSource::Cookie } else { UserIdSource::Header };
            Some(source(value.into()))
        }
    }
}
