//! A DNS server that says what a test wants, over UDP.

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::SRV;
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::UdpSocket;

/// What it says to one question.
#[derive(Clone)]
pub(super) enum Say {
    Records(u32, Vec<RData>),
    Code(ResponseCode),
    Nothing,
}

type Sayings = Arc<Mutex<HashMap<(String, RecordType), Say>>>;

/// Answers on a loopback port; what it was not told is answered with no records.
pub(super) struct DnsServer {
    pub(super) address: SocketAddr,
    sayings: Sayings,
}

impl DnsServer {
    pub(super) async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let sayings = Sayings::default();
        tokio::spawn(serve(socket, sayings.clone()));
        Self { address, sayings }
    }

    pub(super) fn say(&self, name: &str, kind: RecordType, what: Say) {
        self.sayings.lock().unwrap().insert((format!("{name}."), kind), what);
    }

    /// Addresses of a name.
    pub(super) fn addresses(&self, name: &str, ttl_s: u32, addresses: &[&str]) {
        let parsed: Vec<std::net::IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
        for (kind, is_v4) in [(RecordType::A, true), (RecordType::AAAA, false)] {
            let of_kind = parsed.iter().filter(|address| address.is_ipv4() == is_v4);
            self.say(name, kind, Say::Records(ttl_s, of_kind.map(|address| RData::from(*address)).collect()));
        }
    }

    /// SRV records of a name: priority, weight, port, target.
    pub(super) fn services(&self, name: &str, records: &[(u16, u16, u16, &str)]) {
        let record = |(priority, weight, port, target): &(u16, u16, u16, &str)| {
            let target = Name::from_ascii(format!("{target}.")).unwrap();
            RData::SRV(SRV::new(*priority, *weight, *port, target))
        };
        self.say(name, RecordType::SRV, Say::Records(1, records.iter().map(record).collect()));
    }
}

async fn serve(socket: UdpSocket, sayings: Sayings) {
    let mut buffer = [0; 4096];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        let asked = Message::from_vec(&buffer[..length]).unwrap();
        if let Some(answer) = answer(&asked, &sayings) {
            socket.send_to(&answer.to_vec().unwrap(), from).await.unwrap();
        }
    }
}

fn answer(asked: &Message, sayings: &Sayings) -> Option<Message> {
    let query = asked.queries[0].clone();
    let (name, kind) = (query.name().clone(), query.query_type());
    let mut answer = Message::response(asked.metadata.id, asked.metadata.op_code);
    answer.add_query(query);
    let said = sayings.lock().unwrap().get(&(name.to_ascii().to_lowercase(), kind)).cloned();
    match said.unwrap_or(Say::Records(0, Vec::new())) {
        Say::Nothing => return None,
        Say::Code(code) => answer.metadata.response_code = code,
        Say::Records(ttl_s, records) => {
            answer.add_answers(records.into_iter().map(|data| Record::from_rdata(name.clone(), ttl_s, data)));
        }
    }
    Some(answer)
}
