//! The command that asks both sides again.

use super::inert::is_live;
use crate::Sample;
use std::fmt::Write as _;

/// What a client or a proxy makes up by itself.
const LEFT_OUT: [&str; 8] = [
    "host",
    "content-length",
    "connection",
    "transfer-encoding",
    "accept-encoding",
    "te",
    "expect",
    "keep-alive",
];
/// What stands in the place of a secret.
const REDACTED: &str = "redacted:";

/// Commands for a shell (POSIX, with `$'…'` where a text needs it) that ask the old side, then the new one.
pub(crate) fn both(sample: &Sample) -> String {
    let mut out = String::new();
    for (name, url) in [("OLD", &sample.old_url), ("NEW", &sample.new_url)] {
        match url {
            Some(url) => {
                let _ = writeln!(out, "{name}={}", quoted(url));
            }
            None => {
                let _ = writeln!(out, "{name}=http://127.0.0.1:8080  # where this side answers by itself");
            }
        }
    }
    let mut rest = String::new();
    for (name, value) in sample.headers.iter().filter(|(name, _)| !left_out(name)) {
        if value.contains(REDACTED) {
            let variable: String = name
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
                .collect();
            let _ = write!(rest, " \\\n  -H {}\"$SECRET_{variable}\"", quoted(&format!("{name}: ")));
        } else {
            let _ = write!(rest, " \\\n  -H {}", quoted(&format!("{name}: {value}")));
        }
    }
    if !sample.body.text.is_empty() {
        let _ = write!(rest, " \\\n  --data-binary {}", quoted(&sample.body.text));
    }
    let method = quoted(&sample.method);
    for side in ["OLD", "NEW"] {
        let _ = writeln!(out, "curl -isS -X {method} \"${side}\"{}{rest}", quoted(&sample.target));
    }
    if sample.body.cut || sample.body.text.contains(REDACTED) {
        out.push_str("# the body was cut or redacted\n");
    }
    out
}

fn left_out(name: &str) -> bool {
    LEFT_OUT.iter().any(|one| name.eq_ignore_ascii_case(one))
}

/// A word of the shell that means just this text.
fn quoted(text: &str) -> String {
    if !text.chars().any(is_live) {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    let mut out = String::from("$'");
    for character in text.chars() {
        match character {
            '\'' | '\\' => out.extend(['\\', character]),
            live if is_live(live) => {
                for byte in live.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(out, "\\x{byte:02x}");
                }
            }
            plain => out.push(plain),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Text;
    use std::process::Command;

    /// What a shell makes of the word.
    fn by_shell(word: &str) -> Vec<u8> {
        Command::new("bash").args(["-c", &format!("printf %s {word}")]).output().unwrap().stdout
    }

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        for text in
            ["plain", "it's", "$(id) `id` \"$HOME\"", "a\u{1b}[31m'\\\n\u{202e}ü", "\\x41", "!!", "-x"]
        {
            assert_eq!(by_shell(&quoted(text)), text.as_bytes(), "{text:?}");
            assert!(!quoted(text).chars().any(is_live));
        }
    }

    #[test]
    fn both_sides_are_asked_and_secrets_are_left_to_be_filled_in() {
        let sample = Sample {
            method: "POST".into(),
            target: "/a?b='c'".into(),
            headers: vec![
                ("Host".into(), "x".into()),
                ("Authorization".into(), "Bearer redacted:00".into()),
                ("accept".into(), "*/*".into()),
            ],
            body: Text { text: "{}".into(), bytes: 2, cut: false },
            old_url: Some("http://127.0.0.1:5000".into()),
            ..Sample::default()
        };
        let commands = both(&sample);
        assert!(
            commands.starts_with("OLD='http://127.0.0.1:5000'\nNEW=http://127.0.0.1:8080  #"),
            "{commands}"
        );
        assert!(commands.contains("curl -isS -X 'POST' \"$OLD\"'/a?b='\\''c'\\'''"), "{commands}");
        assert!(commands.contains("-H 'Authorization: '\"$SECRET_AUTHORIZATION\""), "{commands}");
        assert!(!commands.contains("Host") && !commands.contains("redacted"), "{commands}");
        assert!(commands.contains("--data-binary '{}'"), "{commands}");
    }
}
