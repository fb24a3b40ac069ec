//! The keys of a kept data folder: tokens and clients of an earlier run stay good.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use local_supabase::{Keys, LocalError};

const FILE: &str = "keys.json";
/// While it is being written.
const UNFINISHED: &str = "keys.json.new";

/// The keys in `folder`, made now if there are none. Whoever calls holds the folder.
pub(crate) fn kept_in(folder: &Path) -> Result<Keys, LocalError> {
    let file = folder.join(FILE);
    let unable = |source| LocalError::System {
        doing: format!("{} cannot be used", file.display()),
        source,
    };
    match fs::read_to_string(&file) {
        Ok(text) => serde_json::from_str(&text).map_err(|source| LocalError::FileUnreadable {
            file: file.clone(),
            source,
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let keys = Keys::random();
            write(folder, &keys).map_err(unable)?;
            Ok(keys)
        }
        Err(error) => Err(unable(error)),
    }
}

fn write(folder: &Path, keys: &Keys) -> io::Result<()> {
    let unfinished = folder.join(UNFINISHED);
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&unfinished)?;
    file.write_all(serde_json::to_string_pretty(keys)?.as_bytes())?;
    file.sync_all()?;
    fs::rename(unfinished, folder.join(FILE))
}
