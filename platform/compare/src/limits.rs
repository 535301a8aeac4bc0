//! What bounds the work of one comparison and the size of what it finds. Each limit that was met is named in the result.

/// Containers inside each other that are looked into; what lies deeper is compared by its bytes.
pub const DEPTH_MAX: usize = 128;
/// Values, names and containers of one body; a larger body is compared as opaque bytes.
pub const TOKENS_MAX: usize = 4_194_304;
/// Bytes of one body that are read by structure; a larger body is compared as opaque bytes.
pub const BODY_MAX_BYTES: usize = 256 * 1024 * 1024;
/// Steps of the walk over one pair of bodies, one for each value met or hashed and for each cell of an alignment.
/// Above it, what is left is compared by its bytes.
pub const STEPS_MAX: usize = 32_000_000;
/// Cells of the table that aligns the elements of two arrays by likeness; above it they are paired by their index.
pub const ALIGNMENT_CELLS_MAX: usize = 262_144;
/// Parts of one element that are looked at to tell how alike two elements are.
pub const LIKENESS_PARTS_MAX: usize = 64;
/// Differences listed for one pair of answers; as many again that a rule explains.
pub const DIFFERENCES_MAX: usize = 256;
/// Differences listed for one cause of one pair of answers.
pub const DIFFERENCES_PER_CAUSE_MAX: usize = 4;
/// Elements of one array reported one by one as missing or extra; more of them are one difference of length.
pub const SURPLUS_MAX: usize = 16;
/// Bytes of a value kept to be shown.
pub const SHOWN_MAX_BYTES: usize = 256;
/// Rules of one route, those of all routes included.
pub const RULES_MAX: usize = 256;
/// Bytes of a compiled pattern of a rule.
pub const PATTERN_MAX_BYTES: usize = 1_048_576;
