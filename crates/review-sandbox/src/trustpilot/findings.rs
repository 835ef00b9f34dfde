//! What is wrong with a body, in the vendor's words and in exact ones.

use crate::json_schema::{Problem, Violation};

/// One finding about a body.
pub(super) struct Finding {
    /// The sentence in `details`.
    pub(super) details: String,
    /// Path and expectation, for the header that explains a rejection to a developer. Never contains a value.
    pub(super) reason: String,
}

impl Finding {
    /// A violation of the table.
    ///
    /// A recorded response shows "'Consumer Email' is not in the correct format."; INF: the other sentences, in the
    /// same style. UNK: how the vendor treats unknown members and empty strings. Both are rejected here: the first is a
    /// typo that would go unnoticed, and the documentation gives the second no meaning.
    pub(super) fn violation(violation: &Violation) -> Self {
        let path = if violation.name.is_empty() { "body".to_owned() } else { violation.path() };
        let (sentence, reason) = match &violation.problem {
            Problem::Missing => ("must not be empty", "is missing".to_owned()),
            Problem::Empty => ("must not be empty", "must not be empty".to_owned()),
            Problem::Unknown => ("is not a known field", "is not a known field".to_owned()),
            Problem::Type(wanted) => ("is not in the correct format", format!("must be of type {wanted}")),
            Problem::Format(wanted) => ("is not in the correct format", format!("must be {wanted}")),
        };
        Self { details: format!("'{}' {sentence}.", words(&path)), reason: format!("{path} {reason}") }
    }

    /// A rule that concerns more than one member; `member` is the one the sentence names. INF: the sentence.
    pub(super) fn rule(member: &str, reason: String) -> Self {
        Self { details: format!("'{}' is not valid.", words(member)), reason }
    }
}

/// The last member of a path in words: `products[0].productUrl` is "Product Url".
fn words(path: &str) -> String {
    let name = path.rsplit('.').next().unwrap_or_default();
    let name = name.split('[').next().unwrap_or_default();
    let mut words = String::new();
    for (index, character) in name.chars().enumerate() {
        if index == 0 {
            words.extend(character.to_uppercase());
        } else {
            if character.is_ascii_uppercase() {
                words.push(' ');
            }
            words.push(character);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn member_names_become_words() {
        assert_eq!(words("consumerEmail"), "Consumer Email");
        assert_eq!(words("productReviewInvitation.products[0].productUrl"), "Product Url");
        assert_eq!(words("serviceReviewInvitation.tags[1]"), "Tags");
        assert_eq!(words(""), "");
    }
}
