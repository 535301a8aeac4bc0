//! Asks one side, whichever kind it is.

use crate::parallel::compared::{Target, Who};
use crate::parallel::desk::ParallelDesk;
use crate::parallel::question::Question;
use crate::parallel::taken::Taken;
use crate::parallel::{application, upstream};
use report::DropCause;

/// Asks a side, within the deadline.
pub(crate) async fn ask(desk: &ParallelDesk, question: &Question, who: Who) -> Result<Taken, DropCause> {
    let compared = &question.to_compare.compared;
    let taken = match compared.target(who) {
        Target::Module(module) => {
            let deadline = desk.settings().deadline();
            let asked = tokio::time::timeout(deadline, application::ask(desk, question, module));
            asked.await.unwrap_or(Err(DropCause::Deadline))?
        }
        Target::Upstream { service, host, .. } => upstream::ask(desk, question, service, *host).await?,
    };
    compared.figures.took(taken.took);
    Ok(taken)
}
