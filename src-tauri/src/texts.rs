//! The words of the shell, from the same files as those of the window.

use crate::look::SpokenLanguage;

/// Makes `language` the one that [`rust_i18n::t`] speaks.
pub(crate) fn speak(language: SpokenLanguage) {
    rust_i18n::set_locale(match language {
        SpokenLanguage::En => "en",
        SpokenLanguage::De => "de",
    });
}

/// The language of the person's system, English where there are no texts in it.
pub(crate) fn system_language() -> SpokenLanguage {
    match sys_locale::get_locale() {
        Some(locale) if locale.to_lowercase().starts_with("de") => SpokenLanguage::De,
        _ => SpokenLanguage::En,
    }
}
