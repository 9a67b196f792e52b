//! Letters: what to write to somebody, and the `mailto` link that opens it.

use std::fmt::Write as _;

/// A letter to one or several people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) body: String,
}

impl Letter {
    /// A greeting, the lines, and nothing else: the writer signs it.
    pub(super) fn new(subject: impl Into<String>, name: Option<&str>, lines: &[String]) -> Self {
        let greeting = match name.map(one_line).filter(|name| !name.is_empty()) {
            Some(name) => format!("Hello {name},"),
            None => "Hello,".to_owned(),
        };
        Self { subject: one_line(&subject.into()), body: format!("{greeting}\n\n{}\n", lines.join("\n")) }
    }

    /// The link that opens the letter in a mail program; `None` if no address is an ordinary one.
    ///
    /// Addresses are typed by strangers: everything but letters, digits and `-._~` is escaped, so that none can
    /// add a header, a recipient or a text of its own (RFC 6068).
    pub(super) fn link<'e>(&self, emails: impl Iterator<Item = &'e str>) -> Option<String> {
        let addresses: Vec<String> = emails.filter_map(address).collect();
        if addresses.is_empty() {
            return None;
        }
        let body = escaped(&self.body.replace('\n', "\r\n"));
        Some(format!("mailto:{}?subject={}&body={body}", addresses.join(","), escaped(&self.subject)))
    }
}

/// An ordinary address, escaped: one `@` with something on both sides, no white space or control characters.
fn address(email: &str) -> Option<String> {
    let (local, domain) = email.split_once('@')?;
    let plain = !email.chars().any(|c| c.is_whitespace() || c.is_control());
    let ordinary = plain && email.len() <= 254 && !local.is_empty() && !domain.is_empty();
    (ordinary && !domain.contains('@')).then(|| format!("{}@{}", escaped(local), escaped(domain)))
}

fn one_line(text: &str) -> String {
    crate::plain::Shown(text.trim()).to_string()
}

/// A text in a link: everything but letters, digits and `-._~` escaped.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_cannot_add_headers() {
        let letter = Letter::new("Your app\r\nBcc: all@x.test", Some("Ada"), &["a&b".to_owned()]);
        let link = letter.link(["ada?bcc=me@x.test&cc=y"].into_iter()).unwrap();
        assert_eq!(
            link,
            "mailto:ada%3Fbcc%3Dme@x.test%26cc%3Dy?subject=Your%20app%EF%BF%BD%EF%BF%BDBcc%3A%20all%40x.test\
             &body=Hello%20Ada%2C%0D%0A%0D%0Aa%26b%0D%0A"
        );
        for odd in ["", "ada", "@x.test", "ada@", "a@b@c", "a b@c", "a@b\nc"] {
            assert_eq!(letter.link([odd].into_iter()), None, "{odd}");
        }
    }
}
