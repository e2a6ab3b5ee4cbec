"""`python freeze.py CASES FROZEN [AREA ...]`: the cases of all versions (`CASES/<version>/<name>/`), one `.tar.xz` an area.

The same case of several versions stands side by side, so the archive holds what differs.
"""
import io
import json
import lzma
import pathlib
import sys
import tarfile


def main(cases, frozen, only):
    areas = {}
    for file in sorted(cases.glob("*/*/case.json")):
        area = json.loads(file.read_text(encoding="utf-8"))["area"]
        if not only or area in only:
            areas.setdefault(area, []).append(file.parent)
    frozen.mkdir(exist_ok=True)
    total = 0
    for area, folders in sorted(areas.items()):
        files = [f for folder in folders for f in folder.iterdir() if f.name not in ("case.toml", "expected.json")]
        # By case, by file, then by version.
        files.sort(key=lambda f: (f.parent.name, f.suffix, [int(p) for p in f.parent.parent.name.split(".")]))
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for file in files:
                entry = tarfile.TarInfo("/".join(file.parts[-3:]))
                entry.size = file.stat().st_size
                tar.addfile(entry, io.BytesIO(file.read_bytes()))
        content = content.getvalue()
        window = 1 << min(max(len(content) - 1, 1 << 16).bit_length(), 26)
        chain = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": window}]
        packed = lzma.compress(content, format=lzma.FORMAT_XZ, filters=chain)
        (frozen / (area + ".tar.xz")).write_bytes(packed)
        total += len(packed)
        print("%-14s %4d cases %9d bytes, %8d packed" % (area, len(folders), len(content), len(packed)))
    print("%d bytes in all" % total)


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:])
