//! The two tables of SECURITY.md: what holds each threat, and what is not tested.

use std::collections::BTreeMap;

use super::names;

/// The heading after which rows are gaps.
const GAPS: &str = "### Not tested";

#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Row>,
    pub(super) gaps: Vec<Gap>,
}

#[derive(Debug)]
struct Row {
    numbers: Vec<u32>,
    tests: Vec<Reference>,
}

/// A file, for its tests that carry the row's numbers; or one test of it by its name.
#[derive(Debug)]
struct Reference {
    file: String,
    name: Option<String>,
}

/// A threat without tests, or with too few.
#[derive(Debug)]
pub(super) struct Gap {
    /// As the page writes it.
    pub(super) number: String,
    pub(super) numbers: Vec<u32>,
    pub(super) attack: String,
    pub(super) why: String,
}

/// (file, name) of the tests that hold each threat.
pub(super) type Held = BTreeMap<u32, Vec<(String, String)>>;

impl Table {
    /// Reads the rows whose first cell is a list of numbers; the last cell of a row names its tests in backticks.
    pub(super) fn read(page: &str) -> Self {
        let mut table = Self::default();
        let mut gaps = false;
        for line in page.lines() {
            gaps |= line.starts_with(GAPS);
            let Some(row) = line.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")) else { continue };
            let cells: Vec<&str> = row.split(" | ").map(str::trim).collect();
            let [first, attack, .., last] = cells.as_slice() else { continue };
            let Some(numbers) = numbers(first) else { continue };
            if gaps {
                table.gaps.push(Gap { number: (*first).to_owned(), numbers, attack: (*attack).to_owned(), why: (*last).to_owned() });
            } else {
                table.rows.push(Row { numbers, tests: last.split('`').skip(1).step_by(2).map(reference).collect() });
            }
        }
        table
    }

    /// What holds each threat, and every disagreement with `tests`, the names of tests by file.
    pub(super) fn compare(&self, tests: &BTreeMap<String, Vec<String>>, threats: u32) -> (Held, Vec<String>) {
        let (mut held, mut faults) = (Held::new(), Vec::new());
        for row in &self.rows {
            for number in &row.numbers {
                let found: Vec<_> = row.tests.iter().flat_map(|test| test.find(*number, tests)).collect();
                if found.is_empty() {
                    faults.push(format!("{number}: no test of it is named that exists"));
                }
                if held.insert(*number, found).is_some() {
                    faults.push(format!("{number}: it has two rows"));
                }
            }
            let lost = |test: &&Reference| row.numbers.iter().all(|number| test.find(*number, tests).is_empty());
            for Reference { file, name } in row.tests.iter().filter(lost) {
                let what = name.as_deref().map_or("with its number".to_owned(), |name| format!("{name:?}"));
                faults.push(format!("{:?}: {file} has no test {what}", row.numbers));
            }
        }
        let open = |number: &u32| !held.contains_key(number) && !self.gaps.iter().any(|gap| gap.numbers.contains(number));
        faults.extend((1..=threats).filter(open).map(|number| format!("{number}: it is in neither table")));
        for (file, name) in tests.iter().flat_map(|(file, names)| names.iter().map(move |name| (file, name))) {
            for number in names::threats(name) {
                let told = held.get(&number).is_some_and(|held| held.iter().any(|(in_file, other)| in_file == file && other == name));
                if !told {
                    faults.push(format!("{number}: {file} has {name:?}, which its row does not say"));
                }
            }
        }
        (held, faults)
    }
}

impl Reference {
    fn find(&self, number: u32, tests: &BTreeMap<String, Vec<String>>) -> Vec<(String, String)> {
        let names = tests.get(&self.file).map(Vec::as_slice).unwrap_or_default();
        let meant = |name: &&String| self.name.as_ref().map_or_else(|| names::threats(name).contains(&number), |own| own == *name);
        names.iter().filter(meant).map(|name| (self.file.clone(), name.clone())).collect()
    }
}

fn reference(text: &str) -> Reference {
    match text.split_once(": ") {
        Some((file, name)) => Reference { file: file.to_owned(), name: Some(name.to_owned()) },
        None => Reference { file: text.to_owned(), name: None },
    }
}

/// `1, 2` or `10-15`.
fn numbers(cell: &str) -> Option<Vec<u32>> {
    if let Some((first, last)) = cell.split_once('-') {
        return Some((first.parse().ok()?..=last.parse().ok()?).collect());
    }
    cell.split(", ").map(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "| # | attack | held by | tests |\n|---|---|---|---|\n| 1, 2 | a | b | `x.rs`, `y.test.mjs: it holds` |\n| 3-4 | a | b | `x.rs` |\n\n### Not tested\n\n| # | attack | why |\n| 4 | ads | there are none |\n| 5 | z | later |\n";

    fn tests(rust: &[&str]) -> BTreeMap<String, Vec<String>> {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        BTreeMap::from([("x.rs".to_owned(), owned(rust)), ("y.test.mjs".to_owned(), owned(&["it holds"]))])
    }

    #[test]
    fn a_page_that_agrees_has_no_faults() {
        let table = Table::read(PAGE);
        let (held, faults) = table.compare(&tests(&["threat_1_a", "threats_3_4_b"]), 5);
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(held.values().map(Vec::len).collect::<Vec<_>>(), [2, 1, 1, 1]);
        assert_eq!(table.gaps.iter().map(|gap| gap.why.as_str()).collect::<Vec<_>>(), ["there are none", "later"]);
    }

    #[test]
    fn every_disagreement_is_told() {
        let (_, faults) = Table::read(PAGE).compare(&tests(&["threat_1_a", "threat_3_b", "threat_5_c"]), 6);
        assert_eq!(
            faults,
            [
                "4: no test of it is named that exists",
                "6: it is in neither table",
                "5: x.rs has \"threat_5_c\", which its row does not say"
            ]
        );
        let (_, faults) = Table::read(PAGE).compare(&tests(&["threats_3_4_b"]), 5);
        assert_eq!(faults, ["[1, 2]: x.rs has no test with its number"]);
    }
}
