//! actix-web's server, and the application that ours serves too.

use crate::seen::{Line, Log, Seen};
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use std::net::TcpListener;

/// Serves `listener` until the process ends.
pub(crate) fn start(listener: TcpListener, log: Log) {
    let server = HttpServer::new(move || App::new().configure(|config| configure(config, log.clone())))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
    actix_rt::spawn(server);
}

/// Every path is answered by the one handler.
pub(crate) fn configure(config: &mut ServiceConfig, log: Log) {
    config.app_data(Data::new(log)).default_service(web::to(note));
}

async fn note(request: HttpRequest, body: Bytes, log: Data<Log>) -> HttpResponse {
    let uri = request.uri();
    let line = Line {
        method: request.method().as_str(),
        authority: uri.authority().map(|authority| authority.as_str()),
        path: uri.path(),
        query: uri.query(),
        version: format!("{:?}", request.version()),
    };
    let fields = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let seen = Seen::new(line, fields);
    log.add(request.peer_addr().unwrap(), Seen { body: body.to_vec(), ..seen });
    HttpResponse::Ok().finish()
}
