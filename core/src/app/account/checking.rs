//! Whether a server can be synced with, before anybody signs in there.

use std::net::UdpSocket;

use serde::{Deserialize, Serialize};

use super::ServerChoice;
use crate::app::profile::Profile;
use crate::error::AppError;
use crate::remote::{Attention, Failure, InvalidServer, Remote, Supabase};
use crate::sync::session::Session;

/// Addresses that nobody has (RFC 5737, RFC 3849). Nothing is sent there: it is only asked whether there is a
/// way out of this machine.
const FAR_AWAY: [(&str, &str); 2] = [("0.0.0.0:0", "192.0.2.1:9"), ("[::]:0", "[2001:db8::1]:9")];

/// What a connection test found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ServerCheck {
    /// It can be signed in to.
    Ready,
    /// This is no address of a server.
    AddressInvalid,
    /// This is no publishable key.
    KeyInvalid,
    /// Nothing answers at this address.
    AddressUnknown,
    /// There is no network.
    Offline,
    /// Something answers that is no Supabase.
    NotSupabase,
    /// The project has another key.
    WrongKey,
    /// The project has nothing of Particle on it.
    MigrationMissing,
    /// The Particle on it is older than this one.
    ServerTooOld,
    /// This Particle is older than the one on it.
    AppTooOld,
    /// It cannot answer at present.
    Unavailable,
}

impl Profile {
    /// Asks a server whether it can be synced with. Nobody signs in, and nothing of the person is sent.
    pub async fn check_server(&self, choice: &ServerChoice) -> Result<ServerCheck, AppError> {
        let supabase = match self.server(choice).await {
            Ok((supabase, _)) => supabase,
            Err(AppError::Server(invalid)) => return Ok(ServerCheck::of_invalid(&invalid)),
            Err(AppError::NoServer) => return Ok(ServerCheck::AddressInvalid),
            Err(error) => return Err(error),
        };
        let answer = match self.session().await {
            Ok(session)
                if session.supabase().url() == supabase.url() && !self.exchange.was_ended() =>
            {
                self.ask_as_known(&session, &supabase).await?
            }
            _ => supabase.check().await,
        };
        Ok(match answer {
            Ok(()) => ServerCheck::Ready,
            Err(Failure::Unreachable(_)) if supabase.is_of_this_machine() || has_way_out() => {
                ServerCheck::AddressUnknown
            }
            Err(failure) => ServerCheck::of(&failure),
        })
    }

    /// Whoever is signed in there hears more: whether both are of one version.
    async fn ask_as_known(
        &self,
        session: &Session,
        supabase: &Supabase,
    ) -> Result<Result<(), Failure>, AppError> {
        let Some(prepared) = self.store.prepare(0).await? else {
            return Ok(supabase.check().await);
        };
        let asked = async {
            // By the key that is being tried.
            supabase.check().await?;
            let token = session.token().await?;
            let answer = session
                .supabase()
                .exchange(token.expose(), &prepared.request);
            answer.await.map(drop)
        };
        Ok(asked.await)
    }
}

impl ServerCheck {
    fn of_invalid(invalid: &InvalidServer) -> Self {
        match invalid {
            InvalidServer::Key | InvalidServer::SecretKey => Self::KeyInvalid,
            InvalidServer::Address | InvalidServer::Insecure | InvalidServer::Ornate => {
                Self::AddressInvalid
            }
            InvalidServer::Tls(_) => Self::Unavailable,
        }
    }

    fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Unreachable(_) => Self::Offline,
            Failure::Attention(Attention::WrongKey) => Self::WrongKey,
            Failure::Attention(Attention::MissingFunction) => Self::MigrationMissing,
            Failure::Attention(Attention::NotSupabase) => Self::NotSupabase,
            Failure::Attention(Attention::ServerTooOld) => Self::ServerTooOld,
            Failure::Attention(Attention::AppTooOld) => Self::AppTooOld,
            _ => Self::Unavailable,
        }
    }
}

/// Whether this machine has a way to anywhere. A datagram socket only chooses it; nothing leaves.
fn has_way_out() -> bool {
    let is_open = |(from, to): &(&str, &str)| {
        UdpSocket::bind(from).is_ok_and(|socket| socket.connect(to).is_ok())
    };
    FAR_AWAY.iter().any(is_open)
}
