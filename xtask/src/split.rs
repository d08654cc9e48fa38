//! Puts what the first swipe does not need into a second wasm.
//!
//! The functions of the modules `later` of the player and of its core, and all that only they use, move. They go on sharing memory, tables and globals
//! with the first wasm, which exports what they need and calls them through free places of its table: empty, and so a trap, until the
//! second wasm fills them as it is instantiated. The player calls none before.
//!
//! Data that only they reach moves as well, and keeps its addresses: the second wasm writes it into the shared memory. Who reaches what is told by the
//! linker ([`crate::relocs`]). Data whose address stands in a function that stays, or in data that stays, does not move.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use walrus::ir::{Load, Store, Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalKind, ImportKind,
    ImportedFunction, LocalFunction, Module, ModuleConfig, TableId,
};

use crate::bindgen::GLUE;
use crate::relocs::{self, Linked, Part, Segments};
use crate::stamp::Fingerprint;

/// The modules whose functions move, as symbols spell it: every part of a path with its length in front.
const MODULE: &str = "5later";
/// Where they lie: in the player's crate, in its core, and in the player of that.
const PLACES: [&str; 3] = ["11cliffhanger", "16cliffhanger_core", "16cliffhanger_core6player"];
/// The name under which the second wasm imports from the first.
const FIRST: &str = "_";
/// A run of zeros that is no longer than this is smaller, once compressed, than the head of another segment.
const ZEROS: usize = 24;

/// Splits the wasm of the glue in `folder`, which was made of the module `linked`. The answer are the two files; their functions have names.
pub(crate) fn split(folder: &Path, linked: &[u8]) -> Result<[PathBuf; 2]> {
    let file = folder.join(format!("{GLUE}_bg.wasm"));
    let whole = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let (first, later) = cut(&whole, &Linked::read(linked)?).with_context(|| format!("cannot split {}", file.display()))?;
    let second = folder.join(format!("{GLUE}_later.wasm"));
    std::fs::write(&second, later)
        .and_then(|()| std::fs::write(&file, first))
        .with_context(|| format!("cannot write into {}", folder.display()))?;
    Ok([file, second])
}

/// The names of the functions that the first wasm calls in the second.
pub(crate) fn doors(wasm: &Path) -> Result<Vec<String>> {
    let module = Module::from_file(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    Ok(module.funcs.iter().filter_map(|function| function.name.clone()).filter(|name| is_door(name)).collect())
}

/// Whether the symbol is a function directly in `later`: the only ones that others call.
fn is_door(symbol: &str) -> bool {
    let Some((before, after)) = symbol.split_once(MODULE) else { return false };
    let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    let (length, name) = after.split_at_checked(digits).unwrap_or_default();
    // After the name: nothing, or a hash in the older way of naming.
    let rest = length.parse().ok().and_then(|length| name.get(length..));
    PLACES.iter().any(|name| before.ends_with(name)) && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("17h"))
}

/// The two parts of a module that has its function names.
fn cut(wasm: &[u8], linked: &Linked) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut config = ModuleConfig::new();
    config.generate_producers_section(false);
    let parse = || config.parse(wasm).context("cannot read the wasm");
    let (mut first, mut later) = (parse()?, parse()?);
    let ids: Vec<FunctionId> = first.funcs.iter().map(|function| function.id()).collect();
    let moved = Moved::of(&first);
    if moved.doors.is_empty() {
        bail!("the wasm has no function of the module `later`: are its names gone?");
    }
    let table = first.tables.main_function_table().context("the wasm has several tables of functions")?.context("the wasm has no table")?;
    let base = first.tables.get(table).initial;
    let size = base + u64::try_from(moved.doors.len())?;

    // The same bytes give the same order: the place in it is the name that both parts share.
    let place: BTreeMap<FunctionId, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let goes: HashSet<usize> = moved.all.iter().filter_map(|id| place.get(id).copied()).collect();
    let doors: Vec<usize> = moved.doors.iter().filter_map(|id| place.get(id).copied()).collect();
    // Parts of different builds must not meet: their functions would have each other's names.
    let build = Fingerprint::default().bytes(wasm).finish();
    let data = relocs::segments(wasm)?;
    if relocs::image(&data) != relocs::image(linked.segments()) {
        bail!("the data of the wasm is not that of the linked one: what the linker tells does not hold for it");
    }
    let moved_data = moved.data(&first, linked);
    cut_second(&mut later, &goes, &doors, base, size, &build, second_data(&data, &moved_data))?;
    replace_data(&mut first, first_data(&data, &moved_data))?;

    // What the second wasm asks for, the first one exports.
    let asked: Vec<String> = later.imports.iter().filter(|import| import.module == FIRST).map(|import| import.name.clone()).collect();
    for (door, slot) in moved.doors.iter().zip(base..) {
        make_door(&mut first, *door, table, slot)?;
    }
    keep_elements(&mut first, |id| !moved.all.contains(&id))?;
    let main = first.tables.get_mut(table);
    main.initial = size;
    main.maximum = main.maximum.map(|maximum| maximum.max(size));
    for name in asked {
        let (kind, number) = name.split_at_checked(1).context("a name is empty")?;
        let number = number.split('.').next().unwrap_or(number);
        let at: usize = number.parse().with_context(|| format!("{name} is no name of this splitter"))?;
        let item: Option<ExportItem> = match kind {
            "f" => ids.get(at).map(|id| (*id).into()),
            "g" => first.globals.iter().nth(at).map(|global| global.id().into()),
            "t" => first.tables.iter().nth(at).map(|table| table.id().into()),
            _ => first.memories.iter().nth(at).map(|memory| memory.id().into()),
        };
        first.exports.add(&name, item.with_context(|| format!("the first wasm has no {name}"))?);
    }
    walrus::passes::gc::run(&mut first);
    let (first, later) = (first.emit_wasm(), later.emit_wasm());
    check_data(&data, &relocs::segments(&first)?, &relocs::segments(&later)?, &moved_data)?;
    Ok((first, later))
}

/// What moves.
struct Moved {
    doors: Vec<FunctionId>,
    all: HashSet<FunctionId>,
}

impl Moved {
    fn of(module: &Module) -> Self {
        let named = |id: FunctionId, test: &dyn Fn(&str) -> bool| module.funcs.get(id).name.as_deref().is_some_and(test);
        let doors: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).filter(|id| named(*id, &is_door)).collect();
        let exported = module.exports.iter().filter_map(|export| match export.item {
            ExportItem::Function(id) => Some(id),
            _ => None,
        });
        // A function in the table may be called by anyone, unless it belongs to `later`: only that can have given it away.
        let listed = module.elements.iter().flat_map(|segment| match &segment.items {
            ElementItems::Functions(ids) => ids.clone(),
            ElementItems::Expressions(_, items) => items.iter().filter_map(function_of).collect(),
        });
        let listed = listed.filter(|id| !named(*id, &|name| name.contains(MODULE)));
        let mut stack: Vec<FunctionId> = exported.chain(listed).chain(module.start).collect();
        let mut kept = HashSet::new();
        while let Some(id) = stack.pop() {
            if !doors.contains(&id) && kept.insert(id) {
                stack.extend(uses(module, id));
            }
        }
        let all = module.funcs.iter_local().map(|(id, _)| id).filter(|id| !kept.contains(id)).collect();
        Self { doors, all }
    }

    /// The data that moves with the functions, by address.
    fn data(&self, module: &Module, linked: &Linked) -> Vec<Range<u32>> {
        let (mut first, mut second) = (Part::default(), Part::default());
        for (id, function) in module.funcs.iter_local() {
            let part = if self.all.contains(&id) { &mut second } else { &mut first };
            part.numbers.extend(numbers(function));
            // A shim that the generator of the glue has made bears the name of what it calls, and may have it within.
            part.names.extend(module.funcs.get(id).name.iter().filter_map(|name| name.split(' ').next()).map(str::to_owned));
        }
        linked.only_of_second(&first, &second, is_door, |name| name.contains(MODULE))
    }
}

fn function_of(item: &ConstExpr) -> Option<FunctionId> {
    match item {
        ConstExpr::RefFunc(id) => Some(*id),
        _ => None,
    }
}

/// The functions that a function names.
fn uses(module: &Module, id: FunctionId) -> Vec<FunctionId> {
    #[derive(Default)]
    struct Names(Vec<FunctionId>);
    impl<'a> Visitor<'a> for Names {
        fn visit_function_id(&mut self, id: &FunctionId) {
            self.0.push(*id);
        }
    }
    let mut names = Names::default();
    if let FunctionKind::Local(function) = &module.funcs.get(id).kind {
        dfs_in_order(&mut names, function, function.entry_block());
    }
    names.0
}

/// The numbers in a function that may be addresses.
fn numbers(function: &LocalFunction) -> HashSet<u32> {
    #[derive(Default)]
    struct Numbers(HashSet<u32>);
    impl<'a> Visitor<'a> for Numbers {
        fn visit_value(&mut self, value: &Value) {
            if let Value::I32(value) = value {
                self.0.insert(value.cast_unsigned());
            }
        }
        fn visit_load(&mut self, load: &Load) {
            self.0.extend(u32::try_from(load.arg.offset));
        }
        fn visit_store(&mut self, store: &Store) {
            self.0.extend(u32::try_from(store.arg.offset));
        }
    }
    let mut numbers = Numbers::default();
    dfs_in_order(&mut numbers, function, function.entry_block());
    numbers.0
}

/// In the first wasm a door only passes its arguments on.
fn make_door(module: &mut Module, door: FunctionId, table: TableId, slot: u64) -> Result<()> {
    let ty = module.funcs.get(door).ty();
    let (params, results) = (module.types.params(ty).to_vec(), module.types.results(ty).to_vec());
    let args: Vec<_> = params.iter().map(|param| module.locals.add(*param)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    let mut body = builder.func_body();
    for arg in &args {
        body.local_get(*arg);
    }
    body.const_(Value::I32(i32::try_from(slot)?)).call_indirect(ty, table);
    module.funcs.get_mut(door).kind = FunctionKind::Local(builder.local_func(args));
    Ok(())
}

/// Leaves only those functions in the tables that `stays` wants; the places of the others become free.
fn keep_elements(module: &mut Module, stays: impl Fn(FunctionId) -> bool) -> Result<()> {
    let old: Vec<_> = module.elements.iter().map(|segment| segment.id()).collect();
    for id in old {
        let segment = module.elements.get(id);
        let ElementKind::Active { table, offset } = &segment.kind else { continue };
        // Anything but functions is not ours: the table that holds references to JavaScript.
        let ElementItems::Functions(items) = &segment.items else { continue };
        let ConstExpr::Value(Value::I32(offset)) = offset else { bail!("a part of the table lies at no fixed place") };
        let (table, offset, items) = (*table, *offset, items.clone());
        let mut runs: Vec<(i32, Vec<FunctionId>)> = Vec::new();
        for (item, at) in items.into_iter().zip(offset..).filter(|(item, _)| stays(*item)) {
            match runs.last_mut() {
                Some((start, run)) if *start + i32::try_from(run.len())? == at => run.push(item),
                _ => runs.push((at, vec![item])),
            }
        }
        module.elements.delete(id);
        module.tables.get_mut(table).elem_segments.remove(&id);
        for (at, run) in runs {
            add_elements(module, table, at, run);
        }
    }
    Ok(())
}

fn add_elements(module: &mut Module, table: TableId, at: i32, items: Vec<FunctionId>) {
    let kind = ElementKind::Active { table, offset: ConstExpr::Value(Value::I32(at)) };
    let id = module.elements.add(kind, ElementItems::Functions(items));
    module.tables.get_mut(table).elem_segments.insert(id);
}

/// The data of the first wasm: without that which moves.
fn first_data(data: &Segments, moved: &[Range<u32>]) -> Segments {
    // Zeros between what stays do no harm where something has gone: nobody but the second wasm writes there, and it comes later.
    pieces(data, |address| !is_within(moved, address), |_| true)
}

/// The data of the second wasm: that which moves, and nothing else, for the first has long been at work in the same memory.
fn second_data(data: &Segments, moved: &[Range<u32>]) -> Segments {
    pieces(data, |address| is_within(moved, address), |address| is_within(moved, address))
}

fn is_within(places: &[Range<u32>], address: u32) -> bool {
    places.get(places.partition_point(|place| place.end <= address)).is_some_and(|place| place.contains(&address))
}

/// The bytes that are `wanted`, in as few bytes as can be. Memory is zero, so zeros need not be written; they are where the addresses are `free` to be
/// written to and another segment would cost more.
fn pieces(data: &Segments, wanted: impl Fn(u32) -> bool, free: impl Fn(u32) -> bool) -> Segments {
    let mut found = Segments::new();
    for (base, bytes) in data {
        let mut begun = false;
        let mut zeros = Vec::new();
        for (address, byte) in (*base..).zip(bytes.iter().copied()) {
            if byte == 0 || !wanted(address) {
                zeros.push(0);
                begun = begun && free(address) && zeros.len() <= ZEROS;
                continue;
            }
            match found.last_mut().filter(|_| begun) {
                Some((_, piece)) => piece.append(&mut zeros),
                None => found.push((address, Vec::new())),
            }
            zeros.clear();
            begun = true;
            found.last_mut().into_iter().for_each(|(_, piece)| piece.push(byte));
        }
    }
    found
}

/// Gives the module this data instead of its own.
fn replace_data(module: &mut Module, data: Segments) -> Result<()> {
    let memory = module.memories.iter().next().context("the wasm has no memory")?.id();
    let old: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    old.into_iter().for_each(|id| module.data.delete(id));
    module.memories.get_mut(memory).data_segments.clear();
    for (address, bytes) in data {
        let offset = ConstExpr::Value(Value::I32(address.cast_signed()));
        let id = module.data.add(DataKind::Active { memory, offset }, bytes);
        module.memories.get_mut(memory).data_segments.insert(id);
    }
    Ok(())
}

/// Fails unless both parts together put into memory what the whole does, and the second writes only where its own data is: anything else would
/// show as a wrong word somewhere, some day.
fn check_data(whole: &Segments, first: &Segments, second: &Segments, moved: &[Range<u32>]) -> Result<()> {
    let written = second.iter().flat_map(|(base, bytes)| (*base..).zip(bytes).map(|(address, _)| address));
    if let Some(address) = written.into_iter().find(|address| !is_within(moved, *address)) {
        bail!("the second wasm writes at {address}, where the data of the first is");
    }
    if let Some((address, _)) = relocs::image(first).iter().find(|(address, _)| is_within(moved, **address)) {
        bail!("the first wasm has data of the second at {address}");
    }
    if relocs::image(first.iter().chain(second)) != relocs::image(whole) {
        bail!("the data of both parts is not that of the whole");
    }
    Ok(())
}

/// Makes the second wasm of a whole one.
fn cut_second(
    module: &mut Module,
    goes: &HashSet<usize>,
    doors: &[usize],
    base: u64,
    size: u64,
    build: &str,
    data: Segments,
) -> Result<()> {
    let exports: Vec<_> = module.exports.iter().map(|export| export.id()).collect();
    exports.into_iter().for_each(|id| module.exports.delete(id));
    module.start = None;
    let table =
        module.tables.main_function_table().context("the wasm has several tables of functions")?.context("the wasm has no table")?;

    let ids: Vec<FunctionId> = module.funcs.iter().map(|function| function.id()).collect();
    let gone: HashSet<FunctionId> = goes.iter().filter_map(|at| ids.get(*at).copied()).collect();
    keep_elements(module, |id| gone.contains(&id))?;
    let doors = doors.iter().filter_map(|at| ids.get(*at).copied()).collect();
    add_elements(module, table, i32::try_from(base)?, doors);

    for (at, id) in ids.iter().enumerate() {
        let function = module.funcs.get(*id);
        if !gone.contains(id) && matches!(function.kind, FunctionKind::Local(_)) {
            let ty = function.ty();
            let import = module.imports.add(FIRST, &format!("f{at}"), ImportKind::Function(*id));
            module.funcs.get_mut(*id).kind = FunctionKind::Import(ImportedFunction { import, ty });
        }
    }
    let globals: Vec<_> = module.globals.iter().map(|global| global.id()).collect();
    for (at, id) in globals.into_iter().enumerate() {
        let import = module.imports.add(FIRST, &format!("g{at}"), id);
        module.globals.get_mut(id).kind = GlobalKind::Import(import);
    }
    let tables: Vec<_> = module.tables.iter().map(|table| table.id()).collect();
    for (at, id) in tables.into_iter().enumerate() {
        let import = module.imports.add(FIRST, &format!("t{at}"), id);
        let imported = module.tables.get_mut(id);
        imported.import = Some(import);
        if id == table {
            imported.initial = size;
            imported.maximum = imported.maximum.map(|maximum| maximum.max(size));
        }
    }
    let memories: Vec<_> = module.memories.iter().map(|memory| memory.id()).collect();
    for (at, id) in memories.into_iter().enumerate() {
        let import = module.imports.add(FIRST, &format!("m{at}.{build}"), id);
        module.memories.get_mut(id).import = Some(import);
    }
    replace_data(module, data)?;
    walrus::passes::gc::run(module);
    Ok(())
}

#[cfg(test)]
mod tests;
