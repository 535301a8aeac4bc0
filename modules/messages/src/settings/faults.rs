//! What the module does wrong on purpose, to show what a parallel run finds. In builds with debug assertions only: a
//! release does not know the settings, and refuses them.

use serde::Deserialize;

/// The section `messages.faults`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultSettings {
    /// Whether links lose their attribute `rel` in messages as they are given out. What is stored stays whole.
    pub lose_rel: bool,
}

impl FaultSettings {
    /// The html as it is with these faults.
    pub(crate) fn spoil(self, html: String) -> String {
        if self.lose_rel { html.replace(" rel=\"nofollow\"", "") } else { html }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_loses_one_attribute_and_nothing_else() {
        let html = markup::render("see http://a.example/x");
        assert_eq!(FaultSettings::default().spoil(html.clone()), html);
        let spoilt = FaultSettings { lose_rel: true }.spoil(html.clone());
        assert_ne!(spoilt, html);
        assert_eq!(spoilt.replace("x\">", "x\" rel=\"nofollow\">"), html);
    }
}
