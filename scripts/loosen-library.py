#!/usr/bin/env python3
"""Lets a library load where less is there than where it was linked.

    loosen-library.py LIBRARY glibc VERSION SYMBOL...   lets the symbols come from any library, and asks for glibc VERSION at most
    loosen-library.py LIBRARY without OTHER             asks for no versions of another library, which is then left out
    loosen-library.py LIBRARY newest                    prints the newest version of glibc that is asked for

Of a version above VERSION nothing but the symbols may be used: another library that is loaded has to have them. Of a library
that is left out no function may ever be called.
"""

import struct
import sys
from pathlib import Path

ANY_VERSION = 1  # VER_NDX_GLOBAL


class Library:
    """The tables of a 64-bit ELF file that say which versions of symbols it needs."""

    def __init__(self, path):
        self.path = Path(path)
        self.bytes = bytearray(self.path.read_bytes())
        if self.bytes[:5] != b"\x7fELF\x02":
            raise SystemExit(f"{path} is no 64-bit ELF file")
        (start,) = struct.unpack_from("<Q", self.bytes, 40)
        size, count, names = struct.unpack_from("<HHH", self.bytes, 58)
        headers = [struct.unpack_from("<IIQQQQIIQQ", self.bytes, start + size * i) for i in range(count)]
        base = headers[names][4]
        self.sections = {self.text(base + header[0]): (header[4], header[5]) for header in headers}

    def text(self, offset):
        return bytes(self.bytes[offset : self.bytes.index(0, offset)]).decode()

    def needs(self):
        """Each version that is asked for: the lists of versions by library, then the place, number and name of each."""
        if ".gnu.version_r" not in self.sections:
            return
        strings = self.sections[".dynstr"][0]
        entry = self.sections[".gnu.version_r"][0]
        while True:
            _, count, _, first, following = struct.unpack_from("<HHIII", self.bytes, entry)
            place = entry + first
            for _ in range(count):
                _, _, number, name, step = struct.unpack_from("<IHHII", self.bytes, place)
                yield entry, place, number, self.text(strings + name)
                place += step
            if following == 0:
                return
            entry += following

    def forget(self, entry, place):
        """Takes a version out of the list of its library, which is linked by distances."""
        _, count, _, first, _ = struct.unpack_from("<HHIII", self.bytes, entry)
        if count == 1:
            raise SystemExit(f"{self.path} asks for nothing older than what it must not ask for")
        (step,) = struct.unpack_from("<I", self.bytes, place + 12)
        if entry + first == place:
            struct.pack_into("<I", self.bytes, entry + 8, first + step)
        else:
            before = entry + first
            while before + (distance := struct.unpack_from("<I", self.bytes, before + 12)[0]) != place:
                before += distance
            struct.pack_into("<I", self.bytes, before + 12, distance + step if step else 0)
        struct.pack_into("<H", self.bytes, entry + 2, count - 1)

    def symbols(self):
        """Each dynamic symbol: its name, and the place of the number of its version."""
        strings = self.sections[".dynstr"][0]
        table, length = self.sections[".dynsym"]
        versions = self.sections[".gnu.version"][0]
        for i in range(length // 24):
            (name,) = struct.unpack_from("<I", self.bytes, table + 24 * i)
            yield self.text(strings + name), versions + 2 * i


def glibc(name):
    return tuple(int(part) for part in name[6:].split(".")) if name.startswith("GLIBC_2") else ()


def lower(library, version, names):
    newer = [need for need in library.needs() if glibc(need[3]) > version]
    numbers = {number for _, _, number, _ in newer}
    for name, place in library.symbols():
        (number,) = struct.unpack_from("<H", library.bytes, place)
        if number & 0x7FFF not in numbers:
            continue
        if name not in names:
            raise SystemExit(f"{library.path} needs {name} of a newer C library")
        struct.pack_into("<H", library.bytes, place, ANY_VERSION)
    for entry, place, _, _ in newer:
        library.forget(entry, place)
    library.path.write_bytes(library.bytes)


def leave_out(library, other):
    needs = list(library.needs())
    strings = library.sections[".dynstr"][0]
    entries = list(dict.fromkeys(entry for entry, _, _, _ in needs))

    def name(entry):
        return library.text(strings + struct.unpack_from("<I", library.bytes, entry + 4)[0])

    for before, entry in zip(entries, entries[1:]):
        if name(entry) != other:
            continue
        (following,) = struct.unpack_from("<I", library.bytes, entry + 12)
        struct.pack_into("<I", library.bytes, before + 12, entry - before + following if following else 0)
        break
    else:
        raise SystemExit(f"{library.path} asks for no versions of {other}, or first of all for those")
    numbers = {number for owner, _, number, _ in needs if owner == entry}
    for _, place in library.symbols():
        if struct.unpack_from("<H", library.bytes, place)[0] & 0x7FFF in numbers:
            struct.pack_into("<H", library.bytes, place, ANY_VERSION)
    library.path.write_bytes(library.bytes)


def newest(library):
    return ".".join(map(str, max((glibc(name) for _, _, _, name in library.needs()), default=())))


if __name__ == "__main__":
    match sys.argv[1:]:
        case [path, "newest"]:
            print(newest(Library(path)))
        case [path, "without", other]:
            leave_out(Library(path), other)
        case [path, "glibc", version, *names]:
            lower(Library(path), glibc("GLIBC_" + version), names)
        case _:
            raise SystemExit(__doc__)
