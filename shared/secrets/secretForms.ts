// The texts as which a secret may turn up: as it is, in Base64, in hexadecimal, in an address, in JSON.

/** Shorter ones would hit words that have nothing to do with it. */
const shortestValue = 6;
const shortestEncoded = 8;
/** A key of many lines is often shown line by line. */
const shortestLine = 16;

/** Every form of `value`, each once; none where it is too short to be told from ordinary text. */
export function formsOf(value: string): readonly string[] {
  const wellFormed = value.toWellFormed();
  if (wellFormed.trim().length < shortestValue) return [];
  const bytes = new TextEncoder().encode(wellFormed);
  const encoded = [...base64Forms(bytes), hexOf(bytes), hexOf(bytes).toUpperCase()];
  const forms = [
    wellFormed,
    ...linesOf(wellFormed),
    ...addressForms(wellFormed),
    JSON.stringify(wellFormed).slice(1, -1),
    ...encoded.filter((form) => form.length >= shortestEncoded),
  ];
  return [...new Set(forms)];
}

/** The same forms for text that is read byte by byte: one character each, as Latin-1 has them. */
export function byteFormsOf(value: string): readonly string[] {
  return formsOf(value).map((form) => latin1Of(new TextEncoder().encode(form)));
}

function linesOf(value: string): string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  return lines.length === 1
    ? []
    : lines.filter((line) => line.length >= shortestLine && !/^-+[A-Z ]+-+$/.test(line));
}

/**
 * Base64 takes three bytes at a time, so the same bytes look different behind zero, one or two others. Of each
 * only the characters count that no neighbour has a share in.
 */
function base64Forms(bytes: Uint8Array): string[] {
  return [0, 1, 2].flatMap((before) => {
    const padded = new Uint8Array(before + bytes.length);
    padded.set(bytes, before);
    const text = btoa(latin1Of(padded));
    const core = text.slice(Math.ceil((before * 8) / 6), Math.floor((padded.length * 8) / 6));
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Encoders differ in which signs they leave, in the case of their digits, and in what a blank becomes. */
function addressForms(value: string): string[] {
  const lax = encodeURIComponent(value);
  const strict = lax.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams({ v: value }).toString().slice(2);
  const upper = [lax, strict, form, encodeURI(value)];
  const lower = upper.map((text) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  return [...upper, ...lower];
}

function latin1Of(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
