//! One exchange: the other side is asked, equal answers are counted, others go to the judge; and now and then the same
//! side is asked again, to see how it differs from itself.

use crate::parallel::ask::ask;
use crate::parallel::compared::oriented;
use crate::parallel::desk::ParallelDesk;
use crate::parallel::figures::Found;
use crate::parallel::judge::{Case, Pair};
use crate::parallel::question::Question;
use crate::parallel::taken::Taken;
use compare::{Answer, Rules};
use kernel::Random;
use report::{Asked, DropCause};
use std::sync::Arc;

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
    pub(crate) async fn run(&self, exchange: Exchange) {
        let Exchange { question, answer, .. } = exchange;
        let to_compare = &question.to_compare;
        let second = match ask(self, &question, to_compare.other()).await {
            Ok(taken) => taken,
            Err(cause) => return self.dropped(to_compare, cause),
        };
        if !question.is_safe || !self.is_chosen_for_noise(&question) {
            let who = (to_compare.first(), to_compare.other());
            return self.settle(question, Asked::Other, Pair { who, first: answer, second });
        }
        let (first_who, second_who) = to_compare.compared.noise_pair(to_compare.serving);
        let noise_of = if first_who == to_compare.first() { answer.clone() } else { second.clone() };
        let who = (to_compare.first(), to_compare.other());
        self.settle(question.clone(), Asked::Other, Pair { who, first: answer, second });
        // What does not come says nothing about noise.
        if let Ok(again) = ask(self, &question, second_who).await {
            let pair = Pair { who: (first_who, second_who), first: noise_of, second: again };
            self.settle(question, Asked::Same, pair);
        }
    }

    fn is_chosen_for_noise(&self, question: &Question) -> bool {
        let share = question.to_compare.compared.noise_share;
        share > 0 && (self.random().next_u64() >> 32) < share
    }

    /// Counts a pair that is equal to the byte; hands any other to the judge.
    fn settle(&self, question: Arc<Question>, asked: Asked, pair: Pair) {
        let to_compare = &question.to_compare;
        let compared = &to_compare.compared;
        if is_conditional(&pair) {
            return self.dropped(to_compare, not_judged(asked, DropCause::NotComparable));
        }
        if same_bytes(&compared.rules, &pair.first, &pair.second) {
            let (old, new) = oriented(asked, to_compare.serving, pair.first.took, pair.second.took);
            self.tally.equal(&compared.route, to_compare.serving, old, new, asked);
            return compared.figures.found(asked, Found::Equal);
        }
        let case = Case::new(question.clone(), asked, pair, self.rechecks.clone());
        if self.parallel.judge().send(case).is_err() {
            self.dropped(to_compare, not_judged(asked, DropCause::JudgeFull));
        }
    }
}

/// What a pair counts as that nobody judges. One of the same side is no exchange that was to be compared.
pub(crate) fn not_judged(asked: Asked, cause: DropCause) -> DropCause {
    if asked == Asked::Other { cause } else { DropCause::NoiseUnjudged }
}

fn is_conditional(pair: &Pair) -> bool {
    matches!((pair.first.status, pair.second.status), (NOT_MODIFIED, 200) | (200, NOT_MODIFIED))
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
