//! Bodies in any split: what comes out is what went in, framed anew.

use super::*;
use proptest::prelude::*;

/// Sends `input` through in pieces; gives what came out and how many bytes were left over.
fn pass(passage: &mut Passage, input: &[u8], piece: usize) -> Result<(Vec<u8>, usize), BadChunk> {
    let (mut sent, mut buffer, mut rest) = (Vec::new(), Vec::new(), input);
    loop {
        let (fresh, behind) = rest.split_at(piece.min(rest.len()));
        (rest, buffer) = (behind, [&buffer, fresh].concat());
        while !buffer.is_empty() && !passage.is_done() {
            let mut out = Vec::new();
            let taken = passage.take(&buffer, &mut out)?;
            sent.extend_from_slice(&out);
            sent.extend_from_slice(&buffer[taken.used..taken.used + taken.direct]);
            buffer.drain(..taken.used + taken.direct);
        }
        if rest.is_empty() || passage.is_done() {
            return Ok((sent, buffer.len() + rest.len()));
        }
    }
}

fn text(passage: &mut Passage, input: &str) -> (String, usize) {
    let (sent, left) = pass(passage, input.as_bytes(), 7).unwrap();
    (String::from_utf8(sent).unwrap(), left)
}

#[test]
fn a_length_passes_as_it_is_and_no_byte_more() {
    let mut passage = Passage::upload(Framing::Length(5));
    assert_eq!(text(&mut passage, "helloGET / HTTP/1.1"), ("hello".to_owned(), 14));
    assert!(passage.is_done());
    assert_eq!(passage.bytes, 5);
    assert!(Passage::upload(Framing::None).is_done());
}

#[test]
fn chunks_are_framed_anew_without_extensions() {
    let mut passage = Passage::upload(Framing::Chunked);
    let (sent, left) = text(&mut passage, "0005;x=\"y\"\r\nhello\r\n1\r\n!\r\n00\r\n\r\nGET");
    // Pieces of seven bytes cut the first chunk.
    let decoded: String = sent.split("\r\n").skip(1).step_by(2).collect();
    assert_eq!((decoded.as_str(), left), ("hello!", 3));
    assert!(sent.ends_with("\r\n0\r\n\r\n") && !sent.contains(';'), "{sent}");
}

#[test]
fn trailers_pass_but_for_those_that_steer() {
    let mut passage = Passage::upload(Framing::Chunked);
    let input = "0\r\nX-Sum:  7 \r\nContent-Length: 4\r\nbanyan-x: 1\r\nServer-Timing: a\r\n\r\n";
    assert_eq!(text(&mut passage, input), ("0\r\nX-Sum: 7\r\nServer-Timing: a\r\n\r\n".to_owned(), 0));
}

#[test]
fn the_end_of_a_connection_becomes_a_last_chunk() {
    let mut passage = Passage::download(AnswerFraming::UntilClose, Delivery::Chunked);
    assert_eq!(text(&mut passage, "abc").0, "3\r\nabc\r\n");
    let mut out = Vec::new();
    assert!(passage.close(&mut out));
    assert_eq!(out, b"0\r\n\r\n");
    let mut cut = Passage::download(AnswerFraming::Length(9), Delivery::Length(9));
    assert_eq!(text(&mut cut, "abc").0, "abc");
    assert!(!cut.close(&mut Vec::new()));
}

#[test]
fn chunks_become_plain_for_old_clients() {
    let mut passage = Passage::download(AnswerFraming::Chunked, Delivery::UntilClose);
    assert_eq!(text(&mut passage, "3\r\nabc\r\n0\r\nA: b\r\n\r\n").0, "abc");
    assert!(passage.is_done());
}

#[test]
fn large_runs_are_sent_from_where_they_lie() {
    let body = vec![b'x'; 20_000];
    let input = [b"4e20\r\n", &body[..], b"\r\n0\r\n\r\n"].concat();
    let mut passage = Passage::download(AnswerFraming::Chunked, Delivery::Chunked);
    let mut out = Vec::new();
    assert_eq!(passage.take(&input, &mut out), Ok(Taken { used: 6, direct: 20_000 }));
    assert_eq!(out, b"4e20\r\n");
    let mut out = Vec::new();
    assert_eq!(passage.take(&input[20_006..], &mut out), Ok(Taken { used: 7, direct: 0 }));
    assert_eq!((out.as_slice(), passage.is_done()), (&b"\r\n0\r\n\r\n"[..], true));
    let mut passage = Passage::download(AnswerFraming::Length(20_000), Delivery::Length(20_000));
    assert_eq!(passage.take(&body, &mut Vec::new()), Ok(Taken { used: 0, direct: 20_000 }));
    assert!(passage.is_done());
}

#[test]
fn broken_chunks_do_not_pass() {
    for input in ["x\r\n", "5\nhello", "5\r\nhelloX", "0\r\nA\r\n\r\n", "-1\r\n"] {
        let mut passage = Passage::upload(Framing::Chunked);
        assert_eq!(pass(&mut passage, input.as_bytes(), 3), Err(BadChunk), "{input}");
    }
}

proptest! {
    #[test]
    fn any_split_gives_the_same_body(
        chunks in proptest::collection::vec(1usize..40_000, 0..4), piece in 1usize..50_000, old in any::<bool>()
    ) {
        let mut input = Vec::new();
        for (index, length) in chunks.iter().enumerate() {
            write!(input, "{length:X}\r\n").unwrap();
            input.resize(input.len() + length, b'a' + u8::try_from(index).unwrap());
            input.extend_from_slice(b"\r\n");
        }
        input.extend_from_slice(b"0\r\n\r\nnext");
        let delivery = if old { Delivery::UntilClose } else { Delivery::Chunked };
        let mut passage = Passage::download(AnswerFraming::Chunked, delivery);
        let (sent, left) = pass(&mut passage, &input, piece).unwrap();
        prop_assert_eq!(left, 4);
        let total: usize = chunks.iter().sum();
        prop_assert_eq!(passage.bytes, total as u64);
        if old {
            prop_assert_eq!(sent.len(), total);
        } else {
            let mut back = Passage::download(AnswerFraming::Chunked, Delivery::UntilClose);
            let (decoded, left) = pass(&mut back, &sent, 1_000).unwrap();
            prop_assert_eq!((decoded.len(), left, back.is_done()), (total, 0, true));
        }
    }
}
