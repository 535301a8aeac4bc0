//! The settings of HAProxy and nginx as text.

use std::net::SocketAddr;
use std::path::Path;

/// Buffers of nginx that hold answers of 16 KiB and more without a file.
pub(super) const LARGE_BUFFERS: &str =
    "proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 128k;";

/// What nginx is told beside the usual, by the block in which it stands.
#[derive(Debug, Default)]
pub(super) struct Extra {
    pub(super) http: String,
    pub(super) server: String,
    pub(super) location: &'static str,
}

pub(super) fn haproxy(address: SocketAddr, upstream: SocketAddr, global: &str, defaults: &str) -> String {
    format!(
        "global
    nbthread 1
    maxconn 4096
    {global}
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    option forwardfor
    {defaults}
frontend public
    bind {address}
    default_backend application
backend application
    server one {upstream} pool-max-conn 512
"
    )
}

pub(super) fn nginx(address: SocketAddr, upstream: SocketAddr, folder: &Path, extra: &Extra) -> String {
    let (folder, port) = (folder.display(), address.port());
    let Extra { http, server, location } = extra;
    // Without it the worker may not read the folder of whoever started it.
    let user = if rustix::process::geteuid().is_root() { "user root root;" } else { "" };
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("    {kind}_temp_path {folder}/{port}-{kind};\n"))
        .concat();
    format!(
        "{user}
worker_processes 1;
daemon off;
pid {folder}/{port}.pid;
error_log {folder}/{port}.log error;
events {{ worker_connections 8192; multi_accept on; }}
http {{
    access_log off;
    keepalive_requests 100000000;
{temporary}    {http}
    proxy_http_version 1.1;
    proxy_set_header Connection \"\";
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    upstream application {{ server {upstream}; keepalive 512; keepalive_requests 100000000; }}
    server {{
        listen {address} backlog=4096;
        {server}
        location / {{
            proxy_pass http://application;
            {location}
        }}
    }}
}}
"
    )
}
