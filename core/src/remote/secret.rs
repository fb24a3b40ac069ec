//! Texts that give power over an account. They print as their name alone, so none can end in a log.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! secret {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Takes the text over.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text itself: for the server or the vault, and nowhere else.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

secret!(
    /// Opens the account for minutes.
    AccessToken
);

secret!(
    /// Gets the next access token, once.
    RefreshToken
);

secret!(
    /// What a person signs in with. It may travel to the process that owns the data folder.
    #[derive(Serialize, Deserialize)]
    #[cfg_attr(feature = "bindings", derive(specta::Type))]
    #[serde(transparent)]
    Password
);
