//! The top level domains by which a bare name is taken for a host.

/// Generic top level domains, sorted. The usual ones and those that names in a chat end in.
const GENERIC: &[&str] = &[
    "aero", "app", "arpa", "asia", "biz", "blog", "cat", "cloud", "com", "coop", "dev", "edu", "gov", "info",
    "int", "jobs", "live", "mil", "mobi", "museum", "name", "net", "news", "online", "org", "page", "post",
    "pro", "shop", "site", "store", "tech", "tel", "travel", "wiki", "xxx", "xyz",
];

/// Country codes, sorted (ISO 3166-1 and the few that the registry has beside it), without those that are file
/// endings: `cc md mk ml pl pm ps py rs sh so`.
const COUNTRIES: &str = "\
ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cd cf cg \
ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh \
gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr \
kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc me mg mh mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl \
no np nr nu nz om pa pe pf pg ph pk pn pr pt pw qa re ro ru rw sa sb sc sd se sg si sk sl sm sn sr ss st su sv sx sy sz \
tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";

/// Whether a name's last label is one by which people mean a host.
pub(crate) fn is_usual(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    match label.len() {
        2 => COUNTRIES.split(' ').any(|country| country == label),
        _ => GENERIC.binary_search(&label.as_str()).is_ok() || label.starts_with("xn--"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generic_ones_are_sorted() {
        assert!(GENERIC.is_sorted());
    }

    #[test]
    fn hosts_are_told_from_files_and_abbreviations() {
        for host in ["com", "COM", "de", "io", "museum", "xn--p1ai"] {
            assert!(is_usual(host), "{host}");
        }
        for other in ["rs", "py", "md", "txt", "g", "", "html", "jpeg"] {
            assert!(!is_usual(other), "{other}");
        }
    }
}
