//! The pages as a browser gets them, and what may not be in them.

use crate::assets::{ASSETS, INDEX};
use crate::{OPEN_PATHS, dashboard};
use actix_web::App;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use std::collections::BTreeSet;
use std::path::Path;

async fn get(path: &str, known: Option<&str>) -> ServiceResponse<BoxBody> {
    let app = init_service(App::new().configure(|config| dashboard()(config))).await;
    let mut request = TestRequest::get().uri(path);
    if let Some(known) = known {
        request = request.insert_header(("if-none-match", known));
    }
    call_service(&app, request.to_request()).await
}

fn header(response: &ServiceResponse<BoxBody>, name: &str) -> String {
    response.headers().get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

#[actix_rt::test]
async fn every_file_is_served_with_its_type_and_the_policy() {
    let files = ASSETS.iter().map(|asset| (format!("/dashboard/{}", asset.name), asset));
    for (path, asset) in files.chain([("/".to_owned(), &INDEX)]) {
        let response = get(&path, None).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "content-type"), asset.media_type, "{path}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        let policy = header(&response, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}: {policy}");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{path}: {policy}");
        assert!(
            OPEN_PATHS.contains(&path.as_str()) || path.starts_with("/dashboard/"),
            "{path} needs no token"
        );
        assert_eq!(read_body(response).await, asset.content, "{path}");
    }
}

#[actix_rt::test]
async fn a_browser_that_has_a_file_gets_304() {
    let response = get("/", None).await;
    assert_eq!(header(&response, "cache-control"), "no-cache");
    let tag = header(&response, "etag");
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}")] {
        let again = get("/", Some(&known)).await;
        assert_eq!((again.status().as_u16(), header(&again, "etag")), (304, tag.clone()), "{known}");
        assert!(read_body(again).await.is_empty());
    }
    assert_eq!(get("/", Some("\"x\"")).await.status(), 200);
}

#[actix_rt::test]
async fn what_is_no_file_is_not_found() {
    for path in ["/dashboard/nothing.js", "/dashboard/../Cargo.toml", "/dashboard/pages", "/dashboard/pages/"]
    {
        assert_eq!(get(path, None).await.status(), 404, "{path}");
    }
    assert_eq!(header(&get("/dashboard", None).await, "location"), "./");
}

/// Names of the files below a folder, as assets are named.
fn files(folder: &Path, below: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .flat_map(|entry| {
            let name = format!("{below}{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() {
                files(&entry.path(), &format!("{name}/"))
            } else {
                BTreeSet::from([name])
            }
        })
        .collect()
}

#[test]
fn every_file_of_the_folder_is_built_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let mut built_in: BTreeSet<String> = ASSETS.iter().map(|asset| asset.name.to_owned()).collect();
    built_in.insert("index.html".to_owned());
    assert_eq!(files(&folder, ""), built_in);
}

#[test]
fn no_file_makes_markup_from_text_or_loads_from_elsewhere() {
    let banned = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "javascript:",
        "createContextualFragment",
        "DOMParser",
        "setHTML",
        "srcdoc",
        "style=",
        "onclick=",
        "@import",
        "url(http",
    ];
    for asset in ASSETS.iter().chain([&INDEX]) {
        let text = std::str::from_utf8(asset.content).unwrap();
        for word in banned {
            assert!(!text.contains(word), "{}: {word}", asset.name);
        }
        let foreign = text.split("https://").skip(1).chain(text.split("http://").skip(1));
        for place in foreign {
            // A name space, places in comments, and addresses that examples show.
            let known = ["www.w3.org/2000/svg", "html.spec.whatwg.org/", "127.0.0.1"];
            assert!(known.iter().any(|start| place.starts_with(start)), "{}: {place:.40}", asset.name);
        }
    }
}

#[test]
fn each_script_and_style_says_what_it_is_for_and_is_short() {
    for asset in ASSETS.iter().filter(|asset| asset.name.ends_with(".js")) {
        let text = std::str::from_utf8(asset.content).unwrap();
        assert!(text.starts_with("// "), "{}", asset.name);
        assert!(text.lines().count() <= 400, "{}", asset.name);
    }
}
