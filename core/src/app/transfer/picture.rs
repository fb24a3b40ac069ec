//! Pictures that the window draws, kept where a person finds them.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::new_file::NewFile;
use crate::app::Profile;
use crate::error::AppError;
use crate::transfer::TransferError;

/// What every PNG begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// A picture of a year has about a fortieth of it.
const PICTURE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Keeps a PNG of a year as a new file in `folder`, and tells where. Nothing of it is left when that fails.
pub fn keep_picture(
    profile: &Profile,
    year: i32,
    picture: &[u8],
    folder: &Path,
) -> Result<PathBuf, AppError> {
    let moment = profile.now().format("%Y%m%d-%H%M%S%3f");
    let path = folder.join(format!("particle-year-{year}-{moment}.png"));
    write(picture, &path).map_err(|source| TransferError::Io {
        path: path.clone(),
        source,
    })?;
    Ok(path)
}

fn write(picture: &[u8], path: &Path) -> io::Result<()> {
    if !picture.starts_with(PNG) || picture.len() > PICTURE_BYTES_MAX {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "this is no picture of a year",
        ));
    }
    let mut new = NewFile::begin(path)?;
    new.file().write_all(picture)?;
    new.finish(path)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_picture_is_kept_whole_and_what_is_none_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let kept = |picture: &[u8], name: &str| {
            let path = folder.path().join("new").join(name);
            write(picture, &path).map(|()| fs::read(path).unwrap())
        };
        let picture = [PNG, b"dots"].concat();
        assert_eq!(kept(&picture, "a.png").unwrap(), picture);
        let huge = [PNG, &vec![0; PICTURE_BYTES_MAX]].concat();
        for none in [b"GIF89a".as_slice(), b"", &huge] {
            assert!(kept(none, "b.png").is_err());
        }
        let left: Vec<_> = fs::read_dir(folder.path().join("new")).unwrap().collect();
        assert_eq!(left.len(), 1, "the first one alone");
    }
}
