// Reads from the first bytes of an image how large it is when it is drawn: a small file can hold a huge one.

/** In pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Null where the bytes don't tell, or are none of an image that the page may draw. */
export function imageSizeOf(bytes: Uint8Array): ImageSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const size = pngSize(view) ?? gifSize(view) ?? webpSize(view) ?? jpegSize(view);
    return size === null || size.width === 0 || size.height === 0 ? null : size;
  } catch (error) {
    // It is cut off before the place where it tells.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function textAt(view: DataView, offset: number, length: number): string {
  return String.fromCharCode(...Array.from({ length }, (_, index) => view.getUint8(offset + index)));
}

/** Source: PNG specification, "IHDR Image header", which is the first chunk. */
function pngSize(view: DataView): ImageSize | null {
  if (textAt(view, 0, 4) !== '\x89PNG') return null;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Source: GIF89a specification, "Logical Screen Descriptor". */
function gifSize(view: DataView): ImageSize | null {
  if (textAt(view, 0, 4) !== 'GIF8') return null;
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** Source: RFC 9649, "WebP Container Specification"; RFC 6386, "Uncompressed Data Chunk" for what is lossy. */
function webpSize(view: DataView): ImageSize | null {
  if (textAt(view, 0, 4) !== 'RIFF' || textAt(view, 8, 4) !== 'WEBP') return null;
  switch (textAt(view, 12, 4)) {
    case 'VP8X':
      return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
    }
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    default:
      return null;
  }
}

function uint24(view: DataView, offset: number): number {
  return view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
}

/** Follows the segments to the one that begins a frame. Source: ITU T.81, annex B. */
function jpegSize(view: DataView): ImageSize | null {
  if (view.getUint16(0) !== 0xffd8) return null;
  for (let offset = 2; ;) {
    if (view.getUint8(offset) !== 0xff) return null;
    const marker = view.getUint8(offset + 1);
    if (marker === 0xff) {
      // Any number of these may fill the room before a marker.
      offset += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(offset + 7), height: view.getUint16(offset + 5) };
    offset += 2 + view.getUint16(offset + 2);
  }
}
