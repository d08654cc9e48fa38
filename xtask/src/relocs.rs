//! Who refers to which data: what the linker tells when it is run with `--emit-relocs`.
//!
//! Its sections `linking` and `reloc.*` name every piece of data, with its place, and every address of one that stands in a function or in other
//! data. They hold for the module as it is linked, whose functions and segments later tools move about; names and addresses stay.
//! (<https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>)

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use anyhow::{Context, Result, bail};
use wasmparser::{
    BinaryReader, DataKind, ElementItems, ExternalKind, KnownCustom, Linking, Operator, Parser, Payload, RelocationEntry,
    RelocationType as Type, SymbolFlags, SymbolInfo, TypeRef,
};

/// What its data puts into memory, in order: an address and the bytes from there.
pub(crate) type Segments = Vec<(u32, Vec<u8>)>;

/// A linked module.
#[derive(Default)]
pub(crate) struct Linked {
    functions: Vec<Function>,
    /// A function may have several names, and share one.
    names: HashMap<String, Vec<usize>>,
    /// What the page may call.
    exported: Vec<usize>,
    /// What may be called through the table.
    listed: Vec<usize>,
    /// By address; none overlaps another.
    pieces: Vec<Piece>,
    segments: Segments,
}

#[derive(Default)]
struct Function {
    names: Vec<String>,
    /// What it calls, and whose addresses it takes.
    functions: BTreeSet<usize>,
    pieces: BTreeSet<usize>,
}

/// Data that has a name of its own, or several.
struct Piece {
    place: Range<u32>,
    /// The pieces whose addresses stand in it.
    pieces: BTreeSet<usize>,
    /// Also reached in ways that are not told.
    stays: bool,
}

/// One of the parts into which the functions of a module are divided, after whatever was done to it since it was linked.
#[derive(Default)]
pub(crate) struct Part {
    /// Of its functions. One that the linked module does not name was made later, of what others here were or call: it reaches nothing that those
    /// do not.
    pub(crate) names: Vec<String>,
    /// Numbers in its code, any of which may be an address.
    pub(crate) numbers: HashSet<u32>,
}

/// A symbol of the linked module.
enum Symbol {
    Function(usize),
    /// The piece of it, and where it begins itself.
    Piece(usize, u32),
    /// Has no bytes that could move.
    Other,
}

/// The sections of a linked module, before they are put together.
#[derive(Default)]
struct Sections<'a> {
    imported: usize,
    exported: Vec<usize>,
    listed: Vec<usize>,
    /// Where the contents of the code begin in the file, and the functions in it with what they call.
    code: usize,
    bodies: Vec<(Range<usize>, Vec<usize>)>,
    /// Where the contents of the data begin, and the bytes of each segment.
    data: usize,
    segments: Vec<(Range<usize>, u32)>,
    symbols: Vec<SymbolInfo<'a>>,
    in_code: Vec<RelocationEntry>,
    in_data: Vec<RelocationEntry>,
}

impl Linked {
    pub(crate) fn read(wasm: &[u8]) -> Result<Self> {
        let sections = Sections::read(wasm)?;
        if sections.symbols.is_empty() {
            bail!("the linker left no symbols: is --emit-relocs gone?");
        }
        let count = sections.imported + sections.bodies.len();
        let mut linked = Self { segments: segments(wasm)?, ..Self::default() };
        linked.functions.resize_with(count, Function::default);
        for ((_, calls), function) in sections.bodies.iter().zip(linked.functions.iter_mut().skip(sections.imported)) {
            function.functions.extend(calls);
        }
        let symbols = linked.symbols(&sections)?;

        for entry in &sections.in_code {
            let at = sections.code + entry.relocation_range().start;
            let body = sections.bodies.partition_point(|(body, _)| body.end <= at);
            let function = linked.functions.get_mut(sections.imported + body).context("an address stands behind all functions")?;
            match symbol(&symbols, entry)? {
                Symbol::Function(id) => _ = function.functions.insert(*id),
                Symbol::Piece(piece, begin) => {
                    verify(wasm, at, entry, *begin)?;
                    function.pieces.insert(*piece);
                }
                Symbol::Other => {}
            }
        }
        for entry in &sections.in_data {
            let at = sections.data + entry.relocation_range().start;
            let segment = sections.segments.iter().find(|(bytes, _)| bytes.contains(&at)).context("an address stands outside the data")?;
            let address = segment.1 + u32::try_from(at - segment.0.start)?;
            // What calls a function through data is known by the table.
            let Symbol::Piece(piece, begin) = symbol(&symbols, entry)? else { continue };
            verify(wasm, at, entry, *begin)?;
            let piece = *piece;
            match linked.piece_at(address).and_then(|holder| linked.pieces.get_mut(holder)) {
                Some(holder) => _ = holder.pieces.insert(piece),
                None => linked.pieces.get_mut(piece).into_iter().for_each(|piece| piece.stays = true),
            }
        }
        linked.exported = sections.exported;
        linked.listed = sections.listed;
        Ok(linked)
    }

    /// Takes the names of functions and the pieces of data from the symbols.
    fn symbols(&mut self, sections: &Sections) -> Result<Vec<Symbol>> {
        let mut places = Vec::new();
        let mut endless = BTreeSet::new();
        for symbol in &sections.symbols {
            let SymbolInfo::Data { flags, symbol: Some(symbol), .. } = symbol else { continue };
            if flags.contains(SymbolFlags::ABSOLUTE) {
                continue;
            }
            let (_, base) = sections.segments.get(symbol.index as usize).context("a symbol has no segment")?;
            let begin = base + symbol.offset;
            if symbol.size == 0 {
                endless.insert(symbol.index as usize);
            }
            places.push((begin..begin + symbol.size, flags.intersects(SymbolFlags::EXPORTED | SymbolFlags::NO_STRIP)));
        }
        places.sort_by_key(|(place, _)| (place.start, place.end));
        for (place, stays) in places.into_iter().filter(|(place, _)| !place.is_empty()) {
            match self.pieces.last_mut() {
                // One within the other, such as the end of a text.
                Some(last) if place.start < last.place.end => {
                    last.place.end = last.place.end.max(place.end);
                    last.stays |= stays;
                }
                _ => self.pieces.push(Piece { place, pieces: BTreeSet::new(), stays }),
            }
        }
        // A name without a size may stand for all that follows it.
        for (bytes, base) in endless.iter().filter_map(|segment| sections.segments.get(*segment)) {
            let end = base + u32::try_from(bytes.len())?;
            self.pieces.iter_mut().filter(|piece| (*base..end).contains(&piece.place.start)).for_each(|piece| piece.stays = true);
        }

        sections.symbols.iter().map(|symbol| self.symbol(symbol, sections)).collect()
    }

    fn symbol(&mut self, symbol: &SymbolInfo, sections: &Sections) -> Result<Symbol> {
        Ok(match symbol {
            SymbolInfo::Func { index, name, .. } => {
                let id = *index as usize;
                let function = self.functions.get_mut(id).context("a symbol is of no function")?;
                if let Some(name) = name {
                    function.names.push((*name).to_owned());
                    self.names.entry((*name).to_owned()).or_default().push(id);
                }
                Symbol::Function(id)
            }
            SymbolInfo::Data { flags, symbol: Some(symbol), .. } if !flags.contains(SymbolFlags::ABSOLUTE) => {
                let (_, base) = sections.segments.get(symbol.index as usize).context("a symbol has no segment")?;
                let begin = base + symbol.offset;
                self.piece_at(begin).map_or(Symbol::Other, |piece| Symbol::Piece(piece, begin))
            }
            _ => Symbol::Other,
        })
    }

    fn piece_at(&self, address: u32) -> Option<usize> {
        let at = self.pieces.partition_point(|piece| piece.place.end <= address);
        self.pieces.get(at).filter(|piece| piece.place.contains(&address)).map(|_| at)
    }

    /// What the data puts into memory.
    pub(crate) fn segments(&self) -> &Segments {
        &self.segments
    }

    /// The data that only the part `second` reaches, by address. What the page and the table call belongs to the other part, except that which is
    /// `named` as one of the second's own in the table; what calls a `door` does not reach what is behind it. At any doubt data is not in the answer.
    pub(crate) fn only_of_second(
        &self,
        first: &Part,
        second: &Part,
        door: impl Fn(&str) -> bool,
        named: impl Fn(&str) -> bool,
    ) -> Vec<Range<u32>> {
        let is = |id: usize, test: &dyn Fn(&str) -> bool| {
            self.functions.get(id).is_some_and(|function| function.names.iter().any(|name| test(name)))
        };
        let listed = self.listed.iter().copied().filter(|id| !is(*id, &named));
        let roots = self.exported.iter().copied().chain(listed).chain(self.called(first));
        let kept = self.functions_from(roots, |id| is(id, &door));
        let doubtful = self.pieces.iter().enumerate().filter(|(_, piece)| piece.stays).map(|(at, _)| at);
        let kept = self.pieces_from(&kept, doubtful.chain(first.numbers.iter().filter_map(|number| self.piece_at(*number))));
        let moved = self.pieces_from(&self.functions_from(self.called(second), |_| false), []);

        self.places(moved.difference(&kept).copied())
    }

    /// Where these pieces lie; they are in order.
    fn places(&self, pieces: impl Iterator<Item = usize>) -> Vec<Range<u32>> {
        let mut places: Vec<Range<u32>> = Vec::new();
        let mut last = None;
        for at in pieces {
            let Some(piece) = self.pieces.get(at) else { continue };
            match places.last_mut() {
                // Nobody's zeros between neighbours go with them.
                Some(place) if last.map(|last| last + 1) == Some(at) && self.is_zero(place.end..piece.place.start) => {
                    place.end = piece.place.end;
                }
                _ => places.push(piece.place.clone()),
            }
            last = Some(at);
        }
        places
    }

    /// The data that the part `first` does not reach, by address, where it is all that is at work before the rest has come. At any doubt data is not in
    /// the answer.
    pub(crate) fn not_of_first(&self, first: &Part) -> Vec<Range<u32>> {
        let doubtful = self.pieces.iter().enumerate().filter(|(_, piece)| piece.stays).map(|(at, _)| at);
        let numbers = first.numbers.iter().filter_map(|number| self.piece_at(*number));
        let kept = self.pieces_from(&self.functions_from(self.called(first), |_| false), doubtful.chain(numbers));
        self.places((0..self.pieces.len()).filter(|at| !kept.contains(at)))
    }

    /// The functions of a part, as far as they were there when the module was linked.
    fn called(&self, part: &Part) -> impl Iterator<Item = usize> {
        part.names.iter().filter_map(|name| self.names.get(name)).flatten().copied()
    }

    fn functions_from(&self, roots: impl Iterator<Item = usize>, ends: impl Fn(usize) -> bool) -> BTreeSet<usize> {
        let mut stack: Vec<usize> = roots.collect();
        let mut reached = BTreeSet::new();
        while let Some(id) = stack.pop() {
            if let Some(function) = self.functions.get(id)
                && reached.insert(id)
            {
                stack.extend(function.functions.iter().copied().filter(|id| !ends(*id)));
            }
        }
        reached
    }

    fn pieces_from(&self, functions: &BTreeSet<usize>, also: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let named = functions.iter().filter_map(|id| self.functions.get(*id)).flat_map(|function| function.pieces.iter().copied());
        let mut stack: Vec<usize> = named.chain(also).collect();
        let mut reached = BTreeSet::new();
        while let Some(at) = stack.pop() {
            if let Some(piece) = self.pieces.get(at)
                && reached.insert(at)
            {
                stack.extend(&piece.pieces);
            }
        }
        reached
    }

    /// Whether one segment has these bytes, and all are zero.
    fn is_zero(&self, place: Range<u32>) -> bool {
        self.segments.iter().any(|(base, bytes)| {
            let within = |address: u32| address.checked_sub(*base).map(|at| at as usize);
            let bytes = within(place.start).zip(within(place.end)).and_then(|(start, end)| bytes.get(start..end));
            bytes.is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0))
        })
    }
}

impl<'a> Sections<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut sections = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.context("cannot read the linked wasm")? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        sections.imported += usize::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        if matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact) {
                            sections.exported.push(export.index as usize);
                        }
                    }
                }
                Payload::StartSection { func, .. } => sections.exported.push(func as usize),
                Payload::ElementSection(elements) => {
                    for element in elements {
                        let ElementItems::Functions(items) = element?.items else { bail!("the linker's table holds more than functions") };
                        for item in items {
                            sections.listed.push(item? as usize);
                        }
                    }
                }
                Payload::CodeSectionStart { range, .. } => sections.code = range.start,
                Payload::CodeSectionEntry(body) => {
                    let mut calls = Vec::new();
                    for operator in body.get_operators_reader()? {
                        if let Operator::Call { function_index }
                        | Operator::ReturnCall { function_index }
                        | Operator::RefFunc { function_index } = operator?
                        {
                            calls.push(function_index as usize);
                        }
                    }
                    sections.bodies.push((body.range(), calls));
                }
                Payload::DataSection(data) => {
                    sections.data = data.range().start;
                    for segment in data {
                        let segment = segment?;
                        let bytes = segment.range.end - segment.data.len()..segment.range.end;
                        sections.segments.push((bytes, place(&segment.kind)?));
                    }
                }
                Payload::CustomSection(custom) => match custom.as_known() {
                    KnownCustom::Linking(linking) => {
                        for part in linking {
                            if let Linking::SymbolTable(symbols) = part? {
                                sections.symbols = symbols.into_iter().collect::<Result<_, _>>()?;
                            }
                        }
                    }
                    KnownCustom::Reloc(relocs) => {
                        let entries = relocs.entries().into_iter().collect::<Result<_, _>>()?;
                        match custom.name() {
                            "reloc.CODE" => sections.in_code = entries,
                            "reloc.DATA" => sections.in_data = entries,
                            // What debuggers read.
                            _ => {}
                        }
                    }
                    _ if custom.name().starts_with("reloc.") => bail!("cannot read {} of the linked wasm", custom.name()),
                    _ => {}
                },
                _ => {}
            }
        }
        Ok(sections)
    }
}

/// The symbol of an entry; types of functions are not among them.
fn symbol<'a>(symbols: &'a [Symbol], entry: &RelocationEntry) -> Result<&'a Symbol> {
    if entry.ty == Type::TypeIndexLeb {
        return Ok(&Symbol::Other);
    }
    symbols.get(entry.index as usize).context("an address is of no symbol")
}

/// Fails unless the address in the file is the one that the entry speaks of: else this reader is wrong, or the file was changed.
fn verify(wasm: &[u8], at: usize, entry: &RelocationEntry, begin: u32) -> Result<()> {
    let bytes = wasm.get(at..at + entry.ty.extent()).context("an address stands behind the end of the file")?;
    let found = match entry.ty {
        Type::MemoryAddrLeb => i64::from(BinaryReader::new(bytes, at).read_var_u32()?),
        Type::MemoryAddrSleb => i64::from(BinaryReader::new(bytes, at).read_var_i32()?),
        Type::MemoryAddrI32 => i64::from(BinaryReader::new(bytes, at).read_u32()?),
        other => bail!("addresses of the kind {other:?} are not understood"),
    };
    if found != i64::from(begin) + entry.addend {
        bail!("at {at} the linked wasm has the address {found} instead of {begin} and {}", entry.addend);
    }
    Ok(())
}

fn place(kind: &DataKind) -> Result<u32> {
    if let DataKind::Active { memory_index: 0, offset_expr } = kind
        && let Operator::I32Const { value } = offset_expr.get_operators_reader().read()?
    {
        return Ok(value.cast_unsigned());
    }
    bail!("a part of the data lies at no fixed place")
}

/// What a module's data puts into memory.
pub(crate) fn segments(wasm: &[u8]) -> Result<Segments> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::DataSection(data) = payload? {
            for segment in data {
                let segment = segment?;
                found.push((place(&segment.kind)?, segment.data.to_vec()));
            }
        }
    }
    Ok(found)
}

/// The bytes by their addresses, without zeros: memory begins with those.
pub(crate) fn image<'a>(segments: impl IntoIterator<Item = &'a (u32, Vec<u8>)>) -> BTreeMap<u32, u8> {
    let all = segments.into_iter().flat_map(|(base, bytes)| (*base..).zip(bytes.iter().copied()));
    let mut image: BTreeMap<u32, u8> = all.collect();
    image.retain(|_, byte| *byte != 0);
    image
}

/// The module without what the linker tells: tools that change a module leave it as it was, and it would be shipped.
pub(crate) fn without(wasm: &[u8]) -> Result<Vec<u8>> {
    let telling = |known: KnownCustom| matches!(known, KnownCustom::Linking(_) | KnownCustom::Reloc(_));
    parted(wasm, telling).map(|(kept, _)| kept)
}

/// The module without the names of its functions, and the section that has them: put behind the module it is part of it again.
pub(crate) fn without_names(wasm: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    parted(wasm, |known| matches!(known, KnownCustom::Name(_)))
}

/// The module without those custom sections, and the sections.
fn parted(wasm: &[u8], goes: impl Fn(KnownCustom) -> bool) -> Result<(Vec<u8>, Vec<u8>)> {
    let (mut kept, mut gone) = (Vec::with_capacity(wasm.len()), Vec::new());
    let mut begin = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.context("cannot read the wasm")?;
        let end = match (&payload, payload.as_section()) {
            (Payload::Version { range, .. }, _) => range.end,
            (_, Some((_, range))) => range.end,
            _ => continue,
        };
        let goes = matches!(&payload, Payload::CustomSection(custom) if goes(custom.as_known()));
        let part = if goes { &mut gone } else { &mut kept };
        part.extend_from_slice(wasm.get(begin..end).context("a section is behind the end of the file")?);
        begin = end;
    }
    Ok((kept, gone))
}
