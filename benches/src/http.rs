//! One call on a connection of its own: for setting up and for asking whether somebody answers yet.

use crate::answer::Answer;
use crate::error::BenchError;
use std::borrow::Cow;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long connecting, and each wait for bytes, may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an unexpected body is shown, characters.
const SHOWN_MAX_CHARS: usize = 300;

/// A request; [`Request::bytes`] is what is sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// `GET`, `POST` …
    pub(crate) method: &'static str,
    /// Path and query.
    pub(crate) path: Cow<'static, str>,
    /// Value of `Host`; without, a name that no server minds.
    pub(crate) host: Option<String>,
    /// Further lines of the head, each with its line end.
    pub(crate) fields: &'static str,
    /// Value of `Authorization`, if any.
    pub(crate) authorization: Option<String>,
    /// A JSON body, if any.
    pub(crate) body: Option<String>,
}

impl Request {
    /// A GET without credentials.
    pub(crate) fn get(path: impl Into<Cow<'static, str>>) -> Self {
        Self { method: "GET", path: path.into(), ..Self::default() }
    }

    /// A POST of JSON.
    pub(crate) fn post(path: impl Into<Cow<'static, str>>, body: impl Into<String>) -> Self {
        Self { method: "POST", path: path.into(), body: Some(body.into()), ..Self::default() }
    }

    /// The same with this value of `Authorization`.
    pub(crate) fn authorized(self, authorization: impl Into<String>) -> Self {
        Self { authorization: Some(authorization.into()), ..self }
    }

    /// The request as it goes over the wire, to be repeated on one connection.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut text = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\n",
            self.method,
            self.path,
            self.host.as_deref().unwrap_or("bench.example")
        );
        text += self.fields;
        if let Some(authorization) = &self.authorization {
            text += &format!("Authorization: {authorization}\r\n");
        }
        if let Some(body) = &self.body {
            text += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        }
        text += "\r\n";
        text += self.body.as_deref().unwrap_or_default();
        text.into_bytes()
    }

    /// Sends it on a connection of its own; the body of the answer.
    ///
    /// # Errors
    /// When the answer does not have the status `expected`.
    pub(crate) fn send(&self, to: SocketAddr, expected: u16) -> Result<Vec<u8>, BenchError> {
        let doing = || BenchError::system(format!("{} {} at {to}", self.method, self.path));
        let mut stream = TcpStream::connect_timeout(&to, PATIENCE).map_err(doing())?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(doing())?;
        stream.set_nodelay(true).map_err(doing())?;
        stream.write_all(&self.bytes()).map_err(doing())?;
        let mut received = Vec::new();
        let mut chunk = [0; 16 * 1024];
        let answer = loop {
            let read = stream.read(&mut chunk).map_err(doing())?;
            if read == 0 {
                return Err(BenchError::Unreadable {
                    from: to,
                    reason: "it closed before its answer was whole",
                });
            }
            received.extend_from_slice(chunk.get(..read).unwrap_or_default());
            let answer =
                Answer::read(&received).map_err(|reason| BenchError::Unreadable { from: to, reason })?;
            if let Some(answer) = answer {
                break answer;
            }
        };
        let body = received.split_off(answer.head_bytes);
        if answer.status == expected {
            Ok(body)
        } else {
            Err(self.unexpected(answer.status, expected, &body))
        }
    }

    fn unexpected(&self, status: u16, expected: u16, body: &[u8]) -> BenchError {
        let request = format!("{} {}", self.method, self.path);
        BenchError::Unexpected { request, status, expected, body: beginning(body) }
    }
}

/// The beginning of a body, to be shown.
pub(crate) fn beginning(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(SHOWN_MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_says_how_long_its_body_is() {
        let request = Request::post("/api/messages", r#"{"source":"hi"}"#).authorized("Bearer t");
        let bytes = String::from_utf8(request.bytes()).unwrap();
        assert!(bytes.starts_with("POST /api/messages HTTP/1.1\r\n"), "{bytes}");
        assert!(bytes.contains("\r\nAuthorization: Bearer t\r\n"), "{bytes}");
        assert!(bytes.ends_with("\r\nContent-Length: 15\r\n\r\n{\"source\":\"hi\"}"), "{bytes}");
        assert!(Request::get("/").bytes().ends_with(b"json\r\n\r\n"));
    }
}
