//! The table of a bench: what was measured, what it is held against, and the budget.

use serde_json::{Value, json};

/// All rows of one run, with the machine they were measured on.
pub(super) struct Report {
    machine: String,
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    unit: &'static str,
    value: f64,
    /// The same of the empty window.
    reference: Option<f64>,
    /// Of the value, or of its ratio to the reference where there is one.
    budget: Option<f64>,
}

impl Report {
    pub(super) fn new() -> Self {
        Self {
            machine: machine(),
            rows: Vec::new(),
        }
    }

    /// A value whose ratio to `reference` has a budget.
    pub(super) fn compare(
        &mut self,
        name: &'static str,
        unit: &'static str,
        value: f64,
        reference: f64,
        ratio: f64,
    ) {
        self.push(name, unit, value, Some(reference), Some(ratio));
    }

    /// A value with a budget of its own.
    pub(super) fn limit(&mut self, name: &'static str, unit: &'static str, value: f64, most: f64) {
        self.push(name, unit, value, None, Some(most));
    }

    /// A value that is only told.
    pub(super) fn plain(&mut self, name: &'static str, unit: &'static str, value: f64) {
        self.push(name, unit, value, None, None);
    }

    /// The table for a person, with the machine in the line below.
    pub(super) fn markdown(&self) -> String {
        let head =
            "| what | Particle | empty window | ratio | budget |\n|---|---:|---:|---:|---:|\n";
        let rows: String = self.rows.iter().map(Row::markdown).collect();
        format!("{head}{rows}\n{}", self.machine)
    }

    /// The same for a program.
    pub(super) fn json(&self) -> String {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "name": row.name,
                    "unit": row.unit,
                    "value": row.value,
                    "empty_window": row.reference,
                    "ratio": row.ratio(),
                    "budget": row.budget,
                })
            })
            .collect();
        json!({ "machine": self.machine, "rows": rows }).to_string()
    }

    fn push(
        &mut self,
        name: &'static str,
        unit: &'static str,
        value: f64,
        reference: Option<f64>,
        budget: Option<f64>,
    ) {
        self.rows.push(Row {
            name,
            unit,
            value,
            reference,
            budget,
        });
    }
}

impl Row {
    fn markdown(&self) -> String {
        let shown = |value: f64| format!("{value:.1} {}", self.unit).trim_end().to_owned();
        let reference = self.reference.map(shown).unwrap_or_default();
        let ratio = self
            .ratio()
            .map(|ratio| format!("{ratio:.2}"))
            .unwrap_or_default();
        let budget = self
            .budget
            .map_or_else(String::new, |budget| match self.reference {
                Some(_) => format!("≤ {budget} ×"),
                None => format!("≤ {budget} {}", self.unit),
            });
        let value = shown(self.value);
        format!(
            "| {} | {value} | {reference} | {ratio} | {budget} |\n",
            self.name
        )
    }

    fn ratio(&self) -> Option<f64> {
        self.reference.map(|reference| self.value / reference)
    }
}

/// The middle of all values, or the upper of the two middle ones.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let release = read("/etc/os-release");
    let system = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
        .unwrap_or("Linux")
        .trim_matches('"');
    let processor = read("/proc/cpuinfo");
    let processor = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, name)| name);
    format!("{system}, {cores} cores, {processor}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_does_not_follow_one_slow_start() {
        let slow = median(vec![1.0, 900.0, 2.0]);
        assert!((slow - 2.0).abs() < f64::EPSILON, "{slow}");
    }

    #[test]
    fn a_row_with_a_reference_shows_its_ratio_and_the_budget_of_it() {
        let mut report = Report::new();
        report.compare("start", "ms", 110.0, 100.0, 1.1);
        let table = report.markdown();
        assert!(
            table.contains("| start | 110.0 ms | 100.0 ms | 1.10 | ≤ 1.1 × |"),
            "{table}"
        );
    }
}
