//! From what the file says to Unleash's own types, without judging it.

use super::Definition;
use super::model::{
    ConstraintDef, DependencyDef, OverrideDef, PayloadDef, StrategyDef, VariantDef, WeightDef,
};
use super::segments::Segments;
use super::values::Text;
use toml::Spanned;
use unleash_types::client_features::{
    ClientFeature, ClientFeatures, Constraint, FeatureDependency, Operator, Override, Payload, Segment,
    Strategy, StrategyVariant, Variant, WeightType,
};

pub(super) fn state(toggles: Vec<Definition>, segments: &Segments) -> ClientFeatures {
    let constraints = segments.by_id.iter();
    let segment = |(id, list): (&i32, &Vec<Spanned<ConstraintDef>>)| Segment {
        id: *id,
        constraints: list.iter().map(|one| constraint(one.get_ref())).collect(),
    };
    ClientFeatures {
        features: toggles.into_iter().map(|toggle| feature(toggle, segments)).collect(),
        segments: Some(constraints.map(segment).collect()),
        ..ClientFeatures::default()
    }
}

fn feature(toggle: Definition, segments: &Segments) -> ClientFeature {
    let body = toggle.body;
    ClientFeature {
        name: toggle.name,
        feature_type: body.kind,
        description: body.description,
        enabled: body.enabled,
        stale: body.stale,
        impression_data: body.impression_data,
        project: body.project,
        strategies: Some(body.strategies.iter().map(|one| strategy(one, segments)).collect()),
        variants: Some(body.variants.into_iter().map(variant).collect()),
        dependencies: Some(body.dependencies.into_iter().map(dependency).collect()),
        ..ClientFeature::default()
    }
}

pub(super) fn strategy(strategy: &StrategyDef, segments: &Segments) -> Strategy {
    let parameters = strategy.parameters.iter();
    let parameters = parameters.map(|(name, value)| (name.get_ref().clone(), value.get_ref().0.clone()));
    Strategy {
        name: strategy.name.get_ref().clone(),
        sort_order: None,
        segments: Some(strategy.segments.iter().map(|one| segments.id_or_none(one.get_ref())).collect()),
        constraints: Some(strategy.constraints.iter().map(|one| constraint(one.get_ref())).collect()),
        parameters: Some(parameters.collect()),
        variants: Some(strategy.variants.iter().map(strategy_variant).collect()),
    }
}

pub(super) fn constraint(constraint: &ConstraintDef) -> Constraint {
    Constraint {
        context_name: constraint.context_name.get_ref().clone(),
        operator: operator(constraint.operator.get_ref()),
        case_insensitive: constraint.case_insensitive,
        inverted: constraint.inverted,
        values: constraint.values.as_deref().map(texts),
        value: constraint.value.as_ref().map(|value| value.get_ref().0.clone()),
    }
}

/// The operator by its name, `Unknown` for one that does not exist: the engine's own list.
pub(super) fn operator(name: &str) -> Operator {
    use serde::Deserialize;
    use serde::de::value::{Error, StrDeserializer};
    let name: StrDeserializer<'_, Error> = serde::de::IntoDeserializer::into_deserializer(name);
    Operator::deserialize(name).unwrap_or_else(|_| Operator::Unknown(String::new()))
}

fn texts(texts: &[Text]) -> Vec<String> {
    texts.iter().map(|text| text.0.clone()).collect()
}

fn strategy_variant(variant: &VariantDef) -> StrategyVariant {
    StrategyVariant {
        name: variant.name.get_ref().clone(),
        weight: *variant.weight.get_ref(),
        payload: variant.payload.as_ref().map(payload),
        stickiness: variant.stickiness.clone(),
    }
}

fn variant(variant: VariantDef) -> Variant {
    Variant {
        payload: variant.payload.as_ref().map(payload),
        name: variant.name.into_inner(),
        weight: variant.weight.into_inner(),
        weight_type: variant.weight_type.map(|kind| match kind {
            WeightDef::Fix => WeightType::Fix,
            WeightDef::Variable => WeightType::Variable,
        }),
        stickiness: variant.stickiness,
        overrides: Some(variant.overrides.into_iter().map(override_).collect()),
    }
}

fn payload(payload: &PayloadDef) -> Payload {
    Payload { payload_type: payload.kind.get_ref().clone(), value: payload.value.clone() }
}

fn override_(one: OverrideDef) -> Override {
    Override { context_name: one.context_name, values: texts(&one.values) }
}

fn dependency(one: DependencyDef) -> FeatureDependency {
    FeatureDependency { feature: one.feature.into_inner(), enabled: one.enabled, variants: one.variants }
}
