"""Reads the scalars of TensorBoard's event files.

A file is a row of TFRecords: length (8 bytes, little-endian), masked CRC-32C of it, the bytes, masked CRC-32C of them
(tensorflow/core/lib/io/record_writer.h). Each holds a protocol buffer `Event` (event.proto, summary.proto, tensor.proto).
"""

from __future__ import annotations

import struct
from typing import BinaryIO, Iterator, List, NamedTuple, Optional, Tuple, Union

_MASK = 0xA282EAD8
_MOST_BYTES = 1 << 30
_POLYNOMIAL = 0x82F63B78

Field = Tuple[int, int, Union[int, bytes]]


class Scalar(NamedTuple):
    """One value: seconds since 1970, step, tag, number."""

    wall_time: float
    step: int
    tag: str
    value: float


class DamagedFile(Exception):
    """The file goes wrong at a byte offset; what is before it is good."""


def read_scalars(file: BinaryIO) -> Iterator[Scalar]:
    """The scalars in their order. Ends quietly at a record that is cut short, as a live writer leaves it.

    Raises DamagedFile at a record whose checksum is wrong, and at one that is no event.
    """
    for offset, data in read_records(file):
        try:
            yield from _scalars_of(data)
        except (ValueError, IndexError, struct.error):
            raise DamagedFile(f"the record at byte {offset} is no event") from None


def read_records(file: BinaryIO) -> Iterator[Tuple[int, bytes]]:
    """Offset and content of each whole record."""
    offset = 0
    while True:
        head = file.read(12)
        if len(head) < 12:
            return
        length, check = struct.unpack("<QI", head)
        if mask(crc32c(head[:8])) != check or length > _MOST_BYTES:
            raise DamagedFile(f"the length at byte {offset} has a wrong checksum")
        data = file.read(length)
        tail = file.read(4)
        if len(data) < length or len(tail) < 4:
            return
        if mask(crc32c(data)) != struct.unpack("<I", tail)[0]:
            raise DamagedFile(f"the record at byte {offset} has a wrong checksum")
        yield offset, data
        offset += 16 + length


def crc32c(data: bytes) -> int:
    """CRC-32C (Castagnoli, RFC 3720 appendix B.4)."""
    crc = 0xFFFFFFFF
    table = _TABLE
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def mask(crc: int) -> int:
    """The checksum as TFRecords store it."""
    return (((crc >> 15) | (crc << 17)) + _MASK) & 0xFFFFFFFF


def _make_table() -> Tuple[int, ...]:
    table = []
    for index in range(256):
        crc = index
        for _ in range(8):
            crc = (crc >> 1) ^ (_POLYNOMIAL if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


_TABLE = _make_table()


def _scalars_of(event: bytes) -> Iterator[Scalar]:
    wall_time, step, summaries = 0.0, 0, []  # type: float, int, List[bytes]
    for number, wire, value in _fields(event):
        if number == 1 and wire == 1 and isinstance(value, bytes):
            wall_time = struct.unpack("<d", value)[0]
        elif number == 2 and isinstance(value, int):
            step = value - (1 << 64) if value >> 63 else value
        elif number == 5 and isinstance(value, bytes):
            summaries.append(value)
    for summary in summaries:
        for number, _, value in _fields(summary):
            if number == 1 and isinstance(value, bytes):
                found = _value_of(value)
                if found is not None:
                    yield Scalar(wall_time, step, *found)


def _value_of(message: bytes) -> Optional[Tuple[str, float]]:
    tag, found = "", None
    for number, wire, value in _fields(message):
        if number == 1 and isinstance(value, bytes):
            tag = value.decode("utf-8", "replace")
        elif number == 2 and wire == 5 and isinstance(value, bytes):
            found = struct.unpack("<f", value)[0]
        elif number == 8 and isinstance(value, bytes):
            found = _tensor_of(value)
    return (tag, found) if tag and found is not None else None


# DataType (types.proto) to the field of its values in TensorProto and the format of its content.
_TENSORS = {1: (5, "<f"), 2: (6, "<d"), 3: (7, "<i"), 9: (10, "<q")}


def _tensor_of(tensor: bytes) -> Optional[float]:
    """The number in a tensor of one number; None for any other tensor."""
    fields = list(_fields(tensor))
    kind = next((value for number, _, value in fields if number == 1), 0)
    if not isinstance(kind, int) or kind not in _TENSORS:
        return None
    field, form = _TENSORS[kind]
    for number, wire, value in fields:
        if number not in (4, field):
            continue
        if isinstance(value, int):
            return float(value - (1 << 64) if value >> 63 else value)
        if number == field and wire == 2 and kind in (3, 9):
            numbers = list(_varints(value))
            return float(numbers[0] - (1 << 64) if numbers[0] >> 63 else numbers[0]) if len(numbers) == 1 else None
        if len(value) == struct.calcsize(form):
            return float(struct.unpack(form, value)[0])
        return None
    return None


def _fields(message: bytes) -> Iterator[Field]:
    """Number, wire type and value of each field; numbers of fixed length stay bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        wire = key & 7
        if wire == 0:
            value, at = _varint(message, at)
            yield key >> 3, wire, value
            continue
        if wire == 2:
            length, at = _varint(message, at)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise ValueError(f"wire type {wire}")
        if at + length > len(message):
            raise ValueError("a field is longer than its message")
        yield key >> 3, wire, message[at : at + length]
        at += length


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _varint(data: bytes, at: int) -> Tuple[int, int]:
    result = shift = 0
    while True:
        byte = data[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
        if shift > 63:
            raise ValueError("a number is longer than 64 bits")
