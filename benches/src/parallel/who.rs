//! Who stands between the load and the two sides.

use serde::{Serialize, Serializer};

/// Who passes a request on, and what is done with the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Nobody: the CPU time is the backend's.
    Direct,
    /// HAProxy as it comes; nothing is mirrored.
    Haproxy,
    /// With buffers of 64 KiB.
    HaproxyTuned,
    /// nginx, which sends every request to the second side as well.
    NginxMirror,
    /// Envoy, which does so, too.
    EnvoyMirror,
    /// The gateway.
    Banyan(Compares),
}

/// What the gateway compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compares {
    /// Nothing.
    Nothing,
    /// So many percent of the requests; the two sides answer the same to the byte.
    Equal(u8),
    /// Everything; members stand in another order, so that both answers are parsed and found equal.
    OtherOrder,
    /// Everything; one value differs in every pair, so that everything is parsed, asked again and reported.
    OneValue,
}

impl Who {
    /// All of them.
    pub(super) const ALL: [Self; 11] = [
        Self::Direct,
        Self::Haproxy,
        Self::HaproxyTuned,
        Self::NginxMirror,
        Self::EnvoyMirror,
        Self::Banyan(Compares::Nothing),
        Self::Banyan(Compares::Equal(1)),
        Self::Banyan(Compares::Equal(10)),
        Self::Banyan(Compares::Equal(100)),
        Self::Banyan(Compares::OtherOrder),
        Self::Banyan(Compares::OneValue),
    ];

    /// As it stands in results.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Haproxy => "haproxy",
            Self::HaproxyTuned => "haproxy-tuned",
            Self::NginxMirror => "nginx-mirror",
            Self::EnvoyMirror => "envoy-mirror",
            Self::Banyan(compares) => match compares {
                Compares::Nothing => "banyan",
                Compares::Equal(1) => "banyan-1-percent",
                Compares::Equal(10) => "banyan-10-percent",
                Compares::Equal(_) => "banyan-100-percent",
                Compares::OtherOrder => "banyan-100-percent-other-order",
                Compares::OneValue => "banyan-100-percent-one-value",
            },
        }
    }
}

impl Serialize for Who {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.name().serialize(serializer)
    }
}

impl Compares {
    /// Share of the requests, percent.
    pub(super) fn percent(self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Equal(percent) => percent,
            Self::OtherOrder | Self::OneValue => 100,
        }
    }
}
