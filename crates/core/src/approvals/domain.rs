//! Domains of e-mail addresses, compared so that nothing but the very domain a rule names is taken for it.
//!
//! Nothing is mapped. ASCII letters are lower-cased; a label with other letters becomes its A-label as it
//! stands, without the foldings of UTS 46, because every folding is a second spelling that somebody can sign up
//! with: `ａrsenal.com` in fullwidth letters, `arse\u{ad}nal.com`, `arsenal.Kom` with the Kelvin sign. Such a
//! domain then equals no rule, and its developer is held. What is written in the letters of the rule, or as its
//! A-label, is the same domain.

use std::fmt;

use super::held::HeldCode;
use super::punycode;

/// A domain in its ASCII form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain {
    ascii: Box<str>,
}

/// An address that nobody is approved by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", code.message())]
pub struct EmailError {
    code: HeldCode,
}

impl EmailError {
    /// The stable code of what is the matter.
    pub const fn code(self) -> HeldCode {
        self.code
    }
}

/// The domain of an e-mail address: what follows the only `@`, in lower case.
///
/// ```
/// use gatepass::approvals::domain_of;
/// assert_eq!(domain_of("x@ARSENAL.com").unwrap().as_str(), "arsenal.com");
/// assert_eq!(domain_of("x@münchen.example").unwrap().as_str(), "xn--mnchen-3ya.example");
/// let error = domain_of("\"a@arsenal.com\"@evil.test").unwrap_err();
/// assert_eq!(error.to_string(), "the address has several `@`");
/// assert_eq!(domain_of("x@arsenal.com.").unwrap_err().code().as_str(), "trailing_dot");
/// ```
///
/// # Errors
///
/// [`EmailError`] if the address has no or several `@`; an empty, quoted, long or odd local part; more than 254
/// octets; white space or control characters; or a domain with empty labels, a trailing dot, fewer than two
/// labels or characters that no host name has.
pub fn domain_of(email: &str) -> Result<Domain, EmailError> {
    let wrong = |code| Err(EmailError { code });
    if email.chars().any(char::is_control) {
        return wrong(HeldCode::ControlCharacter);
    }
    if email.chars().any(char::is_whitespace) {
        return wrong(HeldCode::WhiteSpace);
    }
    if email.len() > 254 {
        return wrong(HeldCode::AddressTooLong);
    }
    let Some((local, domain)) = email.split_once('@') else { return wrong(HeldCode::EmailWithoutAt) };
    if domain.contains('@') {
        return wrong(HeldCode::EmailWithSeveralAts);
    }
    if local.is_empty() {
        return wrong(HeldCode::LocalPartEmpty);
    }
    if local.contains(['"', '\\']) {
        return wrong(HeldCode::LocalPartQuoted);
    }
    if local.len() > 64 {
        return wrong(HeldCode::LocalPartTooLong);
    }
    if !local.bytes().all(is_local) {
        return wrong(HeldCode::LocalPartOdd);
    }
    let domain = Domain::read(domain).map_err(|code| EmailError { code })?;
    // A host name's last label is never a number, or it would be an address; and one label is a whole registry.
    let mut labels = domain.labels();
    match (labels.clone().count(), labels.next_back()) {
        (2.., Some(last)) if !last.bytes().all(|byte| byte.is_ascii_digit()) => Ok(domain),
        _ => wrong(HeldCode::DomainOdd),
    }
}

/// What a local part has outside quotes (RFC 5321 `Atom`, and the dots between atoms).
const fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'.' | b'!'
                | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'/'
                | b'='
                | b'?'
                | b'^'
                | b'_'
                | b'`'
                | b'{'
                | b'|'
                | b'}'
                | b'~'
        )
}

impl Domain {
    /// Reads a domain as an address or a rule writes it.
    pub(super) fn read(text: &str) -> Result<Self, HeldCode> {
        if text.ends_with('.') {
            return Err(HeldCode::TrailingDot);
        }
        let mut ascii = String::with_capacity(text.len());
        for label in text.split('.') {
            if !ascii.is_empty() {
                ascii.push('.');
            }
            ascii.push_str(&label_to_ascii(label)?);
        }
        if ascii.len() > 253 {
            return Err(HeldCode::DomainOdd);
        }
        Ok(Self { ascii: ascii.into() })
    }

    /// The ASCII form: lower case, labels with other letters as A-labels.
    pub fn as_str(&self) -> &str {
        &self.ascii
    }

    pub(super) fn labels(&self) -> std::str::Split<'_, char> {
        self.ascii.split('.')
    }

    /// Whether a label stands for letters outside ASCII, which can look like others.
    pub fn is_internationalized(&self) -> bool {
        self.labels().any(is_a_label)
    }

    /// Whether this domain lies below another, at a label boundary.
    pub fn is_below(&self, other: &Self) -> bool {
        self.ascii.strip_suffix(&*other.ascii).is_some_and(|rest| rest.ends_with('.'))
    }

    /// This domain and all it lies below, the longest first; each with whether every label before it is plain
    /// ASCII.
    pub(super) fn and_above(&self) -> impl Iterator<Item = (&str, bool)> {
        let mut rest = Some(&*self.ascii);
        let mut plain = true;
        std::iter::from_fn(move || {
            let this = (rest?, plain);
            rest = this.0.split_once('.').map(|(label, above)| {
                plain &= !is_a_label(label);
                above
            });
            Some(this)
        })
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.ascii)
    }
}

fn is_a_label(label: &str) -> bool {
    label.starts_with("xn--")
}

/// A label in lower case, as an A-label if it has letters outside ASCII.
fn label_to_ascii(label: &str) -> Result<String, HeldCode> {
    if label.is_empty() {
        return Err(HeldCode::LabelEmpty);
    }
    let lower = label.to_ascii_lowercase();
    let ascii = if lower.is_ascii() {
        lower
    } else if is_a_label(&lower) {
        // Both at once is no label at all.
        return Err(HeldCode::DomainOdd);
    } else {
        format!("xn--{}", punycode::encode(&lower).ok_or(HeldCode::DomainOdd)?)
    };
    let host = ascii.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let hyphens = ascii.starts_with('-') || ascii.ends_with('-');
    if host && !hyphens && ascii.len() <= 63 { Ok(ascii) } else { Err(HeldCode::DomainOdd) }
}
