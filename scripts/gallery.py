#!/usr/bin/env python3
"""Runs experiments/gallery.exp and writes docs/gallery.md: every figure with the cell that draws it.

The program: RUNEXP, else .build/release/runexp. Pictures are made half as large, to be light in a repository.
"""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs/images/gallery"
HEAD = """# Every kind of figure

The cells of [`experiments/gallery.exp`](../experiments/gallery.exp) and what they draw. `make gallery` makes this page
anew. `format: svg` or `format: pdf` draws a figure for a paper beside the PNG, `width: 85` makes those with free axes
as wide as a column of a journal, in millimetres; `runexp describe plot` lists all settings.
"""


def read_png(data):
    """The rows of an 8-bit RGB picture, as Cairo writes it."""
    place, packed = 8, b""
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place:place + 8])
        body = data[place + 8:place + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack(">IIBB", body[:10])
            assert (depth, color) == (8, 2), "not 8-bit RGB"
        if kind == b"IDAT":
            packed += body
        place += 12 + length
    raw, size = zlib.decompress(packed), width * 3
    rows, above = [], bytearray(size)
    for number in range(height):
        kind = raw[number * (size + 1)]
        row = bytearray(raw[number * (size + 1) + 1:(number + 1) * (size + 1)])
        for i in range(size):
            left, up = (row[i - 3] if i > 2 else 0), above[i]
            corner = above[i - 3] if i > 2 else 0
            if kind == 1:
                row[i] = (row[i] + left) & 255
            elif kind == 2:
                row[i] = (row[i] + up) & 255
            elif kind == 3:
                row[i] = (row[i] + (left + up) // 2) & 255
            elif kind == 4:
                guess = left + up - corner
                near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))
                row[i] = (row[i] + near[2]) & 255
        rows.append(row)
        above = row
    return rows


def halved(rows):
    """Means of two by two pixels."""
    result = []
    for one, two in zip(rows[::2], rows[1::2]):
        row = bytearray()
        for x in range(0, len(one) - 5, 6):
            for c in range(3):
                row.append((one[x + c] + one[x + 3 + c] + two[x + c] + two[x + 3 + c] + 2) // 4)
        result.append(row)
    return result


def write_png(rows):
    width = len(rows[0]) // 3

    def filtered(row, above):
        """Of no filter, the left and the upper neighbour, what makes the smallest numbers."""
        plain = bytes(row)
        left = bytes((row[i] - (row[i - 3] if i > 2 else 0)) & 255 for i in range(len(row)))
        up = bytes((row[i] - above[i]) & 255 for i in range(len(row)))
        choices = [(sum(min(b, 256 - b) for b in line), kind, line) for kind, line in enumerate([plain, left, up])]
        _, kind, line = min(choices)
        return bytes([kind]) + line

    above, packed = bytes(len(rows[0])), b""
    for row in rows:
        packed += filtered(row, above)
        above = row

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, len(rows), 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(packed, 9))
            + chunk(b"IEND", b""))


def main():
    program = os.environ.get("RUNEXP", str(ROOT / ".build/release/runexp"))
    with tempfile.TemporaryDirectory() as reports:
        done = subprocess.run(
            [program, "run", str(ROOT / "experiments/gallery.exp"), "-q", "--reports", reports], cwd=ROOT)
        if done.returncode:
            return done.returncode
        folder = pathlib.Path(reports) / "gallery-1"
        report = json.loads((folder / "report.json").read_text())
        IMAGES.mkdir(parents=True, exist_ok=True)
        for old in IMAGES.glob("*.png"):
            old.unlink()
        parts, total = [HEAD], 0
        for cell in report["cells"]:
            figures = [block for block in cell["blocks"] if "figure" in block]
            for figure in figures if cell["keyword"] == "plot" else []:
                source = folder / figure["figure"]
                picture = write_png(halved(read_png(source.read_bytes())))
                (IMAGES / source.name).write_bytes(picture)
                total += len(picture)
                title = next(
                    line.split(":", 1)[1].strip() for line in cell["source"].splitlines() if "title:" in line)
                parts.append(
                    f"## {title}\n\n![{figure['caption']}](images/gallery/{source.name})\n\n"
                    f"```yaml\n- {cell['source'].replace(chr(10), chr(10) + '  ')}\n```\n")
        (ROOT / "docs/gallery.md").write_text("\n".join(parts))
    print(f"docs/gallery.md: {len(parts) - 1} figures, {total:,} bytes")
    return 0 if total < 1_000_000 else 1


if __name__ == "__main__":
    sys.exit(main())
