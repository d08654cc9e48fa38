//! Puts what the first swipe does not need into a second wasm.
//!
//! The functions of the modules `later` of the player and of its core, and all that only they use, move. They go on sharing memory, tables and globals
//! with the first wasm, which exports what they need and calls them through free places of its table: empty, and so a trap, until the
//! second wasm fills them as it is instantiated. The player calls none before. Data stays where it is: what refers to it cannot be
//! seen any more in a linked module.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use walrus::ir::{Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalKind, ImportKind, ImportedFunction,
    Module, ModuleConfig, TableId,
};

use crate::bindgen::GLUE;
use crate::stamp::Fingerprint;

/// The modules whose functions move, as symbols spell it: every part of a path with its length in front.
const MODULE: &str = "5later";
/// Where they lie: in the player's crate, in its core, and in the player of that.
const PLACES: [&str; 3] = ["11cliffhanger", "16cliffhanger_core", "16cliffhanger_core6player"];
/// The name under which the second wasm imports from the first.
const FIRST: &str = "_";

/// Splits the wasm of the glue in `folder`. `names` keeps function names, for readable stack traces.
pub(crate) fn split(folder: &Path, names: bool) -> Result<()> {
    let file = folder.join(format!("{GLUE}_bg.wasm"));
    let whole = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let (first, later) = cut(&whole, names).with_context(|| format!("cannot split {}", file.display()))?;
    std::fs::write(folder.join(format!("{GLUE}_later.wasm")), later)
        .and_then(|()| std::fs::write(&file, first))
        .with_context(|| format!("cannot write into {}", folder.display()))
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
fn cut(wasm: &[u8], names: bool) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut config = ModuleConfig::new();
    config.generate_name_section(names).generate_producers_section(false);
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
    cut_second(&mut later, &goes, &doors, base, size, &build)?;

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
    Ok((first.emit_wasm(), later.emit_wasm()))
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

/// Makes the second wasm of a whole one.
fn cut_second(module: &mut Module, goes: &HashSet<usize>, doors: &[usize], base: u64, size: u64, build: &str) -> Result<()> {
    let exports: Vec<_> = module.exports.iter().map(|export| export.id()).collect();
    exports.into_iter().for_each(|id| module.exports.delete(id));
    module.start = None;
    let datas: Vec<_> = module.data.iter().map(|data| data.id()).collect();
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
        let imported = module.memories.get_mut(id);
        imported.import = Some(import);
        imported.data_segments.clear();
    }
    datas.into_iter().for_each(|id| module.data.delete(id));
    walrus::passes::gc::run(module);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_door;

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
}
