//! Where a project is, and by which key it is known.

use std::net::IpAddr;

use reqwest::Url;
use reqwest::header::HeaderValue;
use thiserror::Error;

/// Longer than any key that Supabase gives out.
const KEY_BYTES_MAX: usize = 4096;

/// Why this cannot be a server to sync with.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidServer {
    /// No address of the web.
    #[error("The server's address has to look like https://abcd.supabase.co.")]
    Address,
    /// Everybody on the way could read along.
    #[error("The server's address has to begin with https://; http:// is for this machine alone.")]
    Insecure,
    /// A name or password, a query or a fragment in it.
    #[error("The server's address must hold no password, no ? and no #.")]
    Ornate,
    /// No key.
    #[error("The publishable key of the project is missing, or has characters that no key has.")]
    Key,
    /// The key that passes all policies.
    #[error(
        "This is the secret key of the project. Nobody but its operator may have it; Particle needs the publishable one."
    )]
    SecretKey,
    /// The system's certificates cannot be used.
    #[error("No safe connection can be made on this system: {0}")]
    Tls(String),
}

/// The address of a project in its one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    text: String,
    is_of_this_machine: bool,
}

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self, InvalidServer> {
        let url = Url::parse(text.trim()).map_err(|_| InvalidServer::Address)?;
        let host = url.host_str().ok_or(InvalidServer::Address)?;
        let is_of_this_machine = is_loopback(host);
        match url.scheme() {
            "https" => {}
            "http" if is_of_this_machine => {}
            "http" => return Err(InvalidServer::Insecure),
            _ => return Err(InvalidServer::Address),
        }
        let has_name = !url.username().is_empty() || url.password().is_some();
        if has_name || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidServer::Ornate);
        }
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            is_of_this_machine,
        })
    }

    /// Without a slash at the end.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn is_of_this_machine(&self) -> bool {
        self.is_of_this_machine
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_name = host == "localhost" || host.ends_with(".localhost");
    is_name || bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// The key as it is sent.
pub(super) fn api_key(key: &str) -> Result<HeaderValue, InvalidServer> {
    let key = key.trim();
    if key.starts_with("sb_secret_") {
        return Err(InvalidServer::SecretKey);
    }
    let is_plain = key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.is_empty() || key.len() > KEY_BYTES_MAX || !is_plain {
        return Err(InvalidServer::Key);
    }
    HeaderValue::from_str(key).map_err(|_| InvalidServer::Key)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://Abcd.Supabase.co/", "https://abcd.supabase.co")]
    #[case("  https://example.org:443/base/ ", "https://example.org/base")]
    #[case("http://127.0.0.1:54321", "http://127.0.0.1:54321")]
    #[case("http://localhost", "http://localhost")]
    #[case("http://[::1]:8000//", "http://[::1]:8000")]
    #[case("http://particle.localhost/", "http://particle.localhost")]
    fn an_address_has_one_form(#[case] given: &str, #[case] kept: &str) {
        assert_eq!(Address::parse(given).unwrap().text(), kept);
    }

    #[rstest]
    #[case::no_scheme("abcd.supabase.co", InvalidServer::Address)]
    #[case::nothing("", InvalidServer::Address)]
    #[case::a_file("file:///etc/passwd", InvalidServer::Address)]
    #[case::plain("http://abcd.supabase.co", InvalidServer::Insecure)]
    #[case::plain_within_reach("http://192.168.1.2", InvalidServer::Insecure)]
    #[case::only_looks_local("http://localhost.example.org", InvalidServer::Insecure)]
    #[case::only_looks_like_loopback("http://127.0.0.1.example.org", InvalidServer::Insecure)]
    #[case::a_name("https://me@example.org", InvalidServer::Ornate)]
    #[case::a_password("https://:secret@example.org", InvalidServer::Ornate)]
    #[case::a_query("https://example.org?a=b", InvalidServer::Ornate)]
    #[case::a_fragment("https://example.org/#a", InvalidServer::Ornate)]
    fn an_address_that_is_unsafe_or_none_is_refused(
        #[case] given: &str,
        #[case] error: InvalidServer,
    ) {
        assert_eq!(Address::parse(given), Err(error));
    }

    #[rstest]
    #[case::none(" ", InvalidServer::Key)]
    #[case::two_lines("sb_publishable_a\r\nEvil: yes", InvalidServer::Key)]
    #[case::letters_of_no_key("sb_publishable_ä", InvalidServer::Key)]
    #[case::the_secret_one("sb_secret_abcd", InvalidServer::SecretKey)]
    fn a_key_that_cannot_be_the_publishable_one_is_refused(
        #[case] given: &str,
        #[case] error: InvalidServer,
    ) {
        assert_eq!(api_key(given), Err(error));
    }
}
