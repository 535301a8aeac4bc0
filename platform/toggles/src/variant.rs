//! Which variant of a toggle somebody gets.

use unleash_yggdrasil::VariantDef;

/// The name of the variant that stands for none.
pub(crate) const DISABLED: &str = "disabled";

/// A variant, as Unleash's specification gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Its name; `disabled` for none.
    pub name: String,
    /// What it carries.
    pub payload: Option<Payload>,
    /// Whether it is one of the toggle's variants: false when the toggle is off or has none.
    pub enabled: bool,
    /// Whether the toggle is on.
    pub feature_enabled: bool,
}

/// What a variant carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// `string`, `json`, `csv` or `number`.
    pub kind: String,
    /// The content.
    pub value: String,
}

impl Variant {
    /// None: what a toggle that is off, unknown or without variants gives.
    #[must_use]
    pub fn disabled(feature_enabled: bool) -> Self {
        Self { name: DISABLED.into(), payload: None, enabled: false, feature_enabled }
    }

    pub(crate) fn of(variant: VariantDef, feature_enabled: bool) -> Self {
        let payload =
            variant.payload.map(|payload| Payload { kind: payload.payload_type, value: payload.value });
        Self { name: variant.name, payload, enabled: variant.enabled, feature_enabled }
    }
}
