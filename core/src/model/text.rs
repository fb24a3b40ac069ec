//! One line of text, as a person types or pastes it.

use super::InvalidValue;

/// `text` as one line: every control character inside (a pasted line break, a tab) turned into a
/// space, white space at the ends removed. An error when it contains U+0000.
pub(super) fn line(text: &str) -> Result<String, InvalidValue> {
    if text.contains('\0') {
        return Err(InvalidValue::NulInText);
    }
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    Ok(line.trim().into())
}
