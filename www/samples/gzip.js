/** The application's own compression: `GZIP_V1:` and base64 of gzip of JSON. */

const MARK = "GZIP_V1:";
/** Bytes turned into text at once; more arguments than this overflow the stack of some engines. */
const SLICE = 0x8000;

/** JSON text as the application compressed it. */
export async function gzipText(json) {
  const stream = new Blob([json]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = "";
  for (let from = 0; from < bytes.length; from += SLICE) {
    binary += String.fromCharCode(...bytes.subarray(from, from + SLICE));
  }
  return MARK + btoa(binary);
}

/** Compressed text of which the end is missing, as after a disk that ran full. */
export function truncated(text) {
  const body = text.slice(MARK.length);
  return MARK + body.slice(0, Math.floor(body.length * 0.15) * 4);
}
