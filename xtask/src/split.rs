//! Divides the wasm into three: what shows the first episode, the player, and what the first swipe does not need.
//!
//! **The last** goes first. The functions of the modules `later` of the player and of its core, and all that only they use, move. They go on sharing memory, tables and globals
//! with the first wasm, which exports what they need and calls them through free places of its table: empty, and so a trap, until the
//! second wasm fills them as it is instantiated. The player calls none before.
//!
//! Data that only they reach moves as well, and keeps its addresses: the second wasm writes it into the shared memory. Who reaches what is told by the
//! linker ([`crate::relocs`]). Data whose address stands in a function that stays, or in data that stays, does not move.
//!
//! **The first** is then parted from the player in the same way, only that nothing of it calls what it leaves behind: it is what the methods of [`OPENER`]
//! use. It has the memory, so that what it has read the player takes over as it lies there.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use walrus::ir::{CallIndirect, Load, Store, Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExportId, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalKind,
    ImportKind, ImportedFunction, LocalFunction, Module, ModuleConfig, TableId,
};

use crate::bindgen::GLUE;
use crate::relocs::{self, Linked, Part, Segments};
use crate::stamp::Fingerprint;

/// The modules whose functions move, as symbols spell it: every part of a path with its length in front.
const MODULE: &str = "5later";
/// Where they lie: in the player's crate, in its core, and in the player of that.
const PLACES: [&str; 3] = ["11cliffhanger", "16cliffhanger_core", "16cliffhanger_core6player"];
/// The class whose methods are all that the page may call before the player is there, as its exports begin.
const OPENER: &str = "opener_";
/// What the glue needs to call them: to lay bytes into the memory, and to free what is handed out.
const MEMORY: [&str; 4] = ["__wbg_opener_free", "__wbindgen_malloc", "__wbindgen_realloc", "__wbindgen_free"];
/// The name under which a wasm imports from the one before.
const FIRST: &str = "_";
/// A run of zeros that is no longer than this is smaller, once compressed, than the head of another segment.
const ZEROS: usize = 24;

/// Splits the wasm of the glue in `folder`, which was made of the module `linked`. The answer are the files; their functions have names.
pub(crate) fn split(folder: &Path, linked: &[u8], opens: bool, panics: bool) -> Result<Vec<PathBuf>> {
    let file = folder.join(format!("{GLUE}_bg.wasm"));
    let whole = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let linked = Linked::read(linked)?;
    let context = || format!("cannot split {}", file.display());
    let (mut player, later) = cut(&whole, &linked, Border::Later).with_context(context)?;
    let mut parts = vec![(folder.join(format!("{GLUE}_later.wasm")), later)];
    if opens {
        let (opener, rest) = cut(&player, &linked, Border::Opener { panics }).with_context(context)?;
        player = rest;
        parts.push((folder.join(format!("{GLUE}_opener.wasm")), opener));
    }
    parts.push((file.clone(), player));
    for (file, wasm) in &parts {
        std::fs::write(file, wasm).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(parts.into_iter().map(|(file, _)| file).collect())
}

/// Where a wasm is parted into two.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Border {
    /// Before what the first swipe does not need.
    Later,
    /// Behind what shows the first episode. It must not call by the table, unless it is built with panics that tell something: those do.
    Opener { panics: bool },
}

impl Border {
    /// What the names begin with that the second wasm imports from the first.
    const fn letter(self) -> char {
        match self {
            Self::Later => 'f',
            Self::Opener { .. } => 'F',
        }
    }
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
fn cut(wasm: &[u8], linked: &Linked, border: Border) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut config = ModuleConfig::new();
    config.generate_producers_section(false);
    let parse = || config.parse(wasm).context("cannot read the wasm");
    let (mut first, mut later) = (parse()?, parse()?);
    let ids: Vec<FunctionId> = first.funcs.iter().map(|function| function.id()).collect();
    let moved = Moved::of(&first, border)?;
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
    if border == Border::Later && relocs::image(&data) != relocs::image(linked.segments()) {
        bail!("the data of the wasm is not that of the linked one: what the linker tells does not hold for it");
    }
    let moved_data = moved.data(&first, linked, border);
    cut_second(&mut later, &goes, &doors, base, size, second_data(&data, &moved_data))?;
    replace_data(&mut first, first_data(&data, &moved_data))?;

    for (door, slot) in moved.doors.iter().zip(base..) {
        make_door(&mut first, *door, table, slot)?;
    }
    keep_elements(&mut first, |id| !moved.all.contains(&id))?;
    let gone: Vec<_> = exported(&first).filter(|(_, function)| moved.all.contains(function)).map(|(export, _)| export).collect();
    gone.into_iter().for_each(|export| first.exports.delete(export));
    let main = first.tables.get_mut(table);
    main.initial = size;
    main.maximum = main.maximum.map(|maximum| maximum.max(size));
    export_what_is_asked(&mut first, &mut later, border, &ids, &build)?;
    walrus::passes::gc::run(&mut first);
    let (first, later) = (first.emit_wasm(), later.emit_wasm());
    check_data(&data, &relocs::segments(&first)?, &relocs::segments(&later)?, &moved_data)?;
    Ok((first, later))
}

/// What the second wasm asks for, the first one exports: by the name it has already, or by a short one.
fn export_what_is_asked(first: &mut Module, later: &mut Module, border: Border, ids: &[FunctionId], build: &str) -> Result<()> {
    let mut taken: HashSet<String> = first.exports.iter().map(|export| export.name.clone()).collect();
    let mut free = (0..).map(|number| format!("{}{number}", border.letter()));
    for import in later.imports.iter_mut().filter(|import| import.module == FIRST) {
        let at: usize = import.name.parse().with_context(|| format!("{} is no name of this splitter", import.name))?;
        let exports = &first.exports;
        let (item, known): (Option<ExportItem>, _) = match import.kind {
            ImportKind::Function(_) => {
                let id = ids.get(at).copied();
                (id.map(Into::into), id.and_then(|id| exports.get_exported_func(id)))
            }
            ImportKind::Global(_) => {
                let id = first.globals.iter().nth(at).map(|global| global.id());
                (id.map(Into::into), id.and_then(|id| exports.get_exported_global(id)))
            }
            ImportKind::Table(_) => {
                let id = first.tables.iter().nth(at).map(|table| table.id());
                (id.map(Into::into), id.and_then(|id| exports.get_exported_table(id)))
            }
            // By a name of its own, which no other build has.
            ImportKind::Memory(_) => (first.memories.iter().nth(at).map(|memory| memory.id().into()), None),
            ImportKind::Tag(_) => (None, None),
        };
        let item = item.with_context(|| format!("the first wasm has no {}", import.name))?;
        import.name = match known {
            Some(export) => export.name.clone(),
            None => {
                let name = match import.kind {
                    ImportKind::Memory(_) => Some(format!("{}.{build}", border.letter())),
                    _ => free.find(|name| taken.insert(name.clone())),
                };
                let name = name.context("there are too many names")?;
                first.exports.add(&name, item);
                name
            }
        };
    }
    Ok(())
}

/// What moves.
struct Moved {
    doors: Vec<FunctionId>,
    all: HashSet<FunctionId>,
}

impl Moved {
    fn of(module: &Module, border: Border) -> Result<Self> {
        match border {
            Border::Later => Self::later(module),
            Border::Opener { panics } => Self::behind_opener(module, panics),
        }
    }

    fn later(module: &Module) -> Result<Self> {
        let named = |id: FunctionId, test: &dyn Fn(&str) -> bool| module.funcs.get(id).name.as_deref().is_some_and(test);
        let doors: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).filter(|id| named(*id, &is_door)).collect();
        if doors.is_empty() {
            bail!("the wasm has no function of the module `later`: are its names gone?");
        }
        // A function in the table may be called by anyone, unless it belongs to `later`: only that can have given it away.
        let listed = module.elements.iter().flat_map(|segment| match &segment.items {
            ElementItems::Functions(ids) => ids.clone(),
            ElementItems::Expressions(_, items) => items.iter().filter_map(function_of).collect(),
        });
        let listed = listed.filter(|id| !named(*id, &|name| name.contains(MODULE)));
        let roots = exported(module).map(|(_, id)| id).chain(listed).chain(module.start).collect();
        Ok(Self::but(module, roots, doors))
    }

    fn behind_opener(module: &Module, panics: bool) -> Result<Self> {
        let named = |id: &FunctionId| name_of(module, *id).starts_with(OPENER) || MEMORY.contains(&name_of(module, *id));
        let roots: Vec<FunctionId> = exported(module).map(|(_, id)| id).filter(named).collect();
        if !roots.iter().any(|id| named(id) && !MEMORY.contains(&name_of(module, *id))) {
            bail!("the wasm has no function of the class Opener: are its names gone?");
        }
        let moved = Self::but(module, roots, Vec::new());
        // Nobody could say where such a call leads, and the table is not filled yet: a call of what is not there is a trap. So a panic traps either way.
        let calls = |id: &FunctionId| matches!(&module.funcs.get(*id).kind, FunctionKind::Local(function) if calls_by_table(function));
        if !panics && let Some(id) = module.funcs.iter_local().map(|(id, _)| id).filter(|id| !moved.all.contains(id)).find(calls) {
            bail!("{} calls by the table, and the opener uses it", module.funcs.get(id).name.as_deref().unwrap_or("a function"));
        }
        Ok(moved)
    }

    /// All that cannot be reached from the roots but through doors.
    fn but(module: &Module, mut stack: Vec<FunctionId>, doors: Vec<FunctionId>) -> Self {
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
    fn data(&self, module: &Module, linked: &Linked, border: Border) -> Vec<Range<u32>> {
        let (mut first, mut second) = (Part::default(), Part::default());
        for (id, function) in module.funcs.iter_local() {
            let part = if self.all.contains(&id) { &mut second } else { &mut first };
            part.numbers.extend(numbers(function));
            // A shim may have what it calls within.
            part.names.push(name_of(module, id).to_owned());
        }
        match border {
            Border::Later => linked.only_of_second(&first, &second, is_door, |name| name.contains(MODULE)),
            Border::Opener { .. } => linked.not_of_first(&first),
        }
    }
}

/// What a function is called. A shim that the generator of the glue has made bears the name of what it calls, and a word more.
fn name_of(module: &Module, id: FunctionId) -> &str {
    module.funcs.get(id).name.as_deref().and_then(|name| name.split(' ').next()).unwrap_or_default()
}

/// The functions that the page may call, and the exports that let it.
fn exported(module: &Module) -> impl Iterator<Item = (ExportId, FunctionId)> {
    module.exports.iter().filter_map(|export| match export.item {
        ExportItem::Function(id) => Some((export.id(), id)),
        _ => None,
    })
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

fn calls_by_table(function: &LocalFunction) -> bool {
    #[derive(Default)]
    struct Calls(bool);
    impl<'a> Visitor<'a> for Calls {
        fn visit_call_indirect(&mut self, _: &CallIndirect) {
            self.0 = true;
        }
    }
    let mut calls = Calls::default();
    dfs_in_order(&mut calls, function, function.entry_block());
    calls.0
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
fn cut_second(module: &mut Module, goes: &HashSet<usize>, doors: &[usize], base: u64, size: u64, data: Segments) -> Result<()> {
    let table =
        module.tables.main_function_table().context("the wasm has several tables of functions")?.context("the wasm has no table")?;

    let ids: Vec<FunctionId> = module.funcs.iter().map(|function| function.id()).collect();
    let gone: HashSet<FunctionId> = goes.iter().filter_map(|at| ids.get(*at).copied()).collect();
    let kept: Vec<_> = exported(module).filter(|(_, function)| gone.contains(function)).map(|(export, _)| export).collect();
    let exports: Vec<_> = module.exports.iter().map(|export| export.id()).filter(|export| !kept.contains(export)).collect();
    exports.into_iter().for_each(|id| module.exports.delete(id));
    module.start = None;
    keep_elements(module, |id| gone.contains(&id))?;
    if !doors.is_empty() {
        let doors = doors.iter().filter_map(|at| ids.get(*at).copied()).collect();
        add_elements(module, table, i32::try_from(base)?, doors);
    }

    for (at, id) in ids.iter().enumerate() {
        let function = module.funcs.get(*id);
        if !gone.contains(id) && matches!(function.kind, FunctionKind::Local(_)) {
            let ty = function.ty();
            let import = module.imports.add(FIRST, &at.to_string(), ImportKind::Function(*id));
            module.funcs.get_mut(*id).kind = FunctionKind::Import(ImportedFunction { import, ty });
        }
    }
    let globals: Vec<_> = module.globals.iter().map(|global| global.id()).collect();
    for (at, id) in globals.into_iter().enumerate() {
        let import = module.imports.add(FIRST, &at.to_string(), id);
        module.globals.get_mut(id).kind = GlobalKind::Import(import);
    }
    let tables: Vec<_> = module.tables.iter().map(|table| table.id()).collect();
    for (at, id) in tables.into_iter().enumerate() {
        let import = module.imports.add(FIRST, &at.to_string(), id);
        let imported = module.tables.get_mut(id);
        imported.import = Some(import);
        if id == table {
            imported.initial = size;
            imported.maximum = imported.maximum.map(|maximum| maximum.max(size));
        }
    }
    let memories: Vec<_> = module.memories.iter().map(|memory| memory.id()).collect();
    for (at, id) in memories.into_iter().enumerate() {
        let import = module.imports.add(FIRST, &at.to_string(), id);
        module.memories.get_mut(id).import = Some(import);
    }
    replace_data(module, data)?;
    walrus::passes::gc::run(module);
    Ok(())
}

#[cfg(test)]
mod tests;
