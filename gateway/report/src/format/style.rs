//! The style of the page: dark and light by what the reader's system says, nothing from elsewhere.

/// The style sheet.
pub(super) const STYLE: &str = "\
:root{color-scheme:light dark;--fg:#1c2128;--bg:#fff;--soft:#f3f5f7;--line:#d4dae1;--dim:#5b6672;--red:#b3261e;\
--green:#1a7f37;--amber:#8a5a00;--mark:#ffd9d4;--mark2:#cdf2d6;--old:#b3562a;--new:#1f6feb}\
@media(prefers-color-scheme:dark){:root{--fg:#dde4ec;--bg:#12161b;--soft:#1b2128;--line:#333d48;--dim:#93a1b0;\
--red:#ff8b80;--green:#5bd17d;--amber:#e6b450;--mark:#5f211c;--mark2:#164a25;--old:#f0935f;--new:#6cb0ff}}\
*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:1rem;font:15px/1.5 system-ui,sans-serif;\
color:var(--fg);background:var(--bg)}h1{font-size:1.4rem}h2{font-size:1.15rem;margin:2rem 0 .25rem;\
border-top:1px solid var(--line);padding-top:1rem;overflow-wrap:anywhere}p{margin:.25rem 0}\
.dim{color:var(--dim)}.different{color:var(--red)}.equivalent{color:var(--green)}.not_enough{color:var(--amber)}\
.warn{color:var(--amber)}table{border-collapse:collapse;width:100%;margin:.5rem 0}\
th,td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}\
td.n,th.n{text-align:right;white-space:nowrap}code,pre{font:13px/1.45 ui-monospace,monospace;\
overflow-wrap:anywhere;white-space:pre-wrap}pre{background:var(--soft);border:1px solid var(--line);\
border-radius:4px;padding:.5rem;margin:.25rem 0;max-height:24rem;overflow:auto}details{margin:.4rem 0;\
border:1px solid var(--line);border-radius:6px;padding:.4rem .7rem}summary{cursor:pointer;overflow-wrap:anywhere}\
.sides{display:grid;grid-template-columns:1fr 1fr;gap:.5rem}.sides>*{min-width:0}\
@media(max-width:40rem){.sides{grid-template-columns:1fr}}mark{color:inherit;background:var(--mark);border-radius:2px}\
.new mark{background:var(--mark2)}.real{color:var(--red);font-weight:600}.plot{width:100%;max-width:40rem;\
display:block;margin:.5rem 0}.plot polyline{fill:none;stroke-width:2}.plot .old{stroke:var(--old)}\
.plot .new{stroke:var(--new)}.plot .tick{stroke:var(--line)}.plot text{font:10px system-ui;fill:var(--dim);\
text-anchor:middle}.key-old{color:var(--old)}.key-new{color:var(--new)}";
