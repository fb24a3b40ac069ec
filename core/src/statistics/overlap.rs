//! Focuses in which, together, more was spent than time passed.

use super::Stretch;

/// So much has to be spent twice; what is less comes of rounding and of clocks.
const EXCESS_MILLIS_MIN: i64 = 60_000;
/// With so many that still last a stretch is compared, those that began last. People have two devices;
/// a history that somebody made up may have a hundred thousand.
const LASTING_MAX: usize = 32;

/// Two stretches by their places in a list, and the milliseconds that were spent in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Excess {
    /// The one that began first.
    pub earlier: usize,
    /// The one that began last.
    pub later: usize,
    /// How much more was spent than passed.
    pub millis: i64,
}

/// The pairs of `stretches`, which stand in the order of their starts, in which a minute or more was spent
/// twice; at most `limit`. A stretch that was lived in the pause of another is none of them.
pub fn overlaps(stretches: &[Stretch], limit: usize) -> Vec<Excess> {
    let mut found = Vec::new();
    let mut lasting: Vec<usize> = Vec::new();
    for (later, stretch) in stretches.iter().enumerate() {
        lasting.retain(|&earlier| stretches[earlier].end() > stretch.started_at);
        for &earlier in &lasting {
            let millis = stretches[earlier].excess(stretch);
            if millis < EXCESS_MILLIS_MIN {
                continue;
            }
            if found.len() == limit {
                return found;
            }
            found.push(Excess {
                earlier,
                later,
                millis,
            });
        }
        if lasting.len() == LASTING_MAX {
            lasting.remove(0);
        }
        lasting.push(later);
    }
    found
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const MINUTE: i64 = 60_000;

    /// From one minute to another, with so many minutes spent.
    fn stretch((from, to, spent): (i64, i64, u32)) -> Stretch {
        Stretch {
            is_focus: true,
            started_at: from * MINUTE,
            ended_at: to * MINUTE,
            planned_seconds: spent * 60,
            duration_seconds: spent * 60,
            utc_offset_minutes: 0,
            project_id: None,
        }
    }

    #[rstest]
    #[case::one_after_the_other(&[(0, 25, 25), (25, 50, 25)], &[])]
    #[case::a_minute(&[(0, 25, 25), (24, 50, 26)], &[(0, 1, 1)])]
    #[case::inside(&[(0, 60, 60), (10, 35, 25)], &[(0, 1, 25)])]
    #[case::in_the_pause(&[(0, 60, 30), (10, 35, 25)], &[])]
    #[case::longer_than_the_pause(&[(0, 60, 40), (10, 35, 25)], &[(0, 1, 5)])]
    #[case::three(&[(0, 30, 30), (10, 40, 30), (20, 50, 30)], &[(0, 1, 20), (0, 2, 10), (1, 2, 20)])]
    #[case::impossibly_short(&[(0, 5, 25), (10, 35, 25)], &[(0, 1, 15)])]
    fn what_was_spent_twice_is_found(
        #[case] stretches: &[(i64, i64, u32)],
        #[case] expected: &[(usize, usize, i64)],
    ) {
        let stretches: Vec<_> = stretches.iter().copied().map(stretch).collect();
        let found: Vec<_> = overlaps(&stretches, 10)
            .iter()
            .map(|pair| (pair.earlier, pair.later, pair.millis / MINUTE))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_history_that_somebody_made_up_is_read_in_little_time_and_told_in_part() {
        let stretches: Vec<_> = (0..100_000).map(|_| stretch((0, 1440, 1440))).collect();
        assert_eq!(overlaps(&stretches, 1000).len(), 1000);
        let paused: Vec<_> = (0..100_000).map(|_| stretch((0, 1440, 1))).collect();
        assert_eq!(overlaps(&paused, 1000), []);
    }
}
