//! Reading and writing big-endian bytes and boxes (ISO/IEC 14496-12, 4.2). Nothing here trusts a size.

use super::fault::Fault;

/// A box type as a number: `cc(b"moov")`.
pub(super) const fn cc(name: &[u8; 4]) -> u32 {
    u32::from_be_bytes(*name)
}

/// Bytes from the front of a slice; [`Fault::Malformed`] when it is too short.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    #[inline(never)]
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let (head, rest) = self.0.split_at_checked(count).ok_or(Fault::Malformed)?;
        self.0 = rest;
        Ok(head)
    }

    /// A number of `width` bytes, at most 8.
    pub(super) fn number(&mut self, width: usize) -> Result<u64, Fault> {
        Ok(self.take(width)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    pub(super) fn u8(&mut self) -> Result<u8, Fault> {
        Ok(self.number(1)? as u8)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Fault> {
        Ok(self.number(4)? as u32)
    }

    /// The next box: its type and what it holds. `None` at the end.
    pub(super) fn next_box(&mut self) -> Result<Option<(u32, &'a [u8])>, Fault> {
        // Some writers end a container with a zero instead of a box.
        if self.0.len() < 8 {
            return Ok(None);
        }
        let mut size = self.number(4)?;
        let kind = self.u32()?;
        let mut header = 8;
        if size == 1 {
            size = self.number(8)?;
            header = 16;
        }
        let body = size.checked_sub(header).and_then(|body| usize::try_from(body).ok()).ok_or(Fault::Malformed)?;
        Ok(Some((kind, self.take(body)?)))
    }

    /// The first box of that type.
    pub(super) fn find(self, kind: u32) -> Result<Option<Reader<'a>>, Fault> {
        let mut rest = self;
        while let Some((found, body)) = rest.next_box()? {
            if found == kind {
                return Ok(Some(Reader(body)));
            }
        }
        Ok(None)
    }

    /// The first box of that type, which must be there.
    pub(super) fn need(self, kind: u32) -> Result<Reader<'a>, Fault> {
        self.find(kind)?.ok_or(Fault::Tables)
    }

    /// The rows of a full box that starts with a count: `version, flags, count, rows` of `width` bytes. Also its version.
    pub(super) fn rows(mut self, width: usize) -> Result<(u8, Reader<'a>), Fault> {
        let version = (self.u32()? >> 24) as u8;
        let count = self.u32()? as usize;
        let rows = count.checked_mul(width).ok_or(Fault::Tables)?;
        Ok((version, Reader(self.take(rows).map_err(|_| Fault::Tables)?)))
    }
}

/// Bytes being written.
#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.u32((value >> 32) as u32);
        self.u32(value as u32);
    }

    /// Several 32-bit numbers.
    pub(super) fn words(&mut self, values: &[u32]) {
        for value in values {
            self.u32(*value);
        }
    }

    /// Writes `value` over four bytes.
    pub(super) fn patch(&mut self, at: usize, value: u32) {
        if let Some(place) = self.0.get_mut(at..at.saturating_add(4)) {
            place.copy_from_slice(&value.to_be_bytes());
        }
    }

    /// Starts a box; hand the answer to [`Writer::end`].
    pub(super) fn begin(&mut self, kind: u32) -> usize {
        let at = self.0.len();
        self.words(&[0, kind]);
        at
    }

    pub(super) fn end(&mut self, at: usize) {
        self.patch(at, (self.0.len() - at) as u32);
    }

    /// A box with that content.
    pub(super) fn boxed(&mut self, kind: u32, body: &[u8]) {
        let at = self.begin(kind);
        self.0.extend_from_slice(body);
        self.end(at);
    }

    /// A box of 32-bit numbers.
    pub(super) fn box_of(&mut self, kind: u32, values: &[u32]) {
        let at = self.begin(kind);
        self.words(values);
        self.end(at);
    }
}
