//! The splitter with modules as a linker leaves them, made here byte by byte.

use super::*;

/// Where the data begins.
const BASE: u32 = 1024;
/// A door, by its name.
const DOOR: &str = "_RNvNtCs1a2B_11cliffhanger5later4draw";

/// What stands in a function.
enum Use {
    /// The address of a piece of data and so many bytes more.
    Data(usize, i32),
    /// A number of which the linker tells nothing.
    Number(u32),
    Call(usize),
    /// A call of whatever stands first in the table.
    Any,
}

enum Piece {
    Text(&'static str),
    /// The addresses of other pieces.
    List(&'static [usize]),
    /// A name for what follows, without a size.
    Mark,
}

use Piece::{List, Mark, Text};
use Use::{Any, Call, Data, Number};

impl Piece {
    fn size(&self) -> u32 {
        match self {
            Text(text) => u32::try_from(text.len()).unwrap(),
            List(others) => 4 * u32::try_from(others.len()).unwrap(),
            Mark => 0,
        }
    }
}

fn leb(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 127).unwrap();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 128);
    }
}

/// As linkers write what they may have to change: in five bytes.
fn padded(number: u32) -> Vec<u8> {
    (0..5).map(|at| u8::try_from((u64::from(number) >> (7 * at)) & 127).unwrap() | if at < 4 { 128 } else { 0 }).collect()
}

fn text(text: &str) -> Vec<u8> {
    [leb(text.len() as u64), text.as_bytes().to_vec()].concat()
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    [leb(items.len() as u64), items.concat()].concat()
}

fn section(id: u8, contents: Vec<u8>) -> Vec<u8> {
    [vec![id], leb(contents.len() as u64), contents].concat()
}

fn custom(name: &str, contents: Vec<u8>) -> Vec<u8> {
    section(0, [text(name), contents].concat())
}

/// A linked module. The first function is exported, those named `listed` are in the table, the others are called by functions alone. The pieces of
/// data lie one behind the other.
fn link(functions: &[(&str, &[Use])], pieces: &[Piece]) -> Vec<u8> {
    let begin = |piece: usize| BASE + pieces[..piece].iter().map(Piece::size).sum::<u32>();
    let symbol = |piece: usize| leb((functions.len() + piece) as u64);

    let (mut code, mut in_code) = (leb(functions.len() as u64), Vec::new());
    for (_, uses) in functions {
        let mut body = vec![0];
        let mut entries = Vec::new();
        for one in *uses {
            let at = body.len() + 1;
            match one {
                Data(piece, more) => {
                    entries.push((4, at, symbol(*piece), Some(*more)));
                    body.extend([vec![0x41], padded(begin(*piece).strict_add_signed(*more)), vec![0x1a]].concat());
                }
                Number(number) => body.extend([vec![0x41], padded(*number), vec![0x1a]].concat()),
                Any => body.extend([0x41, 1, 0x11, 0, 0]),
                Call(id) => {
                    entries.push((0, at, leb(*id as u64), None));
                    body.extend([vec![0x10], padded(u32::try_from(*id).unwrap())].concat());
                }
            }
        }
        body.push(0x0b);
        code.extend(leb(body.len() as u64));
        for (kind, at, symbol, more) in entries {
            // Offsets below 64 are one byte as signed numbers too.
            let more = more.map(|more| vec![u8::try_from(more).unwrap()]).unwrap_or_default();
            in_code.push([vec![kind], leb((code.len() + at) as u64), symbol, more].concat());
        }
        code.extend(body);
    }

    let head = [vec![1, 0, 0x41], padded(BASE), vec![0x0b], padded(begin(pieces.len()) - BASE)].concat();
    let (mut data, mut in_data) = (Vec::new(), Vec::new());
    for piece in pieces {
        match piece {
            Text(text) => data.extend(text.as_bytes()),
            List(others) => {
                for other in *others {
                    in_data.push([vec![5], leb((head.len() + data.len()) as u64), symbol(*other), vec![0]].concat());
                    data.extend(begin(*other).to_le_bytes());
                }
            }
            Mark => {}
        }
    }

    let of_functions = functions.iter().enumerate().map(|(id, (name, _))| [vec![0, 0], leb(id as u64), text(name)].concat());
    let of_pieces = pieces.iter().enumerate().map(|(at, piece)| {
        [vec![1, 2], text(&format!("piece{at}")), vec![0], leb(u64::from(begin(at) - BASE)), leb(u64::from(piece.size()))].concat()
    });
    let symbols = list(&of_functions.chain(of_pieces).collect::<Vec<_>>());
    let listed = functions.iter().enumerate().filter(|(_, (name, _))| name.starts_with("listed"));
    let listed = listed.map(|(id, _)| leb(id as u64)).collect::<Vec<_>>();
    let names = functions.iter().enumerate().map(|(id, (name, _))| [leb(id as u64), text(name)].concat()).collect::<Vec<_>>();
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, list(&[vec![0x60, 0, 0]])),
        section(3, list(&vec![vec![0]; functions.len()])),
        section(4, list(&[vec![0x70, 0, 9]])),
        section(5, list(&[vec![0, 1]])),
        section(7, list(&[[text("main"), vec![0, 0]].concat()])),
        section(9, list(&[[vec![0, 0x41, 1, 0x0b], list(&listed)].concat()])),
        section(10, code),
        section(11, [head, data].concat()),
        custom("linking", [vec![2], section(8, symbols)].concat()),
        custom("reloc.CODE", [vec![5], list(&in_code)].concat()),
        custom("reloc.DATA", [vec![6], list(&in_data)].concat()),
        custom("name", section(1, list(&names))),
    ]
    .concat()
}

/// The data of the first and of the second wasm.
fn data(functions: &[(&str, &[Use])], pieces: &[Piece]) -> (Segments, Segments) {
    let linked = link(functions, pieces);
    let (first, later) = cut(&relocs::without(&linked).unwrap(), &Linked::read(&linked).unwrap(), Border::Later).unwrap();
    (relocs::segments(&first).unwrap(), relocs::segments(&later).unwrap())
}

/// What is read at the addresses that have data, with a line for those that have none.
fn words(segments: &Segments) -> String {
    let image = relocs::image(segments);
    let end = image.last_key_value().map_or(BASE, |(address, _)| address + 1);
    (BASE..end).map(|address| image.get(&address).map_or('-', |byte| char::from(*byte))).collect()
}

#[test]
fn data_of_both_stays_and_data_of_later_alone_moves_to_the_same_addresses() {
    let (first, later) = data(
        &[("main", &[Data(0, 0), Data(2, 0), Call(1)]), (DOOR, &[Data(1, 0), Data(2, 0)])],
        &[Text("mine"), Text("later"), Text("both")],
    );
    assert_eq!(words(&first), "mine-----both");
    assert_eq!(words(&later), "----later");
}

#[test]
fn data_reached_by_what_a_function_calls_belongs_to_that_function_too() {
    let (first, later) = data(
        &[
            ("main", &[Call(2), Call(1)]),
            (DOOR, &[Call(3)]),
            ("helper", &[Data(0, 0)]),
            ("_RNvNtCs1a2B_11cliffhanger5later4deep4draw", &[Data(0, 0), Data(1, 0)]),
        ],
        &[Text("both"), Text("later")],
    );
    assert_eq!(words(&first), "both");
    assert_eq!(words(&later), "----later");
}

#[test]
fn data_reached_through_other_data_goes_where_that_goes_unless_the_first_reaches_it_too() {
    let (first, later) = data(
        &[("main", &[Data(1, 0), Call(1)]), (DOOR, &[Data(0, 0)])],
        &[List(&[2, 3]), List(&[3, 4]), Text("later"), Text("both"), Text("mine")],
    );
    let image = |segments| relocs::image(segments).into_keys().collect::<Vec<_>>();
    let text = BASE + 16;
    assert_eq!(words(&first).split_off(16), "-----bothmine");
    assert_eq!(words(&later).split_off(16), "later");
    assert!(image(&first).iter().all(|address| (BASE + 8..text).contains(address) || *address >= text + 5), "{first:?}");
    assert!(image(&later).iter().all(|address| (BASE..BASE + 8).contains(address) || (text..text + 5).contains(address)), "{later:?}");
}

#[test]
fn an_address_behind_data_is_one_of_that_data() {
    let (first, later) = data(&[("main", &[Data(1, 4), Call(1)]), (DOOR, &[Data(0, 0), Data(1, 0)])], &[Text("later"), Text("mine")]);
    assert_eq!(words(&first), "-----mine");
    assert_eq!(words(&later), "later");
}

#[test]
fn what_the_page_and_the_table_call_is_of_the_first_whatever_its_name_has_become() {
    let pieces = [Text("later"), Text("page"), Text("nobody"), Text("table")];
    let later: (&str, &[Use]) = (DOOR, &[Data(0, 0), Data(1, 0), Data(3, 0)]);
    let linked = link(&[("main", &[Data(1, 4), Call(1)]), later, ("listed", &[Data(3, 5)])], &pieces);
    let whole = relocs::without(&link(&[("renamed", &[Call(1)]), later, ("listed-too", &[])], &pieces)).unwrap();
    let (first, later) = cut(&whole, &Linked::read(&linked).unwrap(), Border::Later).unwrap();
    assert_eq!(words(&relocs::segments(&first).unwrap()), "-----pagenobodytable");
    assert_eq!(words(&relocs::segments(&later).unwrap()), "later");
}

#[test]
fn data_of_functions_that_have_been_merged_into_others_since_goes_with_those() {
    let pieces = [Text("later"), Text("mine")];
    let linked =
        link(&[("main", &[Call(1), Call(2)]), (DOOR, &[Call(3)]), ("helper", &[Data(1, 4)]), ("deep", &[Data(0, 0), Data(1, 0)])], &pieces);
    let whole = relocs::without(&link(&[("main", &[Call(1)]), (DOOR, &[])], &pieces)).unwrap();
    let (first, later) = cut(&whole, &Linked::read(&linked).unwrap(), Border::Later).unwrap();
    assert_eq!(words(&relocs::segments(&first).unwrap()), "-----mine");
    assert_eq!(words(&relocs::segments(&later).unwrap()), "later");
}

#[test]
fn a_number_in_the_first_that_may_be_an_address_keeps_the_data_there() {
    let (first, later) =
        data(&[("main", &[Number(BASE + 6), Call(1)]), (DOOR, &[Data(0, 0), Data(1, 0)])], &[Text("later"), Text("doubt")]);
    assert_eq!(words(&first), "-----doubt");
    assert_eq!(words(&later), "later");
}

#[test]
fn data_that_nothing_reaches_stays() {
    let (first, later) = data(&[("main", &[Call(1)]), (DOOR, &[Data(1, 0)])], &[Text("nobody"), Text("later")]);
    assert_eq!(words(&first), "nobody");
    assert_eq!(words(&later), "------later");
}

#[test]
fn nothing_moves_beside_a_name_without_a_size() {
    let (first, later) = data(&[("main", &[Call(1)]), (DOOR, &[Data(1, 0)])], &[Mark, Text("later")]);
    assert_eq!((words(&first).as_str(), later), ("later", Segments::new()));
}

#[test]
fn the_second_never_writes_between_its_own_data() {
    let (first, later) =
        data(&[("main", &[Data(1, 0), Call(1)]), (DOOR, &[Data(0, 0), Data(2, 0)])], &[Text("one"), Text("\0"), Text("two")]);
    assert!(first.is_empty(), "{first:?}");
    assert_eq!(later, [(BASE, b"one".to_vec()), (BASE + 4, b"two".to_vec())]);
}

#[test]
fn zeros_are_written_only_where_they_cost_less_than_another_segment() {
    let zeros = |count: usize| vec![(BASE, [b"a".to_vec(), vec![0; count], b"b".to_vec()].concat())];
    assert_eq!(first_data(&zeros(ZEROS), &[]), zeros(ZEROS));
    assert_eq!(first_data(&zeros(ZEROS + 1), &[]).len(), 2);
}

#[test]
fn what_the_linker_tells_is_not_shipped() {
    let linked = link(&[("main", &[Data(0, 0), Call(1)]), (DOOR, &[Data(1, 0)])], &[Text("mine"), Text("later")]);
    let bare = relocs::without(&linked).unwrap();
    let has = |wasm: &[u8], name: &str| wasm.windows(name.len()).any(|bytes| bytes == name.as_bytes());
    for name in ["linking", "reloc.CODE", "reloc.DATA"] {
        assert!(has(&linked, name) && !has(&bare, name), "{name}");
    }
    assert!(has(&bare, DOOR) && has(&bare, "later"));
}

#[test]
fn names_lie_apart_and_fit_behind_what_is_shipped() {
    let linked = link(&[("main", &[Data(0, 0), Call(1)]), (DOOR, &[Data(1, 0)])], &[Text("mine"), Text("later")]);
    let (named, _) = cut(&relocs::without(&linked).unwrap(), &Linked::read(&linked).unwrap(), Border::Later).unwrap();
    let (shipped, names) = relocs::without_names(&named).unwrap();
    let of = |wasm: &[u8]| Module::from_buffer(wasm).unwrap().funcs.iter().filter_map(|function| function.name.clone()).collect::<Vec<_>>();
    assert_eq!(of(&named), ["main", DOOR]);
    assert!(of(&shipped).is_empty());
    assert_eq!(of(&[shipped, names].concat()), of(&named));
}

#[test]
fn a_module_that_is_not_as_the_linker_says_is_refused() {
    let uses: [(&str, &[Use]); 2] = [("main", &[Data(0, 0), Call(1)]), (DOOR, &[Data(1, 0)])];
    let linked = link(&uses, &[Text("mine"), Text("later")]);
    let other = relocs::without(&link(&uses, &[Text("mine"), Text("other")])).unwrap();
    let refused = cut(&other, &Linked::read(&linked).unwrap(), Border::Later).unwrap_err();
    assert!(refused.to_string().contains("not that of the linked one"), "{refused}");

    let mut moved = linked.clone();
    let address = padded(BASE + 4);
    let at = moved.windows(5).position(|bytes| bytes == address).unwrap();
    moved[at] += 1;
    let refused = Linked::read(&moved).err().unwrap();
    assert!(refused.to_string().contains("instead of 1028"), "{refused}");
    assert!(Linked::read(&other).err().unwrap().to_string().contains("--emit-relocs"));
}

#[test]
fn a_split_that_loses_data_or_writes_it_where_the_first_has_its_own_is_refused() {
    let whole = vec![(BASE, b"minelater".to_vec())];
    let place = BASE + 4..BASE + 9;
    let moved = std::slice::from_ref(&place);
    let (first, second) = (first_data(&whole, moved), second_data(&whole, moved));
    check_data(&whole, &first, &second, moved).unwrap();
    let refused = |first: &Segments, second: &Segments| check_data(&whole, first, second, moved).unwrap_err().to_string();
    assert!(refused(&first, &Segments::new()).contains("not that of the whole"));
    assert!(refused(&first, &vec![(BASE + 3, b"elater".to_vec())]).contains("the second wasm writes at 1027"));
    assert!(refused(&whole, &second).contains("the first wasm has data of the second at 1028"));
}

/// The opener and the player.
fn opened(functions: &[(&str, &[Use])], pieces: &[Piece]) -> Result<[Vec<u8>; 2]> {
    let linked = link(functions, pieces);
    let (opener, player) = cut(&relocs::without(&linked)?, &Linked::read(&linked)?, Border::Opener { panics: false })?;
    Ok([opener, player])
}

#[test]
fn the_opener_has_what_its_methods_use_and_the_player_all_else_at_the_same_addresses() {
    let functions: [(&str, &[Use]); 4] = [
        ("opener_push", &[Data(1, 0), Call(1)]),
        ("helper", &[Data(3, 0)]),
        ("listed", &[Data(0, 0), Data(3, 0), Call(1), Call(3)]),
        ("deep", &[Data(2, 4)]),
    ];
    let wasm = opened(&functions, &[Text("player"), Text("opener"), Text("deep"), Text("both"), Text("nobody")]).unwrap();
    let [opener, player] = wasm.each_ref().map(|wasm| words(&relocs::segments(wasm).unwrap()));
    assert_eq!(opener, "------opener----both");
    assert_eq!(player, "player------deep----nobody");

    let [opener, player] = wasm.map(|wasm| Module::from_buffer(&wasm).unwrap());
    let local = |module: &Module| module.funcs.iter_local().map(|(id, _)| name_of(module, id).to_owned()).collect::<Vec<_>>();
    assert_eq!((local(&opener), local(&player)), (vec!["opener_push".into(), "helper".into()], vec!["listed".into(), "deep".into()]));
    let asked: Vec<&str> = player.imports.iter().filter(|import| import.module == FIRST).map(|import| import.name.as_str()).collect();
    assert!(asked.len() >= 3, "the helper, the table and the memory: {asked:?}");
    assert!(asked.iter().all(|name| opener.exports.iter().any(|export| export.name == *name)), "{asked:?}");
    assert!(opener.imports.iter().next().is_none(), "it needs nobody");
}

#[test]
fn an_opener_that_calls_by_the_table_is_refused_for_that_is_filled_later() {
    let refused = opened(&[("opener_push", &[Call(1)]), ("helper", &[Any]), ("listed", &[])], &[Text("data")]).unwrap_err();
    assert!(refused.to_string().contains("helper calls by the table"), "{refused}");
    assert!(opened(&[("opener_push", &[]), ("listed", &[Any])], &[Text("data")]).is_ok());
}

#[test]
fn a_wasm_without_the_opener_is_refused() {
    let refused = opened(&[("main", &[]), ("listed", &[])], &[Text("data")]).unwrap_err();
    assert!(refused.to_string().contains("no function of the class Opener"), "{refused}");
}

#[test]
fn doors_are_the_functions_directly_in_later_of_the_player_and_of_its_core() {
    for door in [
        "_RNvNtCs1a2B_11cliffhanger5later4draw",
        "_RNvNtCs1a2B_16cliffhanger_core6player5later6handle",
        "_RNvNtCs1a2B_16cliffhanger_core5later4view",
        "_ZN16cliffhanger_core6player5later6handle17h0123456789abcdefE",
    ] {
        assert!(is_door(door), "{door}");
    }
    for other in [
        "_RNvNtNtCs1a2B_16cliffhanger_core6player5later5order4read",
        "_RNvMNtNtCs1a2B_16cliffhanger_core6player5later4tillNtB2_4Till4send",
        "_RNCNvNtCs1a2B_11cliffhanger5later4draw0B5_",
        "_RNvNtCs1a2B_5other5later4draw",
        "_RNvNtCs1a2B_11cliffhanger6render4draw",
    ] {
        assert!(!is_door(other), "{other}");
    }
}
