//! Paths and patterns: what is accepted means the same to whoever decodes or normalises it, and the matcher finds
//! what a comparison segment by segment finds.

use gateway::{CleanPath, Conditions, Facts, Match, Matcher, MethodSet, Pattern, Taken};

/// Checks patterns, a line each, and on the last line a path.
pub fn paths(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (patterns, path) = text.rsplit_once('\n').unwrap_or_default();
    let path = if patterns.is_empty() && path.is_empty() { text } else { path };
    let mut accepted: Vec<Pattern> = Vec::new();
    for pattern in patterns.split('\n').filter_map(|pattern| Pattern::parse(pattern).ok()) {
        assert_pattern(&pattern);
        // Two that match the same would be refused in a file.
        if !accepted.iter().any(|known| shape(known) == shape(&pattern)) {
            accepted.push(pattern);
        }
    }
    if let Ok(path) = CleanPath::new(path) {
        assert_path(path.as_str());
        assert_match(&accepted, path);
    }
}

/// No decoder and no normaliser makes another path of it.
fn assert_path(path: &str) {
    assert!(path.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\\".contains(&byte)), "{path:?}");
    let segments: Vec<_> = path.split('/').collect();
    let [first, inner @ .., _last] = &segments[..] else { panic!("{path:?} is not absolute") };
    assert!(first.is_empty() && inner.iter().all(|segment| !segment.is_empty()), "{path:?}");
    for segment in segments {
        let decoded =
            decode(segment.as_bytes(), |_| true).unwrap_or_else(|| panic!("{path:?} has half an escape"));
        assert!(decoded.iter().all(|byte| !byte.is_ascii_control() && !b"/\\".contains(byte)), "{path:?}");
        let bare = decoded.split(|&byte| byte == b';').next().unwrap_or_default();
        assert!(bare != b"." && bare != b"..", "{path:?}");
    }
}

fn assert_pattern(pattern: &Pattern) {
    let text = pattern.as_str();
    assert_eq!(Pattern::parse(text).as_ref(), Ok(pattern));
    assert_eq!(pattern.to_string(), text);
    assert!(text.starts_with('/') && !text.contains("//") && text.len() <= 1024, "{text:?}");
    assert!(!text.contains(|c: char| c.is_control() || c.is_whitespace() || "%?#\\".contains(c)), "{text:?}");
    if !text.contains('{') && text.is_ascii() {
        CleanPath::new(text).expect("a pattern without names is a path that could come");
    }
}

fn assert_match(patterns: &[Pattern], path: CleanPath<'_>) {
    let conditions = Conditions::default();
    let taken = |pattern| Taken { pattern, methods: MethodSet::ANY, conditions: &conditions };
    let Ok(matcher) = Matcher::new(patterns.iter().map(taken)) else { return };
    let found = matcher.find(&Facts::of("GET", path.as_str()), path);
    let best =
        (0..).zip(patterns).filter(|(_, pattern)| matches(pattern, path)).max_by_key(|(_, one)| ranks(one));
    assert_eq!(found, best.map_or(Match::NotFound, |(index, _)| Match::Route(index)), "{path} {patterns:?}");
}

/// A pattern without the names in it.
fn shape(pattern: &Pattern) -> Vec<&str> {
    let nameless = |segment| match rank(segment) {
        2 => segment,
        1 => "{}",
        _ => "{..}",
    };
    segments(pattern.as_str()).map(nameless).collect()
}

/// How much a pattern says, from left to right. At its end it says that the path ends, which is more than `{rest..}`
/// says there.
fn ranks(pattern: &Pattern) -> Vec<u8> {
    segments(pattern.as_str()).map(rank).chain([1]).collect()
}

fn rank(segment: &str) -> u8 {
    match (segment.starts_with('{'), segment.ends_with("..}")) {
        (false, _) => 2,
        (true, false) => 1,
        (true, true) => 0,
    }
}

fn segments(text: &str) -> impl Iterator<Item = &str> {
    text.split('/').skip(1)
}

fn matches(pattern: &Pattern, path: CleanPath<'_>) -> bool {
    let mut given = segments(path.as_str());
    for segment in segments(pattern.as_str()) {
        let fits = match (rank(segment), given.next()) {
            (0, _) => return true,
            (_, None) => false,
            (1, Some(given)) => !given.is_empty(),
            (_, Some(given)) => {
                decode(given.as_bytes(), stands_for_itself).as_deref() == Some(segment.as_bytes())
            }
        };
        if !fits {
            return false;
        }
    }
    given.next().is_none()
}

/// actix-web's router, which answers in process, leaves `%25` and `%2B` as they are.
fn stands_for_itself(byte: u8) -> bool {
    byte != b'%' && byte != b'+'
}

/// Decodes the escapes that `decodes` chooses; `None` for half an escape.
fn decode(segment: &[u8], decodes: fn(u8) -> bool) -> Option<Vec<u8>> {
    let mut pieces = segment.split(|&byte| byte == b'%');
    let mut decoded = pieces.next().unwrap_or_default().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
        match u8::from_str_radix(digits, 16).ok()? {
            byte if decodes(byte) => decoded.push(byte),
            _ => decoded.extend([b"%", digits.as_bytes()].concat()),
        }
        decoded.extend_from_slice(rest);
    }
    Some(decoded)
}
