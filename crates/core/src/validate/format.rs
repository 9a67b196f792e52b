//! What texts must look like: the formats and patterns that the documents name.

use std::borrow::Cow;

use crate::EntityId;

/// A `format` of the documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Uuid,
    Email,
    Hostname,
    Uri,
    /// Kong's own name for a URI that is fetched.
    Url,
    /// No rule; not to be shown.
    Password,
}

impl Format {
    /// The word in the documents.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::Email => "email",
            Self::Hostname => "hostname",
            Self::Uri => "uri",
            Self::Url => "url",
            Self::Password => "password",
        }
    }

    /// The code of a text that does not look so.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Uuid => "uuid_invalid",
            Self::Email => "email_invalid",
            Self::Hostname => "hostname_invalid",
            Self::Uri | Self::Url => "uri_invalid",
            Self::Password => "password_invalid",
        }
    }

    /// What should be there, for messages.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Uuid => "a UUID",
            Self::Email => "an e-mail address",
            Self::Hostname => "a host name",
            Self::Uri => "an absolute URI",
            Self::Url => "an http or https URL",
            Self::Password => "a password",
        }
    }

    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::Uuid => text.parse::<EntityId>().is_ok(),
            Self::Email => is_email(text),
            Self::Hostname => is_hostname(text),
            Self::Uri => is_uri(text),
            Self::Url => is_url(text),
            Self::Password => true,
        }
    }
}

/// A `pattern` of the documents. There are four, so they are matched by hand: a library of regular expressions
/// would be larger than the rest of what the browser loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    /// Anything but the empty text.
    Anything,
    Label,
    Slug,
    Attribute,
}

impl Pattern {
    #[cfg(test)]
    const ALL: [Self; 4] = [Self::Anything, Self::Label, Self::Slug, Self::Attribute];

    /// The regular expression in the documents (ECMA 262).
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Anything => r"^[\w \W]+$",
            Self::Label => "^[a-z0-9A-Z]{1}([a-z0-9A-Z-._]*[a-z0-9A-Z]+)?$",
            Self::Slug => r"^[\w-]+$",
            Self::Attribute => "^[^,<>]*$",
        }
    }

    /// What should be there, for messages.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Anything => "some text",
            Self::Label => "letters, digits, `-`, `.` and `_`, with a letter or digit at both ends",
            Self::Slug => "letters, digits, `-` and `_`",
            Self::Attribute => "a text without `,`, `<` and `>`",
        }
    }

    pub(super) fn fits(self, text: &str) -> bool {
        let letter = |byte: u8| byte.is_ascii_alphanumeric();
        match self {
            Self::Anything => !text.is_empty(),
            Self::Label => {
                let ends = [text.bytes().next(), text.bytes().next_back()];
                let inside = |byte: u8| letter(byte) || matches!(byte, b'-' | b'.' | b'_');
                ends.iter().all(|end| end.is_some_and(letter)) && text.bytes().all(inside)
            }
            Self::Slug => {
                !text.is_empty() && text.bytes().all(|byte| letter(byte) || matches!(byte, b'-' | b'_'))
            }
            Self::Attribute => !text.contains([',', '<', '>']),
        }
    }
}

/// What the documents call an e-mail address, read as widely as RFC 5321 does: whether an address is trusted is
/// another question, and approvals look much closer.
fn is_email(text: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control();
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let local: Cow<'_, str> = match local.strip_prefix('"').and_then(|local| local.strip_suffix('"')) {
        // A quoted local part may hold anything that can be shown, an `@` and blanks too.
        Some(quoted) if !quoted.is_empty() => quoted.replace(['@', ' '], "_").into(),
        _ => local.into(),
    };
    !local.is_empty()
        && !local.contains('@')
        && !local.contains(odd)
        && !domain.contains(odd)
        && domain.split('.').all(|label| !label.is_empty())
}

/// RFC 1123: labels of letters, digits and inner hyphens.
fn is_hostname(text: &str) -> bool {
    let label = |label: &str| {
        let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        label.len() <= 63
            && edge(label.bytes().next())
            && edge(label.bytes().next_back())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 253 && text.split('.').all(label)
}

/// RFC 3986: a scheme, a colon, and no character that a URI cannot have.
fn is_uri(text: &str) -> bool {
    let character = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c);
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !rest.is_empty()
            && rest.chars().all(character)
    })
}

fn is_url(text: &str) -> bool {
    let host =
        |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let after = ["https://", "http://"].into_iter().find(|scheme| host(scheme)).map(str::len);
    is_uri(text)
        && after
            .and_then(|at| text.get(at..))
            .is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read_as_widely_as_the_documents_do() {
        for good in ["x@y", "o'neill+tag@eng.arsenal.com", "\"a b@c\"@evil.test", "ü@bücher.example"] {
            assert!(is_email(good), "{good}");
        }
        for odd in ["", "x", "@y", "x@", "a@b@c", "a b@c", "x@y\n", "x@a..b", "x@.b", "x@b.", "\"\"@"] {
            assert!(!is_email(odd), "{odd}");
        }
    }

    #[test]
    fn hosts_and_uris_are_absolute_and_plain() {
        let long = format!("{}.example", "a".repeat(64));
        for (text, host, uri, url) in [
            ("portal.example.com", true, false, false),
            ("https://idp.example/x?y#z", false, true, true),
            ("HTTPS://idp.example", false, true, true),
            ("app:callback", false, true, false),
            ("https://", false, true, false),
            ("https:///x", false, true, false),
            ("https://a b", false, false, false),
            ("-a.example", false, false, false),
            ("1x:y", false, false, false),
            (&long, false, false, false),
            ("", false, false, false),
        ] {
            assert_eq!((is_hostname(text), is_uri(text), is_url(text)), (host, uri, url), "{text}");
        }
    }

    proptest! {
        /// The patterns against the documents' own expressions.
        #[test]
        fn patterns_match_what_their_expressions_match(text in "([a-zA-Z0-9._,<>é -]|\n){0,5}") {
            for pattern in Pattern::ALL {
                // ECMA 262's classes are those of ASCII, and its `$` is the end of the text.
                let expression = pattern.as_str().replace("[\\w \\W]", "(?s:.)").replace("\\w", "A-Za-z0-9_");
                let expected = regex::Regex::new(&expression).unwrap().is_match(&text);
                prop_assert_eq!(pattern.fits(&text), expected, "{:?} {:?}", pattern, text);
            }
        }
    }
}
