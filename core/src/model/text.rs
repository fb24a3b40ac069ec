//! One line of text, as a person types or pastes it.

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::InvalidValue;

/// `text` as a search sees it: without the difference between upper and lower case, in any script. Each
/// character is folded by itself, so that a part of a text is a part of the folded text, too.
pub(crate) fn folded(text: &str) -> String {
    // By way of upper case, because ß and SS, ς and Σ are each one letter.
    let letters = text.chars().flat_map(char::to_lowercase);
    let letters = letters.flat_map(char::to_uppercase);
    let letters = letters.flat_map(char::to_lowercase);
    letters
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// What a list by name is sorted by: `text` without the difference between upper and lower case, and without
/// accents.
pub(crate) fn sort_key(text: &str) -> String {
    let apart = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let is_accent = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    folded(&apart.chars().filter(|c| !is_accent(c)).collect::<String>())
}

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::folded;

    #[rstest]
    #[case("Übung", "übung")]
    #[case("STRASSE", "straße")]
    #[case("ΟΔΟΣ", "οδος")]
    #[case("ЖУРНАЛ", "журнал")]
    #[case("\u{212a}elvin", "KELVIN")]
    fn both_cases_are_one(#[case] one: &str, #[case] other: &str) {
        assert_eq!(folded(one), folded(other));
    }

    proptest! {
        #[test]
        fn a_part_of_a_text_is_a_part_of_the_folded_text(a in "\\PC{0,9}", b in "\\PC{0,9}") {
            prop_assert_eq!(folded(&a) + &folded(&b), folded(&(a + &b)));
        }

        #[test]
        fn what_is_folded_stays(text in "\\PC{0,20}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }
    }
}
