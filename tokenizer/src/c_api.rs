//! The functions of include/logitlens_tokenizer.h, which documents them. Each runs under `guarded`: no panic
//! gets out.

use std::ffi::c_char;

use tokenizers::AddedToken;

use crate::encoding::Encoding;
use crate::fault::{Fault, guarded};
use crate::pipeline::Pipeline;
use crate::tokenizer_json;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    data: *const c_char,
    size: usize,
}

impl Text {
    fn of(text: &str) -> Self {
        Text { data: text.as_ptr().cast(), size: text.len() }
    }

    /// # Safety
    /// `data` points to `size` bytes that outlive 'a, or `size` is 0.
    unsafe fn read<'a>(self) -> Result<&'a str, Fault> {
        if self.size == 0 {
            return Ok("");
        }
        let bytes = unsafe { std::slice::from_raw_parts(self.data.cast::<u8>(), self.size) };
        std::str::from_utf8(bytes)
            .map_err(|error| Fault::new(format!("byte {}", error.valid_up_to()), "invalid UTF-8", "UTF-8"))
    }
}

/// # Safety
/// `items` points to `count` values that outlive 'a, or `count` is 0.
unsafe fn read_slice<'a, T>(items: *const T, count: usize) -> &'a [T] {
    if count == 0 { &[] } else { unsafe { std::slice::from_raw_parts(items, count) } }
}

#[repr(C)]
pub struct ErrorView {
    field: Text,
    found: Text,
    expected: Text,
    fault: Fault, // what the three point into; not in the header
}

fn report(result: Result<(), Fault>) -> *mut ErrorView {
    let Err(fault) = result else { return std::ptr::null_mut() };
    let (field, found, expected) =
        (Text::of(&fault.field), Text::of(&fault.found), Text::of(&fault.expected));
    Box::into_raw(Box::new(ErrorView { field, found, expected, fault }))
}

#[repr(C)]
pub struct Added {
    content: Text,
    id: u32,
    special: bool,
    single_word: bool,
    lstrip: bool,
    rstrip: bool,
    normalized: bool,
}

#[repr(C)]
pub struct EncodingView {
    size: usize,
    ids: *const u32,
    starts: *const usize,
    ends: *const usize,
    added: *const bool,
    type_ids: *const u32,
    parts: *const u32,
    words: *const i64,
    encoding: Encoding, // what the seven point into; not in the header
}

/// # Safety
/// As the header says; so for all functions below: pointers are valid, and what was freed is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logitlens_tokenizer_from_json(
    json: Text,
    gaps: bool,
    tokenizer: *mut *mut Pipeline,
) -> *mut ErrorView {
    report(guarded("", || {
        let text = unsafe { json.read() }?;
        let pipeline = tokenizer_json::read(text.strip_prefix('\u{feff}').unwrap_or(text), gaps)?;
        unsafe { *tokenizer = Box::into_raw(Box::new(pipeline)) };
        Ok(())
    }))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn logitlens_tokenizer_add(
    tokenizer: *mut Pipeline,
    tokens: *const Added,
    count: usize,
) -> *mut ErrorView {
    report(guarded("", || {
        let read = |token: &Added| -> Result<AddedToken, Fault> {
            Ok(AddedToken {
                content: unsafe { token.content.read() }?.to_string(),
                single_word: token.single_word,
                lstrip: token.lstrip,
                rstrip: token.rstrip,
                normalized: token.normalized,
                special: token.special,
            })
        };
        let tokens = unsafe { read_slice(tokens, count) }.iter().map(read).collect::<Result<_, _>>()?;
        unsafe { &mut *tokenizer }.add(tokens)
    }))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn logitlens_tokenizer_free(tokenizer: *mut Pipeline) {
    free(tokenizer);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn logitlens_tokenizer_encode(
    tokenizer: *const Pipeline,
    text: Text,
    second: *const Text,
    special: bool,
    view: *mut *mut EncodingView,
) -> *mut ErrorView {
    report(guarded("", || {
        let second = unsafe { second.as_ref() }.map(|second| unsafe { second.read() }).transpose()?;
        let encoding = unsafe { &*tokenizer }.encode(unsafe { text.read() }?, second, special)?;
        let boxed = Box::new(EncodingView {
            size: encoding.ids.len(),
            ids: encoding.ids.as_ptr(),
            starts: encoding.starts.as_ptr(),
            ends: encoding.ends.as_ptr(),
            added: encoding.added.as_ptr(),
            type_ids: encoding.type_ids.as_ptr(),
            parts: encoding.parts.as_ptr(),
            words: encoding.words.as_ptr(),
            encoding,
        });
        unsafe { *view = Box::into_raw(boxed) };
        Ok(())
    }))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn logitlens_tokenizer_encoding_free(encoding: *mut EncodingView) {
    free(encoding);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn logitlens_tokenizer_size(tokenizer: *const Pipeline) -> u32 {
    unsafe { &*tokenizer }.tokens.len() as u32
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn logitlens_tokenizer_token(tokenizer: *const Pipeline, id: u32) -> Text {
    let pipeline = unsafe { &*tokenizer };
    Text::of(pipeline.tokens.get(id as usize).map_or("", String::as_str))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn logitlens_tokenizer_id(tokenizer: *const Pipeline, text: Text) -> i64 {
    let find = || Ok(unsafe { &*tokenizer }.id(unsafe { text.read() }?).map_or(-1, i64::from));
    guarded("", find).unwrap_or(-1)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn logitlens_tokenizer_added(
    tokenizer: *const Pipeline,
    index: usize,
    out: *mut Added,
) -> bool {
    let pipeline = unsafe { &*tokenizer };
    let Some((id, token)) = pipeline.added.get(index) else { return false };
    let added = Added {
        content: Text::of(&token.content),
        id: *id,
        special: token.special,
        single_word: token.single_word,
        lstrip: token.lstrip,
        rstrip: token.rstrip,
        normalized: token.normalized,
    };
    unsafe { out.write(added) };
    true
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn logitlens_tokenizer_description(tokenizer: *const Pipeline) -> Text {
    Text::of(&unsafe { &*tokenizer }.description)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn logitlens_tokenizer_error_free(error: *mut ErrorView) {
    free(error);
}

fn free<T>(boxed: *mut T) {
    if !boxed.is_null() {
        // Nothing to report to: what cannot be freed is leaked.
        let _ = guarded("", || {
            drop(unsafe { Box::from_raw(boxed) });
            Ok(())
        });
    }
}
