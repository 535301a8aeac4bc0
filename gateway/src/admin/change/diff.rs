//! What differs between two texts of which one was made from the other by a change in one place.

use serde::Serialize;
use utoipa::ToSchema;

/// Lines that are shown around a change.
const AROUND: usize = 3;
/// Most lines of a difference; what is longer is no edit of one place.
const LINES_MAX: usize = 400;

/// A line of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Line {
    /// Whether it stays, comes or goes.
    pub(super) kind: LineKind,
    /// Its number in the text before, from 1.
    pub(super) old: Option<usize>,
    /// Its number in the text after.
    pub(super) new: Option<usize>,
    /// The line.
    pub(super) text: String,
}

/// Whether a line stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum LineKind {
    /// It is in both.
    Same,
    /// It is in the new text only.
    Added,
    /// It is in the old text only.
    Removed,
}

/// What differs: everything between what both texts begin and end with, and a few lines around it.
pub(super) fn diff(before: &str, after: &str) -> Vec<Line> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    let head = old.iter().enumerate().take(start).skip(start.saturating_sub(AROUND));
    let head = head.map(|(index, text)| line(LineKind::Same, Some(index), Some(index), text));
    let gone = old.iter().enumerate().take(old.len() - end).skip(start);
    let gone = gone.map(|(index, text)| line(LineKind::Removed, Some(index), None, text));
    let come = new.iter().enumerate().take(new.len() - end).skip(start);
    let come = come.map(|(index, text)| line(LineKind::Added, None, Some(index), text));
    let tail = old.iter().enumerate().skip(old.len() - end).zip(new.len() - end..).take(AROUND);
    let tail = tail.map(|((old, text), new)| line(LineKind::Same, Some(old), Some(new), text));
    head.chain(gone).chain(come).chain(tail).take(LINES_MAX).collect()
}

fn line(kind: LineKind, old: Option<usize>, new: Option<usize>, text: &str) -> Line {
    let number = |index: usize| index + 1;
    Line { kind, old: old.map(number), new: new.map(number), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `3 3 =c`, `4 - -d`, `- 4 +D`.
    fn shown(before: &str, after: &str) -> Vec<String> {
        let number =
            |number: Option<usize>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
        let sign = |kind| match kind {
            LineKind::Same => '=',
            LineKind::Added => '+',
            LineKind::Removed => '-',
        };
        let lines = diff(before, after).into_iter();
        lines
            .map(|line| format!("{} {} {}{}", number(line.old), number(line.new), sign(line.kind), line.text))
            .collect()
    }

    #[test]
    fn a_line_that_changes_is_shown_with_those_around_it() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\n";
        assert_eq!(
            shown(before, &before.replace('e', "E")),
            ["2 2 =b", "3 3 =c", "4 4 =d", "5 - -e", "- 5 +E", "6 6 =f", "7 7 =g", "8 8 =h"]
        );
        assert_eq!(shown(before, before).iter().filter(|line| !line.contains('=')).count(), 0);
    }

    #[test]
    fn lines_that_come_shift_the_numbers_behind_them() {
        assert_eq!(shown("a\nb\n", "a\nx\ny\nb\n"), ["1 1 =a", "- 2 +x", "- 3 +y", "2 4 =b"]);
        assert_eq!(shown("a\na\n", "a\na\na\n"), ["1 1 =a", "2 2 =a", "- 3 +a"]);
        assert_eq!(shown("a\nb\nc\n", "a\nc\n"), ["1 1 =a", "2 - -b", "3 2 =c"]);
        assert_eq!(shown("", "a\n"), ["- 1 +a"]);
    }

    #[test]
    fn the_difference_of_everything_has_a_bound() {
        let (before, after) = ("a\n".repeat(1_000), "b\n".repeat(1_000));
        assert_eq!(diff(&before, &after).len(), LINES_MAX);
    }
}
