// Strings from texts, vocabularies and files, made safe and readable. They reach the page as text nodes only.

// As src/base/escape.cpp: control, format, unassigned and private characters are written out; the two joiners belong
// to Persian and Indic spelling.
const hidden = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

export function shown(text: string): string {
  return text.replace(hidden, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x200c || code === 0x200d) return character;
    if (code === 10) return "\\n";
    if (code === 13) return "\\r";
    if (code === 9) return "\\t";
    if (code < 0x100) return "\\x" + code.toString(16).padStart(2, "0");
    return code < 0x10000 ? "\\u" + code.toString(16).padStart(4, "0") : "\\U" + code.toString(16).padStart(8, "0");
  });
}

// The characters that byte-level vocabularies write bytes as: printable ones stand for themselves, the others follow
// from U+0100 on.
const bytesOfLetters = ((): Map<string, number> => {
  const map = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; ++byte) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    map.set(String.fromCharCode(printable ? byte : next++), byte);
  }
  return map;
})();

function fromBytes(token: string): string | null {
  const bytes: number[] = [];
  for (const letter of token) {
    const byte = bytesOfLetters.get(letter);
    if (byte === undefined) return null;
    bytes.push(byte);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(bytes));
  } catch {
    return null; // a part of a character
  }
}

// How a vocabulary writes the space before a word; found from the text's own tokens.
export type Spelling = "plain" | "byte-level" | "sentencepiece";
export function spellingOf(tokens: readonly { token: string; special: boolean }[]): Spelling {
  const own = tokens.filter((token) => !token.special);
  if (own.some((token) => token.token.startsWith("\u0120"))) return "byte-level";
  if (own.some((token) => token.token.startsWith("\u2581"))) return "sentencepiece";
  return "plain";
}

// A vocabulary's string as a person reads it; a space in front becomes visible, none is lost.
export function readable(token: string, spelling: Spelling): string {
  let text = token;
  if (spelling === "byte-level") text = fromBytes(token) ?? token;
  if (spelling === "sentencepiece") text = token.replace(/\u2581/g, " ");
  return shown(text).replace(/^ +/, (spaces) => "\u2423".repeat(spaces.length)) || "\u2205";
}

// A word without the mark that it begins with a space: for headings and sentences.
export function bare(token: string, spelling: Spelling): string {
  const text = readable(token, spelling);
  return spelling === "plain" ? text : text.replace(/^\u2423(?=.)/, "");
}

// From byte offsets, as tokens have them, to offsets of the string.
export function stringOffsets(text: string): (byte: number) => number {
  const offsets = new Map<number, number>([[0, 0]]);
  let bytes = 0;
  let units = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    units += character.length;
    offsets.set(bytes, units);
  }
  return (byte) => offsets.get(byte) ?? text.length;
}
