//! The sides as the parallel run asks them: the same instances, but connections, bulkhead and breaker of its own, so that
//! nothing that happens here is felt by a client's request.

use crate::features::Upstream;
use crate::parallel::ParallelSettings;
use kernel::Sources;
use std::sync::Arc;
use upstream::{
    BulkheadPolicy, FailingStatuses, HealthPolicy, Policy, RetryPolicy, Service, Timeouts, UpstreamSettings,
    Upstreams,
};

/// The services of the parallel run.
#[derive(Debug, Clone)]
pub(crate) struct Services {
    upstreams: Upstreams,
    settings: ParallelSettings,
}

impl Services {
    pub(crate) fn new(settings: &ParallelSettings, upstream: UpstreamSettings, sources: &Sources) -> Self {
        Self { upstreams: Upstreams::new(upstream, sources.clone()), settings: settings.clone() }
    }

    pub(crate) fn upstreams(&self) -> &Upstreams {
        &self.upstreams
    }

    /// The service by which an upstream is asked, with the instances that the file lists.
    pub(crate) fn define(&self, upstream: &Upstream) -> Arc<Service> {
        let service = self.upstreams.define(&upstream.name, self.policy(&upstream.policy));
        if let Some(instances) = &upstream.instances {
            self.upstreams.set_instances(&upstream.name, instances.clone());
        }
        service
    }

    /// What is left of a service's policy. An error is an answer, to be compared as any other: only silence opens the
    /// breaker. A question is asked once.
    fn policy(&self, policy: &Policy) -> Policy {
        let deadline_ms = self.settings.deadline_ms;
        Policy {
            timeouts: Timeouts { connect_ms: policy.timeouts.connect_ms.min(deadline_ms), ..policy.timeouts },
            failing_statuses: FailingStatuses::None,
            health: HealthPolicy::default(),
            bulkhead: BulkheadPolicy {
                connections_max: self.settings.connections_max,
                waiting_max: self.settings.connections_max,
                wait_ms: deadline_ms,
            },
            shedding: false,
            retry: RetryPolicy { attempts_max: 1, ..policy.retry },
            ..policy.clone()
        }
    }
}
