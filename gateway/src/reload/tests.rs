//! Reloads by hand: the thread's work is done step by step.

use super::*;
use crate::features::{Known, load, parse};
use crate::snapshot::tests::snapshot;
use kernel::{ManualClock, Sources, Timestamp};
use std::path::Path;
use std::sync::Mutex;
use toggles::Toggles;
use upstream::UpstreamSettings;

const ONE: &str = "[[services]]\nname = \"one\"\ninstances = [\"http://127.0.0.1:1\"]\n";

struct Bench {
    work: Work,
    clock: Arc<ManualClock>,
    upstreams: Upstreams,
    figures: Arc<Figures>,
    /// Services before and after, and whether it came into force.
    told: Arc<Mutex<Vec<(usize, usize, bool)>>>,
}

fn bench(path: &Path) -> Bench {
    std::fs::write(path, ONE).unwrap();
    let (sources, clock) = Sources::fixed(Timestamp(0), 1);
    let upstreams = Upstreams::new(UpstreamSettings::default(), sources.clone());
    let current = snapshot(ONE, &[]).bind(&upstreams).into_current();
    let (file, toggles) = (path.to_owned(), Toggles::new());
    let told = Arc::<Mutex<Vec<_>>>::default();
    let tell = told.clone();
    let reloading = Reloading {
        path: path.to_owned(),
        load: Box::new(move || {
            let loaded = load(&file, &Known::default())?;
            Ok((Snapshot::new(loaded.features, &toggles).unwrap(), loaded.warnings))
        }),
        check: Box::new(|text| parse("features.toml", text, &Known::default()).map(|_| ())),
        fill: Box::new(|_| ()),
        told: Box::new(move |before, after, reloaded| {
            let counts = (before.features.upstreams.len(), after.features.upstreams.len(), reloaded.is_ok());
            tell.lock().unwrap().push(counts);
        }),
        current,
        upstreams: upstreams.clone(),
        parallel: None,
        clock: sources.clock.clone(),
    };
    let figures = Arc::<Figures>::default();
    Bench { work: Work::new(reloading, figures.clone()), clock, upstreams, figures, told }
}

impl Bench {
    fn look_twice(&mut self) {
        self.work.look();
        self.work.look();
    }

    fn services(&self) -> Vec<String> {
        let current = self.work.reloading.current.load();
        current.features.upstreams.iter().map(|upstream| upstream.name.to_string()).collect()
    }
}

#[test]
fn a_good_change_comes_into_force_and_services_it_drops_stay_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.toml");
    let mut bench = bench(&path);
    let before = bench.upstreams.service("one").unwrap();
    std::fs::write(&path, format!("{}{}", ONE, ONE.replace("one", "two"))).unwrap();
    bench.look_twice();
    assert_eq!(bench.services(), ["one", "two"]);
    assert!(Arc::ptr_eq(&before, &bench.upstreams.service("one").unwrap()), "it keeps its connections");
    std::fs::write(&path, ONE.replace("one", "two")).unwrap();
    bench.look_twice();
    bench.work.let_go();
    assert_eq!(bench.services(), ["two"]);
    assert!(bench.upstreams.service("one").is_some(), "a request may be on its way to it");
    bench.clock.advance(KEPT_FOR);
    bench.work.let_go();
    assert!(bench.upstreams.service("one").is_none());
    assert_eq!(bench.figures.counted(), (2, 0, false));
    assert_eq!(*bench.told.lock().unwrap(), [(1, 2, true), (2, 1, true)]);
}

#[test]
fn a_bad_change_is_counted_once_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.toml");
    let mut bench = bench(&path);
    std::fs::write(&path, "[[services]]\nname = 1\n").unwrap();
    for _ in 0..5 {
        bench.work.look();
    }
    assert_eq!((bench.services(), bench.figures.counted()), (vec!["one".to_owned()], (0, 1, true)));
    let refused = bench.work.reload().unwrap_err().to_string();
    assert!(refused.contains("f.toml:2:8: error: `name` must be a string"), "{refused}");
    std::fs::write(&path, ONE.replace("one", "new")).unwrap();
    bench.look_twice();
    assert_eq!((bench.services(), bench.figures.counted()), (vec!["new".to_owned()], (1, 2, false)));
}

#[test]
fn a_file_that_is_gone_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.toml");
    let mut bench = bench(&path);
    std::fs::remove_file(&path).unwrap();
    for _ in 0..5 {
        bench.work.look();
    }
    assert_eq!((bench.services(), bench.figures.counted()), (vec!["one".to_owned()], (0, 1, true)));
}

#[tokio::test]
async fn the_thread_reloads_on_order_and_ends_with_its_last_handle() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.toml");
    let Bench { work, .. } = bench(&path);
    let current = work.reloading.current.clone();
    let metrics = Metrics::new();
    let reloader = Reloader::start(work.reloading, &metrics).unwrap();
    std::fs::write(&path, ONE.replace("one", "two")).unwrap();
    let reloaded = reloader.reload().await.unwrap();
    assert_eq!((reloaded.routes, reloaded.toggles, reloaded.warnings.len()), (0, 0, 0));
    assert_eq!(&*current.load().features.upstreams.first().unwrap().name, "two");
    assert!(metrics.render().contains("banyan_features_reloads_total{result=\"taken\"} "));
    let thread = reloader.thread.clone();
    drop(reloader);
    // The thread ends by itself: were it to stay, this test would hang.
    Arc::into_inner(thread).unwrap().join().unwrap();
}

/// A change from `one` to `two`.
fn to_two(version: Option<String>) -> Edit {
    Edit { change: Box::new(|text| Ok(text.replace("one", "two"))), version }
}

#[test]
fn an_edit_is_shown_then_made_to_what_was_shown_and_in_force_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.toml");
    let mut bench = bench(&path);
    let shown = bench.work.edit(to_two(None)).unwrap();
    assert_eq!((shown.before.as_str(), shown.reloaded.is_none()), (ONE, true));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), ONE, "it was only shown");
    let made = bench.work.edit(to_two(Some(shown.version.clone()))).unwrap();
    assert_eq!((made.after, made.reloaded.is_some()), (std::fs::read_to_string(&path).unwrap(), true));
    assert_eq!(bench.services(), ["two"]);
    assert_eq!(
        bench.work.edit(to_two(Some(shown.version))).unwrap_err(),
        EditError::Stale,
        "it is another file now"
    );
    bench.look_twice();
    assert_eq!(bench.figures.counted(), (1, 0, false), "our own change is not read again");
}

#[test]
fn an_edit_that_would_be_wrong_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.toml");
    let mut bench = bench(&path);
    let version = bench.work.edit(to_two(None)).unwrap().version;
    let edit = |change: Change| Edit { change, version: Some(version.clone()) };
    let wrong = bench.work.edit(edit(Box::new(|text| Ok(format!("{text}\nnonsense = 1\n")))));
    assert!(matches!(&wrong, Err(EditError::Wrong(report)) if report.to_string().contains("f")), "{wrong:?}");
    let unfit = bench.work.edit(edit(Box::new(|_| Err("no".into()))));
    assert_eq!(unfit, Err(EditError::Unfit("no".into())));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), ONE);
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(bench.work.edit(to_two(None)), Err(EditError::Unreadable(_))));
}

#[test]
fn a_text_that_reads_right_and_does_not_load_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.toml");
    let mut bench = bench(&path);
    bench.work.reloading.check = Box::new(|_| Ok(()));
    let version = bench.work.edit(to_two(None)).unwrap().version;
    let edit = Edit { change: Box::new(|_| Ok("nonsense = 1\n".into())), version: Some(version) };
    assert!(matches!(bench.work.edit(edit), Err(EditError::Wrong(_))));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), ONE);
    assert_eq!(bench.services(), ["one"]);
}
