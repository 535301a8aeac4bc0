//! One exchange: the other side is asked, equal answers are counted, others go to the judge; and now and then the same
//! side is asked again, to see how it differs from itself.

use crate::http1::Timer;
use crate::parallel::ToCompare;
use crate::parallel::ask::ask;
use crate::parallel::beside::Answered;
use crate::parallel::compared::{Who, oriented};
use crate::parallel::desk::ParallelDesk;
use crate::parallel::figures::Found;
use crate::parallel::judge::{Case, Pair};
use crate::parallel::question::Question;
use crate::parallel::taken::Taken;
use compare::{Answer, Rules};
use kernel::Random;
use report::{Asked, DropCause};
use std::sync::Arc;
use std::time::Duration;

/// Two statuses of which one refers to a copy that the client has: bodies cannot be compared then.
const NOT_MODIFIED: u16 = 304;

/// An exchange with its serving side.
pub(crate) struct Exchange {
    pub(crate) question: Arc<Question>,
    answer: Taken,
    /// The memory that it holds.
    pub(crate) bytes: usize,
}

impl Exchange {
    pub(crate) fn new(question: Question, answer: Taken) -> Self {
        Self { bytes: question.bytes() + answer.bytes(), question: Arc::new(question), answer }
    }
}

impl ParallelDesk {
    /// Asks the other side, and settles what came.
    pub(crate) async fn run(&self, exchange: Exchange, timer: &mut Timer) {
        let Exchange { question, answer, .. } = exchange;
        let to_compare = &question.to_compare;
        let who = (to_compare.first(), to_compare.other());
        let noise = self.noise(&question);
        // What is compared for noise is kept, even if it is the same as the first.
        let is_kept = noise.is_some_and(|(of, _)| of != who.0);
        let beside = (!is_kept).then_some(&answer);
        let second = match ask(self, &question, who.1, beside, timer).await {
            Ok(answered) => answered,
            Err(cause) => return self.dropped(to_compare, cause),
        };
        let Some(noise) = noise else {
            return self.settle(question, Asked::Other, who, answer, second);
        };
        let noise_of = match &second {
            Answered::Another(second) if is_kept => second.clone(),
            _ => answer.clone(),
        };
        self.settle(question.clone(), Asked::Other, who, answer, second);
        // What does not come says nothing about noise.
        if let Ok(again) = ask(self, &question, noise.1, Some(&noise_of), timer).await {
            self.settle(question, Asked::Same, noise, noise_of, again);
        }
    }

    /// Whether one is asked for noise, to be compared with the answer of whom.
    fn noise(&self, question: &Question) -> Option<(Who, Who)> {
        let ToCompare { compared, serving, .. } = &question.to_compare;
        let share = compared.noise_share;
        let is_chosen = question.is_safe && share > 0 && (self.random().next_u64() >> 32) < share;
        is_chosen.then(|| compared.noise_pair(*serving))
    }

    /// Counts a pair that is equal to the byte; hands any other to the judge.
    fn settle(&self, question: Arc<Question>, asked: Asked, who: (Who, Who), first: Taken, second: Answered) {
        let to_compare = &question.to_compare;
        let second = match second {
            Answered::Same(took) => return self.equal(to_compare, asked, first.took, took),
            Answered::Another(second) => second,
        };
        if is_conditional(first.status, second.status) {
            return self.dropped(to_compare, not_judged(asked, DropCause::NotComparable));
        }
        if same_bytes(&to_compare.compared.rules, &first, &second) {
            return self.equal(to_compare, asked, first.took, second.took);
        }
        let pair = Pair { who, first, second };
        let case = Case::new(question.clone(), asked, pair, self.rechecks.clone());
        if self.parallel.judge().send(case).is_err() {
            self.dropped(to_compare, not_judged(asked, DropCause::JudgeFull));
        }
    }

    fn equal(&self, to_compare: &ToCompare, asked: Asked, first: Duration, second: Duration) {
        let compared = &to_compare.compared;
        let (old, new) = oriented(asked, to_compare.serving, first, second);
        self.tally.equal(&compared.route, to_compare.serving, old, new, asked);
        compared.figures.found(asked, Found::Equal);
    }
}

/// What a pair counts as that nobody judges. One of the same side is no exchange that was to be compared.
pub(crate) fn not_judged(asked: Asked, cause: DropCause) -> DropCause {
    if asked == Asked::Other { cause } else { DropCause::NoiseUnjudged }
}

fn is_conditional(first: u16, second: u16) -> bool {
    matches!((first, second), (NOT_MODIFIED, 200) | (200, NOT_MODIFIED))
}

/// Whether two answers are the same to the byte in everything that is compared. Mostly the heads are the same to the byte
/// as well: then nothing is parsed.
pub(crate) fn same_bytes(rules: &Rules, first: &Taken, second: &Taken) -> bool {
    if first.has_head_of(second) {
        return first.body == second.body;
    }
    let (first_fields, second_fields) = (first.fields(), second.fields());
    let (first_trailers, second_trailers) = (first.trailers(), second.trailers());
    rules.same_bytes(
        &Answer {
            status: first.status,
            headers: &first_fields,
            body: &first.body,
            trailers: &first_trailers,
        },
        &Answer {
            status: second.status,
            headers: &second_fields,
            body: &second.body,
            trailers: &second_trailers,
        },
    )
}
