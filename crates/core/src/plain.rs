//! Outside text as a message or a terminal may show it.

use std::fmt::{self, Write as _};

/// Outside text with nothing in it that moves a cursor, begins a line, or turns the reading direction: such characters
/// become U+FFFD. Otherwise somebody's name could write lines of its own into a log.
///
/// ```
/// assert_eq!(gatepass::Plain("Ada\n\u{1b}[2J").to_string(), "Ada\u{fffd}\u{fffd}[2J");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Plain<'a>(pub &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| f.write_char(plain(c)))
    }
}

/// Outside text as a message shows it: plain, and at most 80 characters of it.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, c) in self.0.chars().enumerate() {
            if position == 80 {
                return f.write_str("…");
            }
            f.write_char(plain(c))?;
        }
        Ok(())
    }
}

/// The character, if it is seen where it stands and nowhere else.
const fn plain(c: char) -> char {
    match c {
        // C0 and C1; Unicode's own line ends; marks, embeddings, overrides and isolates of the reading direction.
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c => c,
    }
}
