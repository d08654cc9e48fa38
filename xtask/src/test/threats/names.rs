//! The names of tests: in sources, in what the suites print, and the threats they carry.

/// Names of the functions under `#[test]`, `#[tokio::test]` and the like.
pub(super) fn in_rust(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut test = false;
    for line in source.lines().map(str::trim_start) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            test = true;
        } else if let Some((_, rest)) = line.split_once("fn ").filter(|_| test) {
            names.extend(rest.split(['(', '<']).next().map(str::to_owned));
            test = false;
        }
    }
    names
}

/// Titles of `test('...')` and `scenario('...')` that begin a line.
pub(super) fn in_script(source: &str) -> Vec<String> {
    source.lines().filter_map(|line| line.strip_prefix("test(").or_else(|| line.strip_prefix("scenario("))).filter_map(title).collect()
}

/// The text of the string literal that `source` begins with.
fn title(source: &str) -> Option<String> {
    let mut chars = source.chars();
    let quote = chars.next().filter(|c| matches!(c, '\'' | '"' | '`'))?;
    let mut title = String::new();
    loop {
        match chars.next()? {
            '\\' => title.push(chars.next()?),
            c if c == quote => return Some(title),
            c => title.push(c),
        }
    }
}

/// The threats whose numbers a name carries: `threat_7_...`, `threats_16_17_...`, `threat 7: ...`, `threats 16, 17: ...`.
pub(super) fn threats(name: &str) -> Vec<u32> {
    let Some(rest) = name.strip_prefix("threats").or_else(|| name.strip_prefix("threat")) else { return Vec::new() };
    let words = rest.split(['_', ' ', ',', ':']).filter(|word| !word.is_empty());
    words.map_while(|word| word.parse().ok()).collect()
}

/// Whether a line of `cargo nextest` or `cargo test` says that the test passed.
pub(super) fn passed_native(line: &str, name: &str) -> bool {
    let said = match line.strip_suffix(" ... ok") {
        Some(rest) => rest.strip_prefix("test "),
        None => line.trim_start().strip_prefix("PASS [").and_then(|rest| rest.split(' ').next_back()),
    };
    said.is_some_and(|said| said.rsplit("::").next() == Some(name))
}

/// Whether a line of node's `tap` reporter says that the test passed.
pub(super) fn passed_browser(line: &str, name: &str) -> bool {
    let said = line.strip_prefix("ok ").and_then(|rest| rest.split_once(" - "));
    said.is_some_and(|(_, said)| said.replace("\\#", "#").replace("\\\\", "\\") == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_found_in_rust_and_helpers_are_not() {
        let source = "fn helper() {}\n#[tokio::test(flavor = \"multi_thread\")]\nasync fn threat_7_it_holds() {}\n    #[test]\n    #[cfg(unix)]\n    fn another(x in 0..1) {}\n";
        assert_eq!(in_rust(source), ["threat_7_it_holds", "another"]);
    }

    #[test]
    fn titles_are_found_in_scripts() {
        let source = "test('threat 1: it\\'s held', async () => {\nscenario(\"two\", x);\n  test('inner');\nlatest('no');\n";
        assert_eq!(in_script(source), ["threat 1: it's held", "two"]);
    }

    #[test]
    fn a_name_carries_its_numbers_and_no_others() {
        assert_eq!(threats("threats_16_17_sixty_odd_paths"), [16, 17]);
        assert_eq!(threats("threat_33_64_unlocks"), [33, 64], "so numbers are written as words");
        assert_eq!(threats("threats 1, 2: taking the overlay away"), [1, 2]);
        assert!(threats("a_threat_5").is_empty());
    }

    #[test]
    fn only_what_passed_has_passed() {
        assert!(passed_native("        PASS [   0.012s] ( 3/300) cliffhanger-gate::gate races::threat_33_x", "threat_33_x"));
        assert!(passed_native("test races::threat_33_x ... ok", "threat_33_x"));
        assert!(!passed_native("        FAIL [   0.012s] ( 3/300) cliffhanger-gate::gate races::threat_33_x", "threat_33_x"));
        assert!(!passed_native("        PASS [   0.012s] ( 3/300) cliffhanger-gate::gate races::threat_33_xy", "threat_33_x"));
        assert!(passed_browser("ok 7 - a tag \\# it", "a tag # it"));
        assert!(!passed_browser("not ok 7 - a", "a"));
    }
}
