"""Reading uploads: type by content, metadata read and stripped, pictures re-encoded."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from gridpact.core.access import Refused
from gridpact.core.clock import LOCAL

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000  # a 50-megapixel phone camera; anything above is refused before decoding
LONG_SIDE = 2000
THUMB_SIDE = 400
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")  # JPEG opens multi-picture files too


@dataclass(frozen=True, slots=True)
class Picture:
    """A file made safe: `data` and `thumb` are JPEG bytes (a PDF has no thumb); place is WGS-84."""

    kind: str
    data: bytes
    thumb: bytes
    sha256: str
    width: int = 0
    height: int = 0
    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None


def read_upload(data: bytes, name: str) -> Picture:
    """Turn uploaded bytes into a `Picture`.

    Raises `Refused` (422) naming the file when it is no readable picture or PDF, empty, above
    20 MB (413) or above 50 million pixels.
    """
    name = name[:60]
    if not data:
        raise Refused("file_empty", 422, field="file", name=name)
    if len(data) > MAX_BYTES:
        raise Refused("file_large", 413, field="file", name=name, most=MAX_BYTES // 1024 // 1024)
    if data.startswith(b"%PDF-"):
        if name.lower().endswith((".jpg", ".jpeg", ".png", ".webp", ".gif", ".heic")):
            raise Refused("file_kind", 422, field="file", name=name)
        return Picture("pdf", data, b"", hashlib.sha256(data).hexdigest())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _read_picture(data, name)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused("file_kind", 422, field="file", name=name) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("picture_large", 422, field="file", name=name) from error


def _read_picture(data: bytes, name: str) -> Picture:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise Refused("picture_large", 422, field="file", name=name)
        taken_at, lon, lat = _metadata(image)
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((LONG_SIDE, LONG_SIDE))
    big = _jpeg(upright, 85)
    small = upright.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    return Picture(
        "image", big, _jpeg(small, 78), hashlib.sha256(data).hexdigest(),
        upright.width, upright.height, taken_at, lon, lat,
    )  # fmt: skip


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    clean.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def _metadata(image: Image.Image) -> tuple[datetime | None, float | None, float | None]:
    """Time taken (camera clocks run on local time) and place from EXIF; junk counts as absent."""
    try:
        exif = image.getexif()
        details = exif.get_ifd(ExifTags.IFD.Exif)
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except (ValueError, TypeError, SyntaxError, OSError, KeyError):
        return None, None, None
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), 180)
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), 90)
    if lon is None or lat is None:
        lon = lat = None
    raw = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    return _moment(raw), lon, lat


def _moment(raw: object) -> datetime | None:
    try:
        return (
            datetime.strptime(str(raw), "%Y:%m:%d %H:%M:%S").replace(tzinfo=LOCAL).astimezone(UTC)
        )
    except (ValueError, OverflowError):
        return None


def _degrees(parts: object, ref: object, most: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)  # type: ignore[attr-defined]  # EXIF junk raises TypeError, caught below
        value = degrees + minutes / 60 + seconds / 3600
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not 0 <= value <= most:
        return None
    return -value if str(ref) in {"S", "W"} else value
