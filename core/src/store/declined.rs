//! Why a row is not changed as asked. Nothing was written.

use thiserror::Error;

use crate::model::{ProjectId, ProjectName};

/// What was asked does not fit the row that it was asked of.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Declined {
    /// Nothing has this id or name.
    #[error(
        "There is no {what} \u{201c}{key}\u{201d} here. Nothing was changed; list them to see what there is."
    )]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// Its id or name.
        key: String,
    },
    /// Only what is not deleted can be changed.
    #[error("This {what} is deleted. Nothing was changed; restore it first.")]
    Deleted {
        /// What it is.
        what: &'static str,
    },
    /// Only what is deleted can be restored.
    #[error("This {what} is not deleted. Nothing was changed, and nothing needs to be.")]
    NotDeleted {
        /// What it is.
        what: &'static str,
    },
    /// Too late to restore it.
    #[error(
        "This {what} was deleted more than 30 days ago and can no longer be restored. Add it again if you need it."
    )]
    DeletedTooLongAgo {
        /// What it is.
        what: &'static str,
    },
    /// A project is not merged with itself.
    #[error("This is one project already. Nothing was changed; name another one to merge it into.")]
    SameProject,
    /// More than one project has this name.
    #[error(
        "More than one project is named \u{201c}{name}\u{201d}. Nothing was changed; use the id of the one you mean: {}.",
        listed(ids)
    )]
    AmbiguousName {
        /// The name.
        name: ProjectName,
        /// Those that have it.
        ids: Vec<ProjectId>,
    },
}

fn listed(ids: &[ProjectId]) -> String {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    ids.join(", ")
}
