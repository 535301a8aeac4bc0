//! Walking a list page by page.

use serde_json::Value;
use testkit::{Answer, Client};

/// Pages after which a walk is taken for endless.
const PAGES_MAX: usize = 1000;

/// Where the header `Link` leads with `rel="next"`; `None` on the last page.
///
/// # Panics
/// When there is such a header and it is not as RFC 8288 says.
#[must_use]
pub fn next_page(answer: &Answer) -> Option<String> {
    let link = answer.header("link");
    if link.is_empty() {
        return None;
    }
    let (target, parameters) = link.strip_prefix('<').and_then(|rest| rest.split_once('>')).expect(link);
    assert_eq!(parameters.replace(' ', ""), ";rel=\"next\"", "{link}");
    assert!(target.starts_with('/'), "links are relative: {link}");
    Some(target.to_owned())
}

/// All rows of the list `name` from `path` on, page by page; `between` runs after each page.
///
/// # Panics
/// When a page cannot be had, or there is no last one.
pub async fn walk(
    client: &Client,
    path: &str,
    name: &str,
    mut between: impl AsyncFnMut(),
) -> Vec<Vec<Value>> {
    let (mut pages, mut path) = (Vec::new(), path.to_owned());
    while pages.len() < PAGES_MAX {
        let answer = client.get(&path).send().await.expect_status(200);
        pages.push(answer.json()[name].as_array().expect("a list").clone());
        let Some(next) = next_page(&answer) else { return pages };
        path = next;
        between().await;
    }
    panic!("{PAGES_MAX} pages, and still another");
}
