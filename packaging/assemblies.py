"""Which assemblies a .NET assembly refers to: a reader of just that table (ECMA-335, partition II, 22 to 25)."""

import struct

ASSEMBLY_REF = 0x23
# The columns of the tables up to that one: numbers are bytes; S, G, B index heaps; a table number in brackets, or a coded index by its name.
CODED = {
    "TypeDefOrRef": (2, [0x02, 0x01, 0x1B]), "HasConstant": (2, [0x04, 0x08, 0x17]), "HasFieldMarshal": (1, [0x04, 0x08]), "HasDeclSecurity": (2, [0x02, 0x06, 0x20]),
    "HasCustomAttribute": (5, [0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0A, 0x00, 0x0E, 0x17, 0x14, 0x11, 0x1A, 0x1B, 0x20, 0x23, 0x26, 0x27, 0x28, 0x2A, 0x2C, 0x2B]),
    "MemberRefParent": (3, [0x02, 0x01, 0x1A, 0x06, 0x1B]), "HasSemantics": (1, [0x14, 0x17]), "MethodDefOrRef": (1, [0x06, 0x0A]), "MemberForwarded": (1, [0x04, 0x06]),
    "CustomAttributeType": (3, [0x06, 0x0A]), "ResolutionScope": (2, [0x00, 0x1A, 0x23, 0x01]),
}
COLUMNS = {
    0x00: [2, "S", "G", "G", "G"], 0x01: ["ResolutionScope", "S", "S"], 0x02: [4, "S", "S", "TypeDefOrRef", [0x04], [0x06]], 0x03: [[0x04]], 0x04: [2, "S", "B"], 0x05: [[0x06]],
    0x06: [4, 2, 2, "S", "B", [0x08]], 0x07: [[0x08]], 0x08: [2, 2, "S"], 0x09: [[0x02], "TypeDefOrRef"], 0x0A: ["MemberRefParent", "S", "B"], 0x0B: [2, "HasConstant", "B"],
    0x0C: ["HasCustomAttribute", "CustomAttributeType", "B"], 0x0D: ["HasFieldMarshal", "B"], 0x0E: [2, "HasDeclSecurity", "B"], 0x0F: [2, 4, [0x02]], 0x10: [4, [0x04]], 0x11: ["B"],
    0x12: [[0x02], [0x14]], 0x13: [[0x14]], 0x14: [2, "S", "TypeDefOrRef"], 0x15: [[0x02], [0x17]], 0x16: [[0x17]], 0x17: [2, "S", "B"], 0x18: [2, [0x06], "HasSemantics"],
    0x19: [[0x02], "MethodDefOrRef", "MethodDefOrRef"], 0x1A: ["S"], 0x1B: ["B"], 0x1C: [2, "MemberForwarded", "S", [0x1A]], 0x1D: [4, [0x04]], 0x20: [4, 2, 2, 2, 2, 4, "B", "S", "S"],
    0x21: [4], 0x22: [4, 4, 4], 0x23: [2, 2, 2, 2, 4, "B", "S", "S", "B"],
}


def references(path):
    """The names of the assemblies that the one in `path` refers to; empty for a file that is no assembly."""
    data = path.read_bytes()
    metadata = _metadata(data)
    if metadata is None:
        return set()
    streams = _streams(data, metadata)
    tables, strings = streams["#~"], streams["#Strings"]
    heaps, present = data[tables + 6], struct.unpack_from("<Q", data, tables + 8)[0]
    at, rows = tables + 24, {}
    for table in range(64):
        if present >> table & 1:
            rows[table], at = struct.unpack_from("<I", data, at)[0], at + 4

    def size(column):
        if isinstance(column, int):
            return column
        if column in ("S", "G", "B"):
            return 4 if heaps & {"S": 1, "G": 2, "B": 4}[column] else 2
        bits, targets = CODED[column] if isinstance(column, str) else (0, column)
        return 4 if max(rows.get(target, 0) for target in targets) >= 1 << 16 - bits else 2

    if ASSEMBLY_REF not in rows:
        return set()
    at += sum(sum(size(column) for column in COLUMNS[table]) * count for table, count in rows.items() if table < ASSEMBLY_REF)
    width = sum(size(column) for column in COLUMNS[ASSEMBLY_REF])
    name = sum(size(column) for column in COLUMNS[ASSEMBLY_REF][:6])
    found = set()
    for row in range(rows[ASSEMBLY_REF]):
        offset = int.from_bytes(data[at + row * width + name:][:size("S")], "little")
        end = data.index(b"\0", strings + offset)
        found.add(data[strings + offset:end].decode())
    return found


def _metadata(data):
    if data[:2] != b"MZ":
        return None
    header = struct.unpack_from("<I", data, 0x3C)[0]
    sections, optional = struct.unpack_from("<H", data, header + 6)[0], struct.unpack_from("<H", data, header + 20)[0]
    directories = header + 24 + (112 if struct.unpack_from("<H", data, header + 24)[0] == 0x20B else 96)

    def offset_of(address):
        for section in range(sections):
            size, start, stored, at = struct.unpack_from("<IIII", data, header + 24 + optional + 40 * section + 8)
            if start <= address < start + max(size, stored):
                return address - start + at
        return None

    # The fifteenth data directory is the header of the CLI, whose second field is the place of the metadata.
    cli = struct.unpack_from("<I", data, directories + 14 * 8)[0]
    return offset_of(struct.unpack_from("<I", data, offset_of(cli) + 8)[0]) if cli else None


def _streams(data, metadata):
    at = metadata + 16 + struct.unpack_from("<I", data, metadata + 12)[0]
    count, at, found = struct.unpack_from("<H", data, at + 2)[0], at + 4, {}
    for _ in range(count):
        offset, end = struct.unpack_from("<I", data, at)[0], data.index(b"\0", at + 8)
        found[data[at + 8:end].decode()] = metadata + offset
        at += 8 + (end - at - 8) // 4 * 4 + 4
    return found
