//! The judge: a thread that compares answers which are not equal to the byte, has differences asked again, and hands over
//! what was found. Nothing here is on the way of a request.

use crate::parallel::ParallelSettings;
use crate::parallel::built_in;
use crate::parallel::coding;
use crate::parallel::compared::{Who, oriented};
use crate::parallel::figures::Found;
use crate::parallel::found::{exchange, observed};
use crate::parallel::question::Question;
use crate::parallel::taken::Taken;
use compare::{Answer, Comparison};
use report::{Asked, Recorder, WorkerTally};
use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use tokio::sync::mpsc::Sender;

/// How long the judge lets cases gather once it has none left: woken for each of them, who sends them would pay more for
/// that than for most comparisons.
const COMPANY: Duration = Duration::from_millis(1);

/// Two answers to one question.
#[derive(Debug)]
pub(crate) struct Pair {
    /// Who gave them.
    pub(crate) who: (Who, Who),
    pub(crate) first: Taken,
    pub(crate) second: Taken,
}

/// What is to be judged.
#[derive(Debug)]
pub(crate) struct Case {
    question: Arc<Question>,
    asked: Asked,
    pair: Pair,
    stage: Stage,
    /// The worker that saw it.
    worker: Sender<Case>,
    held: Option<Held>,
}

#[derive(Debug)]
enum Stage {
    First,
    /// This was found, and is to be asked again.
    Asking(Box<Comparison>),
    /// It was asked again: this came, or nothing.
    Again(Box<Comparison>, Option<Box<Pair>>),
}

/// Memory that a case holds, given back when it is dropped.
#[derive(Debug)]
struct Held {
    bytes: usize,
    all: Arc<AtomicUsize>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Relaxed);
    }
}

/// The way to the judge. Bounded in number and bytes.
#[derive(Debug, Clone)]
pub(crate) struct ToJudge {
    cases: SyncSender<Case>,
    held: Arc<AtomicUsize>,
    max_bytes: usize,
}

/// There is no room.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct JudgeFull;

/// Starts the thread; it ends when nobody can send to it any more.
///
/// # Errors
/// When the system gives no thread.
pub(crate) fn start(settings: &ParallelSettings, recorder: &Recorder) -> io::Result<ToJudge> {
    let (cases, incoming) = sync_channel(settings.judge_queue_max);
    let judge = Judge { tally: recorder.worker(), recorder: recorder.clone() };
    let builder = std::thread::Builder::new().name("judge".to_owned());
    builder.spawn(move || judge.run(&incoming)).map(drop)?;
    Ok(ToJudge { cases, held: Arc::default(), max_bytes: settings.judge_max_bytes })
}

impl ToJudge {
    /// Hands a case over, if there is room.
    pub(crate) fn send(&self, mut case: Case) -> Result<(), JudgeFull> {
        let bytes = case.bytes();
        if case.held.is_none() {
            let all = self.held.fetch_add(bytes, Relaxed) + bytes;
            case.held = Some(Held { bytes, all: self.held.clone() });
            if all > self.max_bytes {
                return Err(JudgeFull);
            }
        }
        self.cases.try_send(case).map_err(|_| JudgeFull)
    }
}

impl Case {
    pub(crate) fn new(question: Arc<Question>, asked: Asked, pair: Pair, worker: Sender<Self>) -> Self {
        Self { question, asked, pair, stage: Stage::First, worker, held: None }
    }

    pub(crate) fn question(&self) -> &Arc<Question> {
        &self.question
    }

    pub(crate) fn asked(&self) -> Asked {
        self.asked
    }

    pub(crate) fn who(&self) -> (Who, Who) {
        self.pair.who
    }

    /// With what came when it was asked again.
    pub(crate) fn asked_again(self, again: Option<Pair>) -> Self {
        let stage = match self.stage {
            Stage::Asking(before) => Stage::Again(before, again.map(Box::new)),
            other => other,
        };
        Self { stage, ..self }
    }

    fn bytes(&self) -> usize {
        self.question.bytes() + self.pair.first.bytes() + self.pair.second.bytes()
    }
}

/// How often both sides were asked.
#[derive(Clone, Copy)]
pub(crate) enum Seen<'c> {
    Once,
    /// Again, after a while.
    Twice {
        /// The difference was gone.
        lag: bool,
        /// How the second answer of the first side differs from its first.
        itself: &'c Comparison,
    },
}

struct Judge {
    recorder: Recorder,
    /// For what turns out to be equal.
    tally: WorkerTally,
}

impl Judge {
    fn run(&self, cases: &Receiver<Case>) {
        while let Ok(case) = cases.recv() {
            self.judge(case);
            cases.try_iter().for_each(|case| self.judge(case));
            std::thread::sleep(COMPANY);
        }
    }

    fn judge(&self, mut case: Case) {
        match std::mem::replace(&mut case.stage, Stage::First) {
            Stage::First => self.first(case),
            Stage::Asking(before) | Stage::Again(before, None) => self.record(&case, &before, Seen::Once),
            Stage::Again(before, Some(again)) => {
                let (comparison, lag) = still_there(*before, &compared(&case, &again));
                // Of who answered the client: it was asked the same twice.
                let itself = compare_answers(&case, &case.pair.first, &again.first);
                self.record(&case, &comparison, Seen::Twice { lag, itself: &itself });
            }
        }
    }

    fn first(&self, mut case: Case) {
        let comparison = compared(&case, &case.pair);
        if comparison.differences.is_empty() && comparison.unlisted == 0 {
            return self.equal(&case);
        }
        let asks_again = case.question.is_safe && case.question.to_compare.compared.recheck.is_some();
        if comparison.is_equal() || !asks_again {
            return self.record(&case, &comparison, Seen::Once);
        }
        case.stage = Stage::Asking(Box::new(comparison));
        let worker = case.worker.clone();
        // Without room, or without the worker, it counts as it is.
        if let Err(refused) = worker.try_send(case) {
            self.judge(refused.into_inner());
        }
    }

    fn equal(&self, case: &Case) {
        let to_compare = &case.question.to_compare;
        let (old, new) =
            oriented(case.asked, to_compare.serving, case.pair.first.took, case.pair.second.took);
        self.tally.equal(&to_compare.compared.route, to_compare.serving, old, new, case.asked);
        to_compare.compared.figures.found(case.asked, Found::Equal);
    }

    fn record(&self, case: &Case, comparison: &Comparison, seen: Seen<'_>) {
        let found = match seen {
            Seen::Twice { lag: true, .. } => Found::Lag,
            _ if comparison.is_equal() => Found::Explained,
            _ => Found::Different,
        };
        case.question.to_compare.compared.figures.found(case.asked, found);
        let observed = observed(&case.question, case.asked, &case.pair, comparison, seen);
        self.recorder.differed_in(observed, || exchange(&case.question, case.asked, &case.pair));
    }
}

/// What is left of a difference when both sides were asked again, and whether all of it is gone. A cause that is still
/// there counts; one that is gone was lag.
fn still_there(mut before: Comparison, now: &Comparison) -> (Comparison, bool) {
    let cause = |difference: &compare::Difference| (difference.place.cause(), difference.kind);
    let still: HashSet<_> = now.unexplained().map(cause).collect();
    let stays =
        |difference: &compare::Difference| now.unlisted_causes > 0 || still.contains(&cause(difference));
    if !before.unexplained().any(stays) {
        return (before, true);
    }
    before.differences.retain(|difference| difference.explained.is_some() || stays(difference));
    (before, false)
}

/// Compares a pair as the case has it, old before new.
fn compared(case: &Case, pair: &Pair) -> Comparison {
    let (old, new) = oriented(case.asked, case.question.to_compare.serving, &pair.first, &pair.second);
    compare_answers(case, old, new)
}

fn compare_answers(case: &Case, old: &Taken, new: &Taken) -> Comparison {
    let (old_fields, new_fields) = (old.fields(), new.fields());
    let (old_trailers, new_trailers) = (old.trailers(), new.trailers());
    let (old_body, old_fields) = coding::decoded(&old.body, old_fields);
    let (new_body, new_fields) = coding::decoded(&new.body, new_fields);
    let mut comparison = compare::compare(
        &case.question.to_compare.compared.rules,
        &Answer { status: old.status, headers: &old_fields, body: &old_body, trailers: &old_trailers },
        &Answer { status: new.status, headers: &new_fields, body: &new_body, trailers: &new_trailers },
    );
    built_in::explain(&mut comparison, &old_fields, &new_fields);
    comparison
}
