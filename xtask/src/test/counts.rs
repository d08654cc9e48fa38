//! What is many within one test: a test writes a file `<what>.<where>` with a number into the folder that `VARIABLE` names.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Names the folder.
pub(super) const VARIABLE: &str = "CLIFFHANGER_COUNTS";

/// Makes the folder anew: what an earlier run counted must not be read again.
pub(super) fn fresh(folder: &Path) -> Result<PathBuf> {
    if folder.is_dir() {
        std::fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder.to_path_buf())
}

/// One line for each thing that was counted: `simulated sessions: 100000`.
pub(super) fn read(folder: &Path) -> Vec<String> {
    let mut sums: Vec<(String, u64)> = Vec::new();
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = file.path();
        let number = std::fs::read_to_string(&path).ok().and_then(|text| text.trim().parse::<u64>().ok());
        let (Some(what), Some(number)) = (path.file_stem().map(|what| what.to_string_lossy().into_owned()), number) else { continue };
        match sums.iter_mut().find(|(known, _)| *known == what) {
            Some((_, sum)) => *sum += number,
            None => sums.push((what, number)),
        }
    }
    sums.sort_unstable();
    sums.into_iter().map(|(what, sum)| format!("{what}: {sum}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_the_same_thing_are_added_and_those_of_an_earlier_run_forgotten() {
        let folder = std::env::temp_dir().join(format!("cliffhanger-counts-{}", std::process::id()));
        fresh(&folder).unwrap();
        for (name, number) in [("sessions.one", "3"), ("sessions.two", "4\n"), ("faults.one", "5"), ("junk.one", "many")] {
            std::fs::write(folder.join(name), number).unwrap();
        }
        assert_eq!(read(&folder), ["faults: 5", "sessions: 7"]);
        fresh(&folder).unwrap();
        assert!(read(&folder).is_empty());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
