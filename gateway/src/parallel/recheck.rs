//! A difference is asked again before it counts: after a while both sides are asked once more, by the worker that saw it,
//! and the judge looks whether it is still there.

use crate::parallel::ask::ask;
use crate::parallel::beside::Answered;
use crate::parallel::desk::ParallelDesk;
use crate::parallel::judge::{Case, Pair};
use crate::parallel::run::not_judged;
use report::DropCause;
use std::rc::{Rc, Weak};
use std::time::Duration;
use tokio::sync::mpsc::Receiver;

/// Takes the judge's orders until the worker ends.
pub(crate) async fn follow(desk: Weak<ParallelDesk>, mut orders: Receiver<Case>) {
    while let Some(case) = orders.recv().await {
        let Some(desk) = desk.upgrade() else { return };
        let after = case.question().to_compare.compared.recheck.unwrap_or(Duration::ZERO);
        if desk.rechecking.get() >= desk.settings().recheck_max {
            back(&desk, case, None);
            continue;
        }
        desk.rechecking.set(desk.rechecking.get() + 1);
        tokio::task::spawn_local(async move {
            tokio::time::sleep(after).await;
            let again = again(&desk, &case).await;
            desk.rechecking.set(desk.rechecking.get() - 1);
            back(&desk, case, again);
        });
    }
}

/// Asks both again, at the same time: what changes meanwhile changes for both.
async fn again(desk: &Rc<ParallelDesk>, case: &Case) -> Option<Pair> {
    let (question, who) = (case.question(), case.who());
    let (mut timer, mut other_timer) = (desk.timer(), desk.timer());
    let (first, second) = tokio::join!(
        ask(desk, question, who.0, None, &mut timer),
        ask(desk, question, who.1, None, &mut other_timer)
    );
    // Beside nothing, nothing is the same.
    match (first.ok()?, second.ok()?) {
        (Answered::Another(first), Answered::Another(second)) => Some(Pair { who, first, second }),
        _ => None,
    }
}

/// Without a second pair the difference counts as it was.
fn back(desk: &ParallelDesk, case: Case, again: Option<Pair>) {
    let (question, cause) = (case.question().clone(), not_judged(case.asked(), DropCause::JudgeFull));
    if desk.parallel.judge().send(case.asked_again(again)).is_err() {
        desk.dropped(&question.to_compare, cause);
    }
}
