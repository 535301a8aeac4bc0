//! Asks one side, whichever kind it is.

use crate::http1::Timer;
use crate::parallel::beside::Answered;
use crate::parallel::compared::{Target, Who};
use crate::parallel::desk::ParallelDesk;
use crate::parallel::question::Question;
use crate::parallel::taken::Taken;
use crate::parallel::{application, upstream};
use report::DropCause;

/// Asks a side, within the deadline. With `beside`, an answer that is the same in all that is compared is not kept.
pub(crate) async fn ask(
    desk: &ParallelDesk,
    question: &Question,
    who: Who,
    beside: Option<&Taken>,
    timer: &mut Timer,
) -> Result<Answered, DropCause> {
    let compared = &question.to_compare.compared;
    let answered = match compared.target(who) {
        Target::Module(module) => {
            let deadline = desk.settings().deadline();
            let asked = tokio::time::timeout(deadline, application::ask(desk, question, module));
            Answered::Another(asked.await.unwrap_or(Err(DropCause::Deadline))?)
        }
        Target::Upstream { service, host, .. } => {
            upstream::ask(desk, question, (service, *host), beside, timer).await?
        }
    };
    compared.figures.took(answered.took());
    Ok(answered)
}
